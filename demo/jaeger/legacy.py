"""Jaeger's internal JSON (`/api/…`, up to 2.20): how a trace is written there."""

from collections.abc import Iterable

import msgspec

from demo.jaeger.otlp import ERROR, KeyValue, Resource, Span, Value
from demo.jaeger.remarks import remarks
from demo.jaeger.store import Kept, Trace, kind_of
from demo.jaeger.values import number_text, plain_of, text_of

Json = dict[str, object]
SAFE = 2**53 - 1  # beyond it a browser would lose digits: Jaeger sends such integers as text


def short_id(trace_id: str) -> str:
    """Return a trace id as this API writes it: 16 digits when the upper half is zero."""
    return trace_id[16:] if trace_id.startswith("0" * 16) else trace_id


def encoded(trace: Trace) -> bytes:
    """Return one element of `data`, written once and remembered."""
    if "legacy" not in trace.written:
        trace.written["legacy"] = msgspec.json.encode(_trace(trace))
    return trace.written["legacy"]


def envelope(data: bytes, errors: bytes = b"null", total: int = 0) -> bytes:
    """Return the answer that everything in this API is wrapped in; paging never happens, so limits are 0."""
    return b'{"data":%b,"total":%d,"limit":0,"offset":0,"errors":%b}\n' % (data, total, errors)


def traces(found: Iterable[Trace], missing: Iterable[str] = ()) -> bytes:
    """Return the answer for traces; ids that were asked for and are `missing` are reported beside them."""
    errors = [{"msg": "trace not found", "traceID": short_id(trace_id)} for trace_id in missing]
    return envelope(b"[" + b",".join(map(encoded, found)) + b"]", msgspec.json.encode(errors or None))


def _trace(trace: Trace) -> Json:
    said = remarks(trace.spans)
    processes: dict[bytes, tuple[str, Json]] = {}
    spans = []
    for kept in trace.spans:
        process = _process(kept.service, kept.resource)
        name, _ = processes.setdefault(msgspec.json.encode(process), (f"p{len(processes) + 1}", process))
        spans.append(_span(kept, name, said.get(kept.span.span_id)))
    return {
        "traceID": short_id(trace.trace_id),
        "spans": spans,
        "processes": dict(processes.values()),
        "warnings": None,
    }


def _process(service: str, resource: Resource) -> Json:
    tags = [_tag(pair) for pair in resource.attributes if pair.key != "service.name"]
    return {"serviceName": service, "tags": tags}


def _span(kept: Kept, process: str, warnings: tuple[str, ...] | None) -> Json:
    span = kept.span
    return {
        "traceID": short_id(span.trace_id),
        "spanID": span.span_id,
        "operationName": span.name,
        "references": list(_references(span)),
        "startTime": kept.start // 1000,
        "duration": kept.length // 1000,
        "tags": [*_scope_tags(kept), *map(_tag, span.attributes), *_kind_and_status(span)],
        "logs": [
            {"timestamp": int(event.time_unix_nano) // 1000, "fields": _fields(event.name, event.attributes)}
            for event in span.events
        ],
        "processID": process,
        "warnings": warnings,
    }


def _references(span: Span) -> Iterable[Json]:
    if span.parent_span_id:
        yield {"refType": "CHILD_OF", "traceID": short_id(span.trace_id), "spanID": span.parent_span_id}
    for link in span.links:
        yield {"refType": "FOLLOWS_FROM", "traceID": short_id(link.trace_id), "spanID": link.span_id}


def _scope_tags(kept: Kept) -> Iterable[Json]:
    if kept.scope.name:
        yield _string("otel.scope.name", kept.scope.name)
    if kept.scope.version:
        yield _string("otel.scope.version", kept.scope.version)


def _kind_and_status(span: Span) -> Iterable[Json]:
    if kind := kind_of(span):
        yield _string("span.kind", kind)
    if span.status.code == ERROR:
        yield _string("otel.status_code", "ERROR")
        yield {"key": "error", "type": "bool", "value": True}
    elif span.status.code:
        yield _string("otel.status_code", "OK")
    if span.status.message:
        yield _string("otel.status_description", span.status.message)
    if span.trace_state:
        yield _string("w3c.tracestate", span.trace_state)


def _fields(name: str, attributes: list[KeyValue]) -> list[Json]:
    return [*([_string("event", name)] if name else []), *map(_tag, attributes)]


def _string(key: str, value: str) -> Json:
    return {"key": key, "type": "string", "value": value}


def _tag(pair: KeyValue) -> Json:
    kind, value = _typed(pair.value)
    return {"key": pair.key, "type": kind, "value": value}


def _typed(value: Value) -> tuple[str, object]:
    plain = plain_of(value)
    if isinstance(plain, bool):
        return "bool", plain
    if isinstance(plain, int):
        return "int64", plain if abs(plain) <= SAFE else str(plain)
    if isinstance(plain, float):
        return "float64", msgspec.Raw(number_text(plain).encode()) if plain.is_integer() else plain
    return ("binary" if value.bytes_value is not None else "string"), text_of(value)
