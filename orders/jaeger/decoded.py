"""Decoded: the pieces of answers that were decoded lately, so that one that comes again unchanged costs a comparison.

The same order is asked for again and again (every refresh, every reader), and most of its traces are over: what came
byte for byte the same is the same. Whether a trace answers the question is checked anew each time, in Reading.
"""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from typing import Final

import msgspec

from orders.jaeger.facts import Put
from orders.jaeger.wire import Wire
from orders.journey.spans import Span

MOST: Final = 64 * 1024 * 1024  # bytes that may be kept
LONGEST: Final = 3_600.0  # seconds that a piece is kept after its last use, as last answers are
SPAN: Final = 1_400  # bytes that a decoded span takes beside the text that it was read from, measured
PIECE: Final = 600  # bytes that a piece takes beside its spans

Key = tuple[Wire, bytes]
Kept = tuple[tuple[Span, ...], float]  # spans, and when they were used last


class Decoded:
    """Decodes pieces and keeps those used last, by their very bytes; bounded by memory and age, thread-safe.

    `wanted` says which facts are read, `most` how many bytes may be kept, decoded spans reckoned in; `clock` counts
    seconds.
    """

    def __init__(
        self, wanted: dict[str, Put], *, most: int = MOST, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._wanted = wanted
        self._most = most
        self._clock = clock
        self._lock = threading.Lock()
        self._kept: OrderedDict[Key, Kept] = OrderedDict()
        self._size = 0

    @property
    def size(self) -> int:
        """Return how many bytes are kept, as reckoned."""
        return self._size

    def spans(self, wire: Wire, piece: bytes) -> tuple[Span, ...]:
        """Return the spans of a piece of an answer; raises the errors of BROKEN, and keeps nothing then.

        `piece` is best a copy and no view: it lives as long as the spans do, which open their bags from it.
        """
        key = (wire, piece)
        with self._lock:
            known = self._kept.get(key)
            if known is not None:
                self._kept[key] = (known[0], self._clock())
                self._kept.move_to_end(key)
                return known[0]
        spans = tuple(wire.spans(msgspec.Raw(piece), self._wanted))
        self._keep(key, spans)
        return spans

    def _keep(self, key: Key, spans: tuple[Span, ...]) -> None:
        now = self._clock()
        with self._lock:
            if key not in self._kept:  # else another thread was faster
                self._kept[key] = (spans, now)
                self._size += _cost(key, spans)
            while self._kept and (self._size > self._most or now - self._oldest() > LONGEST):
                gone, (theirs, _) = self._kept.popitem(last=False)
                self._size -= _cost(gone, theirs)

    def _oldest(self) -> float:
        return next(iter(self._kept.values()))[1]


def _cost(key: Key, spans: tuple[Span, ...]) -> int:
    return PIECE + len(key[1]) + SPAN * len(spans)
