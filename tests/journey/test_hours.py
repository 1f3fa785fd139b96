"""A limit runs all the time, or in working hours alone."""

from datetime import UTC, datetime

import pytest

from orders.journey.hours import LONGEST, deadline_after, spent
from orders.journey.spans import DAY, HOUR, MINUTE, SECOND
from orders.journey.stages import WorkingHours

OFFICE = WorkingHours(days=frozenset(range(5)), opens=9 * 3600, closes=18 * 3600, zone="Europe/Moscow")
NIGHT = WorkingHours(days=frozenset(range(7)), opens=0, closes=24 * 3600, zone="UTC")


def moscow(text: str) -> int:
    return round(datetime.fromisoformat(text + "+03:00").astimezone(UTC).timestamp()) * SECOND


@pytest.mark.parametrize(
    ("since", "limit", "deadline"),
    [
        ("2026-09-25T10:42", 15 * MINUTE, "2026-09-25T10:57"),
        ("2026-09-25T17:50", 15 * MINUTE, "2026-09-28T09:05"),  # Friday evening to Monday morning
        ("2026-09-26T12:00", HOUR, "2026-09-28T10:00"),
        ("2026-09-24T08:00", 9 * HOUR, "2026-09-24T18:00"),
        ("2026-09-24T20:00", 10 * HOUR, "2026-09-28T10:00"),
    ],
)
def test_working_hours_alone_count(since: str, limit: int, deadline: str) -> None:
    assert deadline_after(moscow(since), limit, OFFICE) == moscow(deadline)
    assert spent(moscow(since), moscow(deadline), OFFICE) == limit


def test_without_hours_all_time_counts() -> None:
    assert deadline_after(5, 10, None) == 15
    assert (spent(5, 12, None), spent(12, 5, None)) == (7, 0)


def test_round_the_clock_is_all_time() -> None:
    assert deadline_after(moscow("2026-09-25T10:42"), 3 * DAY, NIGHT) == moscow("2026-09-28T10:42")


def test_nothing_is_spent_before_the_office_opens() -> None:
    assert spent(moscow("2026-09-26T12:00"), moscow("2026-09-27T12:00"), OFFICE) == 0


def test_a_limit_that_never_ends_has_an_end() -> None:
    since = moscow("2026-09-25T10:42")

    assert deadline_after(since, LONGEST * DAY, OFFICE) > since + LONGEST * DAY
    assert spent(since, since + 3 * LONGEST * DAY, OFFICE) > 0
