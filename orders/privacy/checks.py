"""Checks: whether digits are what they look like: sums of cards, tax and insurance numbers, accounts; places, dates."""

import ipaddress
from typing import Final

FIRST_YEAR: Final = 2014  # telemetry is of later years; a date before it is somebody's birthday


def words_of(text: str) -> frozenset[str]:
    """Return the words of a text as a set."""
    return frozenset(text.split())


def digits(text: str) -> str:
    """Return the digits of a text."""
    return "".join(filter(str.isdecimal, text))


def luhn(number: str) -> bool:
    """Return whether the last digit checks the others, as on payment cards."""
    total = 0
    for place, digit in enumerate(reversed(number)):
        value = int(digit) * (1 + place % 2)
        total += value - 9 * (value > 9)
    return total % 10 == 0


def inn(number: str) -> bool:
    """Return whether a Russian taxpayer's number of 10 or 12 digits checks."""
    weights = (2, 4, 10, 3, 5, 9, 4, 6, 8)
    if len(number) == 10:
        return _weighed(number, weights) == int(number[9])
    first, second = (7, *weights), (3, 7, *weights)
    return len(number) == 12 and (_weighed(number, first), _weighed(number, second)) == (
        int(number[10]),
        int(number[11]),
    )


def _weighed(number: str, weights: tuple[int, ...]) -> int:
    return sum(weight * int(digit) for weight, digit in zip(weights, number, strict=False)) % 11 % 10


def snils(number: str) -> bool:
    """Return whether a Russian insurance number of 11 digits checks."""
    total = sum(int(digit) * (9 - place) for place, digit in enumerate(number[:9]))
    return len(number) == 11 and total % 101 % 100 == int(number[9:])


def iban(text: str) -> bool:
    """Return whether an account number, without spaces and in capitals, checks (ISO 13616)."""
    if not 15 <= len(text) <= 34:
        return False
    turned = text[4:] + text[:4]
    return int("".join(str(int(one, 36)) for one in turned)) % 97 == 1


def is_address(text: str) -> bool:
    """Return whether a text is an IP address, with a zone or without."""
    try:
        ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return False
    return True


def address(text: str) -> str:
    """Return an IP address in its shortest form, "" for one that leads nowhere but to the same machine.

    Raises ValueError for what is none.
    """
    found = ipaddress.ip_address(text.partition("%")[0])
    return "" if found.is_loopback or found.is_unspecified else found.compressed


def day(year: str, month: str, date: str) -> str:
    """Return a date as YYYY-MM-DD, "" for what is none; a year of two digits is of the last hundred years."""
    if not (1 <= int(month) <= 12 and 1 <= int(date) <= 31):
        return ""
    if len(year) == 2:
        year = f"20{year}" if int(year) <= 26 else f"19{year}"
    return f"{year}-{int(month):02}-{int(date):02}" if 1900 <= int(year) <= 2099 else ""


def place(latitude: str, longitude: str) -> bool:
    """Return whether two numbers are a place on the globe."""
    return abs(float(latitude)) <= 90 and abs(float(longitude)) <= 180
