"""Lookup: what the portal found of one order, a partner or a list, before any word is chosen."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from orders.journey.journey import Journey
from orders.journey.peers import Seen
from orders.journey.spans import Answer
from orders.journey.verdict import Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderLookup:
    """One order as it is now, or was at a moment."""

    journey: Journey
    verdict: Verdict
    answer: Answer
    now: int  # the moment it is judged at, nanoseconds: `at` where one was asked for
    at: int | None = None  # the moment that was asked for; None: live
    sources: tuple[Seen, ...] = ()  # () where nothing is known of other orders
    usuals: Mapping[int, tuple[int, int]] = field(default_factory=dict)  # per stage index, nanoseconds
    fleet_at: int | None = None  # when the snapshot of other orders was taken; None: there is none
    kept_until: int | None = None  # when the first span of the order will be forgotten
    near: tuple[str, ...] = ()  # numbers one slip of a finger away that there is data of, where of this one is none
    trouble: str = ""  # why Jaeger's answer is not fresh: "unreachable", "too_slow", "refused", "unexpected", "busy"

    @property
    def known(self) -> bool:
        """Return whether anything at all is known of the order."""
        return bool(self.journey.spans)


@dataclass(frozen=True, slots=True, kw_only=True)
class ManyLookup:
    """Several orders, in the order they were asked for; the ones not found are kept."""

    rows: tuple[OrderLookup, ...]
    missing: tuple[str, ...] = ()  # services that did not answer
    rest: int = 0  # found, and not among the rows: a list is cut at fifty
    whole: bool = True  # False where there may be more than was found
    window: tuple[int, int] = (0, 0)
