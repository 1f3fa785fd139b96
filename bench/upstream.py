"""A Jaeger made of bytes that were written before: it costs next to nothing, so what is measured is the portal.

Speaks as much of v3 as a fan-out needs: the probe, the refusal of a search without a service, a search by order and by
status. Runs in a process of its own (`python -m bench.upstream`), is told what to serve through `/_…`, and counts.
"""

import asyncio
import json
import sys
import time
from collections import Counter, deque
from typing import Final
from urllib.parse import parse_qs, urlsplit

from bench import traces

NOTHING: Final = traces.wrapped([])
OTHERS: Final = 60  # orders that have just reached each status: the fleet has something to tell
STATUSES: Final = tuple(status for status, _, _ in traces.REACHED)


def refusal(status: int, message: str) -> tuple[int, bytes]:
    """Return an error as v3 writes it."""
    return status, json.dumps({"error": {"httpCode": status, "message": message}}).encode()


class Shelf:
    """What is served, how late, and what was asked."""

    def __init__(self) -> None:
        self.delay = 0.0  # seconds before each answer to a search for an order
        self.orders: dict[str, dict[str, bytes]] = {}
        self.fleet = {status: traces.fleet(status, OTHERS, time.time_ns()) for status in STATUSES}
        self.asked: Counter[str] = Counter()
        self.last: deque[str] = deque(maxlen=len(traces.SERVICES))

    def told(self, path: str, query: dict[str, list[str]]) -> bytes:
        """Obey a word of the benchmark and return what it wants to know."""
        if path == "/_delay":
            self.delay = float(query["seconds"][0])
        elif path == "/_order":
            order_id = query["id"][0]
            self.orders[order_id] = traces.answers(order_id, int(query["spans"][0]), time.time_ns())
        return json.dumps({"asked": self.asked, "last": list(self.last)}).encode()

    def answer(self, target: str) -> tuple[float, int, bytes]:
        """Return how late to answer, with which status, and what."""
        url = urlsplit(target)
        query = parse_qs(url.query)
        if url.path.startswith("/_"):
            return 0, 200, self.told(url.path, query)
        if url.path != "/api/v3/traces":
            return 0, *refusal(400, "missing parameters: start_time_min")
        if "query.serviceName" not in query:
            return 0, *refusal(500, "service name must be set")
        wanted = json.loads(query["query.attributes"][0])
        service = query["query.serviceName"][0]
        if "order_id" in wanted:
            self.asked["order"] += 1
            self.last.append(target)
            return self.delay, 200, self.orders.get(wanted["order_id"], {}).get(service, NOTHING)
        self.asked["fleet"] += 1
        fresh = query["query.startTimeMax"][0] > time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime())
        return 0, 200, self.fleet.get(wanted.get("status", ""), NOTHING) if fresh else NOTHING


class Speaker(asyncio.Protocol):
    """One connection: whole heads in, whole answers out, kept alive."""

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf
        self._heard = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the way back."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Answer every request that is complete."""
        *heads, self._heard = (self._heard + data).split(b"\r\n\r\n")
        for head in heads:
            delay, status, body = self._shelf.answer(head.split(b" ", 2)[1].decode())
            if delay:
                asyncio.get_running_loop().call_later(delay, self._say, status, body)
            else:
                self._say(status, body)

    def _say(self, status: int, body: bytes) -> None:
        if not self._transport.is_closing():
            head = f"HTTP/1.1 {status} X\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
            self._transport.writelines((head.encode(), body))


async def main() -> None:
    """Serve on a free port, which is printed, until the end of standard input."""
    loop, shelf = asyncio.get_running_loop(), Shelf()
    server = await loop.create_server(lambda: Speaker(shelf), "127.0.0.1", 0, backlog=512)
    print(server.sockets[0].getsockname()[1], flush=True)
    await loop.run_in_executor(None, sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(main())
