"""Spans: everything for DevOps and Developer: events, hand-overs, and each span with its masked attributes."""

from dataclasses import dataclass
from typing import Final

from orders.journey.journey import Hop
from orders.journey.lookup import OrderLookup
from orders.journey.spans import SECOND, Span
from orders.pages.reader import Reader
from orders.privacy.attributes import ShownAttribute, error_text, shown
from orders.wording import times

MOST: Final = 500  # spans shown on one page; the rest is counted and one click away in Jaeger


@dataclass(frozen=True, slots=True, kw_only=True)
class SpanRow:
    """One span."""

    span_id: str
    url: str
    start: int
    day: str
    clock: str  # with milliseconds
    took: str
    service: str
    name: str  # "" where the operation's name must be masked
    kind: str
    status: str  # the order's status that it carries
    failed: bool
    error: str
    error_text: str  # what it says of the error, masked
    attributes: tuple[ShownAttribute, ...]
    masked: int


@dataclass(frozen=True, slots=True, kw_only=True)
class HopRow:
    """One hand-over."""

    sender: str
    receiver: str
    through: str
    sent_at: int | None
    taken_at: int | None
    sent_url: str
    taken_url: str
    result: str  # "taken", "not_seen", "failed" or "dead_letter"


@dataclass(frozen=True, slots=True, kw_only=True)
class SpansPage:
    """All spans of an order."""

    order_id: str
    now: int
    traces: int
    hops: tuple[HopRow, ...]
    rows: tuple[SpanRow, ...]
    rest: int
    search_url: str


def build_spans_page(found: OrderLookup, reader: Reader) -> SpansPage:
    """Return the page; only the spans that are shown are unmasked and looked at."""
    journey = found.journey
    start, end = journey.first_at or found.now, journey.last_at or found.now
    return SpansPage(
        order_id=journey.order_id,
        now=found.now,
        traces=journey.traces,
        hops=tuple(_hop(hop, reader) for hop in journey.hops),
        rows=tuple(_row(span, reader) for span in journey.spans[:MOST]),
        rest=max(0, len(journey.spans) - MOST),
        search_url=reader.links.search("order_id", journey.order_id, start=start, end=end),
    )


def _row(span: Span, reader: Reader) -> SpanRow:
    bag = span.bag()
    attributes, names = shown(bag, reader.policy), reader.policy.names
    statuses = {status.code for status in reader.table.statuses}
    return SpanRow(
        span_id=span.span_id,
        url=reader.links.span(*span.key),
        start=span.start,
        day=times.day_month(span.start, reader.zone, reader.language, short=True),
        clock=_clock(span.start, reader),
        took=_took(span, reader.language),
        service=names.service(span.service) or "",
        name=names.operation(span.name) or "",
        kind=span.kind,
        status=span.facts.status if span.facts.status in statuses else "",
        failed=span.failed,
        error=reader.error_kind(span),
        error_text=error_text(bag, reader.policy) if span.facts.has_error_text else "",
        attributes=tuple(one for one in attributes if not one.masked),
        masked=sum(one.masked for one in attributes),
    )


def _clock(instant: int, reader: Reader) -> str:
    """Return the time of day with milliseconds, which no zone moves."""
    milliseconds = instant // 1_000_000
    return f"{times.clock(instant, reader.zone)}:{milliseconds // 1000 % 60:02d}.{milliseconds % 1000:03d}"


def _took(span: Span, language: str) -> str:
    """Return a span's length: in milliseconds below a second, as developers read it."""
    length = span.end - span.start
    if length >= SECOND:
        return times.duration(length // SECOND, language)
    unit = "мс" if language == "ru" else "ms"
    return f"{length // 1_000_000}{times.NBSP}{unit}"


def _hop(hop: Hop, reader: Reader) -> HopRow:
    result = "dead_letter" if hop.dead_letter else "failed" if hop.failed else "taken" if hop.taken_at else "not_seen"
    return HopRow(
        sender=reader.policy.names.service(hop.sender) or "",
        receiver=reader.policy.names.service(hop.receiver) or "" if hop.receiver else "",
        through=reader.safe("messaging.destination.name", hop.queue) if hop.queue else "HTTP",
        sent_at=hop.sent_at,
        taken_at=hop.taken_at,
        sent_url=reader.links.span(*hop.sent_by.key) if hop.sent_by else "",
        taken_url=reader.links.span(*hop.taken_by.key) if hop.taken_by else "",
        result=result,
    )
