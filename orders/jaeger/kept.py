"""Kept: what was worked out lately and may come again; bounded by memory and by age, thread-safe."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Final, Generic, NamedTuple, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")
LONGEST: Final = 3_600.0  # seconds that something is kept after its last use, as last answers are


class _One(NamedTuple, Generic[V]):
    value: V
    size: int
    used: float


class Kept(Generic[K, V]):
    """Values by their keys; those used longest ago go first.

    `most` says how many bytes may be kept, as those who put them in reckon them; `clock` counts seconds.
    """

    def __init__(self, most: int, clock: Callable[[], float]) -> None:
        self._most = most
        self._clock = clock
        self._lock = threading.Lock()
        self._all: OrderedDict[K, _One[V]] = OrderedDict()
        self._size = 0

    @property
    def size(self) -> int:
        """Return how many bytes are kept, as reckoned."""
        return self._size

    def get(self, key: K) -> V | None:
        """Return the value, which counts as used now; None for one that is not kept."""
        with self._lock:
            one = self._all.get(key)
            if one is None:
                return None
            self._all[key] = _One(one.value, one.size, self._clock())
            self._all.move_to_end(key)
            return one.value

    def put(self, key: K, value: V, size: int) -> None:
        """Keep a value of `size` bytes in place of what this key had, and let go what is too old or too much."""
        now = self._clock()
        with self._lock:
            before = self._all.pop(key, None)
            self._all[key] = _One(value, size, now)
            self._size += size - (before.size if before else 0)
            while self._all and (self._size > self._most or now - next(iter(self._all.values())).used > LONGEST):
                self._size -= self._all.popitem(last=False)[1].size
