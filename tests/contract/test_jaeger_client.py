"""The client against every Jaeger: what was sent over OTLP is found again, whole, and nothing else is."""

import secrets
import time
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from orders.jaeger.client import Jaeger
from orders.jaeger.config import JaegerConfig
from orders.jaeger.errors import NotFound
from orders.journey.raw import Raw, unseal
from orders.journey.spans import SECOND, Answer, Link, Span
from tests.contract.conftest import JaegerServer

PATIENCE = 60.0  # seconds until what was sent must be visible


class World:
    """Two services of this test alone, what they send, and how long ago the test began."""

    def __init__(self, server: JaegerServer, jaeger: Jaeger, mark: str) -> None:
        self.server, self.jaeger, self.mark = server, jaeger, mark
        self.now = time.time_ns() // SECOND * SECOND - 60 * SECOND
        self.window = {"start": self.now - 3600 * SECOND, "end": self.now + 3600 * SECOND}

    def id(self, name: str) -> str:
        return f"{name}-{self.mark}"

    def service(self, name: str) -> str:
        return f"{name}.{self.mark}"

    def send(self, service: str, *spans: dict[str, Any], resource: dict[str, Any] | None = None) -> None:
        attributes = told({"service.name": self.service(service)} | (resource or {}))
        scoped = [{"scope": {"name": "contract"}, "spans": list(spans)}]
        body = {"resourceSpans": [{"resource": {"attributes": attributes}, "scopeSpans": scoped}]}
        httpx.post(self.server.otlp_url + "/v1/traces", json=body, trust_env=False).raise_for_status()

    def span(self, attributes: dict[str, Any], *, trace: str = "", after: int = 0, **fields: Any) -> dict[str, Any]:
        start = self.now + after * SECOND
        told_times = {"startTimeUnixNano": str(start), "endTimeUnixNano": str(start + 5_000_000)}
        ids = {"traceId": trace or secrets.token_hex(16), "spanId": secrets.token_hex(8)}
        return ids | told_times | {"name": "work", "kind": 2, "attributes": told(attributes)} | fields

    def find(self, attribute: str, value: str, spans: int) -> Answer:
        """Return the answer once it holds so many spans, or the last one."""
        return until(lambda: self.jaeger.find(attribute, value, **self.window), lambda found: len(found.spans) >= spans)


def until(ask: Callable[[], Answer], enough: Callable[[Answer], bool]) -> Answer:
    """Ask until it is enough, or PATIENCE ends."""
    last = time.monotonic() + PATIENCE
    while not enough(found := ask()) and time.monotonic() < last:
        time.sleep(0.1)
    return found


def told(attributes: dict[str, Any]) -> list[dict[str, Any]]:
    kinds = {str: "stringValue", bool: "boolValue", int: "intValue", float: "doubleValue"}
    return [{"key": key, "value": {kinds[type(value)]: value}} for key, value in attributes.items()]


def keys(*spans: dict[str, Any]) -> set[tuple[str, str]]:
    return {(span["traceId"], span["spanId"]) for span in spans}


def found_keys(answer: Answer) -> set[tuple[str, str]]:
    return {span.key for span in answer.spans}


@pytest.fixture
def world(jaeger_server: JaegerServer) -> Iterator[World]:
    mark = secrets.token_hex(4)
    services = tuple(f"{name}.{mark}" for name in ("shop", "crm", "mes", "batch"))  # real ones keep those of all tests
    jaeger = Jaeger(JaegerConfig(base_url=jaeger_server.query_url, services=services))
    yield World(jaeger_server, jaeger, mark)
    jaeger.close()


def test_an_order_of_two_services_is_found_in_all_its_traces(world: World) -> None:
    order_id = world.id("ORD")
    accepted = world.span({"order_id": order_id, "status": "SUBMITTED", "external_partner_id": world.id("P")})
    published = world.span(
        {"messaging.message.id": "m-1"}, trace=accepted["traceId"], kind=4, parentSpanId=accepted["spanId"]
    )
    link = {"traceId": published["traceId"], "spanId": published["spanId"]}
    consumed = world.span({"order_id": order_id, "status": "PRICE_CALCULATED"}, after=2, kind=5, links=[link])
    world.send("shop", accepted, published, resource={"service.version": "1.4.2"})
    world.send("mes", consumed)
    answer = world.find("order_id", order_id, 3)
    assert found_keys(answer) == keys(accepted, published, consumed)
    assert answer.whole
    by_id = {span.span_id: span for span in answer.spans}
    first, second, third = (by_id[span["spanId"]] for span in (accepted, published, consumed))
    check_first(first, world, order_id)
    assert (second.parent_id, second.kind, second.facts.message_id) == (first.span_id, "producer", "m-1")
    assert third.links == (Link(published["traceId"], published["spanId"]),)
    assert (third.kind, third.facts.status, third.service) == ("consumer", "PRICE_CALCULATED", world.service("mes"))


def check_first(span: Span, world: World, order_id: str) -> None:
    assert (span.start, span.end, span.odd) == (world.now, world.now + 5_000_000, "")
    assert (span.kind, span.failed, span.parent_id, span.name) == ("server", False, "", Raw("work"))
    facts = span.facts
    assert (facts.order_ids, facts.status, facts.version) == ((order_id,), "SUBMITTED", "1.4.2")
    assert facts.partner_id == world.id("P")


def test_no_other_order_is_found(world: World) -> None:
    dotted = world.id("A.B")
    alike = [world.span({"order_id": world.id(name)}) for name in ("A.B", "AxB", "A.B0", "a.b", "xA.B")]
    world.send("shop", *alike)
    world.find("order_id", world.id("AxB"), 1)
    assert found_keys(world.find("order_id", dotted, 1)) == keys(alike[0])
    nobody = world.jaeger.find("order_id", world.id("nobody"), **world.window)
    assert nobody == Answer(start=world.window["start"], end=world.window["end"], took=nobody.took)


@pytest.mark.parametrize("place", ["resource", "event", "number"])
def test_an_id_is_found_wherever_it_stands(world: World, place: str) -> None:
    order_id = str(secrets.randbits(40)) if place == "number" else world.id("ORD")
    event = {"timeUnixNano": str(world.now), "name": "order", "attributes": told({"order_id": order_id})}
    span = world.span(
        {"order_id": int(order_id)} if place == "number" else {}, events=[event] if place == "event" else []
    )
    world.send("batch", span, resource={"order_id": order_id} if place == "resource" else {})
    answer = world.find("order_id", order_id, 1)
    assert found_keys(answer) == keys(span)
    assert answer.spans[0].facts.order_ids == (order_id,)


@pytest.mark.parametrize("attribute", ["external_partner_id", "customer_id", "model_id"])
def test_other_ids_are_searched_by_their_names(world: World, attribute: str) -> None:
    span = world.span({attribute: world.id("X")})
    world.send("shop", span, world.span({"order_id": world.id("X")}))
    assert found_keys(world.find(attribute, world.id("X"), 1)) == keys(span)


def test_a_failure_is_read_with_its_text_and_type(world: World) -> None:
    exception = told({"exception.type": "PrinterOffline", "exception.message": "printer 4"})
    event = {"timeUnixNano": str(world.now), "name": "exception", "attributes": exception}
    span = world.span({"order_id": world.id("ORD")}, status={"code": 2, "message": "offline"}, events=[event])
    world.send("mes", span)
    (found,) = world.find("order_id", world.id("ORD"), 1).spans
    assert found.failed
    assert (found.facts.error_type, found.facts.has_error_text) == ("PrinterOffline", True)
    assert "offline" in {unseal(one.value) for one in found.bag()}


def test_a_trace_is_read_by_its_id_short_or_long(world: World) -> None:
    short = secrets.token_hex(8)
    span = world.span({"order_id": world.id("ORD")}, trace="0" * 16 + short)
    world.send("shop", span)
    world.find("order_id", world.id("ORD"), 1)
    for written in (short, short.upper(), "0" * 16 + short):
        assert found_keys(world.jaeger.trace(written, **world.window)) == keys(span)
    with pytest.raises(NotFound):
        world.jaeger.trace(secrets.token_hex(16), **world.window)


def test_a_span_sent_twice_is_one(world: World) -> None:
    span = world.span({"order_id": world.id("ORD")})
    world.send("shop", span, span)
    assert len(world.find("order_id", world.id("ORD"), 1).spans) == 1


def test_the_newest_are_limited_and_that_is_said(world: World) -> None:
    sent = [world.span({"status": world.id("S")}, after=n) for n in range(5)]
    world.send("shop", *sent)
    world.find("status", world.id("S"), 5)
    some = world.jaeger.newest("status", world.id("S"), **world.window, limit=2)
    assert len(some.spans) == 2
    assert some.truncated
    every = world.jaeger.newest("status", world.id("S"), **world.window, limit=20)
    assert found_keys(every) == keys(*sent)
    assert not every.truncated


def test_outside_the_window_nothing_is_found(world: World) -> None:
    world.send("shop", world.span({"order_id": world.id("ORD")}))
    assert world.find("order_id", world.id("ORD"), 1).spans
    before = {"start": world.now - 7200 * SECOND, "end": world.now - 3600 * SECOND}
    assert world.jaeger.find("order_id", world.id("ORD"), **before).spans == ()


def test_its_generation_and_services_are_known(world: World) -> None:
    world.send("crm", world.span({"order_id": world.id("ORD")}))
    world.find("order_id", world.id("ORD"), 1)
    discovering = Jaeger(JaegerConfig(base_url=world.server.query_url))
    assert world.service("crm") in discovering.services()
    discovering.close()
    kinds = {"stand-in": "v3", "memory": "legacy", "badger": "legacy"}
    assert world.jaeger.generation() == kinds.get(world.server.kind, world.jaeger.generation())
    assert world.jaeger.health().breaker == "closed"
