"""The way to Jaeger: one background event loop per process, owning one httpx transport over aiohttp's connections.

The transport is used without httpx's client: of what that adds (cookies, redirects, auth flows, merged defaults)
nothing is wanted here, and it costs as much as the request itself. The loop starts with the first question and again
in a forked child; `close`, or the end of the process, ends it. Redirects, proxies of the environment, cookies and
compressed answers are all refused.
"""

import asyncio
import atexit
import copy
import os
import random
import ssl
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import Future
from functools import lru_cache
from typing import Any, Final, TypeVar
from urllib.parse import quote

import aiohttp
import httpx
from httpx_aiohttp import AiohttpTransport
from httpx_aiohttp.transport import AiohttpResponseStream

from orders.jaeger import spent
from orders.jaeger.config import JaegerConfig
from orders.jaeger.errors import Oversized, TooSlow, Unexpected, Unreachable, Untrusted
from orders.jaeger.replies import AWAY, Reply
from orders.jaeger.wire import Question

T = TypeVar("T")
RETRY_FROM: Final = 0.4  # of the budget must be left for a second attempt
JITTER: Final = (0.05, 0.25)  # seconds before it
SOMEBODYS: Final = frozenset({"query.attributes", "tags"})  # parameters that may hold a customer's number: not kept
CHUNK: Final = 1024 * 1024  # bytes taken at once, of what has come; the transport's own 16 KiB cost a turn each


class Written(httpx.URL):
    """An address as it was written: httpx takes it apart only when a part is asked for; aiohttp does so anyway."""

    def __init__(self, text: str) -> None:
        self._text = text

    def __str__(self) -> str:
        return self._text

    @property
    def _uri_reference(self) -> Any:  # type: ignore[override]  # nobody sets it
        return httpx.URL(self._text)._uri_reference  # noqa: SLF001 - what all its other methods read


class Transport:
    """Asks questions on the background loop; `submit` is thread-safe, `get` runs on the loop."""

    def __init__(self, config: JaegerConfig) -> None:
        self._config = config
        self._lock = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        self._client: AiohttpTransport | None = None
        extensions = {"timeout": {"connect": config.connect, "read": None, "write": None, "pool": None}}
        self._request = httpx.Request("GET", config.root, headers=config.request_headers(), extensions=extensions)
        self._pid = 0

    def submit(self, work: Callable[[], Coroutine[Any, Any, T]]) -> "Future[T]":
        """Start `work()` on the loop and return its future."""
        return asyncio.run_coroutine_threadsafe(work(), self._running())

    def close(self) -> None:
        """Drop what is under way (whoever waits for it gets TooSlow), close the connections and end the loop.

        A later question starts a new one.
        """
        with self._lock:
            loop, thread, self._loop = self._loop, self._thread, None
        if loop is None or thread is None or self._pid != os.getpid():
            return
        atexit.unregister(self.close)
        asyncio.run_coroutine_threadsafe(self._shut(), loop).result(5)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(5)
        loop.close()

    async def get(self, question: Question, deadline: float) -> Reply:
        """Return the reply to a question before the loop's time `deadline`, after at most one more attempt.

        Raises Unreachable, TooSlow, Oversized or Unexpected.
        """
        try:
            async with asyncio.timeout_at(deadline):
                return await self._twice(question, deadline)
        except TimeoutError as error:
            raise TooSlow("no whole answer before the deadline") from error

    async def _twice(self, question: Question, deadline: float) -> Reply:
        now = asyncio.get_running_loop().time
        latest = now() + (1 - RETRY_FROM) * (deadline - now())
        try:
            reply = await self._once(question)
            if reply.status not in AWAY or now() > latest:
                return reply
        except Unreachable:
            if now() > latest:
                raise
        if (counting := spent.current()) is not None:  # a task has the context of the thread that asked
            counting.retried()
        await asyncio.sleep(random.uniform(*JITTER))  # noqa: S311 - jitter is no secret
        return await self._once(question)

    async def _once(self, question: Question) -> Reply:
        url = self._config.root + question.path
        if question.params:
            url += "?" + "&".join([(_quoted if n in SOMEBODYS else _written)(n, value) for n, value in question.params])
        try:
            request = copy.copy(self._request)
            request.url = Written(url)
            response = await self._ready().handle_async_request(request)
            try:
                return await self._read(response)
            finally:
                await response.aclose()
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.ReadError) as error:
            if isinstance(error.__cause__, aiohttp.ClientConnectorCertificateError):
                raise Untrusted("its certificate is not one that is trusted") from error
            raise Unreachable(f"no connection, or it broke: {type(error).__name__}") from error
        except (httpx.HTTPError, httpx.InvalidURL, aiohttp.ClientError) as error:
            raise Unexpected(f"not HTTP as it should be: {type(error).__name__}") from error

    async def _read(self, response: httpx.Response) -> Reply:
        headers = response.headers
        if response.is_redirect or 300 <= response.status_code < 400:
            raise Unexpected(f"a redirect, status {response.status_code}")
        if headers.get("content-encoding", "identity") != "identity":
            raise Unexpected("an encoding that was not asked for")
        declared = headers.get("content-length", "")
        if declared.isdigit() and int(declared[:20]) > self._config.max_bytes:
            raise Oversized("more bytes announced than the cap allows")
        kind, retry_after = headers.get("content-type", "").lower(), headers.get("retry-after", "")
        return Reply(response.status_code, kind, retry_after, await self._body(response.stream))

    async def _body(self, stream: httpx.SyncByteStream | httpx.AsyncByteStream) -> bytes:
        assert isinstance(stream, AiohttpResponseStream)  # noqa: S101 - what its transport answers with
        stream.CHUNK_SIZE = CHUNK
        chunks, room = [], self._config.max_bytes
        async for chunk in stream:
            chunks.append(chunk)
            room -= len(chunk)
            if room < 0:
                raise Oversized("more bytes than the cap allows")
        return b"".join(chunks)

    def _running(self) -> asyncio.AbstractEventLoop:
        with self._lock:
            if self._loop is None or self._pid != os.getpid():
                self._loop, self._client, self._pid = asyncio.new_event_loop(), None, os.getpid()
                self._thread = threading.Thread(target=self._loop.run_forever, name="jaeger", daemon=True)
                self._thread.start()
                atexit.register(self.close)
            return self._loop

    def _ready(self) -> AiohttpTransport:
        try:
            return self._http()
        except OSError as error:  # ssl.SSLError is one
            raise Untrusted("the bundle of certificates cannot be read") from error

    def _http(self) -> AiohttpTransport:
        """Return the transport; made on the loop, as aiohttp demands."""
        if self._client is None:
            config, connections = self._config, 4 * self._config.max_in_flight
            session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=connections, ssl=tls(config), keepalive_timeout=30),
                cookie_jar=aiohttp.DummyCookieJar(),
                trust_env=False,
            )
            session._retry_connection = False  # noqa: SLF001 - else aiohttp tries twice by itself, below our one attempt more
            self._client = AiohttpTransport(verify=tls(config), client=session, trust_env=False)
        return self._client

    async def _shut(self) -> None:
        for task in asyncio.all_tasks() - {asyncio.current_task()}:
            task.cancel()
        if self._client is not None:
            await self._client.aclose()


def _quoted(name: str, value: str) -> str:
    """Return a parameter as it stands in an address."""
    return f"{quote(name, safe='')}={quote(value, safe='')}"


_written = lru_cache(1_024)(_quoted)  # the questions of a fan-out differ in the service alone


def tls(config: JaegerConfig) -> ssl.SSLContext:
    """Return what decides whom an https address may be: the bundle, or what the system trusts; nobody for http."""
    if config.root.startswith("http://"):
        return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    return ssl.create_default_context(cafile=config.ca_bundle or None)
