"""A message was taken by what descends from its sending, links to it, or has its message id."""

import sys
from typing import Any

import pytest

from orders.journey.hops import hops_of
from orders.journey.raw import Raw
from orders.journey.spans import SECOND, Attribute, Link, Span
from tests.journey.story import TABLE, Story, at


@pytest.mark.parametrize("how", ["child", "link", "message"])
def test_a_message_was_taken(how: str) -> None:
    story = Story()
    story.hop(1, 3, how=how)

    (hop,) = story.journey().hops

    assert (hop.sender, hop.receiver, hop.queue, hop.sent_at) == ("crm", "mes", "orders.submitted", at(3))
    assert hop.taken_at is not None
    assert hop.done


def test_a_message_was_taken_by_a_grandchild() -> None:
    story = Story()
    sent = story.hop(1, 3, taken=False)
    between = story.span("mes", 3.1, parent=sent)
    story.span("mes", 3.2, parent=between, kind="consumer", operation="process", destination="orders.submitted")

    (hop,) = story.journey().hops

    assert hop.taken_by is not None


def test_a_message_that_nobody_took() -> None:
    story = Story()
    story.hop(1, 3, taken=False)

    (hop,) = story.journey().hops

    assert (hop.receiver, hop.taken_at, hop.taken_by, hop.done) == ("mes", None, None, False)


def test_a_message_to_a_queue_that_the_table_does_not_know() -> None:
    story = Story()
    story.span("crm", 1, kind="producer", destination="elsewhere")

    assert story.journey().hops[0].receiver == ""


def test_a_receive_marker_is_a_taking_that_is_not_done() -> None:
    story = Story()
    sent = story.hop(3, 3, taken=False)
    story.span("mes", 3.1, parent=sent, kind="client", operation="receive", seconds=0, destination="orders.approved")

    (hop,) = story.journey().hops

    assert hop.taken_at == at(3.1)
    assert not hop.done


def test_a_rejected_message_is_a_dead_letter() -> None:
    story = Story()
    story.hop(1, 3, failed=True, dead_letter=True)

    (hop,) = story.journey().hops

    assert hop.dead_letter
    assert hop.failed


def test_a_taking_whose_sending_was_not_seen() -> None:
    story = Story()
    story.span("mes", 3, kind="consumer", destination="orders.submitted", operation="process")

    (hop,) = story.journey().hops

    assert (hop.sender, hop.receiver, hop.sent_at) == ("", "mes", None)


def test_a_call_to_another_service() -> None:
    story = Story()
    client = story.span("shop", 1, kind="client", name="POST /api/orders")
    story.span("crm", 1, kind="server", parent=client)

    (hop,) = story.journey().hops

    assert (hop.sender, hop.receiver, hop.queue, hop.done) == ("shop", "crm", "", True)


def test_a_call_that_was_not_answered_names_its_peer() -> None:
    story = Story()
    story.span("crm", 0)
    story.span("shop", 1, kind="client", peer="crm", failed=True)
    story.span("shop", 2, kind="client", peer="payment.example")

    (hop,) = story.journey().hops

    assert (hop.receiver, hop.taken_at, hop.failed) == ("crm", None, True)


def test_a_circle_of_parents_ends() -> None:
    story = Story()
    first = story.span("mes", 1, kind="consumer", operation="process")
    second = story.span("mes", 2, parent=first)
    story.spans[0] = first._replace(parent_id=second.span_id)

    assert len(story.journey().hops) == 1


def test_a_link_elsewhere_joins_nothing() -> None:
    story = Story()
    story.hop(1, 3, taken=False)
    story.span("mes", 4, kind="consumer", links=(Link("f" * 32, "f" * 16),), destination="orders.submitted")

    assert [hop.taken_at for hop in story.journey().hops if hop.sent_at] == [None]


@pytest.mark.parametrize("how", ["child", "link", "message"])
@pytest.mark.parametrize("settling", ["below the taking", "below a step of it", "linked", "message"])
def test_a_message_that_its_taker_gave_back(how: str, settling: str) -> None:
    story = Story()
    sent = story.hop(1, 3, how=how)
    taking = story.spans[-1]
    above = {"below the taking": taking}.get(settling)
    if settling == "below a step of it":
        above = story.span("mes", 3.2, parent=taking)
    links = (Link(sent.trace_id, sent.span_id),) if settling == "linked" else ()
    if settling == "message":
        story.spans[-2:] = [s._replace(facts=s.facts._replace(message_id="m")) for s in story.spans[-2:]]
    message = "m" if settling == "message" else ""
    story.span("mes", 3.3, kind="client", operation="settle", dead_letter=True, parent=above, links=links,
               message_id=message)  # fmt: skip

    (hop,) = story.journey(mes=SECOND).hops

    assert hop.given_back == at(3.3) + SECOND
    assert not hop.dead_letter


@pytest.mark.parametrize("after", ["taken again", "settled", "another's"])
def test_a_message_that_was_given_back_and_then_taken(after: str) -> None:
    story = Story()
    sent = story.hop(1, 3)
    taking = story.spans[-1]
    other = story.hop(1, 3.1) if after == "another's" else None
    back = story.span("mes", 3.3, kind="client", operation="nack", dead_letter=True,
                      parent=story.spans[-1] if other else taking)  # fmt: skip
    if after == "taken again":
        story.span("mes", 3.5, kind="consumer", operation="process", destination="orders.submitted", parent=sent)
    if after == "settled":
        story.span("mes", 3.5, kind="client", operation="settle", parent=taking)

    hop = next(hop for hop in story.journey().hops if hop.sent_by is sent)

    assert back.end > taking.end
    assert hop.given_back is None


def test_a_settling_in_a_cycle_of_parents_is_about_nothing() -> None:
    story = Story()
    story.hop(1, 3)
    first = story.span("mes", 3.2)
    second = story.span("mes", 3.2, parent=first)
    story.spans[-2] = first._replace(parent_id=second.span_id)
    story.span("mes", 3.3, kind="client", operation="nack", dead_letter=True, parent=second)

    assert story.journey().hops[0].given_back is None


def test_a_taking_whose_sending_was_not_seen_can_be_given_back() -> None:
    story = Story()
    taking = story.span("mes", 3, kind="consumer", destination="orders.submitted", operation="process")
    story.span("mes", 3.1, kind="client", operation="reject", dead_letter=True, parent=taking)

    (hop,) = story.journey().hops

    assert hop.given_back == at(3.1)


def dead(story: Story, sent: Span, reason: str, minute: float = 13, **more: Any) -> Span:
    """Write what the consumer of the dead-letter queue says."""
    found = story.span("mes", minute, kind="consumer", operation="process", destination="orders.submitted.dlq",
                       parent=sent, failed=True, dead_letter=True, error_type="dead_lettered", **more)  # fmt: skip
    bag = (Attribute("span", "other", Raw("expired")), Attribute("span", "rabbitmq.x_death.reason", Raw(reason)))
    story.spans[-1] = found._replace(bag=lambda: bag)
    return story.spans[-1]


@pytest.mark.parametrize(
    ("reason", "taken", "unread"), [("expired", False, True), ("rejected", False, False), ("expired", True, False)]
)
def test_a_message_that_was_set_aside_before_anyone_took_it(reason: str, taken: bool, unread: bool) -> None:
    story = Story()
    dead(story, story.hop(1, 3, taken=taken), reason)

    (hop,) = story.journey().hops

    assert (hop.dead_letter, hop.unread) == (True, unread)


def test_a_dead_letter_whose_sending_was_not_seen() -> None:
    story = Story()
    sent = story.hop(1, 3, taken=False)
    dead(story, sent, "maxlen")
    story.spans.remove(sent)

    assert story.journey().hops[0].unread


def test_a_dead_letter_that_was_sent_again_and_taken() -> None:
    story = Story()
    sent = story.hop(1, 3, taken=False)
    dead(story, sent, "rejected")
    story.span("mes", 20, kind="consumer", operation="process", destination="orders.submitted", parent=sent)

    (hop,) = story.journey().hops

    assert (hop.dead_letter, hop.taken_at is not None) == (False, True)


def test_a_second_taking_from_a_queue_that_lost_its_context_is_no_hop_of_its_own() -> None:
    story = Story()
    story.hop(1, 3)
    story.span("mes", 5, kind="consumer", operation="process", destination="orders.submitted")

    assert len(story.journey().hops) == 1


@pytest.mark.parametrize("copy", [3.05, 3.2])
def test_what_another_consumer_does_with_its_copy_is_not_said_of_the_receiver(copy: float) -> None:
    story = Story()
    sent = story.hop(1, 3)
    other = story.span("crm", copy, kind="consumer", operation="process", destination="orders.submitted", parent=sent)
    story.span("crm", 3.4, kind="client", operation="nack", dead_letter=True, parent=other)

    (hop,) = story.journey().hops

    assert (hop.receiver, hop.taken_by, hop.given_back) == ("mes", story.spans[1], None)


@pytest.mark.parametrize(("taker", "taken_by"), [("crm", ""), ("mes-worker", "mes-worker")])
def test_only_who_may_be_the_receiver_took_its_message(taker: str, taken_by: str) -> None:
    story = Story()
    sent = story.hop(1, 3, taken=False)
    story.span(taker, 3.1, kind="consumer", operation="process", destination="orders.submitted", parent=sent)

    (hop,) = story.journey().hops

    assert (hop.taken_by.service if hop.taken_by else "") == taken_by


def test_what_its_receiver_gives_back_is_given_back_whatever_another_does_with_its_copy() -> None:
    story = Story()
    sent = story.hop(1, 3)
    story.span("mes", 3.2, kind="client", operation="nack", dead_letter=True, parent=story.spans[-1])
    other = story.span("crm", 3.3, kind="consumer", operation="process", destination="orders.submitted", parent=sent)
    story.span("crm", 3.4, kind="client", operation="ack", parent=other)

    (hop,) = story.journey().hops

    assert hop.given_back == at(3.2)


@pytest.mark.parametrize("seen", [True, False])
@pytest.mark.parametrize("queue", ["orders.submitted", "retry:orders.submitted", "retry:key:orders.submitted"])
def test_who_takes_a_message_that_waited_in_a_queue_has_taken_it(queue: str, seen: bool) -> None:
    story = Story()
    sent = story.hop(1, 3, taken=False)
    dead(story, sent, "expired", 4)
    story.spans[-1] = story.spans[-1]._replace(failed=False, facts=story.spans[-1].facts._replace(destination=queue))
    if not seen:
        story.spans.remove(sent)

    (hop,) = story.journey().hops

    assert (hop.dead_letter, hop.unread, hop.taken_at is not None, hop.done) == (False, False, True, True)


def test_a_queue_of_the_dead_that_keeps_the_routing_key_is_not_the_stages_own() -> None:
    story = Story()
    dead(story, story.hop(1, 3, taken=False), "rejected")
    facts = story.spans[-1].facts._replace(destination="dead:orders.submitted:orders.submitted.dlq")
    story.spans[-1] = story.spans[-1]._replace(failed=False, facts=facts)

    assert story.journey().hops[0].dead_letter


@pytest.mark.parametrize("backs", [False, True])
def test_what_shares_one_message_id_is_read_once(backs: bool) -> None:
    def looked(pairs: int) -> int:
        story = Story()
        for _ in range(pairs):
            story.span("crm", 1, kind="producer", message_id="m", destination="orders.submitted")
            story.span("mes", 2, kind="consumer", message_id="m", destination="orders.submitted", operation="process")
            if backs:
                story.span("mes", 3, kind="client", operation="nack", dead_letter=True, message_id="m")
        steps = 0

        def count(frame: object, event: str, arg: object) -> None:
            nonlocal steps
            steps += event == "call"

        codes = {s.service: s.service for s in story.spans}
        before = sys.getprofile()
        sys.setprofile(count)
        try:
            hops = hops_of(story.order_id, story.spans, codes, {}, TABLE)
        finally:
            sys.setprofile(before)
        assert len(hops) == pairs
        assert all((hop.given_back is not None) is backs for hop in hops)
        return steps

    assert looked(80) < 2.5 * looked(40)
