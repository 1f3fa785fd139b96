"""Alexandrite in a box: a simulated shop, CRM and MES that speak through the real OpenTelemetry SDK."""

from demo.alexandrite.faults import REAL_FAULTS
from demo.alexandrite.live import Live
from demo.alexandrite.play import play
from demo.alexandrite.send import NotAcceptedError, send
from demo.alexandrite.showcase import ALIKE, SHOWCASE
from demo.alexandrite.telemetry import FAULTY_WORLDS, TELEMETRY_WORLDS, WORLDS
from demo.alexandrite.world import LIMITS, STATUSES, Reached, Truth, UnknownWorldError, World

__all__ = [
    "ALIKE",
    "FAULTY_WORLDS",
    "LIMITS",
    "REAL_FAULTS",
    "SHOWCASE",
    "STATUSES",
    "TELEMETRY_WORLDS",
    "WORLDS",
    "Live",
    "NotAcceptedError",
    "Reached",
    "Truth",
    "UnknownWorldError",
    "World",
    "play",
    "send",
]
