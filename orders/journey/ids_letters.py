"""What a typed character may have meant: other keyboard layouts, look-alikes, other digits, invisible characters."""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

_KEYS = ("qwertyuiop[]asdfghjkl;'zxcvbnm,.`", "йцукенгшщзхъфывапролджэячсмитьбюё")
LAYOUT: Final[Mapping[str, str]] = dict(zip(_KEYS[1], _KEYS[0], strict=True))  # Cyrillic key → Latin key
LAYOUT_BACK: Final[Mapping[str, str]] = dict(zip(*_KEYS, strict=True))  # Latin key → Cyrillic key

# Typed character (lower case) → Latin letters that look like it, sound like it.
LOOKS: Final[Mapping[str, str]] = {
    "а": "a",
    "в": "b",
    "с": "c",
    "ԁ": "d",
    "е": "e",
    "ё": "e",
    "н": "h",
    "і": "i",
    "ј": "j",
    "к": "k",
    "м": "m",
    "о": "o",
    "р": "p",
    "ѕ": "s",
    "т": "t",
    "у": "yu",
    "и": "u",
    "х": "x",
    "я": "r",
    "г": "r",
    "ԛ": "q",
    "ԝ": "w",
    "α": "a",
    "β": "b",
    "ϲ": "c",
    "ε": "e",
    "η": "hn",
    "ι": "i",
    "κ": "k",
    "μ": "mu",
    "ν": "nv",
    "ο": "o",
    "ρ": "p",
    "σ": "o",
    "τ": "t",
    "υ": "yu",
    "χ": "x",
    "ζ": "z",
    "0": "o",
    "1": "il",
    "l": "i",
    "|": "il",
}
SOUNDS: Final[Mapping[str, str]] = {
    "р": "r",
    "д": "d",
    "п": "p",
    "м": "m",
    "о": "o",
    "у": "u",
    "с": "s",
    "т": "t",
    "к": "ck",
    "ц": "c",
    "а": "a",
    "б": "b",
    "в": "v",
    "г": "g",
    "е": "e",
    "з": "z",
    "и": "i",
    "л": "l",
    "н": "n",
    "ф": "f",
    "х": "h",
}
DIGIT_LOOKS: Final[Mapping[str, str]] = {
    **dict.fromkeys("OoОоΟοσ", "0"),
    **dict.fromkeys("lI|іІΙι", "1"),
    **dict.fromkeys("Zz", "2"),
    **dict.fromkeys("ЗзЭэ", "3"),
    **dict.fromkeys("Чч", "4"),
    **dict.fromkeys("SsЅѕ", "5"),
    **dict.fromkeys("бБ", "6"),
    **dict.fromkeys("BВвΒ", "8"),
    **dict.fromkeys("gq", "9"),
}
_DIGITS = str.maketrans(dict(DIGIT_LOOKS))
_BULLETS = frozenset("•·▪▫◦●○‣∙■□►▶➤✓✔")
_DASHES = frozenset("−⁃⁻₋ー一˗")  # dashes that Unicode does not call so


@dataclass(frozen=True, slots=True)
class Folded:
    """A text in which every character is its plain form, and where each one stood before."""

    text: str
    source: str
    origin: tuple[int, ...] | None  # None: nothing moved

    def typed(self, start: int, end: int) -> str:
        """Return what stood in the source between two places of the folded text."""
        if self.origin is None:
            return self.source[start:end]
        return self.source[self.origin[start] : self.origin[end - 1] + 1]


def fold(text: str) -> Folded:
    """Return `text` with invisible characters gone, spaces, dashes and digits plain, width and style taken off."""
    if text.isascii() and text.isprintable():
        return Folded(text, text, None)
    kept = [(at, plain) for at, typed in enumerate(text) if (plain := plain_form(typed)[0])]
    return Folded("".join(plain for _, plain in kept), text, tuple(at for at, _ in kept))


@lru_cache(maxsize=4096)
def plain_form(typed: str) -> tuple[str, str]:
    """Return one character's plain form ("" when it is invisible) and the correction that this is ("" when none)."""
    category = unicodedata.category(typed)
    if typed in "\t\n\r ":
        return typed, ""
    if category in {"Cf", "Cc", "Mn", "Me"}:
        return "", "invisible"
    if category[0] == "Z":
        return (" ", "spaces") if category == "Zs" else ("\n", "spaces")
    if typed.isascii():
        return typed, ""
    return _plain_sign(typed, category)


def _plain_sign(typed: str, category: str) -> tuple[str, str]:
    if category == "Pd" or typed in _DASHES:
        return "-", "dash"
    if typed == "№":
        return "#", ""
    if typed in _BULLETS:
        return ";", "punctuation"
    digit = unicodedata.digit(typed, None)
    if digit is not None:
        return str(digit), "digits"
    plain = unicodedata.normalize("NFKC", typed)
    if len(plain) != 1 or plain == typed:
        return typed, ""
    return plain, "look_alike" if plain.isalnum() else "punctuation"


def mended(typed: str) -> set[str]:
    """Return the corrections that `fold` made in `typed`."""
    return {reason for character in typed if (reason := plain_form(character)[1])}


def typings(letter: str) -> str:
    """Return every character that may have been typed for a Latin letter, for use in a character class."""
    letter = letter.lower()
    found = {letter}
    for table in (LAYOUT, LOOKS, SOUNDS):
        found.update(typed for typed, meant in table.items() if letter in meant)
    return "".join(sorted(found | {typed.upper() for typed in found if len(typed.upper()) == 1}))


def explain(typed: str, meant: str) -> set[str]:
    """Return the corrections that lead from `typed` to `meant`, two words of equal length."""
    pairs = list(zip(typed, meant, strict=True))
    foreign = [(t.lower(), m.lower()) for t, m in pairs if t.lower() != m.lower()]
    if not foreign:
        return {"case"} if typed != meant else set()
    case = {"case"} if any(t != m for t, m in pairs if t.lower() == m.lower()) else set()
    for name, table in (("keyboard_layout", LAYOUT), ("look_alike", LOOKS), ("transliteration", SOUNDS)):
        if all(m in table.get(t, "") for t, m in foreign):
            return {name} | case
    return {"look_alike", "transliteration"} | case


def as_digits(typed: str) -> str:
    """Return `typed` with letters that look like digits read as digits."""
    return typed.translate(_DIGITS)


def words_readings(typed: str) -> tuple[tuple[str, str], ...]:
    """Return the ways to read a whole word in Latin letters, each with the correction that it is."""
    lower = typed.lower()
    looks = "".join(LOOKS.get(c, c)[0] if not c.isascii() else c for c in lower)
    layout = "".join(LAYOUT.get(c, c) for c in lower)
    return (
        *((typed.upper(), "case"), (lower, "case")),
        *((looks.upper(), "look_alike"), (looks, "look_alike")),
        *((layout.upper(), "keyboard_layout"), (layout, "keyboard_layout")),
    )
