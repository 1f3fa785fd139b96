"""A stopwatch that stands while the machine lets this process do nothing: for promises that are made in seconds."""

import threading
import time
from types import TracebackType
from typing import Final, Self

TICK: Final = 0.01  # seconds
LATE: Final = 0.01  # seconds that a tick may be late on a machine that has time


class Stopwatch:
    """Measures a block: `seconds` by the wall clock, without those in which this process was kept from running.

    A thread of its own sleeps for a tick and looks how late it wakes. What was late while this process burnt no
    processor time was nobody's of ours: other programs had the cores, or the whole machine stood. Waiting for a
    neighbour or a deadline, and work of our own, is counted in full.
    """

    def __init__(self) -> None:
        self.seconds = 0.0
        self._lost = 0.0
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        self._began = time.monotonic()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        took = time.monotonic() - self._began
        self._over.set()
        self._thread.join()
        self.seconds = took - self._lost

    def _watch(self) -> None:
        wall, own = time.monotonic(), time.process_time()
        while not self._over.wait(TICK):
            now, burnt = time.monotonic(), time.process_time()
            self._lost += max(0.0, now - wall - TICK - LATE - (burnt - own))
            wall, own = now, burnt
