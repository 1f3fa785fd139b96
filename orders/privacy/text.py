"""Texts made safe to show: operation, service and error names, invisible characters, CSV cells."""

import re
import unicodedata
from functools import lru_cache

from orders.journey.ids_patterns import IdPatterns
from orders.journey.raw import Raw, unseal
from orders.privacy.types import TYPES, like

_METHODS = r"(?:GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS|HTTP)"
_NAME = r"[A-Za-z_{}<>*:/#.$-][A-Za-z0-9_{}<>*:/#.$-]{0,100}"
_OPERATION = re.compile(rf"(?:{_METHODS} )?{_NAME}(?: {_NAME}){{0,3}}", re.ASCII)
_LONG_RUN = re.compile(r"\d(?:[-./_]?\d){4}")  # also a number in groups
_CAPITALS = re.compile(r"[A-Z][a-z]+ [A-Z][a-z]+")  # two words in a row that could be a name
_SECRET = re.compile(r"(?i:bearer|basic|digest|cookie|token) \S|eyJ[\w-]{5}")
_ERROR_CODE = like(r"\d{1,6}", digits=True)
_DIRTY = re.compile(r"[^\x20-\x7e\xa1-\xac\xae-\u02ff\u0370-\u052f\u2010-\u2027\u2030-\u205e\u20a0-\u20bf\u2116]")
_FORMULA = tuple("=+-@\t\r\n\0＝＋－＠'")
_ID_EDGE = r"(?<![A-Za-z0-9])(?:{})(?![A-Za-z0-9])"


def operation(raw: Raw, patterns: IdPatterns) -> str | None:
    """Return a span's operation name when it looks like one, None when it must be masked.

    Shown are routes, methods, queues and identifiers of one to four words: ASCII, no `@`, no run of five digits
    outside an order's, partner's or model's own id, no two capitalised words in a row, no signed token.
    """
    value = unseal(raw)
    if (
        not isinstance(value, str)
        or not _OPERATION.fullmatch(value)
        or _CAPITALS.search(value)
        or _SECRET.search(value)
    ):
        return None
    return value if not _LONG_RUN.search(_own_ids(patterns).sub("", value)) else None


@lru_cache(maxsize=8)
def _own_ids(patterns: IdPatterns) -> re.Pattern[str]:
    own = [regex.pattern for kind, regex in patterns.regexes if kind != "customer"]
    return re.compile(_ID_EDGE.format("|".join(own) or "(?!)"), re.ASCII)


def service_name(text: str) -> str | None:
    """Return a service's name when it is an identifier of at most 128 characters, otherwise None: mask it."""
    return TYPES["ident"](text)


def error_type(text: str) -> str | None:
    """Return an error's type or code when it is an identifier or at most six digits, otherwise None: mask it.

    An error's free text is never shown.
    """
    return TYPES["ident"](text) or _ERROR_CODE(text)


def visible(text: str) -> str:
    r"""Return `text` with control, format and direction characters written out, such as `\u202e`."""
    return _DIRTY.sub(lambda found: _escaped(found[0]), text) if _DIRTY.search(text) else text


def _escaped(character: str) -> str:
    if unicodedata.category(character)[0] not in "CZ" or character in " \xa0\u202f":
        return character
    number = ord(character)
    return f"\\u{number:04x}" if number < 0x10000 else f"\\U{number:08x}"


def csv_safe(value: object) -> str:
    """Return a cell that no spreadsheet reads as a formula: `'` before a text that begins like one, also behind spaces.

    Numbers stay numbers; None is an empty cell.
    """
    if isinstance(value, int | float):
        return str(value)
    text = "" if value is None else str(value)
    return f"'{text}" if text.lstrip(" \xa0\u200b\ufeff").startswith(_FORMULA) else text
