"""Judge: what every detector may ask: which words are known, what ids look like here, how a value is marked."""

import re
from dataclasses import dataclass, field
from typing import Final

from orders.journey.ids_patterns import IdPatterns
from orders.privacy.pieces import Work
from orders.privacy.pseudonyms import Pseudonyms
from orders.privacy.vocabulary import Vocabulary

_EDGE: Final = r"(?<![^\W_])(?:{})(?![^\W_])"


@dataclass(frozen=True, slots=True)
class Judge:
    """What is known in one installation. Make one with `Judge.of`."""

    vocabulary: Vocabulary
    pseudonyms: Pseudonyms
    own_ids: re.Pattern[str] = field(repr=False)  # orders, partners, models
    customers: re.Pattern[str] = field(repr=False)

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
        )

    def knows(self, word: str) -> bool:
        """Return whether a word may be shown."""
        return self.vocabulary.knows(word)

    def mark(self, work: Work, span: tuple[int, int], kind: str, value: str) -> None:
        """Put a mark in the place of a value, which is given in the form in which it is compared."""
        work.take(*span, self.pseudonyms.mark(kind, value), "mark")
