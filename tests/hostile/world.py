"""Hostile telemetry: spans that carry a text wherever a text can stand, read by the real decoder."""

import json
from collections.abc import Sequence
from typing import Any, Final

import msgspec

from orders.jaeger import wire_v3
from orders.jaeger.facts import wanted
from orders.journey.spans import Span
from tests.hostile.routes import ORDER

WANTED: Final = wanted(("order_id",))
NAMES: Final = (
    *("status", "model_id", "customer_id", "external_partner_id", "error_message", "channel", "ticket_id", "timestamp"),
    *("error.type", "exception.type", "exception.message", "http.route", "http.url", "url.full", "server.address"),
    *("messaging.destination.name", "messaging.message.id", "messaging.operation.name", "rabbitmq.x_death.reason"),
    *("db.statement", "peer.service", "service.version", "http.request.method", "http.response.status_code"),
    *(
        "order.id",
        "code.function",
        "code.namespace",
        "messaging.consumer.group.name",
        "db.namespace",
        "url.template",
        "exception.stacktrace",
        "user.email",
        "enduser.id",
    ),
)


def sent(texts: Sequence[str], *, at: int, order_id: str = ORDER, number: int = 0, names: Sequence[str] = NAMES) -> Any:
    """Return OTLP JSON of a few spans of an order with the texts in turn in every place; `at` in nanoseconds."""
    turn = [0]

    def text() -> str:
        turn[0] += 1
        return texts[turn[0] % len(texts)]

    def bag(*own: tuple[str, str]) -> list[dict[str, Any]]:
        said = {key for key, _ in own}
        pairs = [*own, *((name, text()) for name in names if name not in said), *((text(), text()) for _ in range(3))]
        return [{"key": key, "value": {"stringValue": value}} for key, value in pairs]

    spans = []
    for n in range(3):
        own = [("order_id", order_id if n != 1 else text())] + [("external_partner_id", "P-77")] * (n == 1)
        event = {"name": text(), "timeUnixNano": str(at), "attributes": bag()}
        spans.append(
            {"traceId": f"{0xBAD000 + 8 * number + n:032x}", "spanId": f"{n + 1:016x}", "name": text(), "kind": n + 2,
             "startTimeUnixNano": str(at + n), "endTimeUnixNano": str(at + n + 1_000_000), "attributes": bag(*own),
             "events": [event], "status": {"code": 2, "message": text()}, "traceState": text(),
             "links": [{"traceId": f"{1:032x}", "spanId": f"{1:016x}", "attributes": bag()}]}
        )  # fmt: skip
    services = [{"key": key, "value": {"stringValue": text()}} for key in ("service.name", text(), "host.name")]
    scope = {"name": text(), "version": text(), "attributes": bag()}
    return {"resource": {"attributes": services}, "scopeSpans": [{"scope": scope, "spans": spans}]}


def told(texts: Sequence[str], *, at: int, order_id: str = ORDER, number: int = 0) -> list[Span]:
    """Return those spans as the portal reads them."""
    raw = json.dumps(sent(texts, at=at, order_id=order_id, number=number)).encode()
    return wire_v3.spans(msgspec.Raw(raw), WANTED)
