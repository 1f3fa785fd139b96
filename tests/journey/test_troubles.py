"""An error is counted once, where it began; where a call failed, both sides are named."""

from tests.journey.story import Story, at


def test_an_error_climbs_and_is_counted_once() -> None:
    story = Story()
    outer = story.span("mes", 3, failed=True)
    inner = story.span("mes", 2, parent=outer, failed=True)

    (trouble,) = story.journey().troubles

    assert (trouble.span, trouble.service, trouble.at, trouble.call_to) == (inner, "mes", at(2), "")


def test_a_failed_call_names_both_sides() -> None:
    story = Story()
    client = story.span("shop", 2, kind="client", failed=True)
    story.span("crm", 2, kind="server", parent=client, failed=True)

    (trouble,) = story.journey().troubles

    assert (trouble.service, trouble.call_to) == ("shop", "crm")


def test_a_failed_call_without_an_answer_names_its_peer() -> None:
    story = Story()
    story.span("crm", 0)
    story.span("shop", 2, kind="client", failed=True, peer="crm")
    story.span("shop", 3, kind="client", failed=True, peer="shop")

    assert [(t.service, t.call_to) for t in story.journey().troubles] == [("shop", "crm"), ("shop", "")]


def test_errors_of_other_orders_are_not_ours() -> None:
    story = Story()
    story.span("mes", 2, failed=True, order_ids=("ORD-1",))

    assert story.journey().troubles == ()


def test_an_outcome_attribute_is_an_error() -> None:
    story = Story()
    story.span("mes", 2, outcome="ERROR")

    assert len(story.journey().troubles) == 1


def test_a_circle_of_failed_parents_is_one_error() -> None:
    story = Story()
    first = story.span("mes", 1, failed=True)
    second = story.span("mes", 2, parent=first, failed=True)
    story.spans[0] = first._replace(parent_id=second.span_id)

    assert len(story.journey().troubles) == 1
