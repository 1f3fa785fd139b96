"""The memory of journeys: the very same spans are the same journey, anything else is made anew."""

from dataclasses import replace

import pytest

from orders.fleet import journeys
from orders.fleet.journeys import Journeys
from orders.journey.spans import Span
from orders.journey.timeline import build
from tests.journey.story import TABLE, Story


def spans_of(order_id: str = "ORD-1", statuses: int = 3) -> tuple[Span, ...]:
    story = Story(order_id)
    for index in range(statuses):
        story.status(index, index)
    return tuple(story.spans)


def test_the_same_spans_are_the_same_journey() -> None:
    memory, spans = Journeys(), spans_of()
    first = memory.of("ORD-1", spans, TABLE, {}, now=0)
    assert first == build("ORD-1", spans, TABLE)
    assert memory.of("ORD-1", tuple(spans), TABLE, {}, now=0) is first


def test_anything_else_is_another_journey() -> None:
    memory, spans = Journeys(), spans_of()
    first = memory.of("ORD-1", spans, TABLE, {}, now=0)
    later = spans[-1]._replace(end=spans[-1].end + 1)
    for others, table, shifts in (
        ((*spans[:-1], later), TABLE, {}),
        (spans[:-1], TABLE, {}),
        (spans, replace(TABLE), {}),
        (spans, TABLE, {"crm": 5_000_000_000}),
    ):
        found = memory.of("ORD-1", others, table, shifts, now=0)
        assert found is not first
        assert found == build("ORD-1", others, table, shifts)
    assert memory.of("ORD-2", spans, TABLE, {}, now=0).order_id == "ORD-2"


def test_a_very_large_one_is_not_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(journeys, "LARGEST", 2)
    memory, spans = Journeys(), spans_of()
    assert memory.of("ORD-1", spans, TABLE, {}, now=0) is not memory.of("ORD-1", spans, TABLE, {}, now=0)


@pytest.mark.parametrize(("orders", "spans", "kept"), [(2, 100, 2), (10, 7, 2), (10, 3, 1)])
def test_the_longest_kept_go_when_it_is_too_much(
    orders: int, spans: int, kept: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journeys, "ORDERS", orders)
    monkeypatch.setattr(journeys, "SPANS", spans)
    memory, each = Journeys(), {f"ORD-{n}": spans_of(f"ORD-{n}") for n in range(4)}
    made = {order_id: memory.of(order_id, own, TABLE, {}, now=0) for order_id, own in each.items()}
    again = [memory._known.get(order_id) for order_id in each]
    assert [known.journey if known else None for known in again] == [None] * (4 - kept) + list(made.values())[-kept:]


def test_what_nobody_asked_for_in_an_hour_is_dropped() -> None:
    memory = Journeys()
    for hour, order_id in enumerate(("ORD-1", "ORD-2", "ORD-3")):
        memory.of(order_id, spans_of(order_id), TABLE, {}, now=hour * journeys.AGE // 2)
    memory.of("ORD-1", spans_of("ORD-1"), TABLE, {}, now=journeys.AGE)
    memory.of("ORD-4", spans_of("ORD-4"), TABLE, {}, now=journeys.AGE * 7 // 4)
    assert list(memory._known) == ["ORD-3", "ORD-1", "ORD-4"]
