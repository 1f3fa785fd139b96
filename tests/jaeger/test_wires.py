"""What each generation's JSON becomes: ids, times, kinds, parents, links, values; and what is mended."""

import json
from typing import Any

import msgspec
import pytest

from orders.jaeger import wire_legacy, wire_v3
from orders.jaeger.decoded import Decoded
from orders.jaeger.facts import wanted
from orders.jaeger.reading import Reading
from orders.jaeger.wire import Asked, span_key, trace_key
from orders.journey.raw import unseal
from orders.journey.spans import SECOND, Link, Span

WANTED = wanted(("order_id",))
NOW = 1_795_444_500 * SECOND
T, S, ONE = "a" * 32, "b" * 16, "1".zfill(16)


def raw(value: object) -> msgspec.Raw:
    return msgspec.Raw(json.dumps(value).encode())


def v3(**fields: Any) -> Span:
    span = {"traceId": T, "spanId": S, "startTimeUnixNano": str(NOW), "endTimeUnixNano": str(NOW + 5)} | fields
    (found,) = wire_v3.spans(raw({"scopeSpans": [{"scope": {"name": "lib", "version": "1"}, "spans": [span]}]}), WANTED)
    return found


def legacy(*tags: tuple[str, object], **fields: Any) -> Span:
    told = [{"key": key, "value": value} for key, value in tags]
    span = {"traceID": T, "spanID": S, "startTime": NOW // 1000, "duration": 5, "tags": told} | fields
    (found,) = wire_legacy.spans(raw({"traceID": T, "spans": [span]}), WANTED)
    return found


def test_ids_are_canonical() -> None:
    assert v3(traceId="ABC", spanId="DEF", parentSpanId="1")[:3] == ("abc".zfill(32), "def".zfill(16), ONE)
    assert legacy(traceID="ABC", spanID="DEF", parentSpanID="1")[:3] == (
        "abc".zfill(32),
        "def".zfill(16),
        "1".zfill(16),
    )
    assert v3(parentSpanId="0" * 16).parent_id == ""
    for bad in ("", "x", "1" * 33, "1 ", "１"):
        with pytest.raises(ValueError, match="not a trace id"):
            trace_key(bad)
    for bad in ("x", "1" * 17, " " * 16):
        with pytest.raises(ValueError, match="not a span id"):
            span_key(bad)


@pytest.mark.parametrize(
    ("number", "name", "kind"),
    [
        (0, "", ""),
        (1, "internal", "internal"),
        (2, "server", "server"),
        (3, "client", "client"),
        (4, "producer", "producer"),
        (5, "consumer", "consumer"),
        (9, "nonsense", ""),
        ("SPAN_KIND_CONSUMER", ["consumer"], "consumer"),
    ],
)
def test_kinds(number: Any, name: Any, kind: str) -> None:
    assert v3(kind=number).kind == kind
    assert legacy(("span.kind", name)).kind == (kind if isinstance(name, str) else "")


def test_failed() -> None:
    assert v3(status={"code": 2}).failed
    assert v3(status={"code": "STATUS_CODE_ERROR"}).failed
    assert not v3(status={"code": 1}).failed
    assert not v3(status={}).failed
    assert legacy(("otel.status_code", "ERROR"), ("error", True)).failed
    assert legacy(("error", True)).failed
    assert legacy(("error", "true")).failed
    assert not legacy(("error", False)).failed
    assert not legacy(("error", []), ("otel.status_code", {})).failed
    assert not legacy(("error", True), ("otel.status_code", "OK")).failed


def test_a_description_is_an_error_text() -> None:
    assert v3(status={"code": 2, "message": "offline"}).facts.has_error_text
    assert legacy(("otel.status_description", "offline")).facts.has_error_text


@pytest.mark.parametrize("unit", [10**9, 10**6, 10**3])
def test_coarser_units_than_expected_are_mended(unit: int) -> None:
    span = v3(startTimeUnixNano=str(NOW // unit), endTimeUnixNano=str(NOW // unit + 1))
    assert (span.start, span.end, span.odd) == (NOW, NOW + unit, "seconds")


def test_seconds_for_microseconds() -> None:
    span = legacy(startTime=NOW // SECOND, duration=2)
    assert (span.start, span.end, span.odd) == (NOW, NOW + 2 * SECOND, "seconds")
    span = legacy(startTime=NOW // SECOND, duration=10**9)
    assert (span.start, span.end, span.odd) == (NOW, NOW, "seconds")


def test_absurd_durations_are_clipped() -> None:
    for end in (NOW - 1, 0, 2**63):
        span = v3(endTimeUnixNano=str(end))
        assert (span.start, span.end, span.odd) == (NOW, NOW, "duration")
    for duration in (-5, 2**63, 10**18):
        span = legacy(duration=duration)
        assert (span.start, span.end, span.odd) == (NOW, NOW, "duration")


@pytest.mark.parametrize("start", [0, -5, 12_345])
def test_a_start_that_nothing_mends_stays(start: int) -> None:
    assert v3(startTimeUnixNano=start, endTimeUnixNano=start + 1).start == max(start, 0)


def test_legacy_references() -> None:
    def pointing(*references: tuple[str, str, str]) -> Span:
        told = [{"refType": kind, "traceID": trace, "spanID": span} for kind, trace, span in references]
        return legacy(references=told)

    other, far = "c" * 16, "d" * 32
    assert pointing(("CHILD_OF", T, other))[2] == other
    assert pointing(("CHILD_OF", T, other)).links == ()
    both = pointing(
        ("FOLLOWS_FROM", T, "1" * 16), ("CHILD_OF", far, "2" * 16), ("CHILD_OF", T, other), ("CHILD_OF", T, S)
    )
    assert both.parent_id == other
    assert both.links == (Link(T, "1" * 16), Link(far, "2" * 16), Link(T, S))
    nothing = pointing(("FOLLOWS_FROM", "0" * 32, other), ("CHILD_OF", T, "0" * 16), ("CHILD_OF", "", ""))
    assert (nothing.parent_id, nothing.links) == ("", ())
    assert legacy(parentSpanID=other, references=[{"refType": "CHILD_OF", "traceID": T, "spanID": other}]).links == ()


def test_v3_links() -> None:
    zero = {"traceId": "0" * 32, "spanId": "1" * 16}
    attributes = [{"key": "kind", "value": {"stringValue": "message"}}]
    span = v3(links=[zero, {"traceId": T, "spanId": "0" * 16}, {"traceId": T, "spanId": S, "attributes": attributes}])
    assert span.links == (Link(T, S),)
    assert ("link", "kind") in {(one.place, one.key) for one in span.bag()}


def test_values_of_every_kind() -> None:
    nested: dict[str, Any] = {"stringValue": "deep"}
    for _ in range(30):
        nested = {"arrayValue": {"values": [nested]}}
    values = {
        "text": {"stringValue": ""},
        "int": {"intValue": "-9007199254740993"},
        "yes": {"boolValue": True},
        "double": {"doubleValue": 1.5},
        "nan": {"doubleValue": "NaN"},
        "bytes": {"bytesValue": "AP8="},
        "list": {"arrayValue": {"values": [{"stringValue": "a"}, {"intValue": 1}]}},
        "map": {"kvlistValue": {"values": [{"key": "k", "value": {"stringValue": "v"}}]}},
        "empty": {},
        "deep": nested,
    }
    told: list[dict[str, Any]] = [{"key": key, "value": value} for key, value in values.items()]
    span = v3(attributes=[*told, {"key": "none"}], status={"code": 2, "message": "why"})
    opened = {one.key: unseal(one.value) for one in span.bag()}
    assert "deep" not in str(opened.pop("deep"))
    assert opened == {
        "text": "",
        "int": -9007199254740993,
        "yes": True,
        "double": 1.5,
        "nan": "NaN",
        "bytes": "AP8=",
        "list": ["a", 1],
        "map": {"k": "v"},
        "empty": "",
        "none": "",
        "otel.status_description": "why",
        "otel.scope.name": "lib",
        "otel.scope.version": "1",
    }


def test_a_bare_scope_adds_nothing() -> None:
    spans = [{"traceId": T, "spanId": S, "startTimeUnixNano": 1}]
    groups = [{"scope": {"attributes": [{"key": "x", "value": {"intValue": 1}}]}, "spans": spans}, {"spans": spans}, {}]
    first, second = wire_v3.spans(raw({"scopeSpans": groups}), WANTED)
    assert [(one.place, one.key) for one in first.bag()] == [("scope", "x")]
    assert second.bag() == ()


def test_nothing_of_a_span_shows_when_it_is_logged() -> None:
    attributes = [{"key": "customer_email", "value": {"stringValue": "secret"}}]
    for span in (v3(name="secret", attributes=attributes), legacy(("secret", "secret"), operationName="secret")):
        assert "secret" not in repr(span)


def test_legacy_values() -> None:
    span = legacy(tags=[{"key": "big", "type": "int64", "value": "9"}, {"key": "n", "type": "int64", "value": -7}])
    assert [unseal(one.value) for one in span.bag()][:2] == [9, -7]
    span = legacy(("otel.scope.name", "lib"), ("none", None), processID="gone")
    assert [one.place for one in span.bag()] == ["scope", "span", "resource"]
    assert span.service == ""


def test_nothing_where_lists_belong() -> None:
    assert wire_legacy.spans(raw({"traceID": T, "spans": None, "processes": None}), WANTED) == []
    assert legacy(tags=None, logs=None, references=None).facts.order_ids == ()
    assert wire_legacy.service_names(b'{"data":null}') == []
    assert wire_v3.service_names(b"{}") == []
    assert wire_v3.split(b'{"result":{}}') == ([], False)


def test_windows_are_written_whole() -> None:
    asked = Asked("order_id", "A-1", NOW + 1, NOW + 1_001, 20, "mes")
    params = dict(wire_v3.search(asked).params)
    assert params["query.startTimeMin"] == "2026-11-23T14:35:00.000000001Z"
    params = dict(wire_legacy.search(asked).params)
    assert (params["start"], params["end"]) == (str(NOW // 1000), str(NOW // 1000 + 2))
    assert dict(wire_v3.one(T, NOW, NOW).params)["startTime"] == "2026-11-23T14:35:00Z"
    assert wire_legacy.search(Asked("a", "b", 0, 1, 2)).params[-1][0] == "tags"


def test_a_trace_that_comes_twice_is_decoded_once() -> None:
    for prefix in ('"traceID":"', '"spans":[],"traceID":"'):
        span = {"traceID": T, "spanID": S, "startTime": NOW // 1000, "tags": [{"key": "order_id", "value": "A"}]}
        one = "{" + prefix + T + '","spans":[' + json.dumps(span) + "]}"
        body = ('{"data":[' + one + "," + one + "]}").encode()
        reading = Reading(wire_legacy, Decoded(WANTED), max_spans=10)
        assert reading.add(body) == 1
        assert reading.add(body) == 1
        assert len(list(reading.spans())) == 1


def test_a_span_that_comes_twice_is_one() -> None:
    spans = [{"traceId": T, "spanId": S, "startTimeUnixNano": 1, "name": name} for name in ("first", "second")]
    body = json.dumps({"result": {"resourceSpans": [{"scopeSpans": [{"spans": [one]}]} for one in spans]}}).encode()
    reading = Reading(wire_v3, Decoded(WANTED), max_spans=10)
    reading.add(body)
    assert [unseal(span.name) for span in reading.spans()] == ["first"]


@pytest.mark.parametrize(
    ("attribute", "key", "carried"),
    [
        ("order_id", "order_id", True),
        ("external_partner_id", "external_partner_id", True),
        ("customer_id", "customer_id", True),
        ("model_id", "model_id", True),
        ("status", "status", True),
        ("zone", "zone", True),
        ("zone", "other", False),
    ],
)
def test_a_trace_carries_a_value_by_facts_or_by_its_bag(attribute: str, key: str, carried: bool) -> None:
    told = [{"key": key, "value": {"stringValue": "X"}}]
    span = {"traceId": T, "spanId": S, "startTimeUnixNano": 1, "attributes": told}
    body = json.dumps({"result": {"resourceSpans": [{"scopeSpans": [{"spans": [span]}]}]}}).encode()
    reading = Reading(wire_v3, Decoded(WANTED), max_spans=10)
    reading.add(body, alone=True)
    assert bool(reading.carrying(attribute, (attribute,), "X")) is carried
    assert reading.carrying(attribute, (attribute,), "Y") == ()
