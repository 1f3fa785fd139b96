"""The legacy generation: /api/..., Jaeger's own JSON; all there is up to Jaeger 2.18, gone for searches in 2.21."""

import json
import re
from typing import Final

import msgspec

from orders.jaeger.facts import BLANK, TEXT, WIDTH, Put, Row, fill, known, put_in, text
from orders.jaeger.wire import NO_LIST, Asked, Question, all_names, is_zero, span_key, times, trace_key
from orders.journey.raw import Raw
from orders.journey.spans import Attribute, Facts, Link, Span

SERVICES: Final = Question("/api/services")
MICRO: Final = 1_000  # nanoseconds: this generation speaks microseconds
KINDS: Final = frozenset({"internal", "server", "client", "producer", "consumer"})
KIND, CODE, ERROR_TAG = range(WIDTH, WIDTH + 3)  # what this generation hides among the tags
BLANK_ROW: Final[Row] = [*BLANK, "", "", ""]
Shared = list[tuple[int, object]]
_FIRST_ID: Final = re.compile(rb'\{"traceID":"([0-9a-f]{1,32})"')


class _Tag(msgspec.Struct, gc=False):
    key: str
    value: object = ""
    type: str = ""


class _Log(msgspec.Struct, gc=False):
    fields: msgspec.Raw = NO_LIST


class _Reference(msgspec.Struct, gc=False):
    refType: str = ""  # noqa: N815 - the names of the wire
    traceID: str = ""  # noqa: N815
    spanID: str = ""  # noqa: N815


class _Span(msgspec.Struct, gc=False):
    traceID: str  # noqa: N815
    spanID: str  # noqa: N815
    startTime: int | float  # noqa: N815
    duration: int | float = 0
    operationName: str = ""  # noqa: N815
    parentSpanID: str = ""  # noqa: N815
    references: list[_Reference] | None = None
    tags: msgspec.Raw = NO_LIST
    logs: list[_Log] | None = None
    processID: str = ""  # noqa: N815


class _Process(msgspec.Struct, gc=False):
    serviceName: str = ""  # noqa: N815
    tags: list[_Tag] | None = None


class _Trace(msgspec.Struct, gc=False):
    traceID: str  # noqa: N815
    spans: list[_Span] | None = None
    processes: dict[str, _Process] | None = None


class _TraceId(msgspec.Struct, gc=False):
    traceID: str  # noqa: N815


class _Error(msgspec.Struct, gc=False):
    code: int = 0
    msg: str = ""


class _Answer(msgspec.Struct, gc=False):
    data: list[msgspec.Raw] | None
    errors: list[_Error] | None = None


class _Services(msgspec.Struct, gc=False):
    data: list[str] | None


class _Complaint(msgspec.Struct, gc=False):
    errors: list[_Error]


_answer = msgspec.json.Decoder(_Answer).decode
_services = msgspec.json.Decoder(_Services).decode
_complaint = msgspec.json.Decoder(_Complaint).decode
_trace = msgspec.json.Decoder(_Trace).decode
_trace_id = msgspec.json.Decoder(_TraceId).decode
_tags = msgspec.json.Decoder(list[_Tag] | None).decode


def search(asked: Asked) -> Question:
    """Return the question for a search; this generation refuses one without `service`."""
    params = [
        ("start", str(asked.start // MICRO)),
        ("end", str(-(-asked.end // MICRO))),
        ("limit", str(asked.limit)),
        ("tags", json.dumps({asked.attribute: asked.value})),
    ]
    if asked.service:
        params.append(("service", asked.service))
    return Question("/api/traces", tuple(params))


def one(trace_id: str, start: int, end: int) -> Question:
    """Return the question for one trace by its canonical id."""
    return Question(f"/api/traces/{trace_id}", (("start", str(start // MICRO)), ("end", str(-(-end // MICRO)))))


def service_names(body: bytes) -> list[str]:
    """Return the names in an answer to SERVICES."""
    return list(all_names(_services(body).data or ()))


def split(body: bytes) -> tuple[list[msgspec.Raw], bool]:
    """Return the traces of an answer, undecoded, and whether errors were sent with them."""
    answer = _answer(body)
    if answer.data is None:
        raise ValueError("an answer without data")
    return answer.data, bool(answer.errors)


def piece_key(piece: bytes) -> str:
    """Return the trace's id, read without decoding the rest where it stands first."""
    found = _FIRST_ID.match(piece)
    return trace_key(found[1].decode() if found else _trace_id(piece).traceID)


def complaint(body: bytes) -> str | None:
    """Return what an error answer says, lower case; None when it is not this generation's error answer."""
    try:
        return " ".join(error.msg for error in _complaint(body).errors).lower()
    except (msgspec.MsgspecError, RecursionError, ValueError):
        return None


def spans(raw: msgspec.Raw, wanted: dict[str, Put]) -> list[Span]:
    """Return the spans of one trace, in its order."""
    trace = _trace(raw)
    wanted = wanted | HIDDEN
    processes = {name: _read_process(process, wanted) for name, process in (trace.processes or {}).items()}
    nobody: tuple[_Process, Shared] = (_Process(), [])
    return [_span(span, *processes.get(span.processID, nobody), wanted) for span in trace.spans or ()]


def _read_process(process: _Process, wanted: dict[str, Put]) -> tuple[_Process, Shared]:
    row = BLANK_ROW.copy()
    _read(row, process.tags, wanted)
    return process, known(row)


def _read(row: Row, tags: list[_Tag] | None, wanted: dict[str, Put]) -> None:
    for tag in tags or ():
        put = wanted.get(tag.key)
        if put is not None:
            put_in(row, put, tag.value)


def _span(span: _Span, process: _Process, shared: Shared, wanted: dict[str, Put]) -> Span:
    row = BLANK_ROW.copy()
    _read(row, _tags(span.tags), wanted)
    for log in span.logs or ():
        fill(row, _read_log(log, wanted))
    fill(row, shared)
    trace_id = trace_key(span.traceID)
    parent, links = _pointers(span, trace_id)
    start = int(span.startTime * MICRO)
    started, ended, odd = times(start, start + int(span.duration * MICRO))
    return Span(
        trace_id,
        span_key(span.spanID),
        parent,
        process.serviceName,
        Raw(span.operationName),
        str(row[KIND]),
        started,
        ended,
        row[CODE] == "ERROR" or (row[ERROR_TAG] is True and not row[CODE]),
        Facts._make(row[:WIDTH]),
        links,
        odd,
        _Bag(span, process),
    )


def _read_log(log: _Log, wanted: dict[str, Put]) -> Shared:
    row = BLANK_ROW.copy()
    _read(row, _tags(log.fields), wanted)
    return known(row)


def _pointers(span: _Span, trace_id: str) -> tuple[str, tuple[Link, ...]]:
    """Return the parent (the first CHILD_OF within the trace) and all other references as links."""
    parent = "" if is_zero(span.parentSpanID) else span_key(span.parentSpanID)
    links = []
    for reference in span.references or ():
        if is_zero(reference.traceID) or is_zero(reference.spanID):
            continue
        link = Link(trace_key(reference.traceID), span_key(reference.spanID))
        if not parent and reference.refType == "CHILD_OF" and link.trace_id == trace_id:
            parent = link.span_id
        elif link != (trace_id, parent):
            links.append(link)
    return parent, tuple(links)


class _Bag(msgspec.Struct, gc=False, eq=False):
    """What opens a span's bag: a fifth of a closure in size, and its repr shows nothing of what is in it."""

    span: _Span
    process: _Process

    def __call__(self) -> tuple[Attribute, ...]:
        return _bag(self.span, self.process)

    def __repr__(self) -> str:
        return "Bag(…)"


def _bag(span: _Span, process: _Process) -> tuple[Attribute, ...]:
    """Return every attribute, decoded now; this generation mixes the scope's with the span's and drops the links'."""
    found = [Attribute(_place(tag.key), tag.key, Raw(_opened(tag))) for tag in _tags(span.tags) or ()]
    for log in span.logs or ():
        found += [Attribute("event", tag.key, Raw(_opened(tag))) for tag in _tags(log.fields) or ()]
    found.append(Attribute("resource", "service.name", Raw(process.serviceName)))
    found += [Attribute("resource", tag.key, Raw(_opened(tag))) for tag in process.tags or ()]
    return tuple(found)


def _place(key: str) -> str:
    return "scope" if key.startswith(("otel.scope.", "otel.library.")) else "span"


def _opened(tag: _Tag) -> object:
    """Return a tag's value; an int64 too large for JavaScript comes as text."""
    if tag.type == "int64" and isinstance(tag.value, str):
        return int(tag.value)
    return tag.value


def _put_kind(row: Row, value: object) -> None:
    found = text(value)
    row[KIND] = found if found in KINDS else ""


def _put_code(row: Row, value: object) -> None:
    row[CODE] = text(value)


def _put_error_tag(row: Row, value: object) -> None:
    row[ERROR_TAG] = text(value) == "true"


def _put_event(row: Row, value: object) -> None:
    if value == "exception":
        row[TEXT] = True


HIDDEN: Final[dict[str, Put]] = {
    "span.kind": _put_kind,
    "otel.status_code": _put_code,
    "error": _put_error_tag,
    "event": _put_event,
}
