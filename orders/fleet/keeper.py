"""Keeper: takes the snapshot of other orders in the background, shares it, and never lets a page wait for long."""

import logging
import threading
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Final, Protocol

from orders.fleet.ledger import Ledger
from orders.jaeger.errors import JaegerError, Unreachable
from orders.journey.decide import decide
from orders.journey.hours import deadline_after
from orders.journey.peers import Fleet
from orders.journey.spans import HOUR, MINUTE, SECOND, Answer
from orders.journey.stages import StageTable
from orders.journey.timeline import build
from orders.journey.trips import Stuck, Trip

logger = logging.getLogger(__name__)

FRESH: Final = 30 * SECOND  # a snapshot older than this is not shown
AHEAD: Final = 15 * SECOND  # one older than this is renewed while it is still shown
SLOT: Final = 6 * HOUR  # the past is remembered in slots of this length
SETTLED: Final = HOUR  # a slot is final once it is this old: spans come late
SHORTEST: Final = 5 * MINUTE  # a window is not halved below this
AGAIN: Final = 10  # slots asked for again in one turn
SEARCHES: Final = 4  # searches under way at once
LOOKUPS: Final = 200  # stuck orders looked at in one turn
REMEMBERED: Final = 10 * MINUTE  # how long it is believed why an order is stuck


class Searches(Protocol):
    """What the keeper asks of the Jaeger client."""

    def newest(self, attribute: str, value: str, *, start: int, end: int, limit: int) -> Answer:
        """Return the newest traces with an attribute."""
        ...

    def find(self, attribute: str, value: str, *, start: int, end: int) -> Answer:
        """Return every trace with an attribute."""
        ...


class Keeper:
    """Keeps one Fleet per process, at most 30 s old. Thread-safe; starts its thread when first asked.

    Arguments: the client; the stage table; a clock in nanoseconds since 1970; how long spans are kept,
    nanoseconds; how many traces a search may bring; the attribute names that hold a status.
    """

    def __init__(
        self,
        jaeger: Searches,
        table: StageTable,
        *,
        clock: Callable[[], int],
        retention: int,
        limit: int = 200,
        attributes: tuple[str, ...] = ("status",),
    ) -> None:
        self._jaeger = jaeger
        self._table = table
        self._clock = clock
        self._retention = retention
        self._limit = limit
        self._attributes = attributes
        self._ledger = Ledger(table)
        self._fleet: Fleet | None = None
        self._slots: dict[tuple[int, int], int] = {}
        self._causes: dict[str, tuple[int, int, Stuck | None]] = {}
        self._state = threading.Condition()
        self._learned = False
        self._running = False
        self._failed = False
        self._closed = False
        self._pool = ThreadPoolExecutor(SEARCHES, thread_name_prefix="fleet")

    def snapshot(self, *, wait: float, since: int | None = None) -> Fleet | None:
        """Return the snapshot if it is fresh, waiting at most `wait` seconds for one; None where none came.

        With `since` it waits for one that knows other orders that far back, and who of them is stuck, and takes
        a lesser one if it must.
        """
        self.renew()
        with self._state:
            self._state.wait_for(lambda: self._reaches(since) or self._failed, timeout=wait)
            return self._fleet if self._fresh() else None

    def renew(self) -> None:
        """Start taking a new snapshot where the present one will soon be too old and none is under way."""
        with self._state:
            if (
                self._closed
                or self._running
                or (self._fleet is not None and self._clock() - self._fleet.taken_at < AHEAD)
            ):
                return
            self._running, self._failed = True, False
        threading.Thread(target=self._run, name="fleet", daemon=True).start()

    def close(self) -> None:
        """Begin nothing more: searches that wait for their turn are dropped, and no snapshot is taken again."""
        with self._state:
            self._closed = True
        self._pool.shutdown(wait=False, cancel_futures=True)

    def settle(self, timeout: float) -> Fleet | None:
        """Wait until a whole turn has ended, the past included; for commands and tests."""
        self.renew()
        with self._state:
            self._state.wait_for(lambda: not self._running, timeout=timeout)
            return self._fleet

    def _reaches(self, since: int | None) -> bool:
        return self._fresh() and (since is None or not self._running or self._whole(since))

    def _whole(self, since: int) -> bool:
        return self._fleet is not None and self._fleet.filled_since <= since and self._fleet.learned

    def _fresh(self) -> bool:
        return self._fleet is not None and self._clock() - self._fleet.taken_at <= FRESH

    def _run(self) -> None:
        failed = True
        try:
            self._turn(self._clock())
            failed = False
        except JaegerError as error:
            if not self._closed:
                logger.warning("the fleet snapshot could not be taken: %s", error)
        except BaseException:
            if not self._closed:  # a dropped search is no defect
                raise
        finally:
            with self._state:  # both at once: whoever sees that it failed may begin anew
                self._failed, self._running = failed, False
                self._state.notify_all()

    def _turn(self, now: int) -> None:
        """Take the recent hours and publish, then the past that is missing and who is stuck, and publish again."""
        edge = (now - SETTLED) // SLOT * SLOT
        self._take((index, edge, now + 10 * MINUTE) for index in range(len(self._table.statuses)))
        self._publish(now, (edge if not self._slots else now - self._retention), self._known(now))
        oldest = now - self._retention
        slots = [(i, s) for s in range(edge - SLOT, oldest - SLOT, -SLOT) for i in range(len(self._table.statuses))]
        wanted = self._unknown(slots, now)
        self._take((index, start, start + SLOT) for index, start in wanted)
        self._slots = {slot: now if slot in wanted else self._slots[slot] for slot in slots}
        self._ledger.trim(oldest)
        fleet = self._publish(now, oldest, self._known(now))
        if self._learn(fleet, now) or not self._learned:
            self._learned = True
            self._publish(now, oldest, self._known(now))

    def _unknown(self, slots: list[tuple[int, int]], now: int) -> set[tuple[int, int]]:
        """Return the slots that were never asked for, and the few asked longest ago.

        A collector may deliver hours late what it held back while its storage was away.
        """
        kept = set(slots)
        old = sorted((at, slot) for slot, at in self._slots.items() if slot in kept and now - at > REMEMBERED)
        return {slot for slot in slots if slot not in self._slots} | {slot for _, slot in old[:AGAIN]}

    def _publish(self, now: int, filled_since: int, stuck: tuple[Stuck, ...]) -> Fleet:
        fleet = self._ledger.fleet(taken_at=now, filled_since=filled_since, stuck=stuck, learned=self._learned)
        with self._state:
            self._fleet = fleet
            self._state.notify_all()
        return fleet

    def _take(self, windows: Iterable[tuple[int, int, int]]) -> None:
        """Search the windows (status index, start, end) and take in what comes."""
        for index, start, end, answer in self._pool.map(self._search, windows):
            self._ledger.absorb(answer.spans)
            if answer.whole:
                self._ledger.cover(index, start, end)

    def _search(self, window: tuple[int, int, int]) -> tuple[int, int, int, Answer]:
        """Return the newest spans of a status, in a window made shorter until it holds all of them."""
        index, start, end = window
        while True:
            answers = [
                self._jaeger.newest(name, value, start=start, end=end, limit=self._limit)
                for name, value in self._questions(index)
            ]
            if any(answer.missing for answer in answers):  # a service that was not asked would look silent
                raise Unreachable("not every service could be asked for the fleet snapshot")
            cut = any(answer.truncated or answer.capped for answer in answers)
            if not cut or end - start <= SHORTEST:
                spans = tuple(span for answer in answers for span in answer.spans)
                return index, start, end, Answer(spans=spans, truncated=cut, start=start, end=end)
            start = end - (end - start) // 2

    def _questions(self, index: int) -> list[tuple[str, str]]:
        """Return the attributes that find a status: its own, or the message it sets off where nobody says it."""
        status = self._table.statuses[index]
        stage = self._table.stages[index] if index < len(self._table.stages) else None
        if stage is not None and stage.queue and not self._table.service(status.reported_by).instrumented:
            return [("messaging.destination.name", stage.queue)]
        return [(name, status.code) for name in self._attributes]

    def _known(self, now: int) -> tuple[Stuck, ...]:
        return tuple(stuck for _, at, stuck in self._causes.values() if stuck and now - at <= 2 * REMEMBERED)

    def _learn(self, fleet: Fleet, now: int) -> bool:
        """Look at the orders that seem stuck and remember why; return whether anything was learnt."""
        late = {trip.order_id: trip for trip in fleet.trips.values() if self._late(trip, fleet, now)}
        self._causes = {order_id: known for order_id, known in self._causes.items() if order_id in late}
        wanted = [trip for trip in late.values() if self._stale(trip, now)]
        wanted.sort(key=lambda trip: max(trip.reached.values()), reverse=True)
        for trip, stuck in self._pool.map(lambda t: self._look(t, fleet, now), wanted[:LOOKUPS]):
            self._causes[trip.order_id] = (max(trip.reached.values()), now, stuck)
        return bool(wanted)

    def _late(self, trip: Trip, fleet: Fleet, now: int) -> bool:
        furthest = max(trip.reached, default=-1)
        if not 0 <= furthest < len(self._table.stages):
            return False
        stage, since = self._table.stages[furthest], trip.reached[furthest]
        if stage.waits_for == "customer" or now <= deadline_after(since, stage.limit, stage.hours):
            return False
        return fleet.silence(stage.reporter, now) is None

    def _stale(self, trip: Trip, now: int) -> bool:
        known = self._causes.get(trip.order_id)
        return known is None or known[0] != max(trip.reached.values()) or now - known[1] > REMEMBERED

    def _look(self, trip: Trip, fleet: Fleet, now: int) -> tuple[Trip, Stuck | None]:
        try:
            answer = self._jaeger.find("order_id", trip.order_id, start=now - self._retention, end=now + 10 * MINUTE)
        except (JaegerError, ValueError) as error:
            logger.info("an order that seems stuck could not be looked at: %s", type(error).__name__)
            return trip, None
        journey = build(trip.order_id, answer.spans, self._table, fleet.shifts)
        verdict = decide(journey, now=now, table=self._table, answer=answer, fleet=fleet, retention=self._retention)
        if not verdict.stuck or verdict.stage is None or verdict.since is None:
            return trip, None
        stuck = Stuck(order_id=trip.order_id, stage=verdict.stage, cause=verdict.cause or "",
                      since=verdict.since, partner_id=journey.partner_id)  # fmt: skip
        return trip, stuck
