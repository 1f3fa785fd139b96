"""Single flight: identical look-ups that are asked at the same time are asked once."""

import threading
from collections.abc import Callable, Hashable
from concurrent.futures import Future
from typing import Generic, TypeVar

from orders.jaeger.errors import TooSlow

T = TypeVar("T")


class Flights(Generic[T]):
    """The look-ups under way, by what they ask for; thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._under_way: dict[Hashable, Future[T]] = {}

    def share(self, key: Hashable, ask: Callable[[], T], *, patience: float) -> T:
        """Return what `ask` returns (or raise what it raises), called once for all who ask with the same key now.

        Raises TooSlow when somebody else's look-up has not landed after `patience` seconds.
        """
        with self._lock:
            theirs = self._under_way.get(key)
            mine: Future[T] = self._under_way.setdefault(key, Future())
        if theirs is not None:
            return _land(theirs, patience)
        try:
            mine.set_result(ask())
        except BaseException as error:
            mine.set_exception(error)
            raise
        finally:
            with self._lock:
                del self._under_way[key]
        return mine.result()


def _land(flight: Future[T], patience: float) -> T:
    try:
        return flight.result(patience)
    except TimeoutError as error:
        raise TooSlow("an identical look-up is still under way") from error
