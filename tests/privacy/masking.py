"""The masking as it is installed: the committed vocabulary, the usual ids, a key of the tests'."""

from functools import lru_cache
from pathlib import Path
from typing import Final

from orders.journey.ids import IdPatterns
from orders.journey.raw import Raw
from orders.privacy.free_text import FreeText
from orders.privacy.names import Names
from orders.privacy.pseudonyms import Pseudonyms
from orders.privacy.vocabulary import Vocabulary

ROOT: Final = Path(__file__).resolve().parent.parent.parent
VOCABULARY: Final = ROOT / "orders" / "privacy" / "vocabulary.txt"


@lru_cache(maxsize=1)
def vocabulary() -> Vocabulary:
    """Return the vocabulary of the repository."""
    return Vocabulary.parse(VOCABULARY.read_text(encoding="utf-8"))


@lru_cache(maxsize=1)
def free_text() -> FreeText:
    """Return the masking."""
    return FreeText.of(IdPatterns.of(), pseudonyms=Pseudonyms([b"key of the tests"]), vocabulary=vocabulary())


@lru_cache(maxsize=1)
def names() -> Names:
    """Return the names that may be shown."""
    return Names.of(IdPatterns.of(), vocabulary=vocabulary(), own=("mes", "close order manually", "SHIPPED"))


def mask(text: str) -> str:
    """Return a text masked."""
    shown = free_text().show(Raw(text))
    assert shown is not None
    return shown.text
