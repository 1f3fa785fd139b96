"""Shapes: an address or a statement without what is particular: path template, query names, SQL without values."""

import re
from typing import Final

from orders.privacy.judge import Judge
from orders.privacy.pieces import HIDDEN, MARK, Work

_URL = re.compile(r"(?<![^\W_])(?P<scheme>[a-z][a-z0-9+.-]{1,15})://(?P<rest>[^\s\"'<>\x01]{1,2000})", re.IGNORECASE)
_PATH = re.compile(r"/(?<![^\s\"'(\[=,;>]/)(?=[\w{]|‹…›)[^\s\"'<>,;()\x01]{1,2000}")
_TEMPLATE = re.compile(r"[{:*](\w{0,40})}?", re.ASCII)
_VERSION = re.compile(r"v\d{1,3}", re.ASCII)
_PORT = re.compile(r":\d{1,5}")
_TRAILING: Final = ".,;:!?)]"  # belongs to the sentence


def urls(work: Work, judge: Judge) -> None:
    """Show of each URL and path: scheme, host where its name is known, the path's known words, the query's names."""
    if "/" not in work.left:
        return
    for found in _URL.finditer(work.left) if "://" in work.left else ():
        rest = found["rest"].rstrip(_TRAILING)
        scheme = found["scheme"] if judge.knows(found["scheme"].lower()) else HIDDEN
        shown = f"{scheme}://{_shape(rest, judge)}"
        work.take(found.start(), found.start("rest") + len(rest), shown, "kept")
    for found in _PATH.finditer(work.left):
        rest = found[0].rstrip(_TRAILING)
        work.take(found.start(), found.start() + len(rest), _shape(rest, judge), "kept")


def _shape(rest: str, judge: Judge) -> str:
    address, _, query = rest.partition("#")[0].partition("?")
    host, slash, path = address.partition("/")
    shown = _host(host, judge) + slash + "/".join([_segment(one, judge) for one in path.split("/")])
    names = "&".join(dict.fromkeys(_name(one, judge) for one in query.split("&"))) if query else ""
    return f"{shown}?{names}" if names else shown


def _host(host: str, judge: Judge) -> str:
    if not host:
        return ""
    name = host.rpartition("@")[2]
    label, port = name, ""
    if found := _PORT.search(name):
        label, port = name[: found.start()], found[0]
    known = all(judge.knows(part) for part in re.split(r"[.-]", label)) or label in {"127.0.0.1", "[::1]"}
    return (label if known else HIDDEN) + port if label else port


def _segment(segment: str, judge: Judge) -> str:
    if not segment or (segment.isalpha() and judge.knows(segment)):
        return segment
    if (
        ("‹" in segment and not MARK.sub("", segment))
        or _VERSION.fullmatch(segment)
        or judge.own_ids.fullmatch(segment)
    ):
        return segment
    if (name := _TEMPLATE.fullmatch(segment)) and (name[1] in {"", "n"} or judge.knows(name[1])):
        return segment
    if segment.isdigit():
        return "{n}"
    return segment if all(judge.knows(part) for part in re.split(r"[.:-]", segment)) else HIDDEN


def _name(pair: str, judge: Judge) -> str:
    name = pair.partition("=")[0]
    return name if judge.knows(name) or MARK.fullmatch(name) else HIDDEN


_STATEMENT = re.compile(
    r"(?<![^\W_])(?:select\b(?=.{0,400}\bfrom\b)|insert\s+into\b|update\s+\S{1,80}\s+set\b|delete\s+from\b|merge\s+into\b)",
    re.IGNORECASE,
)
BEGINNINGS: Final = ("elect", "nsert", "pdate", "elete", "merge")  # `ı` is an `i` to a pattern, not to `lower`
_LITERAL = re.compile(r"(?<![^\W_])'(?:[^'\x01]|'')*(?:'|$)|(?<![\w.?$])-?\d+(?:\.\d+)?(?![\w.])|[\];]")


def statements(work: Work, judge: Judge) -> None:
    """Show of each SQL statement its shape: `?` for every literal up to its end (`;`, `]` or the end of the text)."""
    if not any(map(work.left.lower().__contains__, BEGINNINGS)):
        return
    found = _STATEMENT.search(work.left)
    while found:
        end = len(work.left)
        for literal in _LITERAL.finditer(work.left, found.end()):
            if literal[0] in {"]", ";"}:
                end = literal.end()
                break
            work.take(*literal.span(), "?", "kept")
        found = _STATEMENT.search(work.left, end)
