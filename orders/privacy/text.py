"""Texts made safe to show: invisible characters written out, cells that no spreadsheet runs."""

import re
import unicodedata

_DIRTY = re.compile(r"[^\x20-\x7e\xa1-\xac\xae-\u02ff\u0370-\u052f\u2010-\u2027\u2030-\u205e\u20a0-\u20bf\u2116]")
_FORMULA = tuple("=+-@\t\r\n\0＝＋－＠'")


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
