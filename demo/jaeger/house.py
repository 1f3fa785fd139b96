"""One stand-in: which Jaeger it plays, what it remembers, how it misbehaves."""

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

from aiohttp import web

from demo.jaeger.questions import RefusedError
from demo.jaeger.store import Query, Store, Trace

GENERATIONS: Final = ("2.13", "2.20", "main")
STORAGES: Final = ("memory", "badger")

Fail = Callable[[web.Request], web.StreamResponse | None]


@dataclass(slots=True, kw_only=True)
class House:
    """The state behind both ports."""

    generation: str
    storage: str
    store: Store
    delay: float = 0.0  # seconds before each answer of the query port
    fail: Fail | None = None  # what it returns, if anything, is sent in place of the answer
    clock: Callable[[], int] = time.time_ns

    def find(self, query: Query) -> list[Trace]:
        """Search as the storage that is played does.

        Raises RefusedError where it refuses: memory a limit of 0 or above its size, Badger a search without a service.
        """
        if self.storage == "badger":
            self._check_badger(query)
            return self.store.search(query if query.limit > 0 else replace(query, limit=0))
        if not 0 < query.limit <= self.store.max_traces:
            raise RefusedError(500, "search depth must be greater than 0 and less than max traces")
        return self.store.search(query)

    def _check_badger(self, query: Query) -> None:
        if query.start > query.end:
            raise RefusedError(500, "min start time is above max")
        if query.service:
            return
        if self.generation == "main":
            raise RefusedError(
                400,
                "this storage backend requires a service name to search; searching all services is not supported",
            )
        if query.attributes:
            raise RefusedError(500, "service name must be set")


HOUSE: Final = web.AppKey("house", House)
