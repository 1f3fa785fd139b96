"""The simulated platform: the same again by seed, a truth that its spans bear out, and every fault."""

from collections import Counter
from datetime import UTC, datetime
from functools import cache

import pytest
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.trace import SpanKind, StatusCode

from demo.alexandrite import FAULTY_WORLDS, LIMITS, REAL_FAULTS, STATUSES, UnknownWorldError, World, play
from demo.alexandrite.world import REPORTED_BY, SECOND

NOW = datetime(2026, 9, 26, 8, 20, tzinfo=UTC)
CAUSES = {
    *("published-never-consumed", "rejected", "consumed-no-result", "call-failed", "error-repeated", "nothing-sent"),
    *("given-back", "set-aside"),
    *("waiting-for-person", "waiting-for-carrier", "went-back", "closed-by-hand", "status-repeated", "customer-left"),
}


@cache
def world(name: str, orders: int = 300, seed: int = 7) -> World:
    return play(world=name, seed=seed, orders=orders, now=NOW)


def service(span: ReadableSpan) -> str:
    return str(span.resource.attributes["service.name"])


@cache
def by_order(name: str, orders: int) -> dict[str, list[ReadableSpan]]:
    """Return the spans that carry `order_id`, by order."""
    found: dict[str, list[ReadableSpan]] = {}
    for span in world(name, orders).spans:
        if owner := (span.attributes or {}).get("order_id"):
            found.setdefault(str(owner), []).append(span)
    return found


def said(span: ReadableSpan) -> tuple[str, str] | None:
    """Return the order and the status that a span reports."""
    found = span.attributes or {}
    order = found.get("order_id", found.get("order.id"))
    status = found.get("order.status", found.get("status"))
    return (str(order), str(status)) if order and status in STATUSES else None


def test_the_same_seed_gives_the_same_world_span_for_span() -> None:
    first, second = (play(world="faults", seed=3, orders=40, now=NOW) for _ in range(2))
    assert first.orders == second.orders
    assert [span.to_json() for span in first.spans] == [span.to_json() for span in second.spans]
    assert play(world="faults", seed=4, orders=40, now=NOW).orders != first.orders


def test_now_may_be_nanoseconds_or_an_aware_datetime_but_not_a_naive_one() -> None:
    nanoseconds = int(NOW.timestamp()) * SECOND
    assert play(world="healthy", seed=3, orders=5, now=nanoseconds).orders == (
        play(world="healthy", seed=3, orders=5, now=NOW).orders
    )
    with pytest.raises(ValueError, match="time zone"):
        play(world="healthy", seed=3, orders=5, now=NOW.replace(tzinfo=None))


def test_an_unknown_world_is_refused_with_the_names_of_the_known_ones() -> None:
    with pytest.raises(UnknownWorldError, match="loss-5"):
        play(world="heathly", seed=1, orders=5, now=NOW)


@pytest.mark.parametrize("name", ["healthy", "faults"])
def test_every_status_that_was_reached_has_its_span_and_no_other_status_has(name: str) -> None:
    played = world(name)
    told = Counter(found for span in played.spans if (found := said(span)))
    assert told == Counter((order.order_id, one.status) for order in played.orders for one in order.reached)


def test_a_status_span_ends_when_its_status_was_reached_and_comes_from_its_service() -> None:
    played = world("healthy")
    ends = {found: span for span in played.spans if (found := said(span))}
    for order in played.orders:
        for one in order.reached:
            span = ends[order.order_id, one.status]
            assert span.end_time == one.time
            assert service(span) == REPORTED_BY[one.status]


def test_a_timestamp_is_the_time_of_its_status_and_is_absent_at_times() -> None:
    marks = [span for span in world("healthy").spans if said(span)]
    written = [str((span.attributes or {})["timestamp"]) for span in marks if "timestamp" in (span.attributes or {})]
    assert 0.85 < len(written) / len(marks) < 0.95
    for span in marks:
        if text := (span.attributes or {}).get("timestamp"):
            moment = datetime.fromisoformat(str(text)[:19] + "+00:00").timestamp()
            assert 0 <= (span.end_time or 0) / SECOND - moment < 1.01


def test_no_healthy_order_is_past_its_limit_at_any_stage() -> None:
    for order in world("healthy", 600).orders:
        assert order.state in {"done", "moving"}
        assert (order.fault, order.cause, order.past_limit) == (None, None, False)
        assert tuple(one.status for one in order.reached) == STATUSES[: len(order.reached)]
        for one, following in zip(order.reached, order.reached[1:], strict=False):
            assert following.time - one.time <= 0.91 * LIMITS[one.status]


def test_every_fault_appears_and_every_stuck_order_has_a_cause() -> None:
    played = world("faults", 600)
    assert {order.fault for order in played.orders if order.fault} == set(REAL_FAULTS)
    for order in played.orders:
        if order.state in {"stalled", "failed", "left_checkout"}:
            assert order.cause in CAUSES
            assert order.fault
        if order.state == "stalled":
            assert order.past_limit
    seen = {order.cause for order in played.orders if order.cause}
    assert seen >= CAUSES - {"status-repeated", "set-aside"}  # one way of four in which a message dies


def test_most_orders_of_the_faulty_world_are_healthy_and_numbered_as_they_came() -> None:
    orders = world("faults", 600).orders
    assert 0.8 < sum(order.fault is None for order in orders) / len(orders) < 0.92
    assert [order.order_id for order in orders] == sorted(order.order_id for order in orders)


def test_a_stopped_consumer_stops_many_alike() -> None:
    stopped = [one for one in world("faults", 600).orders if one.fault == "consumer-stopped" and one.state == "stalled"]
    assert len(stopped) >= 10
    assert {one.cause for one in stopped} == {"published-never-consumed"}


def test_a_lost_message_was_published_and_nothing_consumed_it() -> None:
    played = world("faults", 600)
    for order in played.orders:
        if order.fault == "message-lost" and order.state == "stalled":
            own = by_order("faults", 600)[order.order_id]
            last = max((span for span in own if span.kind is SpanKind.PRODUCER), key=lambda span: span.end_time or 0)
            lost = (last.attributes or {})["messaging.message.id"]
            same = [one for one in own if (one.attributes or {}).get("messaging.message.id") == lost]
            assert [one.kind for one in same if one.kind is not SpanKind.CLIENT] == [SpanKind.PRODUCER]


def test_failed_orders_show_an_error_after_their_last_status() -> None:
    played = world("faults", 600)
    for order in played.orders:
        errors = [
            span.end_time or 0
            for span in by_order("faults", 600)[order.order_id]
            if span.status.status_code is StatusCode.ERROR
        ]
        assert (order.state == "failed") == any(end > order.since for end in errors)


def test_consumers_are_tied_to_their_producers_in_all_three_ways() -> None:
    spans = world("healthy").spans
    sent = {(span.attributes or {})["messaging.message.id"]: span for span in spans if span.kind is SpanKind.PRODUCER}
    ways: Counter[str] = Counter()
    for span in spans:
        if span.kind is SpanKind.CONSUMER:
            producer = sent[(span.attributes or {})["messaging.message.id"]].get_span_context()
            assert producer
            linked = any(link.context.span_id == producer.span_id for link in span.links)
            ways["child" if span.parent else "link" if linked else "message"] += 1
            assert not span.parent or span.parent.span_id == producer.span_id
    assert set(ways) == {"child", "link", "message"}


def test_each_order_lies_in_several_traces_that_no_other_order_shares() -> None:
    owners: dict[int, set[object]] = {}
    for span in world("faults").spans:
        owner = (span.attributes or {}).get("order_id")
        context = span.get_span_context()
        if owner and context:
            owners.setdefault(context.trace_id, set()).add(owner)
    assert all(len(found) == 1 for found in owners.values())
    assert len(owners) > 4 * 300


def test_partners_orders_come_by_api_and_direct_customers_have_no_partner() -> None:
    for span in world("healthy").spans:
        found = span.attributes or {}
        if said(span):
            assert ("external_partner_id" in found) == (found["channel"] == "api")


def test_personal_data_is_on_a_few_spans_in_attributes_and_in_an_error_text() -> None:
    spans = world("faults", 600).spans
    named = [span for span in spans if "customer_email" in (span.attributes or {})]
    assert 0 < len(named) < 60
    assert 0 < sum("@example." in (span.status.description or "") for span in spans) < 20


def test_customers_come_by_day_more_than_by_night_but_by_night_too() -> None:
    hours = Counter(datetime.fromtimestamp(one.created // SECOND, UTC).hour for one in world("healthy", 600).orders)
    assert sum(hours[hour] for hour in range(8, 14)) > 2.5 * sum(hours[hour] for hour in (22, 23, 0, 1, 2, 3)) > 0


def test_two_thousand_orders_and_the_faulty_worlds_play() -> None:
    assert len(play(world="faults", seed=2, orders=2000, now=NOW, days=14).orders) == 2000
    assert set(FAULTY_WORLDS) == {"faults", "phase-one-faults"}
