"""Hours: limits that run only in working hours, and all the time where a stage has none."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from orders.journey.spans import SECOND
from orders.journey.stages import WorkingHours

LONGEST = 400  # days looked ahead: a limit that needs more working days than that ends there


def deadline_after(since: int, limit: int, hours: WorkingHours | None) -> int:
    """Return the instant at which `limit` nanoseconds have run since `since`, working hours alone counted."""
    if hours is None:
        return since + limit
    left = limit
    for opens, closes in _open_spells(since, hours):
        begins = max(since, opens)
        if left <= closes - begins:
            return begins + left
        left -= closes - begins
    return since + limit + LONGEST * 24 * 3600 * SECOND


def spent(since: int, until: int, hours: WorkingHours | None) -> int:
    """Return how much of a limit has run between two instants, nanoseconds."""
    if hours is None:
        return max(0, until - since)
    total = 0
    for opens, closes in _open_spells(since, hours):
        if opens >= until:
            break
        total += max(0, min(until, closes) - max(since, opens))
    return total


def _open_spells(since: int, hours: WorkingHours) -> Iterator[tuple[int, int]]:
    """Yield the working spells that end after `since`, as instants; wall clock, so summer time is minded."""
    zone = ZoneInfo(hours.zone)
    day = datetime.fromtimestamp(since / SECOND, tz=UTC).astimezone(zone).date()
    for _ in range(LONGEST):
        if day.weekday() in hours.days:
            closes = _instant(day, hours.closes, zone)
            if closes > since:
                yield _instant(day, hours.opens, zone), closes
        day += timedelta(days=1)


def _instant(day: date, seconds: int, zone: ZoneInfo) -> int:
    """Return the instant of a wall-clock time; 24:00 is the next midnight."""
    day += timedelta(days=seconds // 86400)
    rest = seconds % 86400
    wall = datetime.combine(day, time(rest // 3600, rest // 60 % 60, rest % 60), tzinfo=zone)
    return round(wall.timestamp()) * SECOND
