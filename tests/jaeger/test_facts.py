"""Attributes → Facts, in both generations: which name, which place, which type wins."""

import json
from typing import Any

import msgspec
import pytest

from orders.jaeger import wire_legacy, wire_v3
from orders.jaeger.facts import told_at, wanted
from orders.journey.raw import Raw, unseal
from orders.journey.spans import SECOND, Attribute, Facts, Span

NOW = 1_795_444_500 * SECOND
WANTED = wanted(("order_id", "auftrag"))
Pairs = dict[str, Any]


def any_value(value: Any) -> dict[str, Any]:
    if isinstance(value, bool):
        return {"boolValue": value}
    if isinstance(value, int):
        return {"intValue": str(value)}
    return {"doubleValue": value} if isinstance(value, float) else {"stringValue": value}


def as_v3(own: Pairs, events: tuple[Pairs, ...], resource: Pairs) -> Span:
    def told(pairs: Pairs) -> list[dict[str, Any]]:
        return [{"key": key, "value": any_value(value)} for key, value in pairs.items()]

    span = {"traceId": "1" * 32, "spanId": "2" * 16, "startTimeUnixNano": str(NOW), "attributes": told(own)}
    span["events"] = [{"name": event.pop("event", ""), "attributes": told(event)} for event in map(dict, events)]
    group = {"resource": {"attributes": told(resource)}, "scopeSpans": [{"spans": [span]}]}
    return wire_v3.spans(msgspec.Raw(json.dumps(group).encode()), WANTED)[0]


def as_legacy(own: Pairs, events: tuple[Pairs, ...], resource: Pairs) -> Span:
    def told(pairs: Pairs) -> list[dict[str, Any]]:
        return [{"key": key, "type": "string", "value": value} for key, value in pairs.items()]

    span = {"traceID": "1" * 32, "spanID": "2" * 16, "startTime": NOW // 1000, "tags": told(own), "processID": "p1"}
    span["logs"] = [{"timestamp": 0, "fields": told(event)} for event in events]
    trace = {"traceID": "1" * 32, "spans": [span], "processes": {"p1": {"serviceName": "x", "tags": told(resource)}}}
    return wire_legacy.spans(msgspec.Raw(json.dumps(trace).encode()), WANTED)[0]


CASES: dict[str, tuple[Pairs, tuple[Pairs, ...], Pairs, dict[str, Any]]] = {
    "nothing": ({"x": "y"}, (), {}, {}),
    "ids of every name and place": (
        {"order_id": "A", "order.id": "B", "auftrag": "C"},
        ({"order_id": "D"}, {"order_id": "A"}),
        {"order_id": "E", "order.id": ""},
        {"order_ids": ("A", "B", "C", "D", "E")},
    ),
    "a whole number": ({"order_id": 42}, (), {}, {"order_ids": ("42",)}),
    "a float that is whole": ({"order_id": 42.0}, (), {}, {"order_ids": ("42",)}),
    "a float": ({"model_id": 1.5}, (), {}, {"model_id": "1.5"}),
    "a bool": ({"model_id": True}, (), {}, {"model_id": "true"}),
    "another bool": ({"model_id": False}, (), {}, {"model_id": "false"}),
    "beyond JavaScript": ({"order_id": 9007199254740993}, (), {}, {"order_ids": ("9007199254740993",)}),
    "a status": ({"status": " shipped "}, (), {}, {"status": "SHIPPED"}),
    "an outcome": ({"status": "ok"}, (), {}, {"outcome": "OK"}),
    "both": ({"status": "ERROR", "order.status": "SHIPPED"}, (), {}, {"outcome": "ERROR", "status": "SHIPPED"}),
    "the other way": (
        {"order.status": "OK", "status": "SHIPPED"},
        (),
        {},
        {"outcome": "OK", "status": "SHIPPED"},
    ),
    "the platform's name first": ({"order.status": "A", "status": "B"}, (), {}, {"status": "B"}),
    "in either order": ({"status": "B", "order.status": "A"}, (), {}, {"status": "B"}),
    "the span before its events before the resource": (
        {"status": "SPAN"},
        ({"status": "EVENT", "model_id": "event"},),
        {"status": "RESOURCE", "model_id": "resource", "external_partner_id": "P-1"},
        {"status": "SPAN", "model_id": "event", "partner_id": "P-1"},
    ),
    "a customer": ({"customer.id": "C-0", "customer_id": "C-1"}, (), {}, {"customer": Raw("C-1")}),
    "old messaging": (
        {"messaging.message_id": "m", "messaging.destination": "q", "messaging.operation": "process"},
        (),
        {},
        {"message_id": "m", "destination": "q", "operation": "process"},
    ),
    "new messaging beside the old": (
        {"messaging.message.id": "n", "messaging.message_id": "m", "messaging.operation.name": "ack"}
        | {"messaging.operation.type": "settle", "messaging.operation": "z"},
        (),
        {},
        {"message_id": "n", "operation": "settle"},
    ),
    "only a name": ({"messaging.operation.name": "publish"}, (), {}, {"operation": "publish"}),
    "rejected": (
        {"messaging.operation.name": "reject", "messaging.operation.type": "settle"},
        (),
        {},
        {"operation": "settle", "dead_letter": True},
    ),
    "dead": ({"error.type": "dead_lettered"}, (), {}, {"error_type": "dead_lettered", "dead_letter": True}),
    "dead by header": (
        {"rabbitmq.x_death.reason": "rejected", "rabbitmq.x_death.count": 1},
        (),
        {},
        {"error_type": "dead_lettered", "dead_letter": True},
    ),
    "an exception": (
        {"x": 1},
        ({"event": "exception", "exception.type": "Offline", "exception.message": "printer 4"},),
        {},
        {"error_type": "Offline", "has_error_text": True},
    ),
    "an exception without attributes": ({}, ({"event": "exception"},), {}, {"has_error_text": True}),
    "another event": ({}, ({"event": "order", "x": "y"},), {}, {}),
    "error.type before the exception's": (
        {"error.type": "timeout"},
        ({"exception.type": "Offline"},),
        {},
        {"error_type": "timeout", "has_error_text": True},
    ),
    "a message": ({"error_message": "no printer"}, (), {}, {"has_error_text": True}),
    "an empty message": ({"error_message": ""}, (), {}, {}),
    "a code": ({"http.status_code": 503}, (), {}, {"http_status": 503}),
    "a code as text": ({"http.response.status_code": "404"}, (), {}, {"http_status": 404}),
    "no code": ({"http.response.status_code": "oops", "http.status_code": -5}, (), {}, {}),
    "a peer": ({"server.address": "mes", "peer.service": "mes-api"}, (), {}, {"peer": "mes-api"}),
    "an address": ({"server.address": "mes"}, (), {}, {"peer": "mes"}),
    "the rest": (
        {"channel": "api", "ticket_id": 7},
        (),
        {"service.version": "1.4.2"},
        {"channel": "api", "ticket": "7", "version": "1.4.2"},
    ),
    "a timestamp": ({"timestamp": "2026-11-23T14:35:00Z"}, (), {}, {"told_at": NOW}),
    "no timestamp": ({"timestamp": "yesterday"}, (), {}, {}),
}


@pytest.mark.parametrize(("own", "events", "resource", "facts"), CASES.values(), ids=CASES.keys())
@pytest.mark.parametrize("read", [as_v3, as_legacy])
def test_facts(read: Any, own: Pairs, events: Any, resource: Pairs, facts: dict[str, Any]) -> None:
    assert read(own, events, resource).facts == Facts(**facts)


@pytest.mark.parametrize("read", [as_v3, as_legacy])
def test_the_bag_holds_every_attribute_closed(read: Any) -> None:
    bag = read({"a": 1, "b": "x"}, ({"event": "e", "c": True},), {"d": 1.5}).bag()
    assert {
        ("span", "a", 1),
        ("span", "b", "x"),
        ("event", "event", "e"),
        ("event", "c", True),
        ("resource", "d", 1.5),
    } <= {(one.place, one.key, unseal(one.value)) for one in bag}
    assert all(isinstance(one, Attribute) and isinstance(one.value, Raw) for one in bag)


@pytest.mark.parametrize(
    ("value", "instant"),
    [
        ("2026-11-23T14:35:00Z", NOW),
        ("2026-11-23t17:35:00.5+03:00", NOW + SECOND // 2),
        ("2026-11-23 14:35:00.123456789z", NOW + 123_456_789),
        ("2026-11-23T14:35:00,000000001999 +0000", NOW + 1),
        ("2026-11-23T14:35:00", NOW),
        ("1795444500", NOW),
        (1_795_444_500, NOW),
        (1_795_444_500_000, NOW),
        (1_795_444_500_000_000, NOW),
        (NOW, NOW),
        (1_795_444_500.5, NOW + SECOND // 2),
        (True, None),
        (None, None),
        (0, None),
        (-1, None),
        (12_345, None),
        (10**30, None),
        (float("nan"), None),
        (float("inf"), None),
        ("", None),
        ("1" * 5000, None),
        ("２０２６", None),
        ("2026-02-30T00:00:00Z", None),
        ("2026-11-23T25:00:00Z", None),
        ("1999-01-01T00:00:00Z", None),
        ("0001-01-01T00:00:00+23:59", None),
        ("9999-12-31T23:59:59-23:59", None),
        ([1], None),
    ],
)
def test_told_at(value: object, instant: int | None) -> None:
    assert told_at(value) == instant
