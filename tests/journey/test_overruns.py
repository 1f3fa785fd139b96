"""Who was past a limit, and until when."""

import pytest

from orders.journey.causes import SHOWN_ERRORS
from orders.journey.overruns import Overruns
from orders.journey.peers import Fleet
from orders.journey.trips import Stuck, Trip
from tests.journey.story import TABLE, at

TRIPS = [
    Trip(order_id="in time", reached={1: at(0), 2: at(10)}),
    Trip(order_id="went on late", reached={1: at(0), 2: at(30), 3: at(31), 4: at(32), 5: at(33)}),
    Trip(order_id="waits", reached={1: at(1)}),
    Trip(order_id="left", reached={0: at(0)}),  # by its customer
    Trip(order_id="skipped", reached={1: at(0), 4: at(12), 5: at(13)}),
    Trip(order_id="approval", reached={2: at(0)}),
]


@pytest.mark.parametrize(
    ("service", "since", "now", "but", "count"),
    [
        ("mes", 0, 15, "", 0),  # nobody is over the limit yet
        ("mes", 0, 17, "", 2),
        ("mes", 0, 40, "", 1),  # one has gone on
        ("mes", 16, 40, "", 1),
        ("mes", 17, 40, "", 0),  # whose time ran out before that
        ("mes", 0, 40, "waits", 0),
        ("crm", 0, 40, "", 2),
        ("", 0, 40, "", 3),
        ("shop", 0, 400, "", 0),
    ],
)
def test_who_waits_past_the_limit(service: str, since: int, now: int, but: str, count: int) -> None:
    assert Overruns(TABLE, TRIPS).waiting(service, at(since), at(now), but=but) == count


@pytest.mark.parametrize(
    ("cause", "count"),
    [*((cause, 0) for cause in sorted(SHOWN_ERRORS)), ("waiting-for-person", 1), ("published-never-consumed", 1)],
)
def test_who_is_stuck_by_an_error_may_not_be_fine(cause: str, count: int) -> None:
    stuck = (Stuck(order_id="waits", stage=1, cause=cause, since=at(1)),)
    fleet = Fleet(table=TABLE, taken_at=at(40), trips={trip.order_id: trip for trip in TRIPS}, stuck=stuck)

    assert fleet.overruns.waiting("mes", 0, at(40), but="") == count
