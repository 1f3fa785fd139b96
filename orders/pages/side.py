"""Side: what stands beside the journey: orders stopped alike, completeness, sources, links into Jaeger."""

from dataclasses import dataclass

from orders.journey.lookup import OrderLookup
from orders.journey.notes import left_out
from orders.journey.peers import Seen
from orders.journey.spans import DAY
from orders.journey.verdict import Clause, State
from orders.pages.reader import Reader
from orders.wording import phrases
from orders.wording.say import say_clauses
from orders.wording.values import Group, service_of


@dataclass(frozen=True, slots=True, kw_only=True)
class AlikeCard:
    """Other orders that stopped in the same way."""

    text: str
    partners: str
    added: str
    order_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Meter:
    """How complete the record is: one flag a mark that is expected, and until when it is kept."""

    marks: tuple[bool, ...]
    text: str
    kept: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One source of data: when it was last heard, or that it is silent."""

    name: str
    last_at: int | None
    text: str  # instead of the time
    silent: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class JaegerCard:
    """Ways into Jaeger."""

    last_name: str  # the last span's operation, "" where it must be masked
    last_url: str
    error_url: str
    search_url: str
    traces_url: str


def build_alike(found: OrderLookup, reader: Reader) -> AlikeCard | None:
    """Return the card of orders that stopped alike; None where there are none, or it would be a word without proof."""
    alike = found.verdict.alike
    if alike is None or alike.count < 2:
        return None
    clause = Clause(rule="many", values={"count": alike.count, "since": alike.since})
    said = say_clauses(
        (clause,), reader.table, language=reader.language, zone=reader.zone, now=found.now, labelled=True
    )
    partners, added = phrases.alike(alike, reader.language)
    order_ids = tuple(i for i in alike.order_ids if reader.patterns.is_id("order", i))
    return AlikeCard(text=said[0].text, partners=partners, added=added, order_ids=order_ids)


def build_meter(found: OrderLookup, reader: Reader) -> Meter | None:
    """Return how many of the marks that must exist do; None where no status is known."""
    journey, verdict = found.journey, found.verdict
    reached = reader.table.status(journey.reached.status) if journey.reached else None
    if reached is None:
        return None
    undue = journey.untold | set(left_out(journey, reader.table))
    expected = [s.code for s in reader.table.statuses[: reached.index + 1] if s.code not in undue]
    marks = [journey.mark(code) is not None for code in expected]
    if verdict.state is State.CANNOT_TELL and verdict.deadline is not None and found.now > verdict.deadline:
        marks.append(False)
    kept = phrases.kept_until(found.kept_until, reader.zone, reader.language) if found.kept_until else ""
    return Meter(marks=tuple(marks), text=phrases.marks_seen(sum(marks), len(marks), reader.language), kept=kept)


def sources(found: OrderLookup, reader: Reader) -> tuple[Source, ...]:
    """Return every source, and for who sees codes Jaeger itself."""
    rows = source_rows(found.sources, found.now, reader)
    if reader.codes and found.answer.took and not found.trouble:
        text = phrases.answered_in(found.answer.took, reader.language)
        rows += (Source(name="Jaeger", last_at=None, text=text, silent=False),)
    return rows


def source_rows(seen: tuple[Seen, ...], now: int, reader: Reader) -> tuple[Source, ...]:
    """Return the services that report: when each was last heard, or since when it is silent."""
    group = Group(reader.table, language=reader.language, zone=reader.zone, now=now, labelled=True)
    return tuple(_source(one, group, reader) for one in seen)


def _source(one: Seen, group: Group, reader: Reader) -> Source:
    name = phrases.alone(service_of(one.service, reader.table), reader.language)
    silent = one.silent is not None or one.last_at is None
    text = phrases.silent_since(one.silent.since if one.silent else 0, group) if silent else ""
    return Source(name=name, last_at=None if silent else one.last_at, text=text, silent=silent)


def build_jaeger(found: OrderLookup, reader: Reader) -> JaegerCard:
    """Return the ways into Jaeger: the last span, the last error, all traces, the search by number."""
    journey, links = found.journey, reader.links
    last = max(journey.spans, key=lambda span: (span.end, span.span_id))
    error = journey.troubles[-1].span if journey.troubles else None
    start, end = (journey.first_at or found.now) - DAY, (journey.last_at or found.now) + DAY
    return JaegerCard(
        last_name=reader.policy.names.operation(last.name) or "",
        last_url=links.span(*last.key),
        error_url=links.span(*error.key) if error else "",
        search_url=links.search("order_id", journey.order_id, start=start, end=end),
        traces_url=links.traces([span.trace_id for span in journey.spans]),
    )
