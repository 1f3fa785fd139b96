"""Pseudonyms: a person's data as a keyed, shortened hash, the same in every language and on every page."""

import hmac
import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache, partial
from typing import Final

_SHOWN: Final = 6  # hex digits: enough to see "the same customer" on a page, too few to be an identifier
_LETTERS: Final = {"customer": "c"}
_MARKED: Final = 10  # hex digits of a mark in a free text
_LOOKS_LIKE_DATA = re.compile(r"\d{5}|[a-f]{4}")


class KeyMissingError(ValueError):
    """No key, or an empty one, was given: an unkeyed hash of a customer's number can be undone in minutes."""


def prepared(key: bytes) -> hmac.HMAC:
    """Return an HMAC-SHA256 that has read its key and nothing else. Raises KeyMissingError for an empty key."""
    if not key:
        raise KeyMissingError("a pseudonym needs a key")
    return hmac.new(key, digestmod="sha256")


def pseudonym(kind: str, value: str, key: hmac.HMAC) -> str:
    """Return such as "c-4f1c9a" for `value`, the id of a `kind` ("customer").

    HMAC-SHA256 over the kind and the normalised value (NFKC, case folded, trimmed).
    """
    return f"{_LETTERS.get(kind, kind[:1])}-{_digest(kind, value, key)[:_SHOWN]}"


def mark(kind: str, value: str, key: hmac.HMAC) -> str:
    """Return such as "‹email:3f09ab12c7›", what stands in a text for `value`, which is already in one form.

    The digits are the first ten of the HMAC (see `pseudonym`), or of the HMAC of it and so on, until no five in a row
    are decimal and no four are letters: a mark cannot be mistaken for, or made to carry, a piece of a number or a name.
    """
    digest = _digest(kind, value, key)
    while _LOOKS_LIKE_DATA.search(digest[:_MARKED]):
        digest = _digest(kind, digest, key)
    return f"‹{kind}:{digest[:_MARKED]}›"


def _digest(kind: str, value: str, key: hmac.HMAC) -> str:
    plain = unicodedata.normalize("NFKC", value).casefold().strip()
    keyed = key.copy()
    keyed.update(f"{kind}\0{plain}".encode("utf-8", "surrogatepass"))
    return keyed.hexdigest()


def id_text(value: object) -> str:
    """Return an id that was sent as text or as a whole number below 10¹⁸ as text, "" for anything else."""
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value) if abs(value) < 10**18 else ""
    return value if isinstance(value, str) else ""


class Pseudonyms:
    """Pseudonyms under the keys of one installation: the first key is the current one, the others are older."""

    __slots__ = ("_current", "_keys")

    def __init__(self, keys: Sequence[bytes]) -> None:
        """Raise KeyMissingError unless every key, and at least one, holds something."""
        if not keys or not all(keys):
            raise KeyMissingError("pseudonyms need at least one key, and none may be empty")
        self._keys = tuple(map(prepared, keys))
        self._current = lru_cache(maxsize=256)(partial(pseudonym, "customer", key=self._keys[0]))  # a page repeats few

    def __repr__(self) -> str:
        return f"Pseudonyms({len(self._keys)} keys)"

    def of_customer(self, value: object) -> str | None:
        """Return the current pseudonym of a customer's id, None for what is no id (empty, not a text or number)."""
        text = id_text(value)
        return self._current(text) if text.strip() else None

    def is_customer(self, shown: str, value: str) -> bool:
        """Return whether `shown` is, under the current key or an older one, the pseudonym of `value`."""
        return self._is(shown, [pseudonym("customer", value, key) for key in self._keys])

    def mark(self, kind: str, value: str) -> str:
        """Return what stands in a text for a value of a kind, under the current key; see the function `mark`."""
        return mark(kind, value, self._keys[0])

    def is_mark(self, shown: str, kind: str, value: str) -> bool:
        """Return whether `shown` is, under the current key or an older one, the mark of `value`."""
        return self._is(shown, [mark(kind, value, key) for key in self._keys])

    def _is(self, shown: str, known: list[str]) -> bool:
        return any(hmac.compare_digest(one.encode(), shown.encode()) for one in known)
