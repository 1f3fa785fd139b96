"""Seldom: lets a line of the log pass once in a while for each key, so that no flood of requests floods the log."""

import threading
from collections.abc import Hashable
from datetime import datetime, timedelta

_MOST = 1000  # keys remembered; beyond that the oldest are forgotten, which costs a line more


class Seldom:
    """Remembers when each key last passed, in this process."""

    def __init__(self, *, seconds: float) -> None:
        self._pause = timedelta(seconds=seconds)
        self._last: dict[Hashable, datetime] = {}
        self._lock = threading.Lock()

    def is_due(self, key: Hashable, now: datetime) -> bool:
        """Return whether `key` may pass at `now`; a clock that went back lets it pass."""
        with self._lock:
            last = self._last.pop(key, None)
            due = last is None or abs(now - last) >= self._pause
            self._last[key] = now if due or last is None else last
            while len(self._last) > _MOST:
                del self._last[next(iter(self._last))]
        return due
