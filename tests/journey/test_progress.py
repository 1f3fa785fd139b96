"""What shows that an order went on after an error, and what is asked once of one decision."""

from dataclasses import replace
from typing import Any

import pytest

from orders.journey.case import Case
from orders.journey.spans import Answer
from orders.journey.trips import Stuck
from orders.journey.verdict import State
from tests.journey.story import RETENTION, TABLE, Story, at, healthy_fleet
from tests.journey.test_hops import dead


def call(story: Story, minute: float, *, failed: bool, **client: Any) -> None:
    """Write a call of the shop to CRM that only its two spans, no name of a peer, show."""
    above = story.span("shop", minute, kind="client", failed=failed, **client)
    story.span("crm", minute - 0.005, kind="server", parent=above, failed=failed, seconds=0.2)


@pytest.mark.parametrize(("failed", "state"), [(False, State.ON_TIME), (True, State.FAILED)])
def test_a_call_again_is_seen_by_who_was_called(failed: bool, state: State) -> None:
    story = Story()
    story.status(0, 0)
    call(story, 1, failed=True)
    call(story, 2, failed=failed)
    story.span("shop", 2.2, name="checkout accepted")

    assert story.verdict(2.5, fleet=healthy_fleet(2.5)).state is state


def test_the_refused_call_itself_is_no_call_again() -> None:
    story = Story()
    story.status(0, 0)
    above = story.span("shop", 2, kind="client", failed=True, seconds=5, peer="crm")
    story.span("crm", 2.1, kind="server", parent=above, seconds=9)  # it worked on when the shop had given up
    story.span("shop", 2.2, name="tell the customer")

    assert story.verdict(2.5, fleet=healthy_fleet(2.5)).state is State.FAILED


@pytest.mark.parametrize("above", ["nobody", "another", "refused", "before"])
def test_an_answer_to_somebody_else_is_no_call_again(above: str) -> None:
    """A person looks at the order in CRM, a partner asks, the shop's own next call is refused, or ran already."""
    story = Story()
    story.status(0, 0)
    early = story.span("shop", 1.99, kind="client", seconds=60) if above == "before" else None
    call(story, 2, failed=True)
    parent = early
    if above in {"another", "refused"}:
        service = "mes" if above == "another" else "shop"
        parent = story.span(service, 3, kind="client", failed=above == "refused", seconds=0.1)
    story.span("crm", 3.001, kind="server", parent=parent, name="GET /orders/{id}")

    assert story.verdict(60, fleet=healthy_fleet(60)).state is State.FAILED


def test_a_call_for_another_order_is_no_call_again() -> None:
    story = Story()
    story.status(0, 0)
    call(story, 2, failed=True)
    story.span("shop", 3, kind="client", peer="crm")
    story.spans[-1] = story.spans[-1]._replace(facts=story.spans[-1].facts._replace(order_ids=("ORD-9",)))

    assert story.verdict(60, fleet=healthy_fleet(60)).state is State.FAILED


@pytest.mark.parametrize("reason", ["expired", "rejected"])
def test_who_takes_a_message_again_that_waited_in_a_queue_goes_on(reason: str) -> None:
    story = Story()
    story.upto(1)
    sent = story.hop(1, 6, failed=True)
    dead(story, sent, reason)
    facts = story.spans[-1].facts._replace(destination="orders.submitted")
    story.spans[-1] = story.spans[-1]._replace(failed=False, facts=facts)

    assert story.verdict(14).state is State.ON_TIME


@pytest.mark.parametrize(("settles", "status"), [(False, "SUBMITTED"), (True, "INITIATED")])
def test_who_takes_what_waited_in_a_queue_proves_its_stage(settles: bool, status: str) -> None:
    story = Story()
    sent = story.status(0, 0)
    dead(story, sent, "expired", 4)
    facts = story.spans[-1].facts._replace(destination="orders.submitted", operation="nack" if settles else "process")
    story.spans[-1] = story.spans[-1]._replace(failed=False, facts=facts, kind="client" if settles else "consumer")

    reached = story.journey().reached

    assert reached is not None
    assert reached.status == status


def test_who_takes_it_again_and_fails_did_not_set_it_aside() -> None:
    story = Story()
    story.upto(1)
    dead(story, story.hop(1, 6, failed=True), "expired")
    story.spans[-1] = story.spans[-1]._replace(facts=story.spans[-1].facts._replace(destination="orders.submitted"))

    verdict = story.verdict(14)

    assert (verdict.state, verdict.cause) == (State.FAILED, "error-repeated")


def test_a_copy_that_another_gave_back_is_no_error_of_the_order() -> None:
    story = Story()
    story.upto(1)
    sent = story.hop(1, 6)
    other = story.span("crm", 6.2, kind="consumer", operation="process", destination="orders.submitted", parent=sent)
    story.span("crm", 6.3, kind="client", operation="nack", dead_letter=True, parent=other, failed=True)

    assert story.verdict(7).state is State.ON_TIME
    story.span("mes", 6.25, failed=True)
    assert story.verdict(7).cause == "error-repeated"


def test_who_is_stuck_alike_is_counted_once_a_decision(monkeypatch: pytest.MonkeyPatch) -> None:
    story = Story()
    story.upto(3)
    story.hop(3, 15.1)
    first = story.verdict(9_000, fleet=healthy_fleet(9_000))
    limit = TABLE.stages[3].limit
    since = [at(20), at(9_000) - limit - 10**9, at(9_000) - limit - 2 * 10**9]
    others = tuple(Stuck(order_id=f"S{n}", stage=3, cause=first.cause or "", since=one) for n, one in enumerate(since))
    fleet = replace(healthy_fleet(9_000), stuck=others)
    asked: list[int] = []
    real = Case.due

    def due(case: Case, instant: int) -> int:
        asked.append(instant)
        return real(case, instant)

    monkeypatch.setattr(Case, "due", due)

    verdict = story.verdict(9_000, fleet=fleet)

    assert verdict.alike is not None
    assert (verdict.alike.count, verdict.alike.last_hour) == (4, 2)
    assert len(asked) <= 3  # its own deadline, and a search among the three


def test_no_order_is_alike_before_the_limit_or_without_others() -> None:
    story = Story()
    story.upto(3)
    story.hop(3, 15.1)
    case = Case(story.journey(), at(16), TABLE, Answer(spans=tuple(story.spans)), healthy_fleet(16), RETENTION)

    assert case.alike is None
