"""Ids out of what a person typed or pasted: what was meant, what was mended, and the rule for believing it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Final

from orders.journey.ids_patterns import KINDS, PERSONAL, IdPatterns, PatternError
from orders.journey.ids_scan import Found, scan

__all__ = [
    "CORRECTIONS", "KINDS", "MOST_CHARACTERS", "MOST_IDS", "PERSONAL", "IdPatterns", "PatternError", "Recognised",
    "Resolution", "Token", "near", "recognise", "resolve",
]  # fmt: skip

MOST_IDS: Final = 200
MOST_CHARACTERS: Final = 100_000
MOST_CANDIDATES: Final = 8
_MOST_PLACES: Final = 2 * MOST_IDS  # duplicates included
CORRECTIONS: Final = (  # every name that Token.corrections may hold, in the order in which they are told
    "keyboard_layout", "look_alike", "transliteration", "digits", "case", "spaces", "dash", "punctuation",
    "invisible", "zeros", "prefix",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """One id in a text, or one part of a list in which no id was found (`kinds` empty)."""

    as_typed: str
    kinds: tuple[str, ...] = ()  # "order", "partner", "customer", "model", "trace"
    id: str = ""  # set when the text holds exactly this id
    candidates: tuple[str, ...] = ()  # mended readings, most plausible first: believe one only by `resolve`
    rivals: tuple[str, ...] = ()  # further readings: if one exists, no candidate is sure
    corrections: tuple[str, ...] = ()  # what was mended for the candidates, of CORRECTIONS
    span: str = ""  # the span that a Jaeger link pointed at, 16 hex digits
    count: int = 1  # how often it stood in the text

    @property
    def exact(self) -> bool:
        """Return whether the id stands in the text as it is, with nothing to mend or to choose."""
        return bool(self.id) and not self.candidates

    @property
    def personal(self) -> bool:
        """Return whether the id names a person, so that it must never stand in a URL."""
        return bool(PERSONAL & set(self.kinds))

    @property
    def lookups(self) -> tuple[str, ...]:
        """Return every id whose existence `resolve` asks for."""
        own = (self.id,) if self.id else ()
        return tuple(dict.fromkeys((*own, *self.candidates, *self.rivals)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Recognised:
    """What a text holds, in its order, duplicates folded."""

    tokens: tuple[Token, ...] = ()
    cut: bool = False  # the text was longer than MOST_CHARACTERS or held more than MOST_IDS: the rest was not read


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolution:
    """What a token turned out to be."""

    token: Token
    state: str  # "exact", "corrected", "not_found" or "ambiguous"
    id: str = ""  # the id to open; "" unless exact or corrected
    corrections: tuple[str, ...] = ()  # to be announced; never empty when corrected
    options: tuple[str, ...] = ()  # ambiguous: the ids that exist, for the person to choose from


def recognise(text: str, patterns: IdPatterns) -> Recognised:
    """Return the ids in `text`: a number, a link, a list or a whole e-mail, in Russian or English.

    Never raises for any text, and no id in the result fails its pattern. Dates, prices, phone numbers and mail
    headers are no ids; a bare number is an order's where a word announces it or the whole text is a list.
    """
    found = scan(text[:MOST_CHARACTERS], patterns, most=_MOST_PLACES)
    tokens: dict[tuple[object, ...], Token] = {}
    for place in found:
        token = _token(place)
        key = (token.kinds, token.lookups or token.as_typed, token.span, bool(token.id))
        tokens[key] = _twice(tokens[key], token) if key in tokens else token
    cut = len(text) > MOST_CHARACTERS or len(tokens) > MOST_IDS or len(found) >= _MOST_PLACES
    return Recognised(tokens=tuple(tokens.values())[:MOST_IDS], cut=cut)


def _twice(first: Token, again: Token) -> Token:
    return replace(first, count=first.count + 1, corrections=_in_order({*first.corrections, *again.corrections}))


def _in_order(reasons: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(reasons, key=CORRECTIONS.index))


def _token(found: Found) -> Token:
    readings = tuple(dict.fromkeys(found.readings))
    rivals = tuple(rival for rival in dict.fromkeys(found.rivals) if rival not in readings)[:MOST_CANDIDATES]
    token = Token(as_typed=found.typed, kinds=found.kinds, rivals=rivals, span=found.span)
    if not readings:
        return token
    if found.reasons:
        return replace(token, candidates=readings[:MOST_CANDIDATES], corrections=_in_order(found.reasons))
    others = readings[1:]
    return replace(token, id=readings[0], candidates=others, corrections=("zeros",) if others else ())


def resolve(token: Token, exists: Callable[[str], bool]) -> Resolution:
    """Return what `token` is, given which ids exist: the rule of exactly one hit.

    An id that stands in the text as it is wins. Otherwise a mended reading is accepted when it is the only one of
    all readings that exists, and its corrections must be told. Several: the person chooses. None: not found, and
    nothing near is taken instead.
    """
    if token.id and exists(token.id):
        return Resolution(token=token, state="exact", id=token.id)
    hits = tuple(reading for reading in dict.fromkeys((*token.candidates, *token.rivals)) if exists(reading))
    if len(hits) == 1 and hits[0] in token.candidates:
        return Resolution(token=token, state="corrected", id=hits[0], corrections=token.corrections)
    return Resolution(token=token, state="ambiguous" if hits else "not_found", options=hits)


def near(id_: str, patterns: IdPatterns) -> tuple[str, ...]:
    """Return the ids one slip of a finger away from `id_`, likeliest first; [] for what is no id with a number.

    For "did you mean" on a page that found nothing, to be met with ids already known; never to be opened unasked.
    """
    shape = next(
        (s for s in patterns.shapes if id_.startswith(s.prefix + s.mark) and patterns.is_id(s.kind, id_)), None
    )
    if not shape:
        return ()
    digits = id_[len(shape.prefix + shape.mark) :]
    numbers = dict.fromkeys((*_swapped(digits), *_replaced(digits), *_dropped(digits), *_added(digits)))
    ids = (f"{shape.prefix}{shape.mark}{number}" for number in numbers if number != digits)
    return tuple(i for i in ids if patterns.is_id(shape.kind, i))


def _swapped(digits: str) -> list[str]:
    return [digits[:i] + digits[i + 1] + digits[i] + digits[i + 2 :] for i in range(len(digits) - 1)]


def _replaced(digits: str) -> list[str]:
    return [digits[:i] + d + digits[i + 1 :] for i in range(len(digits)) for d in "0123456789"]


def _dropped(digits: str) -> list[str]:
    return [digits[:i] + digits[i + 1 :] for i in range(len(digits))]


def _added(digits: str) -> list[str]:
    return [digits[:i] + d + digits[i:] for i in range(len(digits) + 1) for d in "0123456789"]
