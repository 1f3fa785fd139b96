"""The load: a page, the raw fan-out of the very calls that it makes, the two in turn, and many readers at once."""

import asyncio
import json
import random
import time
from dataclasses import dataclass, field
from statistics import median
from urllib.parse import quote

import aiohttp

from bench import traces

CALLS = len(traces.SERVICES)


class NotMeasuredError(AssertionError):
    """The work that was to be measured did not happen."""


@dataclass(frozen=True, slots=True)
class Told:
    """What the upstream says of itself."""

    asked: dict[str, int]  # answers by what was searched for: "order", "fleet"
    last: list[str]  # the newest addresses of searches for an order


@dataclass
class Pairs:
    """What pages and raw fan-outs took that were done in turn, seconds; one list of pairs a round."""

    rounds: list[list[tuple[float, float]]] = field(default_factory=list)

    def difference(self) -> float:
        """Return the median of the rounds' medians of page minus raw, seconds."""
        return median(median(page - raw for page, raw in pairs) for pairs in self.rounds)

    def ratio(self) -> float:
        """Return the median of the rounds' medians of page over raw."""
        return median(median(page / raw for page, raw in pairs) for pairs in self.rounds)

    def raw(self) -> float:
        """Return the median of what the raw fan-outs took, seconds."""
        return median(raw for pairs in self.rounds for _, raw in pairs)


class Load:
    """Speaks to the portal as signed-in readers, and to the upstream as the portal does."""

    def __init__(self, session: aiohttp.ClientSession, portal: str, upstream: str, cookies: list[str]) -> None:
        self._session = session
        self._portal = portal
        self._upstream = upstream
        self._cookies = cookies

    async def tell(self, path: str) -> dict[str, int]:
        """Tell the upstream something; return how much it was asked for, by kind."""
        return (await self._told(path)).asked

    async def serve(self, order_id: str, spans: int) -> None:
        """Have the upstream hold an order of so many spans."""
        await self.tell(f"/_order?id={quote(order_id)}&spans={spans}")

    async def settle(self) -> None:
        """Wait until the portal's own background questions have been answered."""
        before, now = -1, 0
        while before != now:
            before, now = now, (await self.tell("/_")).get("fleet", 0)
            await asyncio.sleep(0.7)

    async def page(self, order_id: str, reader: int = 0) -> float:
        """Return how long an order page took, seconds; raise NotMeasuredError where it is not that page."""
        began = time.perf_counter()
        headers = {"Cookie": self._cookies[reader]}
        async with self._session.get(
            f"{self._portal}/orders/{order_id}/", headers=headers, allow_redirects=False
        ) as got:
            text = await got.text()
        took = time.perf_counter() - began
        if got.status != 200 or traces.STAGE_TEXT not in text or order_id not in text:
            raise NotMeasuredError(f"status {got.status}, {len(text)} characters: not the page of {order_id}")
        return took

    async def opened(self, order_id: str, rows: int) -> float:
        """Return how long the part with all spans took for a DevOps, seconds; NotMeasuredError with fewer `rows`."""
        began = time.perf_counter()
        headers = {"Cookie": self._cookies[-1], "HX-Request": "true"}
        async with self._session.get(
            f"{self._portal}/orders/{order_id}/spans/", headers=headers, allow_redirects=False
        ) as got:
            text = await got.text()
        took = time.perf_counter() - began
        if got.status != 200 or text.count("<tr") < rows:
            raise NotMeasuredError(f"status {got.status}, {text.count('<tr')} rows: not the spans of {order_id}")
        return took

    async def calls(self, order_id: str) -> list[str]:
        """Open a page and return the addresses of the fan-out that it cost."""
        before = (await self.tell("/_")).get("order", 0)
        await self.page(order_id)
        told = await self._told("/_")
        if told.asked["order"] - before != CALLS:
            raise NotMeasuredError(f"a page asked {told.asked['order'] - before} times, not {CALLS}")
        return [self._upstream + target for target in told.last]

    async def raw(self, calls: list[str]) -> float:
        """Return how long the fan-out takes when nothing is done with what comes, seconds."""
        began = time.perf_counter()
        sizes = await asyncio.gather(*(self._read(call) for call in calls))
        took = time.perf_counter() - began
        if min(sizes) < 1000:
            raise NotMeasuredError("the raw fan-out brought nothing")
        return took

    async def round(self, order_id: str, calls: list[str], pairs: int) -> list[tuple[float, float]]:
        """Do page and raw fan-out in turn, which comes first by lot; return what each pair took."""
        before = (await self.tell("/_")).get("order", 0)
        found = []
        for _ in range(pairs):
            if random.random() < 0.5:
                page, raw = await self.page(order_id), await self.raw(calls)
            else:
                raw, page = await self.raw(calls), await self.page(order_id)
            found.append((page, raw))
        asked = (await self.tell("/_")).get("order", 0) - before
        if asked != 2 * CALLS * pairs:
            raise NotMeasuredError(f"{pairs} pairs asked {asked} times, not {2 * CALLS * pairs}")
        return found

    async def readers(self, orders: list[str], pages: int) -> tuple[float, list[float]]:
        """Have each order read by a reader of its own, all at once, so many pages each.

        Return the pages per second and what each page took, seconds.
        """
        before = (await self.tell("/_")).get("order", 0)
        began = time.perf_counter()
        took = await asyncio.gather(*(self._reads(order, reader, pages) for reader, order in enumerate(orders)))
        seconds = time.perf_counter() - began
        asked = (await self.tell("/_")).get("order", 0) - before
        if asked != CALLS * pages * len(orders):
            raise NotMeasuredError(f"{pages * len(orders)} pages asked {asked} times")
        return pages * len(orders) / seconds, [one for many in took for one in many]

    async def _reads(self, order_id: str, reader: int, pages: int) -> list[float]:
        return [await self.page(order_id, reader) for _ in range(pages)]

    async def _read(self, url: str) -> int:
        async with self._session.get(url) as got:
            return len(await got.read())

    async def _told(self, path: str) -> Told:
        async with self._session.get(self._upstream + path) as got:
            return Told(**json.loads(await got.read()))
