"""Jaeger's stable JSON (`/api/v3/…`): traces as OTLP, and their summaries."""

from collections import Counter
from collections.abc import Iterable

import msgspec

from demo.jaeger.otlp import ERROR, KeyValue, ResourceSpans, ScopeSpans, Span, Value, Values
from demo.jaeger.remarks import remarks
from demo.jaeger.store import Trace, scoped

WARNINGS = "@jaeger@warnings"


def traces(found: Iterable[Trace]) -> bytes:
    """Return the answer for traces: all of them in one flat list."""
    return b'{"result":{"resourceSpans":[' + b",".join(map(_encoded, found)) + b"]}}"


def summaries(found: Iterable[Trace]) -> bytes:
    """Return the answer of /api/v3/trace-summaries."""
    return b'{"summaries":[' + b",".join(map(_summary, found)) + b"]}"


def failure(status: int, message: str) -> bytes:
    """Return the body of an error in this API."""
    return msgspec.json.encode({"error": {"httpCode": status, "message": message}})


def _encoded(trace: Trace) -> bytes:
    if "v3" not in trace.written:
        said = remarks(trace.spans)
        groups = [
            ResourceSpans(resource=resource, scope_spans=[_remarked(inner, said) for inner in inners])
            for resource, inners in scoped(trace)
        ]
        trace.written["v3"] = msgspec.json.encode(groups)[1:-1]
    return trace.written["v3"]


def _remarked(inner: ScopeSpans, said: dict[str, tuple[str, ...]]) -> ScopeSpans:
    spans = [_with_warnings(span, said[span.span_id]) if span.span_id in said else span for span in inner.spans]
    return ScopeSpans(scope=inner.scope, spans=spans)


def _with_warnings(span: Span, words: tuple[str, ...]) -> Span:
    values = Values(values=[Value(string_value=said) for said in words])
    remark = KeyValue(key=WARNINGS, value=Value(array_value=values))
    return msgspec.structs.replace(span, attributes=[remark, *span.attributes])


def _summary(trace: Trace) -> bytes:
    if "summary" not in trace.written:
        trace.written["summary"] = msgspec.json.encode(_summed(trace))
    return trace.written["summary"]


def _summed(trace: Trace) -> dict[str, object]:
    known = {kept.span.span_id for kept in trace.spans}
    orphans = [kept for kept in trace.spans if kept.span.parent_span_id and kept.span.parent_span_id not in known]
    roots = [kept for kept in trace.spans if not kept.span.parent_span_id]
    root = min(roots or orphans or trace.spans, key=lambda kept: kept.start)
    spans = Counter(kept.service for kept in trace.spans)
    errors = Counter(kept.service for kept in trace.spans if kept.span.status.code == ERROR)
    services = [_filled({"name": name, "spanCount": n, "errorSpanCount": errors[name]}) for name, n in spans.items()]
    return _filled(
        {
            "traceId": trace.trace_id,
            "rootServiceName": root.service,
            "rootOperationName": root.span.name,
            "minStartTimeUnixNano": str(trace.first),
            "maxEndTimeUnixNano": str(max(kept.start + kept.length for kept in trace.spans)),
            "spanCount": len(trace.spans),
            "errorSpanCount": sum(errors.values()),
            "orphanSpanCount": len(orphans),
            "services": services,
        }
    )


def _filled(fields: dict[str, object]) -> dict[str, object]:
    """Leave out what is zero or empty, as protobuf's JSON does."""
    return {name: value for name, value in fields.items() if value}
