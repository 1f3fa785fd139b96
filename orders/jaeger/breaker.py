"""A circuit breaker: an upstream that keeps failing is left alone for a while, then tried once."""

import threading
from collections import deque
from collections.abc import Callable
from typing import Final

from orders.jaeger.errors import Busy

WINDOW: Final = 30.0  # seconds of calls that are judged
LEAST: Final = 10  # calls before anything is judged
SHARE: Final = 0.5  # of them failed: it opens
PAUSE: Final = 10.0  # seconds it stays open before one probe
LONGEST: Final = 30.0  # seconds; what a Retry-After may ask for


class Breaker:
    """Closed, open, or half open with one probe under way; thread-safe."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._calls: deque[tuple[float, bool]] = deque()
        self._bad = 0  # of them; counted along, for a busy portal makes thousands of calls in a window
        self._shut_until: float | None = None  # None: closed
        self._probing = False

    @property
    def state(self) -> str:
        """Return "closed", "open" or "half_open" (the next look-up is the probe)."""
        with self._lock:
            if self._shut_until is None:
                return "closed"
            return "open" if self._clock() < self._shut_until else "half_open"

    def admit(self) -> None:
        """Let a look-up pass, or raise Busy. Half open, one passes and the others wait another pause for it."""
        with self._lock:
            now = self._clock()
            if self._shut_until is None:
                return
            if now < self._shut_until:
                raise Busy("the breaker is open", self._shut_until - now)
            self._shut_until, self._probing = now + PAUSE, True

    def record(self, *, good: bool) -> None:
        """Take the outcome of one call: a good probe closes the breaker, too many bad calls open it."""
        with self._lock:
            now = self._clock()
            if good and self._probing:
                self._shut_until, self._probing = None, False
                self._calls.clear()
                self._bad = 0
            self._calls.append((now, good))
            self._bad += not good
            while self._calls[0][0] < now - WINDOW:
                self._bad -= not self._calls.popleft()[1]
            if not good and len(self._calls) >= LEAST and self._bad >= SHARE * len(self._calls):
                self._shut_until, self._probing = now + PAUSE, False

    def open_for(self, seconds: float) -> None:
        """Open at once, because Jaeger asked for a pause; never for longer than LONGEST."""
        with self._lock:
            self._shut_until, self._probing = self._clock() + min(max(seconds, 0.0), LONGEST), False
