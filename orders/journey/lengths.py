"""Lengths of time and working hours, as an operator writes them in the stage table."""

import re
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from orders.journey.spans import DAY, HOUR, MINUTE, SECOND
from orders.journey.stages import WorkingHours

UNITS: Final = {"s": SECOND, "min": MINUTE, "h": HOUR, "d": DAY}
DAYS: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_LENGTH: Final = re.compile(r"\d+ ?(?:min|s|h|d)(?: \d+ ?(?:min|s|h|d))*")
_PART: Final = re.compile(r"(\d+) ?(min|s|h|d)")
_HOURS: Final = re.compile(r"([A-Z][a-z]{2})-([A-Z][a-z]{2}) (\d\d):(\d\d)-(\d\d):(\d\d), ?(\S+)")


def length(text: str) -> int:
    """Return nanoseconds from "90 s", "15 min", "2 h", "3 d" or "1 d 12 h"; ValueError with what to write."""
    if not _LENGTH.fullmatch(text.strip()):
        raise ValueError('write a length of time such as "15 min", "2 h", "3 d" or "1 d 12 h"')
    total = sum(int(number) * UNITS[unit] for number, unit in _PART.findall(text))
    if not total:
        raise ValueError("a length of time must be more than nothing")
    return total


def instant(text: str) -> int:
    """Return nanoseconds since 1970 of "2026-11-02T09:00Z" or with "+03:00"; ValueError with what to write."""
    what = 'write a time with its zone such as "2026-11-02T09:00Z" or "2026-11-02T12:00+03:00"'
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError as error:
        raise ValueError(what) from error
    if moment.tzinfo is None:
        raise ValueError(what)
    return int(moment.timestamp()) * SECOND


def usual_range(text: str) -> tuple[int, int]:
    """Return the two ends of "4 min - 11 min", nanoseconds; ValueError with what to write."""
    low, dash, high = text.replace("–", "-").partition("-")
    if not dash:
        raise ValueError('write a range such as "4 min - 11 min"')
    ends = length(low), length(high)
    if ends[0] >= ends[1]:
        raise ValueError("the first end of a range must be less than the second")
    return ends


def working_hours(text: str) -> WorkingHours:
    """Return the hours of "Mon-Fri 09:00-18:00, Europe/Moscow"; ValueError with what to write."""
    found = _HOURS.fullmatch(text.strip())
    if not found or found[1] not in DAYS or found[2] not in DAYS:
        raise ValueError('write hours such as "Mon-Fri 09:00-18:00, Europe/Moscow"')
    first, last = DAYS.index(found[1]), DAYS.index(found[2])
    opens = int(found[3]) * 3600 + int(found[4]) * 60
    closes = int(found[5]) * 3600 + int(found[6]) * 60
    if first > last or not 0 <= opens < closes <= 86400:
        raise ValueError("the hours must run from an earlier to a later day and time")
    try:
        ZoneInfo(found[7])
    except (KeyError, ValueError, OSError) as error:
        raise ValueError(f"there is no time zone {found[7]}") from error
    return WorkingHours(days=frozenset(range(first, last + 1)), opens=opens, closes=closes, zone=found[7])
