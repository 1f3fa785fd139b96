"""Normal: a foreign text in the one form in which it is judged and shown."""

import re
import unicodedata
from functools import lru_cache
from typing import Final
from urllib.parse import unquote

from orders.privacy.pieces import HIDDEN

LONGEST: Final = 2_000  # characters of a free text that are read and shown; the rest is cut, and the text says so
_ROUNDS: Final = 5  # times that a text may have been percent-encoded
_ESCAPED = re.compile(r"%[0-9A-Fa-f]{2}")
_SPACES = re.compile(r"\s+")


def normal(text: str) -> tuple[str, bool]:
    """Return a text in its normal form, and whether it was cut.

    Compatibility forms are folded (NFKC), digits of all scripts are those of ASCII, marks, invisible and direction
    characters are gone, percent-encoding is undone, spaces and line ends are one space. At most LONGEST characters,
    cut between two words. A text that is encoded more often than anybody would is empty.
    """
    if len(text) <= LONGEST and text.isascii() and text.isprintable() and "%" not in text:
        return " ".join(text.split()), False
    head = _composed(text[: LONGEST + 1])
    cut = len(text) > LONGEST or len(head) > 2 * LONGEST  # one character may be eighteen
    plain = _SPACES.sub(" ", _decoded(head[: 2 * LONGEST])).strip()
    if cut or len(plain) > LONGEST:
        plain, cut = plain[:LONGEST].rpartition(" ")[0], True
    return plain, cut


def _decoded(text: str) -> str:
    for _ in range(_ROUNDS):
        text = _folded(text)
        if not _ESCAPED.search(text):
            return text
        text = unquote(text, errors="replace")
    return ""


def _folded(text: str) -> str:
    if text.isascii():
        return text.translate(_CONTROLS)
    folded = "".join([_character(one) for one in _composed(text)])
    folded = _composed(folded)
    return folded.replace("‹...›", HIDDEN)  # NFKC writes the ellipsis out


def _composed(text: str) -> str:
    """Return a text in NFKC, but for the numero sign: `№P-77` would become one word."""
    if text.isascii():
        return text
    return "№".join([unicodedata.normalize("NFKC", part) for part in text.split("№")])


_CONTROLS: Final = {code: " " if code in (9, 10, 11, 12, 13) else None for code in (*range(32), 127)}


@lru_cache(maxsize=1_024)  # characters: a text repeats few
def _character(one: str) -> str:
    if one.isascii():
        return one.translate(_CONTROLS)
    category = unicodedata.category(one)
    if category in {"Cf", "Cc", "Mn", "Me", "Cs", "Cn"} or one == "\u034f":
        return ""
    if category in {"Zs", "Zl", "Zp"}:
        return " "
    return str(unicodedata.decimal(one, one))
