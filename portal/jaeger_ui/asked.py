"""What a request asks of Jaeger, as far as the access log has to know."""

import re
from dataclasses import dataclass
from typing import Final

# Bundles, fonts and pictures, plainly written: whatever needs decoding or climbing is written down as well.
_FILE: Final = re.compile(r"/static/(?:[\w-]+/)*[\w-]+(?:\.[\w-]+)+|/favicon\.ico|/robots\.txt", re.ASCII)
_TRACE: Final = re.compile(r"/(?:trace|api/traces|api/v3/traces)/([0-9a-fA-F]{1,32})", re.ASCII)
_API: Final = re.compile(r"/api(?:/|$)")


@dataclass(frozen=True, slots=True)
class Asked:
    """One request to Jaeger: a file of the UI, a page that a person opens, or a question that the page's script asks.

    `ids` holds the trace id where the path names one. What was searched for is not kept: it may be a person's data.
    """

    is_file: bool
    is_page: bool
    ids: tuple[str, ...]


def asked_of(target: str) -> Asked:
    """Return what a request target, as the client wrote it, asks of Jaeger."""
    path = target.partition("?")[0]
    is_file = _FILE.fullmatch(path) is not None
    trace = _TRACE.fullmatch(path)
    is_page = not is_file and _API.match(path) is None
    return Asked(is_file, is_page, (trace[1].lower().zfill(32 if len(trace[1]) > 16 else 16),) if trace else ())
