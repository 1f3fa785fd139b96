"""The address of the page that says why Jaeger's UI did not open: what of it is kept while its reader signs in."""

from collections.abc import Callable, Mapping
from typing import Final
from urllib.parse import parse_qs

from django.utils.http import urlencode

from portal.database import AWAY, BUSY, FULL
from portal.jaeger_ui.asked import page_of

_LONGEST: Final = 3600  # seconds: no limit is counted over more than an hour


def kept(query: str) -> str:
    """Return of a query what the page reads and understands, without a question mark; "" where nothing is left.

    Of the page of Jaeger's that was wanted its path is kept and what was searched for is not: it waits in a session.
    """
    asked = parse_qs(query)
    found = {name: read(values[0]) for name, read in _READ.items() if len(values := asked.get(name, [])) == 1}
    return urlencode({name: value for name, value in found.items() if value})


def wait_of(text: str) -> str:
    """Return a number of seconds up to an hour as it is written, "" for anything else."""
    return text if text.isascii() and text.isdigit() and len(text) <= 4 and 0 < int(text) <= _LONGEST else ""


def _one_of(*words: str) -> Callable[[str], str]:
    return lambda text: text if text in words else ""


_READ: Final[Mapping[str, Callable[[str], str]]] = {
    "why": _one_of("role", "ticket", "not_recorded", "unavailable", "too_many"),
    "reason": _one_of(AWAY, BUSY, FULL),
    "wait": wait_of,
    "to": page_of,
}
