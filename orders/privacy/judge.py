"""Judge: what every detector may ask: which words are known, what ids look like here, how a value is marked."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from orders.journey.ids_patterns import IdPatterns
from orders.privacy.pieces import Token, Work
from orders.privacy.pseudonyms import Pseudonyms
from orders.privacy.vocabulary import Vocabulary

_SIGNS: Final = " !\"#$%&'()*+,./:;<=>?@[\\]^`{|}~«»“”„‘’–—−№•·°→←×±≤≥-"
_EDGE: Final = r"(?<![^\W_])(?:{})(?![^\W_])"


@dataclass(frozen=True, slots=True)
class Judge:
    """What is known in one installation. Make one with `Judge.of`."""

    vocabulary: Vocabulary
    pseudonyms: Pseudonyms
    own_ids: re.Pattern[str] = field(repr=False)  # orders, partners, models
    customers: re.Pattern[str] = field(repr=False)
    ids: re.Pattern[str] = field(repr=False)  # of either, wherever it stands: quick to say that there is none
    ready: Mapping[str, Token] = field(repr=False)  # signs, and words that read the same wherever they stand

    @classmethod
    def of(cls, patterns: IdPatterns, pseudonyms: Pseudonyms, vocabulary: Vocabulary) -> "Judge":
        """Return the judge of one installation."""
        own = "|".join(regex.pattern for kind, regex in patterns.regexes if kind != "customer")
        customers = "|".join(regex.pattern for kind, regex in patterns.regexes if kind == "customer")
        return cls(
            vocabulary,
            pseudonyms,
            re.compile(_EDGE.format(own or "(?!)"), re.ASCII),
            re.compile(_EDGE.format(customers or "(?!)"), re.ASCII),
            re.compile("|".join(regex.pattern for _, regex in patterns.regexes) or "(?!)", re.ASCII),
            {
                **{sign: Token(sign, "between") for sign in _SIGNS},
                **{word: Token(word, "word") for word in vocabulary.words if _reads_alike(word, vocabulary)},
            },
        )

    def knows(self, word: str) -> bool:
        """Return whether a word may be shown."""
        return self.vocabulary.knows(word)

    def mark(self, work: Work, span: tuple[int, int], kind: str, value: str) -> None:
        """Put a mark in the place of a value, which is given in the form in which it is compared."""
        work.take(*span, self.pseudonyms.mark(kind, value), "mark")


def _reads_alike(word: str, vocabulary: Vocabulary) -> bool:
    """Return whether a word reads the same whatever stands around it: no letter, number or beginning of a phrase."""
    return len(word) > 1 and not word.isdecimal() and word not in vocabulary.phrases
