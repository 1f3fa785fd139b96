"""Unchanged: the last answer to each question, so that the same bytes are not taken apart and put together again.

Between two refreshes of a page an order mostly has no new span. What then comes is compared with what came before,
which costs a tenth of reading it; a single byte more and all of it is read (of that, `decoded` knows the pieces).
"""

import time
from collections.abc import Callable, Hashable, Sequence
from typing import Final

from orders.jaeger.decoded import SPAN
from orders.jaeger.errors import JaegerError, NotFound
from orders.jaeger.kept import Kept
from orders.journey.spans import Answer

MOST: Final = 16 * 1024 * 1024  # bytes that may be kept
LARGEST: Final = 1024 * 1024  # bytes of the bodies of one answer: what is larger takes longer anyway

Bodies = tuple[bytes | None, ...]  # None: there was nothing, and the server said so


class Unchanged:
    """Keeps the bodies that came last for a question, and the answer that was made of them; thread-safe."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._kept: Kept[Hashable, tuple[Bodies, Answer]] = Kept(MOST, clock)

    def answer(self, question: Hashable, bodies: Bodies) -> Answer | None:
        """Return what these very bodies were an answer to this question before; None where they are others."""
        known = self._kept.get(question)
        return known[1] if known is not None and known[0] == bodies else None

    def keep(self, question: Hashable, bodies: Bodies, answer: Answer) -> None:
        """Keep an answer in place of the last one to the same question."""
        size = sum(len(body) for body in bodies if body is not None)
        if size <= LARGEST:
            self._kept.put(question, (bodies, answer), size + SPAN * len(answer.spans))


def whole(outcomes: Sequence[bytes | JaegerError]) -> Bodies | None:
    """Return the bodies of a look-up in which nothing failed; None for any other, which is never kept."""
    bodies = tuple(None if isinstance(one, NotFound) else one for one in outcomes)
    return None if any(isinstance(one, JaegerError) for one in bodies) else bodies  # type: ignore[return-value]
