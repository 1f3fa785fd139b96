"""Vocabulary: the words that are safe to show in a free text, read from a plain file that an operator may extend."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

LONGEST: Final = 64  # characters of a word or phrase
_LONGEST_MADE: Final = 2 * LONGEST  # characters of a name that is made of words
_MOST_WORDS: Final = 8  # of a phrase
_MOST_ENTRIES: Final = 50_000
_WORD = re.compile(r"[^\W_](?:[\w.#+'/-]{0,63}[\w#+])?")
_FIRST = re.compile(r"\W")
_LONG_RUN = re.compile(r"\d{5}")
_PARTS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[^\W\d_A-Za-z]+|\d+")
_ONE_PART = re.compile(r"[A-Z]?[a-z]+|[A-Z]+|[^\W\d_A-Za-z]+")  # of one, no name is made
_LETTERS_AND_DIGITS = re.compile(r"([^\W\d_]+)(\d{1,4})")


class VocabularyError(ValueError):
    """A vocabulary file that cannot be used; says on which line and why."""

    def __init__(self, line: int, why: str) -> None:
        super().__init__(f"line {line}: {why}")
        self.line = line


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Words and phrases that may be shown, letter by letter as they stand in the file."""

    words: frozenset[str] = field(default=frozenset(), repr=False)
    phrases: Mapping[str, tuple[str, ...]] = field(default_factory=dict, repr=False)  # by first word, longest first

    @classmethod
    def parse(cls, text: str) -> "Vocabulary":
        """Return the vocabulary of a file: a word or a phrase a line, `#` begins a comment.

        Upper and lower case differ: "price" does not let "Price" through, which is a surname. A word that stands
        only in a phrase is shown only in it.

        Raises VocabularyError, with the line, for what is neither: a word has letters, digits and inner `.`, `-`,
        `_`, `#`, `+`, `/` or `'`, no run of five digits and at most 64 characters; a phrase has up to eight words.
        """
        entries = list(_entries(text))
        phrases: dict[str, list[str]] = {}
        for entry in entries:
            first = _FIRST.split(entry, maxsplit=1)[0]
            if first != entry:  # `node.js`, too, is read as several
                phrases.setdefault(first, []).append(entry)
        return cls(
            words=frozenset(entry for entry in entries if " " not in entry),
            phrases={first: tuple(sorted(set(of), key=len, reverse=True)) for first, of in phrases.items()},
        )

    def with_words(self, text: str) -> "Vocabulary":
        """Return this vocabulary with the words of another file. Raises VocabularyError with that file's line."""
        more = Vocabulary.parse(text)
        phrases = dict(self.phrases)
        for first, found in more.phrases.items():
            phrases[first] = tuple(sorted({*phrases.get(first, ()), *found}, key=len, reverse=True))
        return Vocabulary(words=self.words | more.words, phrases=phrases)

    def knows(self, word: str) -> bool:
        """Return whether a word may be shown: as it stands, or, up to 128 characters, made of two or more that may.

        Made of words are `snake_case`, `CamelCase` and `SCREAMING_CASE` names, and a word with a short number
        behind it (`worker16`).
        """
        return word in self.words or (len(word) <= _LONGEST_MADE and _made_of(word, self.words))

    def phrase_at(self, text: str, at: int, first: str) -> str:
        """Return the longest phrase that begins with the word `first` at a place of a text, "" where there is none."""
        for phrase in self.phrases.get(first, ()):
            end = at + len(phrase)
            if text.startswith(phrase, at) and not text[end : end + 1].isalnum():
                return phrase
        return ""


def _made_of(word: str, words: frozenset[str]) -> bool:
    if _ONE_PART.fullmatch(word):
        return False
    if found := _LETTERS_AND_DIGITS.fullmatch(word):
        return len(found[1]) > 1 and (found[1] in words or _in_humps(found[1], words, 2))
    pieces = [piece for piece in word.split("_") if piece]
    if len(pieces) > 1:
        return all(piece in words or piece.lower() in words or _in_humps(piece, words, 1) for piece in pieces)
    return _in_humps(word, words, 2)


def _in_humps(piece: str, words: frozenset[str], least: int) -> bool:
    humps = _PARTS.findall(piece)
    letters = [hump for hump in humps if not hump.isdigit()]
    short = all(len(hump) <= 4 for hump in humps if hump.isdigit())
    whole = sum(map(len, humps)) == len(piece)
    return whole and short and len(letters) >= least and all(hump.lower() in words for hump in letters)


def _entries(text: str) -> Iterable[str]:
    lines = text.removeprefix("\ufeff").splitlines()
    if len(lines) > _MOST_ENTRIES:
        raise VocabularyError(_MOST_ENTRIES + 1, f"more than {_MOST_ENTRIES} lines")
    for number, line in enumerate(lines, start=1):
        entry = " ".join(_uncommented(line).split())
        if entry:
            yield _checked(entry, number)


def _uncommented(line: str) -> str:
    """Return a line without its comment, which begins at `#` at its start or behind a space: `C#` is a word."""
    return re.split(r"(?:^|\s)#", line, maxsplit=1)[0]


def _checked(entry: str, number: int) -> str:
    words = entry.split(" ")
    if len(entry) > LONGEST:
        raise VocabularyError(number, f"longer than {LONGEST} characters")
    if len(words) > _MOST_WORDS:
        raise VocabularyError(number, f"a phrase has at most {_MOST_WORDS} words")
    if _LONG_RUN.search(entry):
        raise VocabularyError(number, "a run of five digits could be somebody's number")
    for word in words:
        if not _WORD.fullmatch(word):
            raise VocabularyError(number, f"{word!r} is no word: letters and digits, inside also . - _ # + / '")
    return entry
