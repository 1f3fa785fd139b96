"""Notes and checks: what stands beside a verdict is said only where spans prove it, and accuses nobody."""

from collections.abc import Mapping
from dataclasses import replace

import pytest

from orders.journey.decide import decide
from orders.journey.peers import Fleet
from orders.journey.spans import Answer, Span
from orders.journey.stages import StageTable
from orders.journey.timeline import build, ended_by
from orders.journey.verdict import HIGH, LOW, MEDIUM, State, Verdict
from orders.wording.phrases import waits_for
from tests.journey.story import RETENTION, TABLE, Story, at, healthy_fleet

SHOP_UNTRACED: StageTable = replace(
    TABLE, services=tuple(replace(one, instrumented=one.code != "shop") for one in TABLE.services)
)


def noted(verdict: Verdict) -> list[str]:
    return [note.rule for note in verdict.notes]


def check(verdict: Verdict, rule: str) -> tuple[str, Mapping[str, int | str]]:
    """Return a check's result and values."""
    found = next(one for one in verdict.checks if one.rule == rule)
    return found.result, found.values


def fleet_cut(fleet: Fleet, code: str, minute: float) -> Fleet:
    """Return the fleet in which a service says nothing from a minute on."""
    return replace(fleet, ends=dict(fleet.ends) | {code: [end for end in fleet.ends[code] if end < at(minute)]})


def basket(**first: str) -> Story:
    """An order that was begun and not submitted."""
    story = Story()
    story.status(0, 0, **first)
    return story


def untraced(minute: float) -> Verdict:
    """Return the verdict on a basket where the shop is not traced, and CRM carried its status."""
    story = basket(service="crm")
    fleet = healthy_fleet(minute, table=SHOP_UNTRACED)
    fleet = replace(fleet, ends={code: ends for code, ends in fleet.ends.items() if code != "shop"})
    return decide(build(story.order_id, story.spans, SHOP_UNTRACED), now=at(minute), table=SHOP_UNTRACED,
                  answer=Answer(spans=tuple(story.spans)), fleet=fleet, retention=RETENTION)  # fmt: skip


def orphan(story: Story, service: str, minute: float) -> Span:
    """Add a server span whose parent is not there: lost, not ended yet, or a partner's own."""
    story.spans[-1] = story.span(service, minute, kind="server")._replace(parent_id="f" * 16)
    return story.spans[-1]


# A parent that is not there


def test_a_parent_that_is_not_there_accuses_no_service_of_an_order_in_time() -> None:
    story = Story()
    story.upto(2)
    orphan(story, "mes", 11)

    verdict = story.verdict(12, fleet=healthy_fleet(12))

    assert (verdict.state, noted(verdict), check(verdict, "record-whole")[0]) == (State.ON_TIME, [], "yes")


def test_a_call_that_has_not_ended_yet_is_no_loss() -> None:
    story = Story()
    story.upto(2)
    calling = story.span("crm", 10.9, kind="client", seconds=30)
    story.span("mes", 10.6, kind="server", parent=calling, seconds=5)
    seen = Story()
    seen.spans = list(ended_by(story.spans, at(10.7)))

    assert noted(seen.verdict(10.7, fleet=healthy_fleet(10.7))) == []


@pytest.mark.parametrize(("minute", "said"), [(2, "waiting"), (60, "checkout-left")])
def test_a_partners_own_trace_puts_no_basket_in_doubt(minute: float, said: str) -> None:
    story = Story()
    root = orphan(story, "shop", 0.01)
    story.status(0, 0, parent=root)

    verdict = story.verdict(minute, fleet=healthy_fleet(minute))

    assert ([one.rule for one in verdict.clauses], noted(verdict)) == ([said], [])


# A service that is not traced


@pytest.mark.parametrize(("minute", "said"), [(2, "waiting"), (60, "checkout-unsure")])
def test_of_a_service_that_is_not_traced_nothing_is_lost(minute: float, said: str) -> None:
    verdict = untraced(minute)

    assert [one.rule for one in verdict.clauses] == [said]
    assert (noted(verdict)[-1], verdict.notes[-1].values) == ("not-traced", {"service": "shop"})
    assert "holes-of" not in noted(verdict)
    assert check(verdict, "record-whole")[0] == "unknown"
    assert verdict.confidence == (LOW if minute > 15 else HIGH)


# Silence beside a basket


def test_a_shop_that_was_heard_a_moment_ago_is_not_silent() -> None:
    fleet = fleet_cut(healthy_fleet(15.2), "shop", 14.9)

    verdict = basket().verdict(15.2, fleet=fleet)

    assert ([one.rule for one in verdict.clauses], noted(verdict)) == (["checkout-left"], [])
    assert (verdict.confidence, check(verdict, "source-alive")[0]) == (MEDIUM, "unknown")


@pytest.mark.parametrize("minute", [12, 20])
def test_where_the_snapshot_does_not_reach_back_nobody_is_silent(minute: float) -> None:
    fleet = healthy_fleet(3 * 24 * 60)
    short = replace(fleet, filled_since=at(2 * 24 * 60))
    short = replace(short, ends={code: [end for end in ends if end < at(-600) or end > at(2 * 24 * 60)]
                                 for code, ends in short.ends.items()})  # fmt: skip

    verdict = basket().verdict(minute, fleet=short)

    assert noted(verdict) == ([] if minute < 15 else ["confidence-less"])
    assert check(verdict, "source-alive") == ("unknown", {"service": "shop"})
    assert [one.rule for one in Story().verdict(minute, fleet=short).clauses] == ["no-data"]


def test_past_the_limit_where_the_snapshot_does_not_reach_back_nobody_is_silent_either() -> None:
    fleet = replace(healthy_fleet(3 * 24 * 60), filled_since=at(2 * 24 * 60))
    fleet = replace(
        fleet, ends={code: [end for end in ends if end > at(2 * 24 * 60)] for code, ends in fleet.ends.items()}
    )

    verdict = _stuck().verdict(60, fleet=fleet)

    assert (verdict.state, verdict.step) == (State.CANNOT_TELL, 8)
    assert [one.rule for one in verdict.clauses] == ["history-short", "last-known"]
    assert check(verdict, "source-alive") == ("unknown", {"service": "mes"})
    for language in ("ru", "en"):
        assert "данных оттуда нет" not in (said := waits_for(TABLE.stages[3], TABLE, verdict, language))
        assert "no data comes" not in said


def test_a_basket_that_is_compared_with_nothing_is_less_sure_and_says_why() -> None:
    verdict = basket().verdict(60)

    assert ([one.rule for one in verdict.clauses], verdict.confidence) == (["checkout-unsure"], LOW)
    assert [(note.rule, note.values) for note in verdict.notes] == [("confidence-less", {"reason": "fleet-missing"})]


# Holes


def test_a_gap_is_not_said_as_a_count_that_lacks_nothing() -> None:
    fleet = healthy_fleet(60, every=1)
    trips = {i: trip for i, trip in fleet.trips.items() if max(trip.reached.values()) < at(10)}
    gap = [end for end in fleet.ends["mes"] if not at(12) < end < at(50)]

    verdict = _stuck().verdict(60, fleet=replace(fleet, trips=trips, ends=dict(fleet.ends) | {"mes": gap}))

    result, values = check(verdict, "record-whole")
    assert (verdict.step, result, sorted(values)) == (9, "no", ["elapsed", "service"])


def test_a_gap_that_may_have_begun_before_the_snapshot_does_is_no_hole() -> None:
    fleet = healthy_fleet(120)
    trips = {i: trip for i, trip in fleet.trips.items() if max(trip.reached.values()) < at(20)}
    gap = [end for end in fleet.ends["crm"] if not at(31) < end < at(100)]
    known = replace(fleet, trips=trips, ends=dict(fleet.ends) | {"crm": gap})
    story = Story()
    story.upto(5)

    sure = story.verdict(120, fleet=known)
    unsure = story.verdict(120, fleet=replace(known, filled_since=at(90)))

    assert (noted(sure), check(sure, "record-whole")[0]) == (["holes-of"], "no")
    assert (noted(unsure), check(unsure, "record-whole")[0]) == ([], "yes")


def test_a_lost_parent_is_not_said_as_a_count_that_lacks_nothing() -> None:
    story = _stuck()
    orphan(story, "mes", 16)

    verdict = story.verdict(60, fleet=healthy_fleet(60))

    assert (verdict.step, *check(verdict, "record-whole")) == (9, "no", {"service": "mes"})


def _stuck() -> Story:
    story = Story()
    story.upto(3)
    return story


# Another order in the same trace, and an older answer


def test_an_error_of_another_order_is_not_this_ones() -> None:
    story = Story()
    above = story.span("crm", 1)
    story.span("mes", 2, parent=above, failed=True, order_ids=("ORD-999",))

    alone = Story()
    alone.span("mes", 2, failed=True, order_ids=("ORD-999",))

    assert [(one.rule, one.values["service"]) for one in story.verdict(5).clauses] == [("seen", "crm")]
    assert [one.rule for one in alone.verdict(5).clauses] == ["seen"]


def test_an_older_answer_is_noted_with_its_age() -> None:
    story = Story()
    story.upto(2)

    verdict = story.verdict(12, known_at=at(11))

    assert [(note.rule, note.values) for note in verdict.notes] == [("jaeger-down", {"at": at(11)})]


def test_a_gap_that_may_have_begun_before_the_snapshot_does_is_not_said_as_one() -> None:
    """Step 9 stays careful for it; nobody knows whether data was missing, or for how long."""
    fleet = healthy_fleet(60, every=1)
    trips = {i: trip for i, trip in fleet.trips.items() if max(trip.reached.values()) < at(10)}
    gap = [end for end in fleet.ends["mes"] if not at(12) < end < at(50)]
    known = replace(fleet, trips=trips, ends=dict(fleet.ends) | {"mes": gap}, filled_since=at(40))

    verdict = _stuck().verdict(60, fleet=known)

    assert (verdict.step, *check(verdict, "record-whole")) == (9, "unknown", {"service": "mes"})
