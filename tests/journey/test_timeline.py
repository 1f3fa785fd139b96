"""The journey is the same whatever order its spans come in, and no span is lost."""

from dataclasses import replace as swap
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orders.journey.journey import Journey
from orders.journey.raw import Raw
from orders.journey.spans import MINUTE
from orders.journey.timeline import build, ended_by, event_time
from tests.journey.story import CODES, ORDER, TABLE, Story, at


def reached(journey: Journey) -> list[str]:
    return [mark.status for mark in journey.marks]


def test_the_statuses_are_marked_in_order() -> None:
    story = Story()
    story.upto(6)

    journey = story.journey()

    assert reached(journey) == list(CODES)
    assert journey.reached is not None
    assert journey.reached.status == "CLOSED"
    assert (journey.backs, journey.repeats, journey.orphans) == ((), (), ())


@given(st.randoms(use_true_random=False))
def test_shuffled_and_doubled_spans_give_the_same_journey(random: object) -> None:
    story = Story()
    story.upto(4)
    story.span("mes", 21, failed=True)
    shuffled = story.spans * 2
    random.shuffle(shuffled)  # type: ignore[attr-defined]

    assert build(ORDER, shuffled, TABLE) == story.journey()


def test_no_span_is_lost() -> None:
    story = Story()
    story.upto(5)
    other = story.span("mes", 3, order_ids=("ORD-1",), status="CLOSED")

    journey = story.journey()

    assert set(journey.spans) == set(story.spans)
    assert other in journey.spans
    assert "CLOSED" not in reached(journey)


@pytest.mark.parametrize("minute", [0, 4.9, 5, 12, 40])
def test_then_is_the_journey_of_what_had_ended(minute: float) -> None:
    story = Story()
    story.upto(5)

    then = build(ORDER, ended_by(story.spans, at(minute)), TABLE)

    assert reached(then) == [mark.status for mark in story.journey().marks if mark.at <= at(minute)]


def test_a_believable_timestamp_is_the_time_of_the_event() -> None:
    near = Story().status(1, 10, told_at=at(7))
    far = Story().status(1, 10, told_at=at(3))

    assert event_time(near, 0) == at(7)
    assert event_time(far, 0) == at(10)
    assert event_time(far, MINUTE) == at(11)


def test_a_milestone_implies_a_status_that_its_reporter_never_said() -> None:
    story = Story()
    story.span("crm", 3, name="accept order")

    journey = story.journey()

    assert reached(journey) == ["SUBMITTED"]
    assert journey.marks[0].implied
    assert journey.passed[0].operation == "accept order"


def test_what_the_reporter_said_wins_over_what_is_implied() -> None:
    story = Story()
    story.span("crm", 3, name="accept order")
    story.status(1, 4)

    journey = story.journey()

    assert reached(journey) == ["SUBMITTED"]
    assert (journey.marks[0].at, journey.marks[0].implied) == (at(4), False)


def test_a_milestone_of_another_service_says_nothing() -> None:
    story = Story()
    story.span("mes", 3, name="accept order")

    assert story.journey().marks == ()


def test_the_same_status_twice_is_a_repeat() -> None:
    story = Story()
    story.upto(2)
    story.status(2, 21)

    journey = story.journey()

    assert [(again.status, again.first_at, again.again_at) for again in journey.repeats] == [
        ("PRICE_CALCULATED", at(10), at(21))
    ]
    assert len(journey.marks) == 3


def test_two_spans_of_one_event_are_one_saying() -> None:
    story = Story()
    story.status(0, 0)
    story.status(0, 0.5)

    assert story.journey().repeats == ()


def test_a_status_seen_before_and_again_after_a_later_one_went_back() -> None:
    story = Story()
    story.upto(5)
    story.status(4, 30)

    journey = story.journey()

    assert [(back.before, back.after) for back in journey.backs] == [("SHIPPED", "MANUFACTURING_STARTED")]
    assert journey.reached is not None
    assert journey.reached.at == at(30)
    assert journey.mark("MANUFACTURING_STARTED") == journey.reached
    assert journey.mark("CLOSED") is None


def test_after_a_way_back_the_order_may_go_on() -> None:
    story = Story()
    story.upto(5)
    story.status(4, 30)
    story.status(5, 40)

    journey = story.journey()

    assert journey.reached is not None
    assert (journey.reached.status, journey.reached.at) == ("SHIPPED", at(40))


def test_a_status_first_seen_after_a_later_one_is_no_way_back() -> None:
    story = Story()
    story.status(0, 0)
    story.status(2, 4)
    story.status(1, 5)

    journey = story.journey()

    assert journey.backs == ()
    assert journey.reached is not None
    assert journey.reached.status == "PRICE_CALCULATED"


def test_a_failed_step_did_not_reach_its_status() -> None:
    story = Story()
    story.upto(1)
    story.status(2, 8, failed=True)
    story.status(3, 9, outcome="ERROR")

    assert reached(story.journey()) == ["INITIATED", "SUBMITTED"]


def test_an_unknown_status_is_no_mark() -> None:
    story = Story()
    story.span("crm", 1, status="PARKED")

    assert story.journey().marks == ()


def test_who_the_order_is_for_is_read_from_its_own_spans() -> None:
    story = Story()
    story.span("shop", 0, order_ids=("ORD-1",), partner_id="P-1")
    story.span("shop", 1, partner_id="P-77", model_id="M-1", channel="api", customer=Raw("cust-1"))
    story.span("shop", 2, partner_id="P-9", ticket="T-1")

    journey = story.journey()

    assert (journey.partner_id, journey.model_id, journey.channel, journey.ticket) == ("P-77", "M-1", "api", "T-1")
    assert journey.customer == Raw("cust-1")


def test_an_orphan_is_a_span_whose_parent_is_missing() -> None:
    story = Story()
    parent = story.span("crm", 0)
    child = story.span("crm", 1, parent=parent)
    story.spans.remove(parent)

    assert story.journey().orphans == (child,)


def test_closed_by_hand_is_read_from_the_operation() -> None:
    story = Story()
    story.upto(4)
    story.span("crm", 30, name="close order manually", status="CLOSED")

    assert story.journey().closed_by_hand


def test_clock_corrections_shift_marks_and_are_named() -> None:
    story = Story()
    story.upto(2)

    journey = story.journey(mes=5 * MINUTE, shop=0, other=MINUTE)

    assert journey.shifts == (("mes", 5 * MINUTE),)
    assert journey.marks[-1].at == at(15)


def test_nothing_gives_an_empty_journey() -> None:
    journey = Story().journey()

    assert (journey.spans, journey.marks, journey.reached, journey.first_at) == ((), (), None, None)


def test_of_two_spans_with_the_same_ids_the_one_that_says_more_is_kept() -> None:
    story = Story()
    said = story.status(0, 0)
    silent = said._replace(facts=said.facts._replace(status=""))

    for spans in ([silent, said], [said, silent]):
        assert build(ORDER, spans, TABLE).marks[0].span == said


def test_journeys_are_frozen() -> None:
    with pytest.raises(AttributeError):
        Story().journey().order_id = "ORD-2"  # type: ignore[misc]
    assert swap(Story().journey(), order_id="ORD-2").order_id == "ORD-2"


def test_who_took_the_message_into_a_stage_proves_the_status_before_it() -> None:
    story = Story()
    story.status(1, 5)
    story.span("crm", 12, kind="consumer", operation="process", destination="x:y:orders.priced", seconds=60)

    journey = story.journey()

    assert [(mark.status, mark.at, mark.implied) for mark in journey.marks] == [
        ("SUBMITTED", at(5), False),
        ("PRICE_CALCULATED", at(11), True),
    ]


@pytest.mark.parametrize(
    "facts",
    [
        {"dead_letter": True, "destination": "dead:orders.priced:orders.priced.dlq"},
        {"destination": "elsewhere"},
        {"destination": ""},
    ],
)
def test_a_message_that_was_not_taken_proves_nothing(facts: dict[str, Any]) -> None:
    story = Story()
    story.span("crm", 12, **({"kind": "consumer", "destination": "orders.priced"} | facts))

    assert story.journey().marks == ()
