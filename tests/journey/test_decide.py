"""Eleven steps, first match wins; the hard gate: while data may be what is missing, nobody is called stalled."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orders.journey.decide import decide
from orders.journey.hours import spent
from orders.journey.peers import Fleet
from orders.journey.spans import DAY, HOUR, MINUTE, Answer, Missing
from orders.journey.stages import StageTable, WorkingHours
from orders.journey.trips import Stuck, Trip
from orders.journey.verdict import HIGH, LOW, MEDIUM, State, Verdict
from tests.journey.story import ORDER, RETENTION, TABLE, Story, at, healthy_fleet
from tests.journey.test_hops import dead


def rules(verdict: Verdict) -> list[str]:
    return [clause.rule for clause in verdict.clauses]


def stopped_at_start(*, taken: bool = False) -> Story:
    """An order approved at minute 15 whose production never starts."""
    story = Story()
    story.upto(3)
    story.hop(3, 15.1, taken=taken)
    return story


# 1 and 2


def test_no_span_and_a_whole_answer_is_no_state() -> None:
    verdict = Story().verdict(0)

    assert (verdict.state, verdict.step, rules(verdict)) == (None, 1, ["no-data"])


@pytest.mark.parametrize(("silent", "said"), [
    ("", ["no-data"]), ("mes", ["no-data"]), ("shop", ["no-data", "source-silent"]),
    ("shop crm mes", ["no-data", "all-silent"]),
])  # fmt: skip
def test_a_new_order_may_be_hidden_by_a_silence(silent: str, said: list[str]) -> None:
    fleet = healthy_fleet(120)
    cut = {code: [e for e in fleet.ends[code] if e < at(60)] for code in silent.split()}

    assert rules(Story().verdict(120, fleet=replace(fleet, ends=dict(fleet.ends) | cut))) == said


def test_no_span_and_a_broken_answer_cannot_tell() -> None:
    missing = Story().verdict(0, missing=(Missing(service="mes", reason="too_slow"),))
    silent = Story().verdict(0, known_at=0)

    assert (missing.state, missing.step, rules(missing)) == (State.CANNOT_TELL, 7, ["jaeger-silent"])
    assert rules(silent) == ["jaeger-silent"]


def test_spans_without_a_status_cannot_tell() -> None:
    story = Story()
    story.span("mes", 3)

    verdict = story.verdict(100)

    assert (verdict.state, verdict.step, rules(verdict)) == (State.CANNOT_TELL, 2, ["seen"])
    assert rules(story.verdict(100, truncated=True)) == ["seen", "partial"]
    story.span("crm", 4, failed=True)
    assert rules(story.verdict(100)) == ["seen-error"]


# 3


def test_closed_is_done() -> None:
    story = Story()
    story.upto(6)

    verdict = story.verdict(100_000)

    assert (verdict.state, verdict.step, verdict.status, verdict.stage) == (State.DONE, 3, "CLOSED", None)
    assert verdict.clauses[0].values == {"at": at(30), "elapsed": 30 * MINUTE}


def test_closed_by_hand_is_done_and_says_so_with_its_gap() -> None:
    story = Story()
    story.upto(4)
    story.span("crm", 30, name="close order manually", status="CLOSED")

    verdict = story.verdict(100)

    assert (verdict.state, verdict.cause) == (State.DONE, "closed-by-hand")
    assert rules(verdict) == ["done", "closed-by-hand"]
    assert [(note.rule, note.values) for note in verdict.notes] == [("gap-by-hand", {"status": "SHIPPED"})]


def test_closed_without_a_beginning_has_no_length() -> None:
    story = Story()
    story.status(6, 5)

    assert "elapsed" not in story.verdict(9).clauses[0].values


def test_a_gap_of_a_closed_order_does_not_say_that_it_goes_on() -> None:
    story = Story()
    story.upto(2)
    story.status(4, 20)
    story.span("crm", 30, status="CLOSED")
    closed = [note.rule for note in story.verdict(100).notes]
    story.span("crm", 30, name="close order manually")

    assert closed == ["gap-behind"]
    assert story.verdict(100).notes[1].values == {"status": "SHIPPED"}
    assert [note.rule for note in story.verdict(100).notes] == ["gap-behind", "gap-by-hand"]


# 4


def test_an_error_last_is_failed_and_past_the_limit_stuck() -> None:
    story = Story()
    story.upto(1)
    story.span("mes", 7, failed=True)
    story.span("mes", 8, failed=True)

    early, late = story.verdict(9), story.verdict(60, fleet=healthy_fleet(60))

    assert (early.state, early.step, early.cause, early.stuck) == (State.FAILED, 4, "error-repeated", False)
    assert early.clauses[-1].values == {"service": "mes", "count": 2, "at": at(8)}
    assert (late.state, late.stuck, rules(late)) == (State.FAILED, True, ["no-progress", "error-repeated"])


def test_a_failed_call_is_said_as_one() -> None:
    story = Story()
    story.upto(1)
    client = story.span("shop", 6, kind="client", failed=True)
    story.span("crm", 6, kind="server", parent=client, failed=True)

    verdict = story.verdict(7)

    assert (verdict.cause, verdict.clauses[0].values) == (
        "call-failed",
        {"sender": "shop", "receiver": "crm", "at": at(6)},
    )


def test_a_dead_letter_is_rejected() -> None:
    story = Story()
    story.upto(1)
    story.hop(1, 6, failed=True, dead_letter=True)

    assert story.verdict(7).cause == "rejected"


def test_a_settling_that_failed_is_an_error_and_no_proof_of_a_dead_letter() -> None:
    story = Story()
    story.upto(1)
    story.hop(1, 6)
    story.span("mes", 6.2, kind="client", operation="settle", dead_letter=True, failed=True, parent=story.spans[-1])

    verdict = story.verdict(7)

    assert (verdict.state, verdict.cause, rules(verdict)) == (State.FAILED, "given-back", ["given-back"])


@pytest.mark.parametrize(("reason", "rule", "asked"), [
    ("expired", "set-aside", "published-never-consumed"), ("rejected", "rejected", "rejected"),
])  # fmt: skip
def test_a_dead_letter_says_why_it_died(reason: str, rule: str, asked: str) -> None:
    story = Story()
    story.upto(1)
    dead(story, story.hop(1, 6, taken=False), reason)

    verdict = story.verdict(60)

    assert (verdict.state, verdict.cause, rules(verdict)[-1], verdict.ask) == (State.FAILED, rule, rule, asked)


def test_a_message_given_back_without_an_error_stops_the_order() -> None:
    story = Story()
    story.upto(3)
    story.hop(3, 15.1)
    story.span("mes", 15.4, kind="client", operation="nack", dead_letter=True, parent=story.spans[-1])

    verdict = story.verdict(60, fleet=healthy_fleet(60))

    assert (verdict.state, verdict.cause) == (State.STALLED, "given-back")
    assert "given-back" in rules(verdict)


@pytest.mark.parametrize(("after", "state"), [
    ({"service": "shop"}, State.FAILED),
    ({"service": "shop", "kind": "client", "peer": "elsewhere"}, State.FAILED),
    ({"service": "crm", "kind": "server"}, State.FAILED),
    ({"service": "shop", "kind": "client", "peer": "crm"}, State.ON_TIME),
    ({"service": "shop", "kind": "producer"}, State.ON_TIME),
    ({"service": "crm"}, State.ON_TIME),
    ({"service": "mes"}, State.FAILED),
])  # fmt: skip
def test_who_was_refused_may_work_on_without_the_order_going_on(after: dict[str, Any], state: State) -> None:
    story = Story()
    story.upto(1)
    client = story.span("shop", 6, kind="client", failed=True)
    story.span("crm", 6, kind="server", parent=client, failed=True)
    story.span(after.pop("service"), 7, **after)

    assert story.verdict(8).state is state


def test_an_error_that_was_overcome_is_not_the_last_thing() -> None:
    story = Story()
    story.upto(1)
    story.span("mes", 6, failed=True)
    story.span("mes", 7, kind="consumer", operation="process")

    assert story.verdict(8).state is State.ON_TIME


@pytest.mark.parametrize("after", [{"kind": "server"}, {"operation": "nack", "kind": "client"}, {"outcome": "ERROR"}])
def test_what_follows_an_error_without_progress_leaves_it_last(after: dict[str, Any]) -> None:
    story = Story()
    story.upto(1)
    story.span("mes", 6, failed=True)
    story.span("mes", 7, **after)

    assert story.verdict(8).state is State.FAILED


def test_an_error_before_the_last_status_is_past() -> None:
    story = Story()
    story.upto(1)
    story.span("mes", 7, failed=True)
    story.status(2, 9)

    assert story.verdict(10).state is State.ON_TIME


def test_an_error_in_an_answer_that_is_not_whole_cannot_tell() -> None:
    story = Story()
    story.upto(1)
    story.span("mes", 7, failed=True)

    verdict = story.verdict(8, truncated=True)

    assert (verdict.state, verdict.step) == (State.CANNOT_TELL, 7)


# 5 and 6


def test_within_the_limit_is_on_time_whatever_the_data() -> None:
    verdict = stopped_at_start().verdict(20, truncated=True)

    assert (verdict.state, verdict.step, rules(verdict)) == (State.ON_TIME, 5, ["waiting"])
    assert [note.rule for note in verdict.notes] == ["partial"]


def test_past_what_19_of_20_need_is_slow() -> None:
    verdict = stopped_at_start().verdict(25, fleet=healthy_fleet(25))

    assert (verdict.state, verdict.step, rules(verdict)) == (State.SLOW, 5, ["slower"])
    assert verdict.usual == (3 * MINUTE, 3 * MINUTE)


def test_checkout_left_is_slow_and_never_stuck() -> None:
    story = Story()
    story.status(0, 0)

    verdict = story.verdict(200, fleet=healthy_fleet(200))

    assert (verdict.state, verdict.step, verdict.stuck, rules(verdict)) == (State.SLOW, 6, False, ["checkout-left"])


def test_where_the_data_may_be_what_is_missing_the_customer_has_probably_left() -> None:
    fleet = healthy_fleet(200)
    quiet = replace(fleet, ends=dict(fleet.ends) | {"shop": [e for e in fleet.ends["shop"] if e < at(90)]})
    torn = {i: swap_out(trip, 1) if n % 10 == 0 else trip for n, (i, trip) in enumerate(fleet.trips.items())}
    story = Story()
    story.status(0, 0)

    sure = story.verdict(200, fleet=fleet)
    doubts = {
        "source-silent": story.verdict(200, fleet=quiet),
        "holes-of": story.verdict(200, fleet=replace(fleet, trips=torn)),
        "partial": story.verdict(200, fleet=fleet, truncated=True),
    }

    assert (rules(sure), sure.notes, sure.confidence, sure.ask) == (["checkout-left"], (), HIGH, "default")
    for note, verdict in doubts.items():
        assert (verdict.state, verdict.step, verdict.cause, verdict.stuck) == (State.SLOW, 6, "customer-left", False)
        assert (rules(verdict), verdict.confidence, verdict.ask) == (["checkout-unsure"], LOW, "telemetry")
        assert [one.rule for one in verdict.notes] == [note]


def test_an_order_that_went_back_says_so_while_it_is_in_time() -> None:
    story = Story()
    story.upto(5)
    story.status(4, 40)

    assert rules(story.verdict(41)) == ["waiting", "went-back"]


OFFICE = WorkingHours(days=frozenset(range(5)), opens=9 * 3600, closes=18 * 3600, zone="UTC")


def in_office_hours(stage: int, limit: int, usual: tuple[int, int]) -> StageTable:
    """Return the table with a stage that counts working hours."""
    stages = [replace(s, hours=OFFICE, limit=limit, usual=usual) if s.index == stage else s for s in TABLE.stages]
    return replace(TABLE, stages=tuple(stages))


@pytest.mark.parametrize(("usual", "state"), [(9 * HOUR, State.ON_TIME), (2 * HOUR, State.SLOW)])
def test_in_a_stage_with_working_hours_what_is_compared_counts_them_alone(usual: int, state: State) -> None:
    story = Story()
    story.upto(2)  # on a Monday, at 14:23
    table, answer = in_office_hours(2, 10 * HOUR, (HOUR, usual)), Answer(spans=tuple(story.spans))
    tuesday = at(10) + 19 * HOUR

    verdict = decide(story.journey(), now=tuesday, table=table, answer=answer, fleet=None, retention=RETENTION)

    assert verdict.state is state
    values = verdict.clauses[0].values
    assert (values["elapsed"], values["since"], values["counted"]) == (
        spent(at(10), tuesday, OFFICE),
        at(10),
        "working",
    )
    assert 3 * HOUR < verdict.now - at(10) - 15 * HOUR < 4 * HOUR + 1


def test_a_tight_limit_of_working_hours_is_said_as_one() -> None:
    story = Story()
    story.upto(2)
    table, answer = in_office_hours(2, HOUR, (HOUR, 2 * HOUR)), Answer(spans=tuple(story.spans))

    verdict = decide(story.journey(), now=at(11), table=table, answer=answer, fleet=None, retention=RETENTION)

    assert next(note for note in verdict.notes if note.rule == "tight-limit").values["counted"] == "working"


def test_trouble_with_the_data_of_an_order_in_time_is_a_note() -> None:
    fleet = healthy_fleet(120)
    quiet = replace(fleet, ends=dict(fleet.ends) | {"mes": [e for e in fleet.ends["mes"] if e < at(90)]})
    cut = replace(fleet, ends={c: [e for e in es if e < at(90)] for c, es in fleet.ends.items()})
    torn = {i: swap_out(trip, 4) if n % 10 == 0 else trip for n, (i, trip) in enumerate(fleet.trips.items())}
    story = Story()
    story.status(0, 100)
    story.status(3, 110)

    whole, silent = story.verdict(120, fleet=fleet), story.verdict(120, fleet=quiet)

    assert (silent.state, rules(silent)) == (State.SLOW, ["slower"])
    assert [note.rule for note in silent.notes] == ["gap", "source-silent"]
    assert [note.rule for note in story.verdict(120, fleet=cut).notes][1:] == ["all-silent"]
    assert [note.rule for note in story.verdict(120, fleet=replace(fleet, trips=torn)).notes][1:] == ["holes-of"]
    assert [note.values for note in whole.notes] == [{"status": "SUBMITTED", "statuses": "SUBMITTED\nPRICE_CALCULATED"}]
    assert ("source-alive", "no") in [(check.rule, check.result) for check in silent.checks]


# 7 to 10


@pytest.mark.parametrize(
    "broken", [{"truncated": True}, {"capped": True}, {"missing": (Missing(service="mes", reason="refused"),)}]
)
def test_past_the_limit_with_a_cut_answer_cannot_tell(broken: dict[str, Any]) -> None:
    verdict = stopped_at_start().verdict(60, fleet=healthy_fleet(60), **broken)

    assert (verdict.state, verdict.step, rules(verdict)) == (State.CANNOT_TELL, 7, ["partial", "last-known"])


def test_an_older_answer_cannot_tell_and_says_its_age() -> None:
    verdict = stopped_at_start().verdict(60, known_at=at(18))

    assert rules(verdict) == ["jaeger-down", "last-known"]
    assert verdict.clauses[0].values == {"at": at(18)}


def test_a_silent_reporter_cannot_tell() -> None:
    fleet = healthy_fleet(120)
    quiet = replace(fleet, ends=dict(fleet.ends) | {"mes": [e for e in fleet.ends["mes"] if e < at(90)]})

    verdict = stopped_at_start().verdict(120, fleet=quiet)

    assert (verdict.state, verdict.step, rules(verdict)) == (State.CANNOT_TELL, 8, ["source-silent", "last-known"])
    assert verdict.clauses[0].values == {"service": "mes", "since": at(89)}


def test_a_silence_names_how_many_others_it_hides() -> None:
    fleet = healthy_fleet(120)
    hidden = {f"ORD-9{n}": Trip(order_id=f"ORD-9{n}", reached={3: at(80 + n)}) for n in range(4)}
    before = {"ORD-8": Trip(order_id="ORD-8", reached={3: at(20)}), ORDER: Trip(order_id=ORDER, reached={3: at(75)})}
    trips = dict(fleet.trips) | hidden | before
    quiet = replace(fleet, trips=trips, ends=dict(fleet.ends) | {"mes": [e for e in fleet.ends["mes"] if e < at(90)]})
    cut = replace(quiet, ends={c: [e for e in es if e < at(90)] for c, es in fleet.ends.items()})
    story = stopped_at_start()

    one, all_ = story.verdict(120, fleet=quiet), story.verdict(120, fleet=cut)

    assert (rules(one), one.clauses[1].values) == (
        ["source-silent", "unheard-too", "last-known"], {"service": "mes", "count": 4},
    )  # fmt: skip
    assert (rules(all_)[1], all_.clauses[1].values["count"]) == ("all-unheard", 4)
    assert one.alike is None
    assert "unheard-too" not in rules(story.verdict(120, fleet=replace(quiet, filled_since=at(95))))


def test_all_silent_cannot_tell() -> None:
    fleet = healthy_fleet(120)
    cut = replace(fleet, ends={c: [e for e in es if e < at(90)] for c, es in fleet.ends.items()})

    assert rules(stopped_at_start().verdict(120, fleet=cut)) == ["all-silent", "last-known"]


def test_a_reporter_unheard_since_the_deadline_cannot_tell() -> None:
    fleet = healthy_fleet(40)
    thin = {"shop": fleet.ends["shop"], "crm": fleet.ends["crm"], "mes": [at(-400), at(-300), at(-100), at(20)]}
    quiet = replace(fleet, ends=thin)

    assert rules(stopped_at_start().verdict(40, fleet=quiet)) == ["source-silent", "last-known"]


def test_a_reporter_never_heard_cannot_tell() -> None:
    fleet = healthy_fleet(60)
    none = replace(fleet, ends={"crm": fleet.ends["crm"]})
    story = Story()
    story.status(3, 15)

    assert rules(story.verdict(60, fleet=none)) == ["source-never", "last-known"]


def test_a_record_with_holes_cannot_tell() -> None:
    fleet = healthy_fleet(60)
    torn = {i: swap_out(trip, 4) if n % 10 == 0 else trip for n, (i, trip) in enumerate(fleet.trips.items())}

    verdict = stopped_at_start().verdict(60, fleet=replace(fleet, trips=torn))

    assert (verdict.step, rules(verdict)) == (9, ["holes", "probably", "last-known"])


def swap_out(trip: Trip, index: int) -> Trip:
    return replace(trip, reached={i: t for i, t in trip.reached.items() if i != index})


def test_a_torn_trace_after_the_last_status_cannot_tell() -> None:
    story = stopped_at_start()
    lost = story.span("crm", 16)
    story.span("mes", 17, parent=lost, kind="consumer")
    story.spans.remove(lost)

    verdict = story.verdict(60, fleet=healthy_fleet(60))

    assert rules(verdict) == ["holes", "probably", "last-known"]
    assert verdict.clauses[0].evidence[0].kind == "span"


def test_a_status_that_is_not_traced_cannot_tell() -> None:
    table = replace(TABLE, services=tuple(replace(s, instrumented=s.code != "mes") for s in TABLE.services))
    story = stopped_at_start()

    verdict = decide(story.journey(), now=at(60), table=table, answer=Answer(spans=tuple(story.spans)),
                     fleet=healthy_fleet(60), retention=RETENTION)  # fmt: skip

    assert (verdict.step, rules(verdict)) == (9, ["not-traced", "last-known"])


def test_an_order_older_than_what_is_kept_cannot_tell() -> None:
    days = 15 * 24 * 60

    verdict = stopped_at_start().verdict(days, fleet=healthy_fleet(days))

    assert (verdict.state, verdict.step, rules(verdict)) == (State.CANNOT_TELL, 10, ["too-old", "last-known"])


@pytest.mark.parametrize(("later", "step"), [(0, 11), (1, 10)])
def test_an_order_older_than_the_tracing_of_who_reports_next_cannot_tell(later: int, step: int) -> None:
    story = stopped_at_start()
    reached = story.journey().reached
    assert reached is not None
    services = tuple(replace(s, traced_since=reached.at + later if s.code == "mes" else 0) for s in TABLE.services)
    table, answer = replace(TABLE, services=services), Answer(spans=tuple(story.spans))

    verdict = decide(
        story.journey(), now=at(60), table=table, answer=answer, fleet=healthy_fleet(60), retention=RETENTION
    )

    assert verdict.step == step
    assert ("before-tracing" in rules(verdict)) == (step == 10)
    assert ("within-retention" in {check.rule for check in verdict.checks}) == (step == 10)


# 11


@pytest.mark.parametrize(("taken", "cause"), [(False, "published-never-consumed"), (True, "waiting-for-person")])
def test_past_the_limit_with_healthy_data_is_stalled(taken: bool, cause: str) -> None:
    verdict = stopped_at_start(taken=taken).verdict(60, fleet=healthy_fleet(60))

    assert (verdict.state, verdict.step, verdict.stuck, verdict.cause) == (State.STALLED, 11, True, cause)
    assert rules(verdict) == ["no-progress", "should-have", cause, "confidence-high"]
    assert (verdict.since, verdict.deadline, verdict.confidence) == (at(15), at(30), HIGH)


def test_three_alike_are_many() -> None:
    cause = "published-never-consumed"
    others = tuple(Stuck(order_id=f"ORD-{n}", stage=3, cause=cause, since=at(10 + n)) for n in range(2))

    verdict = stopped_at_start().verdict(60, fleet=healthy_fleet(60, stuck=others))

    assert "many" in rules(verdict)
    assert "others-pass" not in [check.rule for check in verdict.checks]
    assert verdict.alike is not None
    assert (verdict.alike.count, verdict.alike.since, verdict.alike.order_ids) == (3, at(10), ("ORD-0", "ORD-1"))


def test_who_joined_in_the_last_hour_is_whose_time_ran_out_in_it() -> None:
    story = Story()
    story.upto(5)
    story.hop(5, 25.1)
    days = 3 * 24 * 60
    others = tuple(Stuck(order_id=f"ORD-{n}", stage=5, cause="waiting-for-carrier", since=at(n)) for n in (10, 50))

    verdict = story.verdict(days + 100, fleet=healthy_fleet(days + 100, stuck=others))

    assert verdict.alike is not None
    assert (verdict.alike.count, verdict.alike.last_hour) == (3, 1)


def test_without_others_it_is_less_sure_and_says_why() -> None:
    alone = healthy_fleet(60, trips={})
    short = healthy_fleet(60, filled_since=at(50))
    story = stopped_at_start()

    none, few, recent = story.verdict(60), story.verdict(60, fleet=alone), story.verdict(60, fleet=short)

    assert (none.state, none.confidence, none.clauses[-1].values) == (State.STALLED, LOW, {"reason": "fleet-missing"})
    assert (few.confidence, few.clauses[-1].values) == (MEDIUM, {"reason": "few-passages"})
    assert (recent.confidence, recent.clauses[-1].values) == (LOW, {"reason": "history-missing"})


def test_every_clause_names_its_evidence() -> None:
    stories = [stopped_at_start(), stopped_at_start(taken=True)]
    fleets = [None, healthy_fleet(60), healthy_fleet(60, trips={})]

    for story in stories:
        for fleet in fleets:
            verdict = story.verdict(60, fleet=fleet)
            assert all(clause.evidence for clause in verdict.clauses), rules(verdict)


def test_notes_tell_gaps_repeats_clocks_and_tight_limits() -> None:
    story = Story()
    story.status(1, 5)
    story.status(3, 15)
    story.status(3, 25)
    trips = {f"ORD-{n}": Trip(order_id=f"ORD-{n}", reached={i: at(n + 20 * i) for i in range(7)}) for n in range(40)}
    fleet = healthy_fleet(400, trips=trips)

    verdict = decide(story.journey(crm=3 * MINUTE), now=at(400), table=TABLE, answer=Answer(spans=tuple(story.spans)),
                     fleet=fleet, retention=RETENTION)  # fmt: skip

    assert {n.rule for n in verdict.notes} == {"gap", "status-repeated", "clock-shift", "tight-limit"}


# total


FACTS = st.fixed_dictionaries({
    "service": st.sampled_from(["shop", "crm", "mes", "other"]),
    "minute": st.integers(-30_000, 30_000),
    "kind": st.sampled_from(["", "internal", "server", "client", "producer", "consumer"]),
    "failed": st.booleans(),
    "status": st.sampled_from(["", *(s.code for s in TABLE.statuses), "ODD"]),
    "destination": st.sampled_from(["", "orders.submitted", "orders.approved", "orders.priced", "orders.shipped"]),
    "dead_letter": st.booleans(),
    "peer": st.sampled_from(["", "crm", "mes"]),
    "name": st.sampled_from(["work", "accept order", "close order manually"]),
})  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(st.lists(FACTS, max_size=12), st.booleans(), st.booleans(), st.booleans(), st.integers(0, 40_000))
def test_the_decision_is_total(
    steps: list[dict[str, Any]], truncated: bool, known: bool, compared: bool, now: int
) -> None:
    story = Story()
    for step in steps:
        story.span(**step)
    fleet = healthy_fleet(now, orders=8) if compared else None
    answer = Answer(spans=tuple(story.spans), truncated=truncated, known_at=at(0) if known else None)

    verdict = decide(story.journey(), now=at(now), table=TABLE, answer=answer, fleet=fleet, retention=RETENTION)

    assert (verdict.state is None) == (verdict.step == 1)
    assert 1 <= verdict.step <= 11
    assert verdict.stuck <= (verdict.state in {State.STALLED, State.FAILED})
    assert verdict.clauses
    if not answer.whole:
        assert not verdict.stuck


def test_lengths_are_what_they_say() -> None:
    assert (DAY, HOUR) == (24 * HOUR, 60 * MINUTE)
    assert Story().order_id == ORDER


def test_a_reporter_that_itself_stands_still_is_no_excuse() -> None:
    fleet = healthy_fleet(120, trips={})
    waiting = {f"ORD-{n}": Trip(order_id=f"ORD-{n}", reached={1: at(40 + n)}) for n in range(3)}
    quiet = replace(fleet, trips=waiting, ends=dict(fleet.ends) | {"mes": [e for e in fleet.ends["mes"] if e < at(30)]})

    verdict = stopped_at_start().verdict(120, fleet=quiet)

    assert verdict.state is State.STALLED
    assert ("source-stopped", "no") in [(check.rule, check.result) for check in verdict.checks]


def test_who_takes_what_follows_bears_witness_for_a_quiet_reporter() -> None:
    story = Story()
    story.upto(1)
    story.hop(1, 5.1, taken=False)
    fleet = healthy_fleet(40)
    quiet = replace(fleet, ends=dict(fleet.ends) | {"mes": [at(-400), at(-300), at(-100), at(5)]})
    mute = replace(quiet, ends=dict(quiet.ends) | {"crm": [at(-400), at(-300), at(-100), at(5)]})

    assert story.verdict(40, fleet=quiet).state is State.STALLED
    assert rules(story.verdict(40, fleet=mute))[0] == "source-silent"


def yesterday(fleet: Fleet) -> Fleet:
    """Return the fleet in which everybody passed a day ago, and nobody since."""
    trips = {i: replace(t, reached={n: at_ - DAY for n, at_ in t.reached.items()}) for i, t in fleet.trips.items()}
    return replace(fleet, trips=trips)


def test_where_nobody_has_passed_since_it_is_less_sure() -> None:
    verdict = stopped_at_start().verdict(60, fleet=yesterday(healthy_fleet(60)))

    assert (verdict.confidence, verdict.clauses[-1].values) == (MEDIUM, {"reason": "no-comparison"})


def test_of_a_quiet_reporter_it_is_not_said_that_it_reports() -> None:
    story = Story()
    story.upto(1)
    story.hop(1, 5.1, taken=False)
    fleet = healthy_fleet(40)
    quiet = replace(fleet, ends=dict(fleet.ends) | {"mes": [at(-400), at(-300), at(-100), at(5)]})

    verdict = story.verdict(40, fleet=quiet)

    assert verdict.clauses[-1].rule == "confidence-witness"
    assert ("source-alive", "unknown") in [(check.rule, check.result) for check in verdict.checks]


def test_of_a_reporter_that_has_stopped_since_it_is_not_said_that_it_reports() -> None:
    fleet = healthy_fleet(120)
    waiting = {f"ORD-9{n}": Trip(order_id=f"ORD-9{n}", reached={1: at(40 + n)}) for n in range(3)}
    ends = dict(fleet.ends) | {"mes": [e for e in fleet.ends["mes"] if e < at(35)]}

    verdict = stopped_at_start().verdict(120, fleet=replace(fleet, trips=dict(fleet.trips) | waiting, ends=ends))

    assert (verdict.state, verdict.clauses[-1].rule) == (State.STALLED, "confidence-standing")


def test_before_its_first_record_there_is_nothing_yet() -> None:
    story = Story()
    story.upto(2)
    answer = Answer(spans=tuple(story.spans))

    verdict = decide(Story().journey(), now=at(-5), table=TABLE, answer=answer, fleet=None, retention=RETENTION)

    assert (verdict.state, rules(verdict)) == (None, ["not-yet"])


def test_a_closed_order_is_compared_with_the_life_of_others() -> None:
    story = Story()
    story.upto(6)

    values = story.verdict(100, fleet=healthy_fleet(100)).clauses[0].values

    assert (values["elapsed"], values["low"], values["high"]) == (30 * MINUTE, 18 * MINUTE, 18 * MINUTE)
    assert "low" not in story.verdict(100, fleet=healthy_fleet(100, orders=5)).clauses[0].values


def test_a_database_that_fails_is_its_callers_own_error() -> None:
    story = Story()
    story.upto(1)
    story.span("mes", 7, kind="client", failed=True, peer="db.internal")

    assert story.verdict(8).cause == "error-repeated"
