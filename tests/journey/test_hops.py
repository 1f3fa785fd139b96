"""A message was taken by what descends from its sending, links to it, or has its message id."""

import pytest

from orders.journey.spans import Link
from tests.journey.story import Story, at


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
