"""Detectors of dates: what may be a birthday is marked, every other date and time is kept."""

import re
from typing import Final

from orders.privacy import checks
from orders.privacy.judge import Judge
from orders.privacy.pieces import Work

_MONTHS: Final = r"(?:янв|фев|мар|апр|ма[йя]|июн|июл|авг|сен|окт|ноя|дек)[а-я]{0,6}|(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}"
_NUMBER_OF_MONTH: Final = {
    name: number
    for number, names in enumerate(
        ("янв jan", "фев feb", "мар mar", "апр apr", "май мая may", "июн jun", "июл jul", "авг aug", "сен sep", "окт oct",
         "ноя nov", "дек dec"),
        start=1,
    )
    for name in names.split()
}  # fmt: skip
_STAMP = re.compile(
    r"(?<![\d-])(?P<y>\d{4})-(?P<m>\d\d)-(?P<d>\d\d)[T ]\d\d:\d\d(?::\d\d(?:[.,]\d{1,9})?)?(?:Z|\s?[+-]\d\d:?\d\d)?(?![\d:])"
)
_CLOCK = re.compile(r"(?<![\d:])\d{1,2}:\d\d(?::\d\d(?:[.,]\d{1,9})?)?(?![\d:])")
_DATES = (
    re.compile(r"(?<![\d.+(-])(?P<y>\d{4})[-./](?P<m>\d\d?)[-./](?P<d>\d\d?)(?![\d]|[-./]\d)"),
    re.compile(r"(?<![\d.+(-])(?P<d>\d\d?)[-./](?P<m>\d\d?)[-./](?P<y>\d{4})(?![\d]|[-./]\d)"),
    re.compile(r"(?<![\d.+(-])(?P<d>\d\d)[./](?P<m>\d\d)[./](?P<y>\d\d)(?![\d]|[-./]\d)"),
    re.compile(rf"(?<!\d)(?P<d>\d{{1,2}})(?:st|nd|rd|th)?\s(?:of\s)?(?P<m>{_MONTHS})\.?,?\s(?P<y>\d{{4}})(?!\d)", re.IGNORECASE),
    re.compile(rf"(?<![^\W_])(?P<m>{_MONTHS})\.?\s(?P<d>\d{{1,2}})(?:st|nd|rd|th)?,?\s(?P<y>\d{{4}})(?!\d)", re.IGNORECASE),
)  # fmt: skip
_ANY = re.compile(r"\d\d[-./:]\d\d|\d[-./:]\d{1,2}[-./]\d\d|[ .,]\d{4}(?!\d)")
_BORN = re.compile(r"(?:born|birth|dob|родил|рожд|д\. ?р)\w{0,8}[^\d]{0,12}$", re.IGNORECASE)


def dates(work: Work, judge: Judge) -> None:
    """Mark what may be a birthday: a date before FIRST_YEAR, or behind a word for birth; keep other dates and times."""
    if not _ANY.search(work.left):
        return
    for regex in (_STAMP, *_DATES):
        for found in regex.finditer(work.left):
            if day := _day(found):
                born = int(day[:4]) < checks.FIRST_YEAR or _BORN.search(work.left[: found.start()][-32:])
                if born:
                    judge.mark(work, found.span(), "date", day)
                elif len(found["y"]) == 4:
                    work.keep(found)
    for found in _CLOCK.finditer(work.left):
        work.keep(found)


def _day(found: re.Match[str]) -> str:
    month, date = found["m"], found["d"]
    if not month.isdigit():
        month = str(_NUMBER_OF_MONTH[month[:3].lower()])
    if int(month) > 12 >= int(date):  # as Americans write it
        month, date = date, month
    return checks.day(found["y"], month, date)
