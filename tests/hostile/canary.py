"""Canaries: somebody's data that exists nowhere else, and the search for it, whole, in part, or dressed up."""

import base64
import binascii
import html
import re
import sqlite3
import zlib
from collections.abc import Iterator
from typing import Final
from urllib.parse import unquote

CANARIES: Final = {
    "e-mail": "aglaya.kanareykina@pochta-snegir.example",
    "phone": "+7 (983) 614-72-58",
    "phone, bare": "89836147258",
    "card": "4276 8391 5526 7404",
    "name": "Аглая Свиристелева-Щегол",
    "name, Latin": "Aglaya Svirisheva",
    "name, one word": "svirisheva",
    "name, in small letters": "aglaya svirisheva",
    "name, as an identifier": "aglaya.svirisheva",
    "name, as a route": "/svirisheva/aglaya-svirisheva",
    "name, as a class": "AglayaSvirishevaException",
    "address": "ул. Пернатая, д. 17, кв. 93, 630099 Зяблинск",
    "address, Latin": "17 Finchfield Crescent, Zyablinsk 630099",
    "passport": "5017 684295",
    "SNILS": "148-592-637 04",
    "token": "Bearer eyJhbGciOiJub25lIn0.eyJrYW5hcmV5a2EiOjF9.c2lnbmF0dXJl",
    "cookie": "sessionid=kanareyka0f3b9c7d2e",
    "card, bare": "4276839155267404",
    "IP": "83.149.217.206",
    "IBAN": "DE39 5001 0517 5407 3249 31",
}
TEXTS: Final = tuple(CANARIES.values())
MESSAGE: Final = "Здравствуйте! " + "; ".join(TEXTS)
KNOWN: Final = frozenset({"example", "crescent", "aglayasvirishevaexception"})  # words that are everybody's
_WORD: Final = re.compile(r"[^\W\d_]{4,}")
_CHANCE: Final = re.compile(
    r"\d\d:\d\d:\d\d\.\d{1,6}|(?<![0-9a-zA-Z])(?=\d*[a-f])(?:[0-9a-f]{16}|[0-9a-f]{32}|[0-9a-f]{64})(?![0-9a-zA-Z])"
    r"|(?:start|end)=1[78]\d{14}(?!\d)"  # a link's microseconds since 1970
)
_SIDE_BY_SIDE: Final = re.compile(rb"(?=[0-9]*[a-f])[0-9a-f]{16,}")  # seals and digests, and what they stand between
_LONG: Final = re.compile(r"[A-Za-z0-9+/_=-]{16,}")


def _fragments() -> tuple[frozenset[str], frozenset[str]]:
    """Return the words of four letters and more, and every six digits in a row of the canaries' numbers."""
    named = (text for kind, text in CANARIES.items() if kind not in {"token", "cookie"})
    words = {word.lower() for text in named for word in _WORD.findall(text)} - KNOWN | {"kanareyka"}
    numbers = [re.sub(r"\D", "", text) for kind, text in CANARIES.items() if kind not in {"token", "cookie", "address",
        "address, Latin", "IP", "name"}]  # fmt: skip
    digits = {number[n : n + 6] for number in numbers for n in range(len(number) - 5)}
    return frozenset(words), frozenset(digits)


WORDS, DIGITS = _fragments()
_FOUND: Final = re.compile("|".join(map(re.escape, sorted({*WORDS, *DIGITS, *(text.lower() for text in TEXTS)}))))


def leaks(text: str) -> set[str]:
    """Return what of the canaries stands in a text, in any dress that is known: a word, six digits in a row."""
    bare = _CHANCE.sub("", text)  # six digits of a moment or of a digest are anybody's by chance
    return {found for dressed in dresses(bare) for found in _FOUND.findall(dressed.lower())}


def leaks_of_database(database: sqlite3.Connection, *files: bytes) -> set[str]:
    """Return what of the canaries stands in any row, or in any byte of the files that the database is kept in.

    Each value is looked at alone: in a file they stand side by side, and six digits in a row of the end of one and the
    seal behind it are anybody's by chance. There, seals and digests are left out, with digits that touch them.
    """
    tables = [name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()]
    rows = [row for name in tables for row in database.execute(f'SELECT * FROM "{name}"').fetchall()]  # noqa: S608
    values = "\n".join(str(value) for row in rows for value in row)
    raw = (_SIDE_BY_SIDE.sub(b"|", file).decode("utf-8", "replace") for file in files)
    return leaks(values).union(*map(leaks, raw))


def dresses(text: str) -> Iterator[str]:
    """Yield a text as it is, and as it reads without its HTML, URL and JSON escapes, its separators, its base64."""
    yield from _undressed(text)
    for run in _LONG.findall(text):
        for opened in _opened(run):
            yield from _undressed(opened)


def _undressed(text: str) -> Iterator[str]:
    yield text
    yield html.unescape(text)
    yield unquote(unquote(text))
    yield re.sub(r"\\u([0-9a-fA-F]{4})", lambda found: chr(int(found[1], 16)), text)
    yield re.sub(r"(?<=\d)[ \u00a0().-]{1,2}(?=\d)", "", text)


def _opened(run: str) -> Iterator[str]:
    for piece in run.split("."):
        try:
            raw = base64.urlsafe_b64decode(piece.lstrip(".") + "=" * (-len(piece) % 4))
        except (binascii.Error, ValueError):
            continue
        yield raw.decode("utf-8", "replace")
        try:
            yield zlib.decompressobj().decompress(raw, 100_000).decode("utf-8", "replace")
        except zlib.error:
            continue
