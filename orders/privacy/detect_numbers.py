"""Detectors of numbers: documents, cards, accounts, places."""

import re
from collections.abc import Callable
from typing import Final

from orders.privacy import checks
from orders.privacy.judge import Judge
from orders.privacy.pieces import Work

Value = Callable[[re.Match[str]], str]  # what a match means, in one form; "" where it is not that after all

_CARD = (
    r"(?<!\d)(?P<value>\d{4}(?P<gap>[ -]?)\d{4}(?P=gap)\d{4}(?P=gap)\d{1,7}"
    r"|\d{4}(?P<gap2>[ -]?)\d{6}(?P=gap2)\d{5}|\d{13,19})(?!\d)"
)
_SIGN: Final = r"[^\w\x01]{0,3}"


def _digits(found: re.Match[str]) -> str:
    return checks.digits(found["value"])


def _card(found: re.Match[str]) -> str:
    number = _digits(found)
    return number if 13 <= len(number) <= 19 and checks.luhn(number) else ""


def _inn(found: re.Match[str]) -> str:
    number = _digits(found)
    phone = len(number) == 10 and number[0] == "9"
    return number if checks.inn(number) and not phone else ""


def _place(found: re.Match[str]) -> str:
    return found["value"].replace(" ", "") if checks.place(found["latitude"], found["longitude"]) else ""


def _plain(found: re.Match[str]) -> str:
    return found["value"]


# Kind, what a text must hold to be looked at (one of these words, or such digits), pattern, what a match means. The
# first that matches wins; all are linear.
DETECTORS: Final[tuple[tuple[str, tuple[str, ...] | re.Pattern[str], re.Pattern[str], Value], ...]] = (
    ("passport", ("паспорт", "passport", "сери"),
     re.compile(rf"(?:паспорт\w{{0,4}}|passport|сери[яи]){_SIGN}(?:сери[яи]{_SIGN})?(?P<value>\d\d ?\d\d{_SIGN}"
                rf"(?:номер|ном\.?|no\.?|n|number)?{_SIGN}\d{{6}})(?!\d)", re.IGNORECASE), _digits),
    ("snils", ("снилс", "snils"),
     re.compile(rf"(?:снилс|snils){_SIGN}(?P<value>\d{{3}}[ -]?\d{{3}}[ -]?\d{{3}}[ -]?\d\d)(?!\d)",
                re.IGNORECASE), _digits),
    ("inn", ("инн", "inn"),
     re.compile(rf"(?<![^\W_])(?:инн|inn){_SIGN}(?P<value>\d{{12}}|\d{{10}})(?!\d)", re.IGNORECASE), _digits),
    ("card", re.compile(r"[0-9](?<!\d\d)(?<!\d[ -]\d)(?:[ -]?\d){12}"), re.compile(_CARD), _card),
    ("snils", re.compile(r"[0-9]\d\d[ -]\d{3}[ -]\d{3}"),
     re.compile(r"(?<![\d-])(?P<value>\d{3}-\d{3}-\d{3}[ -]\d\d|\d{3} \d{3} \d{3} \d\d)(?![\d-])"), _digits),
    ("passport", re.compile(r"[0-9]\d{5}"),
     re.compile(r"(?<![\d-])(?P<value>\d\d ?\d\d ?(?:№|No\.?|N)? ?\d{6})(?<!\d{10})(?!\d)"), _digits),
    ("inn", re.compile(r"[0-9]\d{9}"), re.compile(r"(?<![\d+-])(?P<value>\d{12}|\d{10})(?!\d)"), _inn),
    ("place", re.compile(r"[0-9]\.\d{3}"),
     re.compile(r"(?<![\w.])(?P<value>(?P<latitude>[-+]?\d{1,3}\.\d{3,15})°?\s?[NSCСЮ]?\s?[,;/ ]\s?"
                r"(?P<longitude>[-+]?\d{1,3}\.\d{3,15})(?:°?\s?[EWВЗ](?!\w))?)(?![\d.])"), _place),
    ("place", ("°",),
     re.compile(r"(?P<value>\d{1,3}°\s?\d{1,2}[′']\s?[\d.]{1,8}(?:″|′′|''|\")\s?[NSEWСЮВЗ]?)"), _plain),
    ("place", ("lat", "lon", "lng", "широта", "долгота"),
     re.compile(r"(?<![^\W_])(?:lat|latitude|lon|lng|longitude|широта|долгота)[\"']?\s?[:=]?\s?"
                r"(?P<value>[-+]?\d{1,3}\.\d{1,15})", re.IGNORECASE), _plain),
)  # fmt: skip
_ENOUGH = re.compile(r"\d\D{0,9}\d\D{0,9}\d\D{0,9}\d")
_MAY_BE_IBAN = re.compile(r"[0-9]\d(?<=[A-Za-z]{2}\d\d) ?[A-Za-z0-9]{4}")
_IBAN = re.compile(r"(?<![^\W_])[A-Za-z]{2}\d\d(?: ?[A-Za-z0-9]{4}){2,7}(?: ?[A-Za-z0-9]{1,4})?(?![^\W_])", re.ASCII)


def numbers(work: Work, judge: Judge) -> None:
    """Mark accounts, documents, cards and places."""
    digits = work.digits()
    if not _ENOUGH.search(digits):
        return
    for found in _IBAN.finditer(work.left) if _MAY_BE_IBAN.search(work.left) else ():
        if account := _account(found[0]):
            judge.mark(work, (found.start(), found.start() + len(account)), "iban", account.replace(" ", "").upper())
    lower = work.left.lower()
    for kind, hint, regex, value in DETECTORS:
        if any(map(lower.__contains__, hint)) if isinstance(hint, tuple) else hint.search(digits):
            for found in regex.finditer(work.left):
                if means := value(found):
                    judge.mark(work, found.span("value"), kind, means)


def _account(text: str) -> str:
    """Return the part of a text that is an account number: a word behind it may look like its last group."""
    while text:
        if checks.iban(text.replace(" ", "").upper()):
            return text
        text = text.rpartition(" ")[0]
    return ""
