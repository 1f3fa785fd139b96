"""Trips: what is kept of other orders: which status each reached when, and which of them are stuck."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Stuck:
    """Another order past its limit: where, why, since when."""

    order_id: str
    stage: int
    cause: str
    since: int
    partner_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trip:
    """What is known of one order: when it reached which status (index → instant)."""

    order_id: str
    reached: Mapping[int, int]
    by_hand: bool = False
    partner_id: str = ""
    told: frozenset[int] | None = None  # statuses that their own reporter said; None: all of `reached`

    def lacks(self, index: int) -> bool:
        """Return whether a status has no record of its own reporter; what only implies it is no record."""
        return index not in (self.reached if self.told is None else self.told)
