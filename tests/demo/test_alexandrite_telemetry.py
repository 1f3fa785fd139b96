"""The worlds whose telemetry is at fault: what is hidden, by how much, and that the orders themselves are healthy."""

from collections import Counter
from datetime import UTC, datetime
from functools import cache

import pytest
from opentelemetry.trace import SpanKind

from demo.alexandrite import STATUSES, TELEMETRY_WORLDS, World, play
from demo.alexandrite.world import HOUR, MINUTE
from tests.demo.test_alexandrite_play import said, service

NOW = datetime(2026, 9, 26, 8, 20, tzinfo=UTC)


@cache
def world(name: str) -> World:
    return play(world=name, seed=11, orders=300, now=NOW)


def latest(played: World) -> dict[str, int]:
    """Return the end of each service's newest span."""
    return {service(span): span.end_time or 0 for span in sorted(played.spans, key=lambda span: span.end_time or 0)}


@pytest.mark.parametrize("name", TELEMETRY_WORLDS)
def test_the_orders_of_every_telemetry_world_are_healthy(name: str) -> None:
    played = world(name)
    assert {(order.state, order.fault, order.past_limit) for order in played.orders} == (
        {("done", None, False), ("moving", None, False)}
    )
    assert played.orders == world("healthy").orders
    assert played.spans


@pytest.mark.parametrize("name", ["shop", "crm", "mes"])
def test_a_silent_service_stopped_exporting_three_hours_ago(name: str) -> None:
    ends = latest(world(f"one-silent-{name}"))
    now = world("healthy").now
    assert ends.pop(name) < now - 3 * HOUR
    assert all(end > now - 3 * HOUR for end in ends.values())


def test_a_healed_cut_left_a_hole_of_four_hours_in_mes() -> None:
    now = world("healthy").now
    hole = [
        service(span) for span in world("one-healed").spans if now - 9 * HOUR <= (span.end_time or 0) < now - 5 * HOUR
    ]
    assert "mes" not in hole
    assert "crm" in hole
    assert latest(world("one-healed"))["mes"] > now - 5 * HOUR


def test_all_cut_has_nothing_of_the_last_three_hours() -> None:
    assert max(latest(world("all-cut")).values()) < world("healthy").now - 3 * HOUR


def test_head_sampling_keeps_whole_traces_about_three_in_ten() -> None:
    whole, kept = (
        Counter(context.trace_id for span in world(name).spans if (context := span.get_span_context()))
        for name in ("healthy", "sampled-30")
    )
    assert 0.25 < len(kept) / len(whole) < 0.35
    assert all(whole[trace_id] == count for trace_id, count in kept.items())


@pytest.mark.parametrize(("name", "share"), [("loss-5", 0.05), ("loss-10", 0.10)])
def test_loss_takes_that_share_of_the_spans(name: str, share: float) -> None:
    assert len(world(name).spans) / len(world("healthy").spans) == pytest.approx(1 - share, abs=0.01)


@pytest.mark.parametrize(("name", "ahead"), [("clock-fast-5min", 5 * MINUTE), ("clock-slow-5min", -5 * MINUTE)])
def test_a_wrong_clock_moves_the_times_of_mes_and_of_no_other(name: str, ahead: int) -> None:
    right = {context.span_id: span for span in world("healthy").spans if (context := span.get_span_context())}
    for span in world(name).spans:
        context = span.get_span_context()
        assert context
        moved = (span.end_time or 0) - (right[context.span_id].end_time or 0)
        assert moved == (ahead if service(span) == "mes" else 0)


def test_late_spans_are_those_that_ended_twenty_minutes_ago() -> None:
    late, whole = world("late-20min"), world("healthy")
    assert max(latest(late).values()) <= late.now - 20 * MINUTE
    assert len(late.spans) == sum((span.end_time or 0) <= whole.now - 20 * MINUTE for span in whole.spans)


@pytest.mark.parametrize("name", ["phase-one", "phase-one-faults"])
def test_phase_one_is_crm_and_mes_with_spans_in_and_out_only(name: str) -> None:
    played = world(name)
    assert played.instrumented == ("crm", "mes")
    assert {service(span) for span in played.spans} == {"crm", "mes"}
    assert {span.kind for span in played.spans} == {SpanKind.SERVER, SpanKind.CONSUMER, SpanKind.PRODUCER}
    ids = {context.span_id for span in played.spans if (context := span.get_span_context())}
    assert all(span.parent is None or span.parent.span_id in ids for span in played.spans if "dlq" not in span.name)


def test_phase_one_says_each_status_of_crm_and_mes_once_on_a_span_in_or_out() -> None:
    played = world("phase-one")
    marks = [(found, span.kind) for span in played.spans if (found := said(span))]
    assert {kind for _, kind in marks} == {SpanKind.SERVER, SpanKind.CONSUMER, SpanKind.PRODUCER}
    told = Counter(found for found, _ in marks)
    due = Counter(
        (order.order_id, one.status)
        for order in played.orders
        for one in order.reached
        if one.status in STATUSES[2:] and one.time < played.now - MINUTE
    )
    assert told >= due
    assert set(told.values()) == {1}
