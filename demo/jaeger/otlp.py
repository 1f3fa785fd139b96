"""OTLP as typed structs: read from JSON or protobuf, written as the JSON that Jaeger's v3 API answers with."""

import base64
import re
from collections.abc import Iterable
from typing import Final

import msgspec
from google.protobuf.message import DecodeError  # type: ignore[import-untyped]
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.common.v1 import common_pb2
from opentelemetry.proto.trace.v1 import trace_pb2

ERROR: Final = 2  # Status.code of a failed span (opentelemetry/proto/trace/v1/trace.proto)


class NotOtlpError(ValueError):
    """What was posted is not a trace export request; the text says why."""


class Part(msgspec.Struct, rename="camel", omit_defaults=True):
    """What every piece of OTLP JSON shares: camelCase names, absent fields left out."""


class Value(Part):
    """OTLP's AnyValue: at most one field is set."""

    string_value: str | None = None
    bool_value: bool | None = None
    int_value: str | int | None = None
    double_value: float | None = None
    bytes_value: str | None = None  # base64
    array_value: "Values | None" = None
    kvlist_value: "Pairs | None" = None


class KeyValue(Part):
    """One attribute."""

    key: str
    value: Value = msgspec.field(default_factory=Value)


class Values(Part):
    """The items of a list."""

    values: list[Value] = []


class Pairs(Part):
    """The items of a map."""

    values: list[KeyValue] = []


class Event(Part):
    """Something that happened at one instant of a span (nanoseconds, as text)."""

    time_unix_nano: str | int = 0
    name: str = ""
    attributes: list[KeyValue] = []


class Link(Part):
    """A pointer to a span, often of another trace."""

    trace_id: str = ""
    span_id: str = ""
    trace_state: str = ""
    attributes: list[KeyValue] = []
    flags: int = 0


class Status(Part):
    """How a span ended: code 0 unset, 1 OK, 2 error."""

    message: str = ""
    code: int = 0


class Span(Part):
    """One span as it is kept: ids lower-case hex, times whole nanoseconds as text."""

    trace_id: str
    span_id: str
    trace_state: str = ""
    parent_span_id: str = ""
    flags: int = 0
    name: str = ""
    kind: int = 0
    start_time_unix_nano: str | int = 0
    end_time_unix_nano: str | int = 0
    attributes: list[KeyValue] = []
    events: list[Event] = []
    links: list[Link] = []
    status: Status = msgspec.field(default_factory=Status)

    @property
    def start(self) -> int:
        """Return when it began, in nanoseconds since 1970."""
        return int(self.start_time_unix_nano)

    @property
    def end(self) -> int:
        """Return when it ended, in nanoseconds since 1970."""
        return int(self.end_time_unix_nano)


class Resource(Part):
    """Who sent the spans."""

    attributes: list[KeyValue] = []


class Scope(Part):
    """Which instrumentation made the spans."""

    name: str = ""
    version: str = ""
    attributes: list[KeyValue] = []


class ScopeSpans(Part):
    """The spans of one scope."""

    scope: Scope = msgspec.field(default_factory=Scope)
    spans: list[Span] = []


class ResourceSpans(Part):
    """The spans of one resource."""

    resource: Resource = msgspec.field(default_factory=Resource)
    scope_spans: list[ScopeSpans] = []


class Export(Part):
    """The body of POST /v1/traces."""

    resource_spans: list[ResourceSpans] = []


_decoder = msgspec.json.Decoder(Export, strict=False)


def from_json(body: bytes) -> list[ResourceSpans]:
    """Read an export request in OTLP/JSON.

    Raises NotOtlpError when it is none.
    """
    try:
        export = _decoder.decode(body)
        for group in export.resource_spans:
            for scoped in group.scope_spans:
                for span in scoped.spans:
                    _mend(span)
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        raise NotOtlpError(str(error)) from error
    return export.resource_spans


def _mend(span: Span) -> None:
    """Bring ids to lower case and numbers to text, as the API writes them."""
    span.trace_id = _id(span.trace_id, 32)
    span.span_id = _id(span.span_id, 16)
    span.parent_span_id = span.parent_span_id.lower()
    span.start_time_unix_nano = _nanos(span.start_time_unix_nano)
    span.end_time_unix_nano = _nanos(span.end_time_unix_nano)
    for event in span.events:
        event.time_unix_nano = _nanos(event.time_unix_nano)


def _id(text: str, digits: int) -> str:
    if not re.fullmatch(rf"[0-9a-fA-F]{{{digits}}}", text) or not int(text, 16):
        raise ValueError(f"an id of {digits} hex digits, not all of them zero, was expected")
    return text.lower()


def _nanos(number: str | int) -> str:
    if not 0 <= int(number) < 2**64:
        raise ValueError("an instant is a 64-bit number of nanoseconds")
    return str(int(number))


def from_protobuf(body: bytes) -> list[ResourceSpans]:
    """Read an export request in OTLP/protobuf.

    Raises NotOtlpError when it is none.
    """
    try:
        export = ExportTraceServiceRequest.FromString(body)
        return [_group(group) for group in export.resource_spans]
    except (DecodeError, ValueError) as error:
        raise NotOtlpError(str(error)) from error


def _group(group: trace_pb2.ResourceSpans) -> ResourceSpans:
    scoped = [
        ScopeSpans(
            scope=Scope(
                name=inner.scope.name,
                version=inner.scope.version,
                attributes=_attributes(inner.scope.attributes),
            ),
            spans=[_span(span) for span in inner.spans],
        )
        for inner in group.scope_spans
    ]
    return ResourceSpans(resource=Resource(attributes=_attributes(group.resource.attributes)), scope_spans=scoped)


def _span(sent: trace_pb2.Span) -> Span:
    return Span(
        trace_id=_id(sent.trace_id.hex(), 32),
        span_id=_id(sent.span_id.hex(), 16),
        trace_state=sent.trace_state,
        parent_span_id=sent.parent_span_id.hex(),
        flags=sent.flags,
        name=sent.name,
        kind=sent.kind,
        start_time_unix_nano=str(sent.start_time_unix_nano),
        end_time_unix_nano=str(sent.end_time_unix_nano),
        attributes=_attributes(sent.attributes),
        events=[
            Event(time_unix_nano=str(event.time_unix_nano), name=event.name, attributes=_attributes(event.attributes))
            for event in sent.events
        ],
        links=[
            Link(
                trace_id=link.trace_id.hex(),
                span_id=link.span_id.hex(),
                trace_state=link.trace_state,
                attributes=_attributes(link.attributes),
                flags=link.flags,
            )
            for link in sent.links
        ],
        status=Status(message=sent.status.message, code=sent.status.code),
    )


def _attributes(sent: Iterable[common_pb2.KeyValue]) -> list[KeyValue]:
    return [KeyValue(key=pair.key, value=_value(pair.value)) for pair in sent]


def _value(sent: common_pb2.AnyValue) -> Value:
    match sent.WhichOneof("value"):
        case "string_value":
            return Value(string_value=sent.string_value)
        case "bool_value":
            return Value(bool_value=sent.bool_value)
        case "int_value":
            return Value(int_value=str(sent.int_value))
        case "double_value":
            return Value(double_value=sent.double_value)
        case "bytes_value":
            return Value(bytes_value=base64.b64encode(sent.bytes_value).decode())
        case "array_value":
            return Value(array_value=Values(values=[_value(item) for item in sent.array_value.values]))
        case "kvlist_value":
            return Value(kvlist_value=Pairs(values=_attributes(sent.kvlist_value.values)))
        case _:
            return Value()
