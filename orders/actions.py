"""What the portal can do, keyword-only: gather from Jaeger and the fleet, decide by the journey, hand back."""

import time
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextvars import copy_context
from dataclasses import dataclass, field, replace
from typing import Final, Protocol

from orders.fleet.journeys import Journeys
from orders.fleet.keeper import Keeper
from orders.fleet.recall import Recall
from orders.jaeger.errors import BadId, JaegerError
from orders.journey.decide import decide
from orders.journey.ids import IdPatterns, Resolution, Token, near, resolve
from orders.journey.lookup import ManyLookup, OrderLookup
from orders.journey.peers import Fleet
from orders.journey.raw import Raw
from orders.journey.spans import DAY, MINUTE, Answer, Span
from orders.journey.stages import StageTable
from orders.journey.timeline import ended_by

SOFT: Final = 3.0  # seconds a page waits for what is not its first need (docs/rooms.md)
HARD: Final = 8.0  # seconds a page waits at all
AHEAD: Final = 10 * MINUTE  # a fast clock dates spans ahead
LATE: Final = 7  # from this step of the decision on, an order is past its limit: what others did matters
MOST_LOOKUPS: Final = 200  # mended readings of one pasted text that are looked up
MOST_NEAR: Final = 5  # numbers near one without data that are shown
LISTED: Final = 50  # orders of a partner that are shown
ATTRIBUTES: Final[Mapping[str, str]] = {
    "order": "order_id",
    "partner": "external_partner_id",
    "customer": "customer_id",
    "model": "model_id",
}


class Client(Protocol):
    """What is asked of the Jaeger client (orders.jaeger.client.Jaeger, or a fake with its signatures)."""

    def find(self, attribute: str, value: str, *, start: int, end: int) -> Answer:
        """Return every trace that carries an attribute with exactly this value."""
        ...

    def trace(self, trace_id: str, *, start: int, end: int) -> Answer:
        """Return one trace."""
        ...


@dataclass(frozen=True, kw_only=True)
class Lookup:
    """The collaborators of every look-up; built by orders.wiring."""

    jaeger: Client
    keeper: Keeper
    table: StageTable
    retention: int = 14 * DAY
    soft: float = SOFT
    hard: float = HARD
    recall: Recall = field(default_factory=Recall)
    journeys: Journeys = field(default_factory=Journeys)
    pool: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(8, thread_name_prefix="orders"))


def look_up_order(
    *, order_id: str, now: int, lookup: Lookup, at: int | None = None, patterns: IdPatterns | None = None
) -> OrderLookup:
    """Return what is known of one order now, or as it was at a moment.

    Arguments: a canonical order id; `now` in nanoseconds; the collaborators; `at`, a moment within retention;
    `patterns`, with which numbers near one that nothing is known of are looked for among the other orders.
    Where Jaeger cannot be asked, what was known last is judged instead, marked with its age; where nothing
    was, the result has no spans and names the trouble. Nothing is raised for a broken neighbour.
    """
    started = time.monotonic()
    lookup.keeper.renew()
    answer, trouble = _ask(order_id, now, lookup)
    fleet = lookup.keeper.snapshot(wait=_left(started, lookup))
    found = _judge(order_id, answer, fleet, now=now, at=at, lookup=lookup, trouble=trouble)
    if patterns is not None and fleet is not None and not answer.spans:
        found = replace(found, near=tuple(id_ for id_ in near(order_id, patterns) if id_ in fleet.trips)[:MOST_NEAR])
    since = found.verdict.since
    late = found.verdict.stuck or found.verdict.step >= LATE
    if not late or since is None or fleet is None or (fleet.learned and fleet.filled_since <= since):
        return found
    fleet = lookup.keeper.snapshot(wait=_left(started, lookup), since=since)
    return _judge(order_id, answer, fleet, now=now, at=at, lookup=lookup, trouble=trouble)


def _left(started: float, lookup: Lookup) -> float:
    """Return how many seconds of a page's soft deadline are left."""
    return max(0.0, lookup.soft - (time.monotonic() - started))


def _ask(order_id: str, now: int, lookup: Lookup) -> tuple[Answer, str]:
    """Return Jaeger's answer, or the one known last with the reason why; an empty one where nothing is known."""
    try:
        found = lookup.jaeger.find("order_id", order_id, start=now - lookup.retention, end=now + AHEAD)
    except BadId:  # a service sent something as an order's number that cannot be one: what there is of it is not read
        return Answer(capped=True, asked_at=now), ""
    except JaegerError as error:
        old = lookup.recall.last(order_id, now)
        return old or Answer(known_at=0, asked_at=now), error.reason
    answer = replace(found, asked_at=now)
    lookup.recall.keep(order_id, answer)
    return answer, ""


def _judge(
    order_id: str, answer: Answer, fleet: Fleet | None, *, now: int, at: int | None, lookup: Lookup, trouble: str
) -> OrderLookup:
    moment = now if at is None else at
    spans = answer.spans if at is None else ended_by(answer.spans, at)
    journey = lookup.journeys.of(order_id, spans, lookup.table, fleet.shifts if fleet else {}, now=now)
    verdict = decide(journey, now=moment, table=lookup.table, answer=answer, fleet=fleet, retention=lookup.retention)
    return OrderLookup(
        journey=journey,
        verdict=verdict,
        answer=answer,
        now=moment,
        at=at,
        sources=fleet.seen(moment) if fleet else (),
        usuals=_usuals(fleet, lookup.table, moment),
        fleet_at=fleet.taken_at if fleet else None,
        kept_until=None if journey.first_at is None else journey.first_at + lookup.retention,
        trouble=trouble,
    )


def _usuals(fleet: Fleet | None, table: StageTable, now: int) -> Mapping[int, tuple[int, int]]:
    found = {stage.index: fleet.usual(stage, now) if fleet else stage.usual for stage in table.stages}
    return {index: usual for index, usual in found.items() if usual is not None}


def look_up_many(*, order_ids: Iterable[str], now: int, lookup: Lookup, started: float | None = None) -> ManyLookup:
    """Return several orders, in the order asked for, within one page's deadline.

    An order that could not be asked for in time keeps its row, with the trouble named. `started` is the
    monotonic time at which the page began, where something else was asked before.
    """
    started = time.monotonic() if started is None else started
    wanted = tuple(order_ids)
    lookup.keeper.renew()
    futures: dict[str, Future[tuple[Answer, str]]] = {
        order_id: lookup.pool.submit(copy_context().run, _ask, order_id, now, lookup)
        for order_id in dict.fromkeys(wanted)
    }
    wait(futures.values(), timeout=max(0.0, lookup.hard - (time.monotonic() - started)))
    fleet = lookup.keeper.snapshot(wait=_left(started, lookup))
    rows = {order_id: _row(order_id, future, fleet, now, lookup) for order_id, future in futures.items()}
    missing = {part.service for row in rows.values() for part in row.answer.missing if part.service}
    whole = all(row.answer.whole for row in rows.values())
    return ManyLookup(rows=tuple(rows[i] for i in wanted), missing=tuple(sorted(missing)), whole=whole,
                      window=(now - lookup.retention, now))  # fmt: skip


def _row(
    order_id: str, future: Future[tuple[Answer, str]], fleet: Fleet | None, now: int, lookup: Lookup
) -> OrderLookup:
    if future.done():
        answer, trouble = future.result()
    else:
        future.cancel()
        answer, trouble = Answer(known_at=0, asked_at=now), "too_slow"
    return _judge(order_id, answer, fleet, now=now, at=None, lookup=lookup, trouble=trouble)


def look_up_by(*, kind: str, value: str, now: int, lookup: Lookup) -> ManyLookup:
    """Return the newest fifty orders of a partner, customer or model ("partner", "customer", "model").

    Raises JaegerError where the search itself could not be made.
    """
    started = time.monotonic()
    found = lookup.jaeger.find(ATTRIBUTES[kind], value, start=now - lookup.retention, end=now + AHEAD)
    first: dict[str, int] = {}
    for span in found.spans:
        for order_id in span.facts.order_ids:
            if _carries(span, kind, value):
                first[order_id] = min(span.start, first.get(order_id, span.start))
    newest = sorted(first, key=lambda order_id: (-first[order_id], order_id))
    many = look_up_many(order_ids=newest[:LISTED], now=now, lookup=lookup, started=started)
    missing = tuple(sorted({*many.missing, *(part.service for part in found.missing if part.service)}))
    return replace(many, rest=max(0, len(newest) - LISTED), missing=missing, whole=many.whole and found.whole)


def _carries(span: Span, kind: str, value: str) -> bool:
    """Return whether a span itself says that its order belongs to the partner, the model or the customer."""
    if kind == "customer":
        return span.facts.customer == Raw(value)
    return value == {"partner": span.facts.partner_id, "model": span.facts.model_id}[kind]


def orders_of_trace(*, trace_id: str, now: int, lookup: Lookup) -> tuple[str, ...]:
    """Return the orders that a trace speaks of, in the order of their first span.

    Raises JaegerError (NotFound where Jaeger has no such trace).
    """
    found = lookup.jaeger.trace(trace_id, start=now - lookup.retention, end=now + AHEAD)
    spans = sorted(found.spans, key=lambda span: span.start)
    return tuple(dict.fromkeys(order_id for span in spans for order_id in span.facts.order_ids))


def resolve_all(
    *, tokens: Sequence[Token], patterns: IdPatterns, now: int, lookup: Lookup
) -> tuple[tuple[Resolution, ...], bool]:
    """Return what each token of a pasted text turned out to be, and whether all of that could be asked.

    Exactly-one-hit rule of `orders.journey.ids.resolve`. An id that stands in the text as it is needs no
    look-up; mended readings are looked up together, at most MOST_LOOKUPS of them. Where Jaeger could not be
    asked for a reading, it counts as not existing and the second result is False: nothing is corrected unseen.
    """
    wanted = dict.fromkeys(id_ for token in tokens if not token.exact for id_ in token.lookups)
    asked = list(wanted)[:MOST_LOOKUPS]
    futures = {id_: lookup.pool.submit(copy_context().run, _exists, id_, patterns, now, lookup) for id_ in asked}
    wait(futures.values(), timeout=lookup.hard)
    known = {id_: future.result() if future.done() else None for id_, future in futures.items()}
    for future in futures.values():
        future.cancel()
    sure = len(asked) == len(wanted) and None not in known.values()
    found = []
    for token in tokens:
        if token.exact:
            found.append(Resolution(token=token, state="exact", id=token.id))
        elif all(known.get(id_) is not None for id_ in token.lookups):
            found.append(resolve(token, lambda id_: bool(known.get(id_))))
        else:
            options = tuple(id_ for id_ in token.lookups if known.get(id_))
            found.append(Resolution(token=token, state="ambiguous" if options else "not_found", options=options))
    return tuple(found), sure


def _exists(id_: str, patterns: IdPatterns, now: int, lookup: Lookup) -> bool | None:
    """Return whether any span carries an id; None where Jaeger could not say."""
    try:
        return any(
            lookup.jaeger.find(ATTRIBUTES[kind], id_, start=now - lookup.retention, end=now + AHEAD).spans
            for kind in patterns.kinds_of(id_)
            if kind in ATTRIBUTES
        )
    except (JaegerError, BadId):
        return None


def look_up_recent(*, order_ids: Sequence[str], now: int, lookup: Lookup) -> tuple[ManyLookup, Fleet | None]:
    """Return a few orders and the snapshot of all, for the home page."""
    started = time.monotonic()
    many = look_up_many(order_ids=order_ids, now=now, lookup=lookup, started=started)
    return many, lookup.keeper.snapshot(wait=_left(started, lookup))
