"""The stand-in's OTLP door: the real SDK's exporter, gzip, JSON, and everything it refuses."""

import gzip
import json
from collections.abc import Iterator

import httpx
import pytest
from opentelemetry.exporter.otlp.proto.http import Compression
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.trace import Link, SpanKind, Status, StatusCode

from demo.jaeger.server import StandInJaeger

BEGIN = 1_795_445_040_000_000_000
WINDOW = {"query.startTimeMin": "2026-11-23T14:00:00Z", "query.startTimeMax": "2026-11-23T16:00:00Z"}


@pytest.fixture
def jaeger() -> Iterator[StandInJaeger]:
    with StandInJaeger() as running:
        yield running


def export(jaeger: StandInJaeger, compression: Compression) -> str:
    """Send two linked spans through the real SDK and return the trace id of the second."""
    provider = TracerProvider(resource=Resource({"service.name": "mes-api", "service.version": "1.4.2"}))
    sink = OTLPSpanExporter(endpoint=f"{jaeger.otlp_url}/v1/traces", compression=compression)
    provider.add_span_processor(SimpleSpanProcessor(sink))
    tracer = provider.get_tracer("orders", "3")
    sent = tracer.start_span("publish", kind=SpanKind.PRODUCER, start_time=BEGIN)
    sent.end(BEGIN + 5_000_000)
    links = [Link(sent.get_span_context(), {"kind": "message"})]
    span = tracer.start_span("process", kind=SpanKind.CONSUMER, links=links, start_time=BEGIN + 9_000_000)
    span.set_attributes({"order_id": "ORD-1", "tries": 3, "late": True, "share": 0.5, "sizes": [1, 2]})
    span.add_event("exception", {"exception.type": "NoPrinter"}, timestamp=BEGIN + 10_000_000)
    span.set_status(Status(StatusCode.ERROR, "printer offline"))
    span.end(BEGIN + 11_000_000)
    provider.shutdown()
    return format(span.get_span_context().trace_id, "032x")


@pytest.mark.parametrize("compression", [Compression.NoCompression, Compression.Gzip])
def test_a_span_of_the_real_sdk_is_found_whole(jaeger: StandInJaeger, compression: Compression) -> None:
    trace_id = export(jaeger, compression)
    found = httpx.get(
        f"{jaeger.query_url}/api/v3/traces", params={**WINDOW, "query.attributes": json.dumps({"order_id": "ORD-1"})}
    ).json()
    (group,) = found["result"]["resourceSpans"]
    (span,) = group["scopeSpans"][0]["spans"]
    assert {"key": "service.name", "value": {"stringValue": "mes-api"}} in group["resource"]["attributes"]
    assert group["scopeSpans"][0]["scope"] == {"name": "orders", "version": "3"}
    assert (span["traceId"], span["name"], span["kind"]) == (trace_id, "process", 5)
    assert span["startTimeUnixNano"] == str(BEGIN + 9_000_000)
    assert span["status"] == {"code": 2, "message": "printer offline"}
    assert span["links"][0]["attributes"] == [{"key": "kind", "value": {"stringValue": "message"}}]
    assert span["events"][0]["attributes"] == [{"key": "exception.type", "value": {"stringValue": "NoPrinter"}}]
    assert {pair["key"]: pair["value"] for pair in span["attributes"]} == {
        "order_id": {"stringValue": "ORD-1"},
        "tries": {"intValue": "3"},
        "late": {"boolValue": True},
        "share": {"doubleValue": 0.5},
        "sizes": {"arrayValue": {"values": [{"intValue": "1"}, {"intValue": "2"}]}},
    }


def test_the_same_span_in_the_legacy_api(jaeger: StandInJaeger) -> None:
    (trace,) = httpx.get(f"{jaeger.query_url}/api/traces/{export(jaeger, Compression.Gzip)}").json()["data"]
    tags = {tag["key"]: (tag["type"], tag["value"]) for tag in trace["spans"][0]["tags"]}
    assert tags["tries"] == ("int64", 3)
    assert tags["sizes"] == ("string", "[1,2]")
    assert tags["error"] == ("bool", True)
    assert trace["spans"][0]["references"][0]["refType"] == "FOLLOWS_FROM"


@pytest.mark.parametrize(
    ("body", "content_type", "status"),
    [
        (b"\xff\xff\xff", "application/x-protobuf", 400),
        (b"{", "application/json", 400),
        (b'{"resourceSpans":[{"scopeSpans":[{"spans":[{"traceId":"zz","spanId":"1"}]}]}]}', "application/json", 400),
        (b'{"resourceSpans":' + b"[" * 100_000, "application/json", 400),
        (b"", "text/plain", 415),
        (b"{}", "application/json", 200),
    ],
)
def test_what_is_not_otlp_is_refused(jaeger: StandInJaeger, body: bytes, content_type: str, status: int) -> None:
    reply = httpx.post(f"{jaeger.otlp_url}/v1/traces", content=body, headers={"content-type": content_type})
    assert reply.status_code == status
    assert httpx.get(f"{jaeger.query_url}/api/services").json()["data"] == []


def test_a_gzip_bomb_is_not_inflated(jaeger: StandInJaeger) -> None:
    bomb = gzip.compress(b" " * (65 * 2**20), compresslevel=1)
    headers = {"content-type": "application/json", "content-encoding": "gzip"}
    assert httpx.post(f"{jaeger.otlp_url}/v1/traces", content=bomb, headers=headers).status_code == 413
