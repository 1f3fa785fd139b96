"""Attacks: each with the answer that is right, counted over every route instead of believed of one."""
