"""Detectors of dates: what may be a birthday is marked, every other date and time is kept."""

import re
from typing import Final

from orders.privacy import checks
from orders.privacy.judge import Judge
from orders.privacy.pieces import Work

_NAMES_OF_MONTHS: Final = (  # whole: what only begins like one may be a name
    "января январь january jan", "февраля февраль february feb", "марта март march mar", "апреля апрель april apr",
    "мая май may", "июня июнь june jun", "июля июль july jul", "августа август august aug",
    "сентября сентябрь september sept sep",
    "октября октябрь october oct", "ноября ноябрь november nov", "декабря декабрь december dec",
)  # fmt: skip
_NUMBER_OF_MONTH: Final = {
    name: str(number) for number, names in enumerate(_NAMES_OF_MONTHS, start=1) for name in names.split()
}
_MONTH: Final = "(?P<m>" + "|".join(_NUMBER_OF_MONTH) + ")"
_DATE: Final = r"(?P<d>\d{1,2})(?:st|nd|rd|th)?"
_STAMP: Final = (
    r"(?P<y>\d(?<![\d-]\d)\d{3})-(?P<m>\d\d)-(?P<d>\d\d)[T ]\d\d:\d\d(?::\d\d(?:[.,]\d{1,9})?)?"
    r"(?:Z|\s?[+-]\d\d:?\d\d)?(?![\d:])"
)
_CLOCK = re.compile(r"\d(?<![\d:]\d)\d?:\d\d(?::\d\d(?:[.,]\d{1,9})?)?(?![\d:])")
_IN_DIGITS = tuple((re.compile(hint), re.compile(regex)) for hint, regex in (
    (r"[0-9]\d{3}-\d\d-", _STAMP),
    (r"[0-9]\d{3}[-./]\d", r"(?P<y>\d(?<![\d.+(-]\d)\d{3})[-./](?P<m>\d\d?)[-./](?P<d>\d\d?)(?![\d]|[-./]\d)"),
    (r"[-./]\d{4}", r"(?P<d>\d(?<![\d.+(-]\d)\d?)[-./](?P<m>\d\d?)[-./](?P<y>\d{4})(?![\d]|[-./]\d)"),
    (r"[./]\d\d[./]\d\d", r"(?P<d>\d(?<![\d.+(-]\d)\d)[./](?P<m>\d\d)[./](?P<y>\d\d)(?![\d]|[-./]\d)"),
))  # what a text must hold to be looked at, and the date  # fmt: skip
_IN_WORDS = (
    re.compile(rf"(?<!\d){_DATE}\s(?:of\s)?{_MONTH}\.?,?\s(?P<y>\d{{4}})(?!\d)", re.IGNORECASE),
    re.compile(rf"(?<![^\W_]){_MONTH}\.?\s{_DATE},?\s(?P<y>\d{{4}})(?!\d)", re.IGNORECASE),
)
_YEAR = re.compile(r"[ .,]\d{4}(?!\d)")
_STEMS: Final = tuple({name[:3] for name in _NUMBER_OF_MONTH})
_MAY_BE_CLOCK = re.compile(r":\d\d(?<=\d:\d\d)")
_NUMERIC = re.compile(r"[0-9](?:\d[-./:]\d\d|[-./:]\d{1,2}[-./]\d\d)")
_BORN = re.compile(r"(?:born|birth|dob|родил|рожд|д\. ?р)\w{0,8}[^\d]{0,12}$", re.IGNORECASE)


def dates(work: Work, judge: Judge) -> None:
    """Mark what may be a birthday: a date before FIRST_YEAR, or behind a word for birth; keep other dates and times."""
    year = _YEAR.search(work.left)
    clocks = _MAY_BE_CLOCK.search(work.left) and (year or _NUMERIC.search(work.left))  # a lone `1:23` may be no time
    digits = work.digits()
    for hint, regex in _IN_DIGITS:
        if hint.search(digits):
            _judge(work, judge, regex)
    if year and any(map(work.left.lower().__contains__, _STEMS)):
        for regex in _IN_WORDS:
            _judge(work, judge, regex)
    for found in _CLOCK.finditer(work.left) if clocks else ():
        work.keep(found)


def _judge(work: Work, judge: Judge, regex: re.Pattern[str]) -> None:
    for found in regex.finditer(work.left):
        if day := _day(found):
            born = int(day[:4]) < checks.FIRST_YEAR or _BORN.search(work.left[: found.start()][-32:])
            if born:
                judge.mark(work, found.span(), "date", day)
            elif len(found["y"]) == 4:
                work.keep(found)


def _day(found: re.Match[str]) -> str:
    month, date = found["m"], found["d"]
    if not month.isdigit():
        month = _NUMBER_OF_MONTH.get(month.lower(), "0")  # `aprıl` is a month to the pattern alone
    if int(month) > 12 >= int(date):  # as Americans write it
        month, date = date, month
    return checks.day(found["y"], month, date)
