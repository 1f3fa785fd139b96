"""Every cause is read from spans, with a rule id; whom to ask follows the cause."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from orders.journey.causes import silent_cause
from orders.journey.raw import NOTHING, Raw, unseal
from tests.journey.story import TABLE, Story, at
from tests.journey.test_hops import dead


def cause(story: Story, stage: int, since: float) -> tuple[str, dict[str, int | str], bool]:
    found = silent_cause(story.journey(), TABLE.stages[stage], at(since))
    return found.rule, dict(found.clause.values), found.shown


def submitted() -> Story:
    story = Story()
    story.upto(1)
    return story


def test_sent_and_never_picked_up() -> None:
    story = submitted()
    story.hop(1, 6, taken=False)

    assert cause(story, 1, 5) == ("published-never-consumed", {"sender": "crm", "receiver": "mes", "at": at(6)}, True)


def test_without_a_receipt_not_taken_and_not_finished_look_the_same() -> None:
    story = submitted()
    story.hop(1, 6, taken=False)
    found = silent_cause(story.journey(), TABLE.stages[1], at(5))
    marked = silent_cause(story.journey(), replace(TABLE.stages[1], receipt=True), at(5))

    assert (found.rule, found.clause.rule) == ("published-never-consumed", "not-picked-or-not-finished")
    assert (marked.rule, marked.clause.rule) == ("published-never-consumed", "published-never-consumed")


def test_picked_up_without_a_result() -> None:
    story = submitted()
    story.hop(1, 6)

    rule, values, _ = cause(story, 1, 5)

    assert (rule, values["service"]) == ("consumed-no-result", "mes")


def test_rejected_without_an_error_after_it() -> None:
    story = submitted()
    dead(story, story.hop(1, 6), "rejected")
    story.spans[-1] = story.spans[-1]._replace(failed=False)

    rule, values, _ = cause(story, 1, 5)

    assert (rule, values["service"]) == ("rejected", "mes")


@pytest.mark.parametrize("verb", ["nack", "reject"])
def test_what_its_taker_gave_back_was_not_taken_and_may_come_again(verb: str) -> None:
    story = submitted()
    story.hop(1, 6)
    story.span("mes", 6.2, kind="client", operation=verb, dead_letter=True, parent=story.spans[-1])
    found = silent_cause(story.journey(), TABLE.stages[1], at(5))

    assert (found.rule, found.clause.rule, found.ask) == ("given-back", "given-back", "rejected")
    assert found.clause.values == {"service": "mes", "at": at(6.2)}


def test_what_expired_before_anyone_took_it_was_rejected_by_nobody() -> None:
    story = submitted()
    dead(story, story.hop(1, 6, taken=False), "expired")
    story.spans[-1] = story.spans[-1]._replace(failed=False)
    found = silent_cause(story.journey(), TABLE.stages[1], at(5))

    assert (found.rule, found.clause.rule, found.ask) == ("set-aside", "set-aside", "published-never-consumed")


def test_who_refused_the_order_does_not_have_it() -> None:
    story = submitted()
    client = story.span("shop", 5.1, kind="client")
    story.span("crm", 5.1, kind="server", parent=client, failed=True)

    assert cause(story, 1, 5) == ("nothing-sent", {"service": "shop"}, False)


def test_nothing_was_sent_by_who_has_the_order() -> None:
    story = submitted()

    assert cause(story, 1, 5) == ("nothing-sent", {"service": "shop"}, False)

    story.span("crm", 5.5, name="accept order")
    assert cause(story, 1, 5) == ("nothing-sent", {"service": "crm"}, False)


@pytest.mark.parametrize(
    ("stage", "rule"), [(2, "waiting-for-person"), (4, "waiting-for-person"), (5, "waiting-for-carrier")]
)
def test_what_is_waited_for(stage: int, rule: str) -> None:
    story = Story()
    story.upto(stage)
    story.hop(stage, stage * 5 + 0.1) if TABLE.stages[stage].queue else None

    assert cause(story, stage, stage * 5)[0] == rule


def test_a_hop_of_an_earlier_stage_does_not_count() -> None:
    story = Story()
    story.hop(1, 6)
    story.upto(1)
    story.status(1, 60)

    assert cause(story, 1, 60)[0] == "nothing-sent"


def test_a_way_back_is_a_cause() -> None:
    story = Story()
    story.upto(5)
    story.status(4, 30)

    assert cause(story, 4, 30)[0] == "went-back"


def test_exchange_key_and_queue_in_one_name_are_the_queue() -> None:
    story = submitted()
    sent = story.hop(1, 6, taken=False)
    story.spans[-1] = sent._replace(facts=sent.facts._replace(destination="orders:submitted:orders.submitted"))

    assert cause(story, 1, 5)[0] == "published-never-consumed"


def test_a_raw_value_cannot_become_text() -> None:
    raw = Raw("anna@example.com")

    leaks: tuple[Callable[[], object], ...] = (lambda: str(raw), lambda: f"{raw}", raw.__reduce__)
    for leak in leaks:
        with pytest.raises(TypeError, match=r"orders\.privacy"):
            leak()
    assert repr(raw) == "Raw(…)"
    assert (raw == Raw("anna@example.com"), raw == "anna@example.com", len({raw, Raw("anna@example.com")})) == (
        True,
        False,
        1,
    )
    assert unseal(NOTHING) == ""
