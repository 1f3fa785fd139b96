"""Fixtures that every room's tests share; each room adds its own beside its tests."""
