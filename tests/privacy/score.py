"""The score: what of planted personal data survives the masking, and what of clean texts is lost."""

import random
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

from orders.privacy.pieces import MARK
from tests.privacy.corpus import OWN, Sample, fill_own
from tests.privacy.texts_score import UNDERSTOOD_BY

Mask = Callable[[str], str]
LETTERS, DIGITS, MIXED = 4, 5, 6  # so many in a row that survive are a miss
_LABEL = re.compile(r"‹[a-z]+:")
_BETWEEN_DIGITS = re.compile(r"(?<=\d)[ .()\-–,]{1,3}(?=\d)")
_SLOT = re.compile(r"\{(\w+)\}")
_SPLIT = re.compile(r"(\{\w+\})")
_WORD = re.compile(r"[^\W_]+")


@dataclass(slots=True)
class Recall:
    """How many items of a class were planted, and which were missed."""

    planted: int = 0
    missed: list[str] = field(default_factory=list)

    @property
    def share(self) -> float:
        """Return the share that was masked whole."""
        return 1 - len(self.missed) / self.planted


def survives(item: str, masked: str, own: str) -> bool:
    """Return whether a fragment of an item (four letters or five digits in a row) stands in the masked text.

    Fragments that the text's own words hold as well are no sign of the item; neither are six letters and digits within
    a mark, which are a keyed hash's and by chance an item's once in some ten thousand addresses. (Four letters or five
    digits in a row, no mark holds: tests/privacy/test_free_text.py.)
    """
    if item.lower() in masked.lower() and item.lower() not in own.lower():
        return True
    return bool((_letters(item) & _letters(_LABEL.sub("‹", masked))) - _letters(own)) or bool(
        (_digits(item) & _digits(masked)) - _digits(own)
        or (_mixed(item) & _mixed(MARK.sub("‹›", masked))) - _mixed(own)
    )


def _letters(text: str) -> set[str]:
    words = re.findall(r"[^\W\d_]{4,}", text.lower())
    return {word[at : at + LETTERS] for word in words for at in range(len(word) - LETTERS + 1)}


def _digits(text: str) -> set[str]:
    runs = re.findall(r"\d{5,}", _BETWEEN_DIGITS.sub("", text))
    return {run[at : at + DIGITS] for run in runs for at in range(len(run) - DIGITS + 1)}


def _mixed(text: str) -> set[str]:
    """Return the windows of letters and digits across the marks that stand inside of addresses and keys."""
    found = set()
    for run in re.findall(r"[\w.:-]{6,}", text.lower()):
        bare = re.sub(r"[\W_]", "", run)
        found |= {bare[at : at + MIXED] for at in range(len(bare) - MIXED + 1)}
    return {one for one in found if sum(map(str.isdigit, one)) >= 3}


def recall(samples: Iterable[Sample], mask: Mask) -> dict[str, Recall]:
    """Return the score of each class."""
    found: dict[str, Recall] = {}
    for sample in samples:
        masked = mask(sample.text)
        for kind, item in sample.planted:
            score = found.setdefault(kind, Recall())
            score.planted += 1
            if survives(item.replace("%40", "@").replace("%2B", "+"), masked, sample.own):
                score.missed.append(f"{item!r} in {sample.text!r}: {masked!r}")
    return found


@dataclass(slots=True)
class Legibility:
    """What clean texts lose: words, and ids, codes and lengths of time; how many are understood by their error type."""

    words: int = 0
    lost: int = 0
    own: int = 0
    altered: list[str] = field(default_factory=list)
    texts: int = 0
    understood: int = 0


def legibility(templates: Sequence[str], mask: Mask, rng: random.Random, *, rounds: int) -> Legibility:
    """Return what the texts of these templates lose."""
    found = Legibility()
    keys = UNDERSTOOD_BY if len(UNDERSTOOD_BY) == len(templates) else ("",) * len(templates)
    for _ in range(rounds):
        for template, key in zip(templates, keys, strict=True):
            values = [fill_own(slot, rng) for slot in _SLOT.findall(template)]
            drawn = iter(values)
            text = "".join(next(drawn) if part.startswith("{") else part for part in _SPLIT.split(template))
            masked = mask(text)
            words = _WORD.findall(_SLOT.sub("", template))
            kept = _WORD.findall(masked)
            found.words += len(words)
            found.lost += sum(1 for word in words if not _taken(kept, word))
            found.own += len(values)
            found.altered += [f"{value} in {text!r}: {masked!r}" for value in values if value not in masked]
            found.texts += 1
            found.understood += key in masked
    return found


def _taken(kept: list[str], word: str) -> bool:
    if word in kept:
        kept.remove(word)
        return True
    return False


__all__: Final = ["OWN", "Legibility", "Recall", "legibility", "recall", "survives"]
