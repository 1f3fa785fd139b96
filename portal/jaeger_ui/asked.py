"""What a request asks of Jaeger, as far as the access log has to know."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from posixpath import normpath
from typing import Final
from urllib.parse import parse_qsl, unquote

# Bundles, fonts and pictures, plainly written: whatever needs decoding or climbing is written down as well.
_FILE: Final = re.compile(r"/static/(?:[\w-]+/)*[\w-]+(?:\.[\w-]+)+|/favicon\.ico|/robots\.txt", re.ASCII)
_TRACES: Final = re.compile(r"/(?:trace|api/traces|api/v3/traces)/(.*)", re.DOTALL)
_API: Final = re.compile(r"/api(?:/|$)", re.IGNORECASE)
_ID: Final = re.compile(r"[0-9a-fA-F]{1,32}")
_INSIDE: Final = re.compile(r"(?<![0-9a-fA-F])(?:[0-9a-fA-F]{32}|[0-9a-fA-F]{16})(?![0-9a-fA-F])")
_PAGE: Final = re.compile(
    r"/(?:search|dependencies|monitor|compare|trace/[0-9a-fA-F]{1,32}(?:\.\.\.[0-9a-fA-F]{1,32})?)"
)
_NAMES: Final = ("traceid", "traceids")  # of parameters, without case and signs; `query.trace_id` ends so as well


@dataclass(frozen=True, slots=True)
class Asked:
    """One request to Jaeger: a file of the UI, a page that a person opens, or a question that the page's script asks.

    `ids` holds the trace ids that path and query name. `is_odd` says that there is more to it: a path that Jaeger may
    read otherwise than it is written, or an id that is none; such a request is no page, no person's browser writes it.
    What was searched for is not kept: it may be a person's data.
    """

    is_file: bool
    is_page: bool
    ids: tuple[str, ...]
    is_odd: bool = False


def page_of(target: str) -> str:
    """Return the page of Jaeger's UI that a target names, without its query; "" where it is none by its path alone.

    What was searched for is left out: it may be a person's data.
    """
    path = target.partition("?")[0]
    return path if _PAGE.fullmatch(path) else ""


def asked_of(target: str) -> Asked:
    """Return what a request target, as the client wrote it, asks of Jaeger, however it is bent."""
    written, _, query = target.partition("?")
    path = "/" + normpath(unquote(written)).lstrip("/.")
    if _FILE.fullmatch(written):
        return Asked(is_file=True, is_page=False, ids=())
    found = [*_in_path(path), *_in_query(query)]
    ids = tuple(dict.fromkeys(one for one in found if one))
    bent = written not in {"", path}
    return Asked(False, not bent and not _API.match(path), ids, bent or "" in found)


def _in_path(path: str) -> Iterator[str]:
    """Yield the ids in a path, "" for what stands where an id should; `/trace/A...B` compares two."""
    traces = _TRACES.match(path)
    if traces is None:
        yield from map(_padded, _INSIDE.findall(path))
        return
    for part in traces[1].split("..."):
        yield from _read(part)


def _in_query(query: str) -> Iterator[str]:
    for name, value in parse_qsl(query, keep_blank_values=True):
        if re.sub(r"[^a-z]", "", name.lower()).endswith(_NAMES):
            for part in value.split(","):
                yield from _read(part)


def _read(text: str) -> Iterator[str]:
    """Yield the id that a text is; where it is none, those inside and ""."""
    if _ID.fullmatch(text):
        yield _padded(text)
        return
    yield from map(_padded, _INSIDE.findall(text))
    yield ""


def _padded(written: str) -> str:
    return written.lower().zfill(32 if len(written) > 16 else 16)
