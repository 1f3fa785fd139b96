"""Runs the stand-in on loopback: in a thread of this process, or until told to stop."""

import asyncio
import socket
import threading
from collections.abc import Coroutine
from types import TracebackType
from typing import Self, TypeVar

from aiohttp import web

from demo.jaeger.app import otlp_app, query_app
from demo.jaeger.house import GENERATIONS, STORAGES, Fail, House
from demo.jaeger.store import Store

LOOPBACK = "127.0.0.1"
T = TypeVar("T")


class StandInJaeger:
    """A Jaeger of one generation in a thread; usable with `with`, which starts it on free ports.

    `delay` (seconds before each answer of the query port) and `fail` (called with each aiohttp request; what it
    returns, if anything, is sent in place of the answer) may be set at any time.
    """

    def __init__(self, generation: str = "2.20", max_traces: int = 100_000, storage: str = "memory") -> None:
        """Play a `generation` of GENERATIONS on a `storage` of STORAGES, holding at most `max_traces` traces.

        Raises ValueError for a generation or storage that it cannot play.
        """
        if generation not in GENERATIONS or storage not in STORAGES:
            raise ValueError(f"generation is one of {GENERATIONS}, storage one of {STORAGES}")
        self.house = House(generation=generation, storage=storage, store=Store(max_traces))
        self.query_url = self.otlp_url = ""  # "http://127.0.0.1:…" once started; OTLP exporters add /v1/traces
        self._loop = asyncio.new_event_loop()
        self._thread: threading.Thread | None = None
        self._runners: list[web.AppRunner] = []

    @property
    def delay(self) -> float:
        """Return how many seconds each answer waits."""
        return self.house.delay

    @delay.setter
    def delay(self, seconds: float) -> None:
        self.house.delay = seconds

    @property
    def fail(self) -> Fail | None:
        """Return what answers in the stand-in's place."""
        return self.house.fail

    @fail.setter
    def fail(self, answer: Fail | None) -> None:
        self.house.fail = answer

    def forget(self) -> None:
        """Forget every span, as Jaeger's memory storage does at a restart."""
        self.house.store = Store(self.house.store.max_traces)

    def start(self, port: int = 0, otlp_port: int = 0) -> Self:
        """Listen on both ports (0: any free one) and return self.

        Raises OSError when a port is taken.
        """
        self._thread = threading.Thread(target=self._loop.run_forever, name="stand-in-jaeger", daemon=True)
        self._thread.start()
        try:
            self.query_url = self._run(self._listen(query_app(self.house), port))
            self.otlp_url = self._run(self._listen(otlp_app(self.house), otlp_port))
        except OSError:
            self.stop()
            raise
        return self

    def stop(self) -> None:
        """Close both ports and end the thread; calling it twice does no harm."""
        if self._thread is None:
            return
        for runner in self._runners:
            self._run(runner.cleanup())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()
        self._thread = None

    def __enter__(self) -> Self:
        return self if self._thread else self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _run(self, work: Coroutine[None, None, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()

    async def _listen(self, app: web.Application, port: int) -> str:
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
        self._runners.append(runner)
        await runner.setup()
        door = socket.create_server((LOOPBACK, port), backlog=512)
        await web.SockSite(runner, door).start()
        return f"http://{LOOPBACK}:{door.getsockname()[1]}"
