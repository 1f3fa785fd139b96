"""What an id looks like: the operator's patterns, read strictly enough that none can be slow or ambiguous in a URL."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

KINDS: Final = ("order", "partner", "customer", "model")  # those whose look is a setting; a trace id is W3C's
PERSONAL: Final = frozenset({"customer"})  # kinds that must never stand in a URL
DEFAULTS: Final[Mapping[str, Sequence[str]]] = {
    "order": (r"ORD-\d{1,10}",),
    "partner": (r"P-\d{1,6}",),
    "customer": (r"cust-\d{1,10}",),
    "model": (r"M-\d{1,8}",),
}
LONGEST: Final = 64  # characters of an id
_MOST_VARIABLE = 3  # parts of varying length in one pattern: bounds backtracking to a few thousand steps

_ATOM = re.compile(r"(\\d|\\[-.]|\[[A-Za-z0-9_-]{1,40}\]|[A-Za-z0-9_-])(?:\{(\d{1,2})(?:,(\d{1,2}))?\}|(\?))?")
_LITERALS = re.compile(r"([A-Za-z]*)([-_.]?)")


class PatternError(ValueError):
    """An id pattern that cannot be used; says of which kind, which pattern and why."""

    def __init__(self, kind: str, pattern: str, why: str) -> None:
        super().__init__(f"id pattern of {kind!r}: {pattern!r} {why}")
        self.kind = kind
        self.pattern = pattern


@dataclass(frozen=True, slots=True)
class Shape:
    """A pattern that is letters, a mark and one run of digits: what can be mended letter by letter."""

    kind: str
    prefix: str  # "ORD"; "" for bare digits
    mark: str  # "-"; "" where the digits follow at once
    least: int  # digits
    most: int

    def write(self, digits: str) -> tuple[str, ...]:
        """Return the ids that `digits` may stand for: as they are, without leading zeros, padded to the least width."""
        bare = digits.lstrip("0") or "0"
        numbers = dict.fromkeys((digits, bare.zfill(self.least)))
        return tuple(f"{self.prefix}{self.mark}{n}" for n in numbers if self.least <= len(n) <= self.most)


@dataclass(frozen=True, slots=True)
class IdPatterns:
    """The patterns of every kind, compiled. Make one with `IdPatterns.of`."""

    regexes: tuple[tuple[str, re.Pattern[str]], ...]  # (kind, pattern) in order of KINDS
    shapes: tuple[Shape, ...]
    free: tuple[tuple[str, re.Pattern[str]], ...]  # those of `regexes` that have no Shape

    @classmethod
    def of(cls, patterns: Mapping[str, str | Sequence[str]] | None = None) -> "IdPatterns":
        r"""Return compiled patterns; kinds that are not given keep their default.

        `patterns` maps a kind to one pattern or several. A pattern is a sequence of letters, digits, `_`, `-`, `\\.`,
        `\\d` and classes such as `[A-Z]`, each with `{n}`, `{n,m}` or `?` at most; it is matched whole, ASCII only.

        Raises PatternError for anything else: unbounded repeats, groups, alternatives, an unknown kind.
        """
        for kind in patterns or {}:
            if kind not in KINDS:
                raise PatternError(kind, "", f"is none of the kinds {', '.join(KINDS)}")
        merged = {**DEFAULTS, **(patterns or {})}
        texts = [(kind, text) for kind in KINDS for text in _several(merged[kind])]
        read = [(kind, *_read(kind, text)) for kind, text in texts]
        return cls(
            regexes=tuple((kind, regex) for kind, regex, _ in read),
            shapes=tuple(shape for _, _, shape in read if shape),
            free=tuple((kind, regex) for kind, regex, shape in read if not shape),
        )

    def kinds_of(self, text: str) -> tuple[str, ...]:
        """Return the kinds of which `text`, exactly as it is, is an id."""
        return tuple(dict.fromkeys(kind for kind, regex in self.regexes if regex.fullmatch(text)))

    def is_id(self, kind: str, text: str) -> bool:
        """Return whether `text`, exactly as it is, is an id of `kind`."""
        return kind in self.kinds_of(text)


def _several(patterns: str | Sequence[str]) -> Sequence[str]:
    return (patterns,) if isinstance(patterns, str) else patterns


@dataclass(frozen=True, slots=True)
class _Atom:
    text: str  # what is repeated
    least: int
    most: int


def _atoms(kind: str, pattern: str) -> list[_Atom]:
    atoms, at = [], 0
    while at < len(pattern):
        found = _ATOM.match(pattern, at)
        if not found:
            raise PatternError(kind, pattern, f"has something other than letters, digits, classes, {{n,m}} at {at + 1}")
        text, least, most, maybe = found.groups()
        low = 0 if maybe else int(least or 1)
        atoms.append(_Atom(text, low, 1 if maybe else int(most or low)))
        at = found.end()
    return atoms


def _read(kind: str, pattern: str) -> tuple[re.Pattern[str], Shape | None]:
    atoms = _atoms(kind, pattern)
    _check(kind, pattern, atoms)
    try:
        regex = re.compile(pattern, re.ASCII)
    except re.error as error:
        raise PatternError(kind, pattern, f"is no pattern: {error}") from error
    return regex, _shape(kind, atoms)


def _check(kind: str, pattern: str, atoms: list[_Atom]) -> None:
    if not atoms or atoms[0].text in {"-", "_", r"\-", r"\."} or not atoms[0].least:
        raise PatternError(kind, pattern, "must begin with a letter or a digit")
    if sum(atom.most for atom in atoms) > LONGEST:
        raise PatternError(kind, pattern, f"allows more than {LONGEST} characters")
    if sum(atom.least < atom.most for atom in atoms) > _MOST_VARIABLE:
        raise PatternError(kind, pattern, f"has more than {_MOST_VARIABLE} parts of varying length")


def _shape(kind: str, atoms: list[_Atom]) -> Shape | None:
    *head, tail = atoms
    literals = "".join(atom.text.lstrip("\\") for atom in head if (atom.least, atom.most) == (1, 1))
    found = _LITERALS.fullmatch(literals)
    fixed = all((atom.least, atom.most) == (1, 1) and len(atom.text.lstrip("\\")) == 1 for atom in head)
    if not (found and fixed) or r"\d" in (atom.text for atom in head) or tail.text not in {r"\d", "[0-9]"}:
        return None
    return Shape(kind, found[1], found[2], tail.least, tail.most)
