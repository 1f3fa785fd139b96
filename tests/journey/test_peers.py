"""What other orders tell: silence, holes, gaps, usual ranges, who passes, whose clock is wrong."""

from dataclasses import replace
from typing import Any

from orders.journey.clocks import clock_shifts, percentile
from orders.journey.peers import Fleet
from orders.journey.spans import DAY, HOUR, MINUTE, SECOND
from orders.journey.trips import Stuck, Trip
from tests.journey.story import TABLE, at, healthy_fleet

NOW = 6000


def fleet(**facts: Any) -> Fleet:
    return healthy_fleet(NOW, **facts)


def lacking(whole: Fleet, index: int, orders: range) -> Fleet:
    """Return the fleet without the record of a status for some orders."""
    trips = dict(whole.trips)
    for n in orders:
        trip = trips[f"ORD-{n}"]
        trips[f"ORD-{n}"] = replace(trip, reached={i: t for i, t in trip.reached.items() if i != index})
    return replace(whole, trips=trips)


def test_who_speaks_is_not_silent() -> None:
    seen = fleet().seen(at(NOW))

    assert [(s.service, s.last_at, s.silent) for s in seen] == [(c, at(NOW), None) for c in ("shop", "crm", "mes")]


def test_silence_is_longer_than_silent_after() -> None:
    whole = fleet()

    assert whole.silence("mes", at(NOW + 10)) is None
    found = whole.silence("mes", at(NOW + 11))
    assert found is not None
    assert (found.service, found.since, found.allowed) == ("mes", at(NOW), 10 * MINUTE)


def test_a_service_with_thin_traffic_may_be_quiet_for_longer() -> None:
    thin = fleet(ends={"mes": [at(NOW - 20 * n) for n in range(60, -1, -1)]})

    assert thin.silence("mes", at(NOW + 60)) is None
    assert thin.silence("mes", at(NOW + 61)) is not None


def test_gaps_of_more_than_a_day_ago_do_not_count() -> None:
    old_gap = [at(NOW) - 3 * DAY, *(at(NOW - n) for n in range(60, -1, -1))]

    assert fleet(ends={"mes": old_gap}).silence("mes", at(NOW + 11)) is not None


def test_a_service_that_was_never_heard_has_no_silence() -> None:
    assert fleet(ends={}).silence("mes", at(NOW)) is None
    assert fleet(ends={}).all_silent(at(NOW)) is None
    assert fleet(ends={}).last("mes", at(NOW)) is None


def test_all_together_are_silent_by_the_same_measure() -> None:
    whole = fleet()

    assert whole.all_silent(at(NOW + 10)) is None
    found = whole.all_silent(at(NOW + 11))
    assert found is not None
    assert (found.service, found.since) == ("", at(NOW))


def test_a_whole_record_has_no_holes() -> None:
    found = fleet().holes("mes", at(0), at(NOW))

    assert (found.found, found.lacking, found.of) == (False, 0, 40 * 3)


def test_more_than_two_percent_lacking_are_holes() -> None:
    few = lacking(fleet(), 4, range(2)).holes("mes", at(NOW), at(NOW))
    many = lacking(fleet(), 4, range(3)).holes("mes", at(NOW), at(NOW))

    assert (few.found, few.lacking) == (False, 2)
    assert (many.found, many.lacking, many.of) == (True, 3, 120)


def test_only_the_last_two_hundred_count() -> None:
    whole = healthy_fleet(NOW, orders=200)

    assert not lacking(whole, 4, range(100)).holes("mes", at(NOW), at(NOW)).found


def test_holes_since_the_last_fact_count_apart() -> None:
    torn = lacking(healthy_fleet(NOW, orders=200), 4, range(197, 200))
    since = at(NOW - 60)

    found = torn.holes("mes", since, at(NOW))

    assert (found.found, found.since, found.lacking) == (True, since, 3)
    assert found.of >= 5


def test_few_passages_are_no_measure() -> None:
    torn = lacking(healthy_fleet(NOW, orders=1), 4, range(1))

    assert not torn.holes("mes", at(NOW - 100), at(NOW)).found


def test_a_status_is_only_missed_where_all_of_it_is_known() -> None:
    torn = lacking(fleet(covered={}), 4, range(40))

    assert torn.holes("mes", at(NOW), at(NOW)).of == 0


def test_what_was_closed_by_hand_proves_nothing() -> None:
    torn = lacking(fleet(), 5, range(40))
    by_hand = replace(torn, trips={i: replace(t, by_hand=True) for i, t in torn.trips.items()})

    assert by_hand.holes("mes", at(NOW), at(NOW)).of == 0


def test_what_only_an_uninstrumented_service_could_report_is_not_missed() -> None:
    table = replace(TABLE, services=tuple(replace(s, instrumented=s.code != "shop") for s in TABLE.services))
    torn = lacking(healthy_fleet(NOW, table=table), 0, range(40))

    assert torn.holes("shop", at(NOW), at(NOW)).of == 0


def test_what_was_not_traced_yet_is_not_missed() -> None:
    services = tuple(replace(s, traced_since=at(NOW) if s.code == "shop" else 0) for s in TABLE.services)
    torn = lacking(healthy_fleet(NOW, table=replace(TABLE, services=services)), 0, range(40))

    assert torn.holes("shop", at(NOW), at(NOW)).of == 0


def test_the_first_status_is_missed_too() -> None:
    assert lacking(fleet(), 0, range(40)).holes("shop", at(NOW), at(NOW)).found


def test_a_gap_in_which_others_went_on_is_a_hole() -> None:
    whole = healthy_fleet(NOW, orders=0)
    ends = dict(whole.ends) | {"mes": [e for e in whole.ends["mes"] if not at(NOW - 200) < e < at(NOW - 100)]}

    found = replace(whole, ends=ends).holes("mes", at(NOW - 300), at(NOW))

    assert found.found
    assert found.gap == (at(NOW - 200), at(NOW - 100))


def test_a_gap_of_all_is_a_quiet_night() -> None:
    whole = healthy_fleet(NOW, orders=0)
    quiet = {c: [e for e in es if not at(NOW - 200) < e < at(NOW - 100)] for c, es in whole.ends.items()}

    assert not replace(whole, ends=quiet).holes("mes", at(NOW - 300), at(NOW)).found


def test_a_service_that_began_to_report_later_had_a_gap() -> None:
    whole = healthy_fleet(NOW, orders=0)
    ends = dict(whole.ends) | {"mes": [e for e in whole.ends["mes"] if e > at(NOW - 100)]}

    assert replace(whole, ends=ends).holes("mes", at(NOW - 300), at(NOW)).gap is not None


def test_the_usual_range_is_measured_from_twenty_passages() -> None:
    stage = TABLE.stages[1]

    assert fleet().usual(stage, at(NOW)) == (3 * MINUTE, 3 * MINUTE)
    assert healthy_fleet(NOW, orders=19).usual(stage, at(NOW)) is None
    assert fleet().usual(replace(stage, usual=(1, 2)), at(NOW)) == (1, 2)


def test_who_passes_is_counted_since_then() -> None:
    whole = fleet()

    assert whole.passing(3, at(0), at(NOW)) == 40
    assert whole.passing(3, at(NOW), at(NOW)) == 0
    assert fleet(trips={}).passing(3, at(0), at(NOW)) == 0


def test_alike_is_the_same_stage_and_cause_past_the_limit() -> None:
    def stuck(n: int, stage: int = 3, cause: str = "rejected", since: int = NOW - 60) -> Stuck:
        return Stuck(order_id=f"ORD-{n}", stage=stage, cause=cause, since=at(since))

    others = (
        stuck(1),
        stuck(2, since=NOW - 90),
        stuck(3, stage=2),
        stuck(4, cause="went-back"),
        stuck(5, since=NOW - 5),
    )

    found = fleet(stuck=others).alike("ORD-1", TABLE.stages[3], "rejected", at(NOW))

    assert [other.order_id for other in found] == ["ORD-2"]


def test_percentiles_are_by_nearest_rank() -> None:
    assert [percentile([10, 20, 30, 40], share) for share in (0.0, 0.25, 0.5, 0.95, 1.0)] == [10, 10, 20, 40, 40]


def test_a_clock_behind_is_shifted_forward() -> None:
    slow = [-300 * SECOND + n * SECOND for n in range(40)]

    shifts = clock_shifts({"mes": slow, "crm": [SECOND] * 40, "shop": slow[:19], "odd": [-SECOND // 2] * 40})

    assert set(shifts) == {"mes"}
    assert shifts["mes"] == 299 * SECOND


def test_a_trip_without_a_later_status_proves_nothing() -> None:
    whole = fleet(trips={"ORD-1": Trip(order_id="ORD-1", reached={}), "ORD-2": Trip(order_id="ORD-2", reached={0: 5})})

    assert whole.holes("shop", at(0), at(NOW)).of == 0
    assert HOUR == 60 * MINUTE


def waiting(whole: Fleet, count: int, *, since: float) -> Fleet:
    """Return the fleet with so many more orders that were submitted and got no further."""
    more = {f"ORD-W{n}": Trip(order_id=f"ORD-W{n}", reached={0: at(since - 3), 1: at(since + n)}) for n in range(count)}
    return replace(whole, trips=dict(whole.trips) | more)


def without_mes(whole: Fleet, since: float) -> Fleet:
    return replace(whole, ends=dict(whole.ends) | {"mes": [e for e in whole.ends["mes"] if e <= at(since)]})


def test_a_service_that_keeps_orders_waiting_while_the_next_one_speaks_stands_still() -> None:
    stopped = waiting(without_mes(fleet(), NOW - 90), 3, since=NOW - 80)
    old = {i: replace(t, reached={k: v - 90 * MINUTE for k, v in t.reached.items()}) for i, t in fleet().trips.items()}
    stopped = replace(stopped, trips=old | {i: t for i, t in stopped.trips.items() if i.startswith("ORD-W")})

    assert stopped.silence("mes", at(NOW)) is not None
    assert stopped.standing_still("mes", at(NOW))
    assert not stopped.holes("mes", at(NOW - 80), at(NOW)).found


def test_two_that_wait_are_too_few() -> None:
    assert not waiting(without_mes(fleet(trips={}), NOW - 90), 2, since=NOW - 80).standing_still("mes", at(NOW))


def test_who_is_betrayed_by_those_who_go_on_with_its_work_does_not_stand_still() -> None:
    cut = waiting(without_mes(fleet(trips={}), NOW - 90), 3, since=NOW - 80)
    went_on = Trip(order_id="ORD-1", reached={0: at(NOW - 70), 1: at(NOW - 65), 3: at(NOW - 50)})

    assert not replace(cut, trips=dict(cut.trips) | {"ORD-1": went_on}).standing_still("mes", at(NOW))


def test_without_a_witness_nobody_can_say_that_a_service_stands_still() -> None:
    cut = waiting(without_mes(fleet(trips={}), NOW - 90), 3, since=NOW - 80)
    mute = replace(cut, ends={code: ends for code, ends in cut.ends.items() if code != "crm"})

    assert not mute.standing_still("mes", at(NOW))
    assert not replace(cut, ends={}).standing_still("mes", at(NOW))


def test_what_only_implies_a_status_is_no_record_of_it() -> None:
    trip = Trip(order_id="ORD-1", reached={0: 1, 1: 2}, told=frozenset({0}))

    assert (trip.lacks(0), trip.lacks(1), replace(trip, told=None).lacks(1)) == (False, True, False)
