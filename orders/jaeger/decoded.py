"""Decoded: the pieces of answers that were decoded lately, so that one that comes again unchanged costs a comparison.

The same order is asked for again and again (every refresh, every reader), and most of its traces are over: what came
byte for byte the same is the same. Whether a trace answers the question is checked anew each time, in Reading.
"""

import time
from collections.abc import Callable
from typing import Final

import msgspec

from orders.jaeger.facts import Put
from orders.jaeger.kept import Kept
from orders.jaeger.wire import Wire
from orders.journey.spans import Span

MOST: Final = 64 * 1024 * 1024  # bytes that may be kept
SPAN: Final = 1_400  # bytes that a decoded span takes beside the text that it was read from, measured
PIECE: Final = 600  # bytes that a piece takes beside its spans


class Decoded:
    """Decodes pieces and keeps those used last, by their very bytes; thread-safe.

    `wanted` says which facts are read, `most` how many bytes may be kept, decoded spans reckoned in; `clock` counts
    seconds.
    """

    def __init__(
        self, wanted: dict[str, Put], *, most: int = MOST, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._wanted = wanted
        self._kept: Kept[tuple[Wire, bytes], tuple[Span, ...]] = Kept(most, clock)

    @property
    def size(self) -> int:
        """Return how many bytes are kept, as reckoned."""
        return self._kept.size

    def spans(self, wire: Wire, piece: bytes) -> tuple[Span, ...]:
        """Return the spans of a piece of an answer; raises the errors of BROKEN, and keeps nothing then.

        `piece` is best a copy and no view: it lives as long as the spans do, which open their bags from it.
        """
        key = (wire, piece)
        known = self._kept.get(key)
        if known is None:
            known = tuple(wire.spans(msgspec.Raw(piece), self._wanted))
            self._kept.put(key, known, PIECE + len(piece) + SPAN * len(known))
        return known
