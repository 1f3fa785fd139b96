"""Names: operations, services, kinds of errors, routes and queues, shown as far as each part of them is known."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from orders.journey.ids_patterns import IdPatterns
from orders.journey.raw import Raw, unseal
from orders.privacy.pieces import HIDDEN
from orders.privacy.types import TYPES, Fit, like
from orders.privacy.vocabulary import Vocabulary

NAMED: Final = ("ident", "route", "queue", "host")  # the types of attributes whose values are names
_REMEMBERED: Final = 4_096  # names; there are few, and they come again with every span
_FEW: Final = 2  # pieces of one letter in a name: more could spell anything
_METHODS = r"(?:GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS|HTTP)"
_NAME = r"[A-Za-z_{}<>*:/#.$-][A-Za-z0-9_{}<>*:/#.$-]{0,100}"
_OPERATION = re.compile(rf"(?:{_METHODS} )?{_NAME}(?: {_NAME}){{0,3}}", re.ASCII)
_LONG_RUN = re.compile(r"\d(?:[-./_]?\d){4}")  # also a number in groups
_CAPITALS = re.compile(r"[A-Z][a-z]+ [A-Z][a-z]+")  # two words in a row that could be a name
_SECRET = re.compile(r"(?i:bearer|basic|digest|cookie|token) \S|eyJ[\w-]{5}")
_ERROR_CODE = like(r"\d{1,6}", digits=True)
_ID_EDGE = r"(?<![A-Za-z0-9])(?:{})(?![A-Za-z0-9])"
_PART = re.compile(r"[^ /.:]+")
_PIECE = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[^\W\d_A-Za-z]+")
_AGAIN = re.compile(rf"{HIDDEN}(?:[ .:]{HIDDEN})+")


@dataclass(frozen=True, slots=True)
class Names:
    """Which names may be shown in one installation. Make one with `Names.of`."""

    words: frozenset[str] = field(repr=False)
    ids: re.Pattern[str] = field(repr=False)
    _decided: dict[tuple[str, str], str | None] = field(default_factory=dict, repr=False, compare=False)

    @classmethod
    def of(cls, patterns: IdPatterns, *, vocabulary: Vocabulary, own: Iterable[str] = ()) -> "Names":
        """Return the names of one installation: its ids, the words it may show, and names the operator wrote himself.

        `own` are the stage table's services, operations, queues and statuses: every piece of them is known.
        """
        operators = {piece for name in own for piece in _PIECE.findall(name)}
        ids = [regex.pattern for kind, regex in patterns.regexes if kind != "customer"]
        return cls(
            words=vocabulary.words | operators | {piece.lower() for piece in operators},
            ids=re.compile(_ID_EDGE.format("|".join(ids) or "(?!)"), re.ASCII),
        )

    def operation(self, raw: Raw) -> str | None:
        """Return a span's operation name, `‹…›` in the place of each part that is not known; None to mask it whole.

        Masked whole is what does not look like a route, method, queue or identifier of one to four words: ASCII, no
        `@`, no run of five digits outside an order's, partner's or model's own id, no two capitalised words in a row,
        no signed token.
        """
        value = unseal(raw)
        return self._remembered("operation", value) if isinstance(value, str) else None

    def service(self, text: str) -> str | None:
        """Return a service's name when it is an identifier whose every part is known, otherwise None: mask it."""
        shown = self._remembered("ident", text)
        return None if shown is None or HIDDEN in shown else shown

    def error_type(self, text: str) -> str | None:
        """Return an error's type with `‹…›` in the place of unknown parts, or a code of six digits; None: mask it.

        An error's free text is never shown.
        """
        return self._remembered("ident", text) or _ERROR_CODE(text)

    def fit(self, kind: str) -> Fit:
        """Return the type of attributes of a kind of NAMED: a value that has the type, as far as it is known."""
        return lambda value: self._remembered(kind, value) if isinstance(value, str) else None

    def _remembered(self, kind: str, text: str) -> str | None:
        key = (kind, text)
        if key in self._decided:
            return self._decided[key]
        looks = _looks_like_an_operation(text, self.ids) if kind == "operation" else TYPES[kind](text) is not None
        shown = self._judged(text) if looks else None
        if len(self._decided) >= _REMEMBERED:
            self._decided.clear()
        if shown is not None:  # what is masked whole is not kept
            self._decided[key] = shown
        return shown

    def _judged(self, text: str) -> str | None:
        """Return a name with its unknown parts hidden, None where nothing of it is known."""
        if sum(len(piece) == 1 for piece in _PIECE.findall(self.ids.sub("", text))) > _FEW:
            return None
        places = [found.span() for found in self.ids.finditer(text)]
        parts, at = [], 0
        for start, end in [*places, (len(text), len(text))]:
            parts += [_PART.sub(self._part, text[at:start]), text[start:end]]
            at = end
        shown = "".join(parts)
        if HIDDEN not in shown:
            return shown
        known = _PIECE.search(shown.replace(HIDDEN, ""))
        return _AGAIN.sub(HIDDEN, shown) if known else None

    def _part(self, found: re.Match[str]) -> str:
        pieces = _PIECE.findall(found[0])
        together = len(pieces) > 1 or "." in found.string[max(0, found.start() - 1) : found.end() + 1]
        known = all(self._knows(piece, together=together) for piece in pieces)
        return found[0] if known else HIDDEN

    def _knows(self, piece: str, *, together: bool) -> bool:
        """Return whether a piece is a word; one with a capital also by its small letters, when others stand beside it.

        Alone it could be somebody's name: "price" is a word, "Price" a person.
        """
        return len(piece) == 1 or piece in self.words or (together and piece.lower() in self.words)


def _looks_like_an_operation(text: str, ids: re.Pattern[str]) -> bool:
    shaped = _OPERATION.fullmatch(text) and not _CAPITALS.search(text) and not _SECRET.search(text)
    return bool(shaped) and not _LONG_RUN.search(ids.sub("", text))
