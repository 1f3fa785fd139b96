"""Free text made safe to show: detectors first, then only words that are known. What is shown is known to be safe."""

import re
import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from orders.journey.ids_patterns import IdPatterns
from orders.journey.raw import Raw, unseal
from orders.privacy.checks import iban
from orders.privacy.detect_counts import amounts, explained, telephones
from orders.privacy.detect_dates import dates
from orders.privacy.detect_network import addresses, emails
from orders.privacy.detect_numbers import numbers
from orders.privacy.detect_secrets import secrets
from orders.privacy.judge import Judge
from orders.privacy.normal import LONGEST, normal
from orders.privacy.pieces import CUT, HIDDEN, MARK, TAKEN, Token, Work
from orders.privacy.pseudonyms import Pseudonyms
from orders.privacy.shapes import statements, urls
from orders.privacy.vocabulary import Vocabulary
from orders.privacy.words import judged_together, tokens

_REMEMBERED: Final = 4_096  # texts whose masked form is kept
_TRACE = re.compile(
    r"(?<![^\W_])(?:00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}|(?=\d{0,31}[a-f])[0-9a-f]{32}|(?=\d{0,15}[a-f])[0-9a-f]{16}"
    r"|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
    r"|(?:(?<=span_id=)|(?<=span_id: )|(?<=spanID=)|(?<=span )|(?<=span=))\d{16})(?![^\W_])",
    re.IGNORECASE | re.ASCII,
)
_MAY_BE_TRACE = re.compile(r"[0-9a-fA-F][0-9a-fA-F]{7}")
_BELGIAN = re.compile(r"[Bb][Ee]\d{14}", re.ASCII)  # an account's number that reads like a span's id


class ShownText(NamedTuple):
    """A free text as a person may see it."""

    text: str
    hidden: int = 0  # how many places of it are masked, pseudonyms included
    cut: bool = False  # the text was longer than is read; it ends with CUT


def _marks(work: Work, judge: Judge) -> None:
    for found in MARK.finditer(work.left) if "‹" in work.left else ():
        work.take(*found.span(), found[0], "hidden" if found[0] == HIDDEN else "mark")


def _ids(work: Work, judge: Judge) -> None:
    first = judge.ids.search(work.left)
    if not first:
        return
    for found in judge.own_ids.finditer(work.left, first.start()):
        work.keep(found)
    for found in judge.customers.finditer(work.left, first.start()):
        work.take(*found.span(), f"‹{judge.pseudonyms.of_customer(found[0])}›", "mark")


def _traces(work: Work, judge: Judge) -> None:
    for found in _TRACE.finditer(work.left) if _MAY_BE_TRACE.search(work.left) else ():
        if not (_BELGIAN.fullmatch(found[0]) and iban(found[0].upper())):
            work.keep(found)


# In this order: an id of ours is never altered, whatever it looks like; a count is kept before it looks like a phone.
STEPS: Final[tuple[Callable[[Work, Judge], None], ...]] = (
    urls, _marks, _ids, secrets, _traces, statements, emails, addresses, dates, explained, numbers, amounts, telephones,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class FreeText:
    """Masks free texts of one installation and remembers what it decided. Make one with `FreeText.of`; thread-safe."""

    judge: Judge = field(repr=False)
    _decided: OrderedDict[tuple[int, int], ShownText] = field(default_factory=OrderedDict, repr=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    @classmethod
    def of(cls, patterns: IdPatterns, *, pseudonyms: Pseudonyms, vocabulary: Vocabulary) -> "FreeText":
        """Return the masking of one installation: its ids, the keys of its pseudonyms, the words it may show."""
        return cls(Judge.of(patterns, pseudonyms, vocabulary))

    def show(self, raw: Raw) -> ShownText | None:
        """Return a text as it may be seen; None for what is no text.

        Own ids, trace and span ids stand unaltered; personal data that can be recognised is a pseudonym with its
        kind; a word that is not in the vocabulary is `‹…›`. The same text is judged once: what is remembered is a
        hash of it, never the text.
        """
        value = unseal(raw)
        if not isinstance(value, str):
            return None
        head = value[: LONGEST + 1]
        key = (hash(head), len(head))
        with self._lock:
            known = self._decided.get(key)
            if known is not None:
                self._decided.move_to_end(key)
                return known
        shown = masked(head, self.judge)
        with self._lock:
            self._decided[key] = shown
            if len(self._decided) > _REMEMBERED:
                self._decided.popitem(last=False)
        return shown


def masked(text: str, judge: Judge) -> ShownText:
    """Return a text masked; see FreeText.show."""
    plain, cut = normal(text)
    work = Work(plain)
    for step in STEPS:
        step(work, judge)
        if not work.left.strip(TAKEN):
            break
    found = judged_together(tokens(work, judge))
    kept, short = _shortened(found, cut=cut)
    kinds = [token.kind for token in kept]
    hidden = kinds.count("hidden") + kinds.count("mark")
    shown = "".join([token.text for token in kept])
    return ShownText(f"{shown} {CUT}".strip() if short else shown, hidden, short)


def _shortened(found: list[Token], *, cut: bool) -> tuple[list[Token], bool]:
    """Return as many tokens as there is room for; of a text that was cut nothing but whole, known words at its end."""
    room = LONGEST - len(CUT) - 1
    if not cut and sum([len(token.text) for token in found]) <= room:
        return found, False
    kept: list[Token] = []
    for token in found:
        room -= len(token.text)
        if room < 0:
            cut = True
            break
        kept.append(token)
    while cut and kept and kept[-1].kind not in {"word", "kept"}:
        kept.pop()
    return kept, cut
