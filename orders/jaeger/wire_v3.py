"""The stable generation: /api/v3/..., OTLP JSON; searchable by attribute from Jaeger 2.19, the only one from 2.21."""

import json
from datetime import UTC, datetime
from typing import Final

import msgspec

from orders.jaeger.facts import BLANK, TEXT, Put, Row, fill, known, text
from orders.jaeger.wire import NO_LIST, Asked, Question, all_names, is_zero, span_key, times, trace_key
from orders.journey.raw import Raw
from orders.journey.spans import SECOND, Attribute, Facts, Link, Span

SERVICES: Final = Question("/api/v3/services")
PROBE: Final = Question("/api/v3/trace-summaries")  # without its parameters: 400 in JSON where v3 can be searched
_new = tuple.__new__  # of a NamedTuple: a third of what its own constructor costs
DEEPEST: Final = 20  # lists in lists that an attribute is opened to
KINDS: Final[dict[object, str]] = {
    number: name
    for n, name in enumerate(("", "internal", "server", "client", "producer", "consumer"))
    for number in (n, f"SPAN_KIND_{name.upper()}")
}
Shared = list[tuple[int, object]]
FAILED: Final = (2, "STATUS_CODE_ERROR")


class _Value(msgspec.Struct, gc=False):
    """An OTLP AnyValue: one of its fields is set."""

    stringValue: str | None = None  # noqa: N815 - the names of the wire
    intValue: str | int | None = None  # noqa: N815
    doubleValue: float | str | None = None  # noqa: N815
    boolValue: bool | None = None  # noqa: N815
    bytesValue: str | None = None  # noqa: N815
    arrayValue: "_Array | None" = None  # noqa: N815
    kvlistValue: "_Map | None" = None  # noqa: N815


NO_VALUE: Final = _Value()


class _Array(msgspec.Struct, gc=False):
    values: list[_Value] = []


class _KeyValue(msgspec.Struct, gc=False):
    key: str
    value: _Value = msgspec.field(default_factory=_Value)


class _Map(msgspec.Struct, gc=False):
    values: list[_KeyValue] = []


class _Event(msgspec.Struct, gc=False):
    name: str = ""
    attributes: msgspec.Raw = NO_LIST


class _Link(msgspec.Struct, gc=False):
    traceId: str = ""  # noqa: N815
    spanId: str = ""  # noqa: N815
    attributes: msgspec.Raw = NO_LIST


class _Status(msgspec.Struct, gc=False):
    code: int | str = 0
    message: str = ""


class _Span(msgspec.Struct, gc=False):
    traceId: str  # noqa: N815
    spanId: str  # noqa: N815
    startTimeUnixNano: int  # noqa: N815
    endTimeUnixNano: int = 0  # noqa: N815
    name: str = ""
    parentSpanId: str = ""  # noqa: N815
    kind: int | str = 0
    attributes: msgspec.Raw = NO_LIST
    events: tuple[_Event, ...] = ()
    links: tuple[_Link, ...] = ()
    status: _Status | None = None


class _Scope(msgspec.Struct, gc=False):
    name: str = ""
    version: str = ""
    attributes: msgspec.Raw = NO_LIST


class _ScopeSpans(msgspec.Struct, gc=False):
    scope: _Scope | None = None
    spans: list[_Span] = []


class _Resource(msgspec.Struct, gc=False):
    attributes: list[_KeyValue] = []


class _ResourceSpans(msgspec.Struct, gc=False):
    resource: _Resource = msgspec.field(default_factory=_Resource)
    scopeSpans: list[_ScopeSpans] = []  # noqa: N815


class _Result(msgspec.Struct, gc=False):
    resourceSpans: list[msgspec.Raw] = []  # noqa: N815


class _Answer(msgspec.Struct, gc=False):
    result: _Result


class _Services(msgspec.Struct, gc=False):
    services: list[str] = []


class _Error(msgspec.Struct, gc=False):
    httpCode: int  # noqa: N815
    message: str = ""


class _Complaint(msgspec.Struct, gc=False):
    error: _Error


_answer = msgspec.json.Decoder(_Answer).decode
_services = msgspec.json.Decoder(_Services).decode
_complaint = msgspec.json.Decoder(_Complaint).decode
_piece = msgspec.json.Decoder(_ResourceSpans, strict=False).decode  # int64 comes as text: read it as a number at once
_attributes = msgspec.json.Decoder(list[_KeyValue]).decode


def search(asked: Asked) -> Question:
    """Return the question for a search; without `service` it is for storages that can search all services."""
    params = [
        ("query.startTimeMin", _rfc3339(asked.start)),
        ("query.startTimeMax", _rfc3339(asked.end)),
        ("query.searchDepth", str(asked.limit)),
        ("query.attributes", json.dumps({asked.attribute: asked.value})),
    ]
    if asked.service:
        params.append(("query.serviceName", asked.service))
    return Question("/api/v3/traces", tuple(params))


def one(trace_id: str, start: int, end: int) -> Question:
    """Return the question for one trace by its canonical id."""
    return Question(f"/api/v3/traces/{trace_id}", (("startTime", _rfc3339(start)), ("endTime", _rfc3339(end))))


def service_names(body: bytes) -> list[str]:
    """Return the names in an answer to SERVICES."""
    return list(all_names(_services(body).services))


def split(body: bytes) -> tuple[list[msgspec.Raw], bool]:
    """Return the resourceSpans of an answer, undecoded. This generation never says that something is left out."""
    return _answer(body).result.resourceSpans, False


def piece_key(piece: bytes) -> bytes:
    """Return the bytes themselves: a trace that several answers hold comes byte for byte the same."""
    return piece


def complaint(body: bytes) -> str | None:
    """Return what an error answer says, lower case; None when it is not this generation's error answer."""
    try:
        return _complaint(body).error.message.lower()
    except (msgspec.MsgspecError, RecursionError, ValueError):
        return None


def spans(raw: msgspec.Raw, wanted: dict[str, Put]) -> list[Span]:
    """Return the spans of one resourceSpans element, in its order."""
    group = _piece(raw)
    base: Row = BLANK.copy()
    _read(base, group.resource.attributes, wanted)
    shared = known(base)
    named = (one.value for one in group.resource.attributes if one.key == "service.name")
    service = text(_plain(next(named, NO_VALUE)))
    return [
        _span(span, service, shared, wanted, _Bag(span, scoped.scope, group.resource))
        for scoped in group.scopeSpans
        for span in scoped.spans
    ]


def _span(span: _Span, service: str, shared: Shared, wanted: dict[str, Put], bag: "_Bag") -> Span:
    row = BLANK.copy()
    _read(row, _attributes(span.attributes), wanted)
    status = span.status
    if status is not None and status.message:
        row[TEXT] = True
    for event in span.events:
        fill(row, known(_event_row(event, wanted)))
    if shared:
        fill(row, shared)
    parent = span.parentSpanId
    start, end, odd = times(span.startTimeUnixNano, span.endTimeUnixNano)
    return _new(
        Span,
        (
            trace_key(span.traceId),
            span_key(span.spanId),
            span_key(parent) if parent.strip("0") else "",
            service,
            Raw(span.name),
            KINDS.get(span.kind, ""),
            start,
            end,
            status is not None and status.code in FAILED,
            _new(Facts, row),
            _links(span.links) if span.links else (),
            odd,
            bag,
        ),
    )


def _event_row(event: _Event, wanted: dict[str, Put]) -> Row:
    row = BLANK.copy()
    row[TEXT] = event.name == "exception"
    _read(row, _attributes(event.attributes), wanted)
    return row


def _read(row: Row, attributes: list[_KeyValue], wanted: dict[str, Put]) -> None:
    for attribute in attributes:
        put = wanted.get(attribute.key)
        if put is not None:
            value = attribute.value.stringValue
            if isinstance(put, int):
                row[put] = text(_plain(attribute.value)) if value is None else value
            else:
                put(row, _plain(attribute.value) if value is None else value)


def _links(links: tuple[_Link, ...]) -> tuple[Link, ...]:
    return tuple(
        Link(trace_key(link.traceId), span_key(link.spanId))
        for link in links
        if not (is_zero(link.traceId) or is_zero(link.spanId))
    )


def _plain(value: _Value, depth: int = DEEPEST) -> object:
    """Return an AnyValue as Python has it; "" where it is empty or nested deeper than DEEPEST."""
    if value.stringValue is not None:
        return value.stringValue
    if value.intValue is not None:
        return int(value.intValue)
    if value.arrayValue is not None and depth:
        return [_plain(one, depth - 1) for one in value.arrayValue.values]
    if value.kvlistValue is not None and depth:
        return {pair.key: _plain(pair.value, depth - 1) for pair in value.kvlistValue.values}
    return next((one for one in (value.boolValue, value.doubleValue, value.bytesValue) if one is not None), "")


class _Bag(msgspec.Struct, gc=False, eq=False):
    """What opens a span's bag: a fifth of a closure in size, and its repr shows nothing of what is in it."""

    span: _Span
    scope: _Scope | None
    resource: _Resource

    def __call__(self) -> tuple[Attribute, ...]:
        return _bag(self.span, self.scope, self.resource)

    def __repr__(self) -> str:
        return "Bag(…)"


def _bag(span: _Span, scope: _Scope | None, resource: _Resource) -> tuple[Attribute, ...]:
    """Return every attribute, decoded now; the status' message and the events' names are among them."""
    found = _open("span", _attributes(span.attributes))
    if span.status is not None and span.status.message:
        found.append(Attribute("span", "otel.status_description", Raw(span.status.message)))
    for event in span.events:
        found.append(Attribute("event", "event", Raw(event.name)))
        found += _open("event", _attributes(event.attributes))
    found += _open("resource", resource.attributes)
    if scope is not None:
        found += [Attribute("scope", "otel.scope.name", Raw(scope.name))] if scope.name else []
        found += [Attribute("scope", "otel.scope.version", Raw(scope.version))] if scope.version else []
        found += _open("scope", _attributes(scope.attributes))
    for link in span.links:
        found += _open("link", _attributes(link.attributes))
    return tuple(found)


def _open(place: str, attributes: list[_KeyValue]) -> list[Attribute]:
    return [Attribute(place, attribute.key, Raw(_plain(attribute.value))) for attribute in attributes]


def _rfc3339(instant: int) -> str:
    whole, rest = divmod(instant, SECOND)
    return f"{datetime.fromtimestamp(whole, UTC):%Y-%m-%dT%H:%M:%S}" + (f".{rest:09d}Z" if rest else "Z")
