"""Journeys: the last journey of each order, kept for as long as its spans and the clocks are the same.

A page that refreshes itself mostly finds the very spans of last time, and the same spans are the same journey. What
depends on the present moment, the verdict, is decided anew every time.
"""

import threading
from collections import OrderedDict
from collections.abc import Mapping
from operator import is_
from typing import Final, NamedTuple

from orders.journey.journey import Journey
from orders.journey.spans import HOUR, Span
from orders.journey.stages import StageTable
from orders.journey.timeline import build

AGE: Final = HOUR  # what nobody asked for that long is dropped at the next question
ORDERS: Final = 300
SPANS: Final = 100_000
LARGEST: Final = 5_000  # spans: a larger journey is not kept, two of it in memory at once would cost more than it saves


class Known(NamedTuple):
    """A journey, what it was made of, and when it was last asked for."""

    spans: tuple[Span, ...]
    table: StageTable
    shifts: Mapping[str, int]
    journey: Journey
    at: int


class Journeys:
    """A bounded memory of journeys, by order id. Thread-safe; nothing of it is ever written to disk."""

    def __init__(self) -> None:
        self._known: OrderedDict[str, Known] = OrderedDict()
        self._spans = 0
        self._lock = threading.Lock()

    def of(
        self, order_id: str, spans: tuple[Span, ...], table: StageTable, shifts: Mapping[str, int], *, now: int
    ) -> Journey:
        """Return the journey of these spans; `now` in nanoseconds, the rest as of `orders.journey.timeline.build`."""
        with self._lock:
            known = self._known.get(order_id)
        if known is None or not _same(known, spans, table, shifts):
            known = Known(spans, table, shifts, build(order_id, spans, table, shifts), now)
        with self._lock:
            self._drop(order_id)
            if len(spans) <= LARGEST:
                self._known[order_id] = known._replace(at=now)
                self._spans += len(spans)
            while self._known and (len(self._known) > ORDERS or self._spans > SPANS or self._oldest() < now - AGE):
                self._drop(next(iter(self._known)))
        return known.journey

    def _oldest(self) -> int:
        return next(iter(self._known.values())).at

    def _drop(self, order_id: str) -> None:
        old = self._known.pop(order_id, None)
        self._spans -= len(old.spans) if old else 0


def _same(known: Known, spans: tuple[Span, ...], table: StageTable, shifts: Mapping[str, int]) -> bool:
    """Return whether these are the very spans of last time: what was decoded once stays the same object."""
    same = known.spans is spans or (len(known.spans) == len(spans) and all(map(is_, known.spans, spans)))
    return same and known.table is table and known.shifts == shifts
