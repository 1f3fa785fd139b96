"""The pages of the stand-in, so that deep links into Jaeger's UI land: index, search, trace, set of traces."""

import json
import re
from collections.abc import Iterable
from html import escape
from pathlib import Path
from typing import Final
from urllib.parse import urlencode

from aiohttp import web

from demo.jaeger.house import HOUSE, House
from demo.jaeger.moments import go_duration, go_time
from demo.jaeger.questions import RefusedError, read_legacy, read_trace_id
from demo.jaeger.rows import bar, order_rows, span_row
from demo.jaeger.store import Trace

STYLE: Final = Path(__file__).with_name("stand_in.css")
VERSIONS: Final = {"2.13": "v2.13.0", "2.20": "v2.20.0", "main": "v2.21.0"}
HEADERS: Final = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}
NOTHING_FOUND: Final = "<p>No traces found.</p>"


def routes() -> list[web.RouteDef]:
    """Return the paths of the pages; whatever no API has is the index, as in Jaeger."""
    return [
        web.get("/static/stand-in.css", style),
        web.get("/search", search),
        web.get("/trace/{trace_id}", trace),
        web.get("/{rest:.*}", index),
    ]


async def style(request: web.Request) -> web.Response:
    """Return the one style sheet."""
    return web.Response(text=STYLE.read_text(encoding="utf-8"), content_type="text/css", headers=HEADERS)


async def index(request: web.Request) -> web.Response:
    """Return the first page; like Jaeger's it says the version in a line that clients read."""
    house = request.app[HOUSE]
    urls = [(f"/search?{urlencode({'service': name})}", name) for name in house.store.services()]
    services = "".join(f"<li>{_link(url, name)}</li>" for url, name in urls)
    return _page(house, "Services", f"<ul>{services}</ul>" if services else "<p>No spans yet.</p>")


async def search(request: web.Request) -> web.Response:
    """List the traces that the parameters of Jaeger's own search page ask for; `tag` is dropped, as there."""
    house = request.app[HOUSE]
    if not request.query:
        return await index(request)
    try:
        found = house.find(read_legacy(request.query, house.clock(), of_page=True))
    except RefusedError as refused:
        return _page(house, "Search", f"<p>{escape(refused.message)}</p>", 400)
    return _page(house, _count(len(found), "trace"), _trace_list(found) or NOTHING_FOUND)


async def trace(request: web.Request) -> web.Response:
    """Show a trace, or a set of them: `/trace/A...B?cohort=A&cohort=B`; `uiFind` names the span to open."""
    house = request.app[HOUSE]
    named = [*request.match_info["trace_id"].split("..."), *request.query.getall("cohort", [])]
    try:
        wanted = list(dict.fromkeys(read_trace_id(text, house.generation) for text in named if text))
    except RefusedError as refused:
        return _page(house, "Trace", f"<p>{escape(refused.message)}</p>", 400)
    known = house.store.traces
    find, several = request.query.get("uiFind", ""), len(wanted) > 1
    found = "".join(_section(known[one], find, of_several=several) for one in wanted if one in known)
    absent = "".join(f"<p>Trace {trace_id} is not here.</p>" for trace_id in wanted if trace_id not in known)
    title = "".join(f"Trace {trace_id}" for trace_id in wanted) if len(wanted) == 1 else f"{len(wanted)} traces"
    return _page(house, title, found + absent, 200 if found else 404)


def _section(shown: Trace, find: str, *, of_several: bool) -> str:
    begin, length = shown.first, max(1, max(kept.start + kept.length for kept in shown.spans) - shown.first)
    rows = "".join(
        span_row(kept, depth, bar(kept, begin, length), found=_found(find, kept.span.span_id))
        for kept, depth in order_rows(shown.spans)
    )
    facts = f"{_count(len(shown.spans), 'span')} · {go_time(begin)} · {go_duration(length)}"
    jump = "".join(
        f"<p>{_link(f'#{find}', f'To the named span: {kept.service} {kept.span.name}')}</p>"
        for kept in shown.spans
        if _found(find, kept.span.span_id)
    )
    title = f"<h2>{_link(f'/trace/{shown.trace_id}', shown.trace_id)}</h2>" if of_several else ""
    head = f'{title}<p class="faint">{facts}</p>{jump}'
    return f'<section>{head}<ol class="spans">{rows}</ol></section>'


def _found(find: str, span_id: str) -> bool:
    return bool(re.fullmatch("[0-9a-f]{16}", find)) and find == span_id


def _trace_list(found: Iterable[Trace]) -> str:
    return "".join(f"<article>{_trace_item(shown)}</article>" for shown in found)


def _trace_item(shown: Trace) -> str:
    first = min(shown.spans, key=lambda kept: kept.start)
    services = ", ".join(dict.fromkeys(kept.service for kept in shown.spans))
    title = f"{first.service}: {first.span.name}"
    return (
        f"<h2>{_link(f'/trace/{shown.trace_id}', title)}</h2>"
        f'<p class="faint">{go_time(shown.first)} · {_count(len(shown.spans), "span")} · {escape(services)}</p>'
    )


def _count(number: int, thing: str) -> str:
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"


def _link(url: str, text: str) -> str:
    return f'<a href="{escape(url)}">{escape(text)}</a>'


def _page(house: House, title: str, body: str, status: int = 200) -> web.Response:
    version = json.dumps({"gitCommit": "", "gitVersion": VERSIONS[house.generation], "buildDate": ""})
    text = f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{escape(title)} · stand-in Jaeger</title>
<link rel="stylesheet" href="/static/stand-in.css">
<!-- JAEGER_VERSION = {version}; -->
</head>
<body>
<header><a href="/">Jaeger, stand-in</a> <span>This is a stand-in for the demo, not Jaeger.</span></header>
<main><h1>{escape(title)}</h1>{body}</main>
</body>
</html>
"""
    return web.Response(text=text, status=status, content_type="text/html", headers=HEADERS)
