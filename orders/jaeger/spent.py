"""Spent: what one caller's look-ups cost in Jaeger, told to whoever counts; nobody has to."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar


class Spent:
    """The cost of the look-ups within one `counted` block; thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._began = self._ended = 0.0
        self.lookups = 0
        self.retries = 0  # questions that were put a second time

    @property
    def seconds(self) -> float:
        """Return how long it was from the first look-up's beginning to the last one's end; many may go at once."""
        return self._ended - self._began

    def add(self, began: float, ended: float) -> None:
        """Take in one look-up, from one instant of a monotonic clock to another."""
        with self._lock:
            self._began = min(self._began, began) if self.lookups else began
            self._ended = max(self._ended, ended)
            self.lookups += 1

    def retried(self) -> None:
        """Take in one question that was put again."""
        with self._lock:
            self.retries += 1


_current: ContextVar[Spent | None] = ContextVar("what this caller spent in Jaeger", default=None)


@contextmanager
def one_look_up() -> Iterator[None]:
    """Tell whoever counts of the look-up that is made in this block, failed or not."""
    counting, began = _current.get(), time.monotonic()
    try:
        yield
    finally:
        if counting is not None:
            counting.add(began, time.monotonic())


def current() -> Spent | None:
    """Return who counts for this thread or task; None where nobody does."""
    return _current.get()


@contextmanager
def counted() -> Iterator[Spent]:
    """Count the look-ups of this block, those of threads and tasks that were given its context included."""
    spent = Spent()
    token = _current.set(spent)
    try:
        yield spent
    finally:
        _current.reset(token)
