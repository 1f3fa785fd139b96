"""The traces of one order of a wanted size, as the four answers of a fan-out over four services would hold them.

Half of the life of an order is behind it: production has started, shipping is awaited and within its limit. Every trace
runs through two neighbouring services, so each span comes twice, in the answers for both.
"""

import json
import zlib
from collections.abc import Iterator
from typing import Any, Final

SECOND: Final = 1_000_000_000
MINUTE: Final = 60 * SECOND
SERVICES: Final = ("shop", "crm", "mes", "press")  # the three of the stage table, and one that it does not know
REACHED: Final = (  # status, who reports it, minutes ago
    ("INITIATED", "shop", 62),
    ("SUBMITTED", "shop", 60),
    ("PRICE_CALCULATED", "mes", 55),
    ("MANUFACTURING_APPROVED", "crm", 50),
    ("MANUFACTURING_STARTED", "mes", 45),
)
STAGE_TEXT: Final = "Изготовление и отгрузка"  # what the page says of such an order, in Russian
KINDS: Final = ("SERVER", "INTERNAL", "CLIENT", "INTERNAL", "INTERNAL")
MOST_TRACES: Final = 160  # below the 200 that a search may bring

Json = dict[str, Any]


def answers(order_id: str, spans: int, now: int) -> dict[str, bytes]:
    """Return, by service, the v3 answer to a search for an order of so many spans; `now` in nanoseconds."""
    traces = min(MOST_TRACES, max(len(REACHED), spans // 25))
    held: dict[str, list[bytes]] = {service: [] for service in SERVICES}
    for number in range(traces):
        size = spans // traces + (number < spans % traces)
        first = SERVICES.index(REACHED[number][1]) if number < len(REACHED) else number % len(SERVICES)
        pair = (SERVICES[first], SERVICES[(first + 1) % len(SERVICES)])
        pieces = [
            json.dumps(piece, separators=(",", ":")).encode() for piece in _trace(order_id, number, size, pair, now)
        ]
        for service in pair:
            held[service] += pieces
    return {service: wrapped(pieces) for service, pieces in held.items()}


def wrapped(pieces: list[bytes]) -> bytes:
    """Return an answer that holds these resourceSpans."""
    return b'{"result":{"resourceSpans":[' + b",".join(pieces) + b"]}}"


def fleet(status: str, orders: int, now: int) -> bytes:
    """Return the answer to a search for a status: so many other orders that have just reached it, a span each."""
    service = next((who for code, who, _ in REACHED if code == status), "crm")
    spans = [
        _span(f"ORD-F{n:06d}", f"f{n:015x}{zlib.crc32(status.encode()):016x}", n, "", now - n * SECOND, "SERVER")
        for n in range(orders)
    ]
    for span in spans:
        span["attributes"].append(_text("status", status))
    return wrapped([json.dumps(_resource(service, [span])).encode() for span in spans])


def _trace(order_id: str, number: int, size: int, pair: tuple[str, str], now: int) -> Iterator[Json]:
    """Give the two halves of a trace: the spans of the one service and those of the other."""
    trace_id = f"{zlib.crc32(order_id.encode()):012x}{number:020x}"
    status, ago = ("", 40) if number >= len(REACHED) else (REACHED[number][0], REACHED[number][2])
    start = now - ago * MINUTE + number * SECOND
    spans = []
    for n in range(size):
        parent = f"{number * 1000 + n:016x}" if n else ""
        spans.append(
            _span(order_id, trace_id, number * 1000 + n + 1, parent, start + n * 1_000_000, KINDS[n % len(KINDS)])
        )
    if status:
        spans[0]["attributes"].append(_text("status", status))
        spans[0]["attributes"].append(_text("external_partner_id", "PRT-0042"))
    half = (size + 1) // 2
    yield _resource(pair[0], spans[:half])
    if spans[half:]:
        yield _resource(pair[1], spans[half:])


def _span(order_id: str, trace_id: str, number: int, parent: str, start: int, kind: str) -> Json:
    return {
        "traceId": trace_id,
        "spanId": f"{number:016x}",
        "parentSpanId": parent,
        "name": f"step {number % 40} of the work",
        "kind": f"SPAN_KIND_{kind}",
        "startTimeUnixNano": str(start),
        "endTimeUnixNano": str(start + 900_000),
        "attributes": [
            _text("order_id", order_id),
            _text("http.request.method", "POST"),
            _text("http.route", "/api/v1/orders/{id}/steps"),
            _text("url.path", f"/api/v1/orders/{order_id}/steps/{number}"),
            _text("server.address", "orders.internal.alexandrite.example"),
            {"key": "server.port", "value": {"intValue": "8443"}},
            {"key": "http.response.status_code", "value": {"intValue": "200"}},
            _text("thread.name", f"worker-{number % 16}"),
        ],
        "status": {},
    }


def _resource(service: str, spans: list[Json]) -> Json:
    return {
        "resource": {
            "attributes": [
                _text("service.name", service),
                _text("service.version", "4.12.0"),
                _text("service.instance.id", f"{service}-7d9f8b6c5-x2x9q"),
                _text("telemetry.sdk.language", "java"),
                _text("telemetry.sdk.name", "opentelemetry"),
                _text("telemetry.sdk.version", "1.44.1"),
            ]
        },
        "scopeSpans": [{"scope": {"name": "com.alexandrite.orders"}, "spans": spans}],
    }


def _text(key: str, value: str) -> Json:
    return {"key": key, "value": {"stringValue": value}}
