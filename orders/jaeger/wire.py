"""What both generations of Jaeger's API have in common: a question, a piece of an answer, and how ids are written."""

import re
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, NamedTuple, Protocol

import msgspec

from orders.jaeger.errors import Unexpected
from orders.jaeger.facts import ABSURD, EARLIEST, Put, mended
from orders.journey.spans import SECOND, Span

TRACE_ID: Final = re.compile("[0-9a-f]{16}(?:[0-9a-f]{16})?", re.ASCII)
# What msgspec raises for bytes that are not the JSON that is expected (ValueError: bad UTF-8, absurd numbers, bad ids).
BROKEN: Final = (msgspec.MsgspecError, RecursionError, ValueError, OverflowError)
NO_LIST: Final = msgspec.Raw(b"[]")
_HEX16: Final = re.compile("[0-9a-f]{16}").fullmatch
_HEX32: Final = re.compile("[0-9a-f]{32}").fullmatch


class Question(NamedTuple):
    """One GET: a path below the base URL and its parameters."""

    path: str
    params: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Asked:
    """What a search asks for: traces in which a span carries `attribute` with `value`, at most `limit`.

    `start` and `end` are nanoseconds; `service` is "" for all.
    """

    attribute: str
    value: str
    start: int
    end: int
    limit: int
    service: str = ""


class Wire(Protocol):
    """One generation: how it is asked, and how its answers are read. Readers raise the errors of BROKEN."""

    SERVICES: Question

    def search(self, asked: Asked) -> Question:
        """Return the question for a search."""

    def one(self, trace_id: str, start: int, end: int) -> Question:
        """Return the question for one trace by its canonical id."""

    def service_names(self, body: bytes) -> list[str]:
        """Return the names in an answer to SERVICES."""

    def split(self, body: bytes) -> tuple[list[msgspec.Raw], bool]:
        """Return an answer's pieces, undecoded, and whether the server says that it left something out."""

    def piece_key(self, piece: bytes) -> Hashable:
        """Return what two pieces of different answers have in common when one of them is enough."""

    def spans(self, raw: msgspec.Raw, wanted: dict[str, Put]) -> list[Span]:
        """Return the spans of one piece."""

    def complaint(self, body: bytes) -> str | None:
        """Return what an error answer says, lower case; None when it is not this generation's error answer."""


@lru_cache(maxsize=1_024)  # every span of a trace says it, and they share one text then
def trace_key(written: str) -> str:
    """Return a trace id in canonical form, 32 lower-case digits; raises ValueError when it is none."""
    if _HEX32(written):
        return written
    found = written.lower().zfill(32)
    if not written or not _HEX32(found):
        raise ValueError("not a trace id")
    return found


def span_key(written: str) -> str:
    """Return a span id in canonical form, 16 lower-case digits; raises ValueError when it is none."""
    if _HEX16(written):
        return written
    found = written.lower().zfill(16)
    if not _HEX16(found):
        raise ValueError("not a span id")
    return found


def is_zero(written: str) -> bool:
    """Return whether an id is empty or all zeros, which means: none."""
    return not written.strip("0")


def times(start: int, end: int) -> tuple[int, int, str]:
    """Return a span's start and end (nanoseconds) after mending, and what was odd about them ("" if nothing)."""
    if EARLIEST <= start <= end <= start + ABSURD:
        return start, end, ""
    by = mended(start)
    start, end = max(start, 0) * by, end * by
    if 0 <= end - start <= ABSURD:
        return start, end, "seconds" if by > 1 else ""
    return start, start, "seconds" if by > 1 else "duration"


def broken(error: Exception) -> Unexpected:
    """Return what to raise instead of one of BROKEN; the message names the kind of fault only."""
    return Unexpected(f"not Jaeger's JSON: {type(error).__name__}")


def all_names(names: Sequence[str]) -> tuple[str, ...]:
    """Return service names sorted, each once, without empty ones."""
    return tuple(sorted({name for name in names if name}))


def window(start: int, end: int) -> tuple[int, int]:
    """Return a window widened to whole seconds, so that those who ask the same within one second share the answer."""
    return start // SECOND * SECOND, -(-end // SECOND) * SECOND
