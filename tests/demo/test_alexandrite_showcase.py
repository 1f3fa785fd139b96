"""The showcase: each fixed number is what it says, whatever the seed and the time of day."""

from datetime import UTC, datetime
from functools import cache

import pytest
from opentelemetry.sdk.trace import ReadableSpan

from demo.alexandrite import ALIKE, SHOWCASE, TELEMETRY_WORLDS, Truth, World, play
from demo.alexandrite.world import DAY, HOUR

MOMENTS = (datetime(2026, 9, 26, 8, 20, tzinfo=UTC), datetime(2026, 12, 31, 23, 59, 30, tzinfo=UTC))


@cache
def world(moment: datetime, seed: int = 1, name: str = "faults") -> World:
    return play(world=name, seed=seed, orders=200, now=moment, showcase=True)


def shown(name: str, moment: datetime, seed: int = 1) -> Truth:
    [order] = [one for one in world(moment, seed).orders if one.order_id == SHOWCASE[name]]
    return order


def own(name: str) -> list[ReadableSpan]:
    spans = world(MOMENTS[0]).spans
    return [span for span in spans if (span.attributes or {}).get("order_id") == SHOWCASE[name]]


@pytest.mark.parametrize("moment", MOMENTS)
@pytest.mark.parametrize(
    ("name", "state", "cause", "status"),
    [
        ("stalled", "stalled", "published-never-consumed", "MANUFACTURING_APPROVED"),
        ("on_time", "moving", None, "SHIPPED"),
        ("slow", "moving", None, "SHIPPED"),
        ("failed", "failed", "call-failed", "SUBMITTED"),
        ("done", "done", None, "CLOSED"),
        ("closed_by_hand", "done", "closed-by-hand", "CLOSED"),
        ("went_back", "stalled", "went-back", "MANUFACTURING_STARTED"),
        ("waiting_for_person", "stalled", "waiting-for-person", "MANUFACTURING_APPROVED"),
        ("carrier_silent", "stalled", "waiting-for-carrier", "SHIPPED"),
        ("dead_lettered", "failed", "set-aside", "SUBMITTED"),
        ("no_result", "stalled", "consumed-no-result", "SUBMITTED"),
        ("checkout_left", "left_checkout", "customer-left", "INITIATED"),
    ],
)
def test_each_is_what_its_name_says(name: str, state: str, cause: str | None, status: str, moment: datetime) -> None:
    order = shown(name, moment)
    assert (order.state, order.cause, order.reached[-1].status) == (state, cause, status)
    assert order.past_limit == (state not in {"done", "moving"})


@pytest.mark.parametrize("moment", MOMENTS)
@pytest.mark.parametrize("seed", [1, 2])
def test_seventeen_are_alike_to_the_stalled_one_and_no_more(moment: datetime, seed: int) -> None:
    one = shown("stalled", moment, seed)
    alike = [two.order_id for two in world(moment, seed).orders if (two.stage, two.cause) == (one.stage, one.cause)]
    assert sorted(alike) == list(ALIKE)
    assert len(alike) == 18


def test_the_slow_one_is_slower_than_nearly_all_and_within_its_limit_for_hours() -> None:
    order = shown("slow", MOMENTS[0])
    waited = world(MOMENTS[0]).now - order.since
    assert 0.9 * 3 * DAY < waited < 3 * DAY - 2 * HOUR


def test_one_status_was_reported_twice() -> None:
    statuses = [one.status for one in shown("status_twice", MOMENTS[0]).reached]
    assert statuses.count("PRICE_CALCULATED") == 2


def test_the_dead_letter_and_the_answer_500_can_be_seen() -> None:
    assert any(span.name == "process orders.submitted.dlq" for span in own("dead_lettered"))
    codes = [(span.attributes or {}).get("http.response.status_code") for span in own("failed")]
    assert codes.count(500) >= 2
    assert any("@example.com" in (span.status.description or "") for span in own("failed"))


def test_one_is_past_its_limit_in_what_a_silent_source_left_but_healthy() -> None:
    moment = MOMENTS[0]
    told = [
        (span.attributes or {}).get("status")
        for span in world(moment, name="one-silent-mes").spans
        if (span.attributes or {}).get("order_id") == SHOWCASE["cannot_tell"] and "timestamp" in (span.attributes or {})
    ]
    assert told[-1] == "MANUFACTURING_APPROVED"
    assert shown("cannot_tell", moment).state in {"moving", "done"}


@pytest.mark.parametrize("name", TELEMETRY_WORLDS)
def test_worlds_with_healthy_orders_show_only_healthy_ones(name: str) -> None:
    played = play(world=name, seed=1, orders=20, now=MOMENTS[0], showcase=True)
    assert {order.state for order in played.orders} <= {"done", "moving"}
    numbers = {order.order_id for order in played.orders}
    assert {SHOWCASE[one] for one in ("on_time", "slow", "done", "cannot_tell")} <= numbers
    assert SHOWCASE["failed"] not in numbers
