"""Pieces: a text in work: what of it is judged already, what is left, and what each judged piece reads as."""

import re
from dataclasses import dataclass, field
from typing import Final, NamedTuple

TAKEN: Final = "\x01"  # stands where a piece was judged: no text in its normal form holds it
HIDDEN: Final = "‹…›"
CUT: Final = "‹cut›"

# Only what `orders.privacy.pseudonyms` can have made, so that no text from outside passes for a mark.
MARK = re.compile(
    r"‹(?:…|cut|c-[0-9a-f]{6}|(?:email|phone|number|card|iban|ip|mac|secret|passport|snils|inn|place|date):"
    r"(?!\w{0,5}\d{5})(?!\w{0,6}[a-f]{4})[0-9a-f]{10})›"
)
_DIGITS = re.compile(r"[0-9].*[0-9]|[0-9]", re.DOTALL)  # the normal form has no others


class Piece(NamedTuple):
    """A judged piece of a text."""

    start: int
    end: int
    text: str  # as it is shown
    kind: str  # "kept", "mark" (a pseudonym) or "hidden"


class Token(NamedTuple):
    """One token of a text, judged."""

    text: str
    kind: str  # "word", "letter", "stray" (an unknown letter), "number", "kept", "mark", "hidden" or "between"


@dataclass(slots=True)
class Work:
    """A text in work. `left` is the text with judged pieces closed, so that nobody judges them again."""

    text: str
    left: str = ""
    pieces: list[Piece] = field(default_factory=list)  # in the order in which they were judged

    def __post_init__(self) -> None:
        self.left = self.text

    def digits(self) -> str:
        """Return what is left from the first digit to the last, "" where there is none."""
        found = _DIGITS.search(self.left)
        return found[0] if found else ""

    def take(self, start: int, end: int, shown: str, kind: str) -> None:
        """Judge a piece."""
        self.pieces.append(Piece(start, end, shown, kind))
        self.left = self.left[:start] + TAKEN * (end - start) + self.left[end:]

    def keep(self, found: re.Match[str], group: int | str = 0) -> None:
        """Show a piece as it stands."""
        self.take(*found.span(group), found[group], "kept")
