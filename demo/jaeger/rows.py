"""One span as a row of the trace page: its place in the tree, its bar on the clock, its attributes."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from html import escape

from demo.jaeger.moments import go_duration
from demo.jaeger.otlp import ERROR, KeyValue
from demo.jaeger.store import Kept, kind_of
from demo.jaeger.values import text_of

DEEPEST = 12  # indents that the style sheet knows


def order_rows(spans: Sequence[Kept]) -> list[tuple[Kept, int]]:
    """Return spans as a tree is read, each with its depth; orphans and cycles are kept, at the top level."""
    by_id = {kept.span.span_id: kept for kept in spans}
    children: dict[str, list[Kept]] = defaultdict(list)
    for kept in sorted(spans, key=lambda kept: kept.start):
        parent = kept.span.parent_span_id
        children[parent if parent in by_id else ""].append(kept)
    rows: dict[str, tuple[Kept, int]] = {}
    for top in [*children[""], *spans]:
        waiting = [(top, 0)]
        while waiting:
            kept, depth = waiting.pop()
            if kept.span.span_id not in rows:
                rows[kept.span.span_id] = (kept, depth)
                waiting += [(child, depth + 1) for child in reversed(children[kept.span.span_id])]
    return list(rows.values())


def bar(kept: Kept, begin: int, length: int) -> str:
    """Return the span's place in the trace as a small picture."""
    left = 100 * (kept.start - begin) / length
    wide = max(0.4, 100 * kept.length / length)
    return (
        '<svg class="bar" width="100%" height="6" aria-hidden="true">'
        f'<rect x="{min(left, 99.6):.2f}%" width="{wide:.2f}%" height="6" rx="2"/></svg>'
    )


def span_row(kept: Kept, depth: int, picture: str, *, found: bool) -> str:
    """Return a span's row; `found` opens it and marks it."""
    span = kept.span
    failed = span.status.code == ERROR
    classes = f"d{min(depth, DEEPEST)}{' found' if found else ''}{' failed' if failed else ''}"
    kind = f" <small>{kind_of(span)}</small>" if kind_of(span) else ""
    error = " <strong>error</strong>" if failed else ""
    return (
        f'<li class="{classes}" id="{span.span_id}"><details{" open" if found else ""}>'
        f'<summary><span class="name"><b>{escape(kept.service)}</b> {escape(span.name)}{kind}{error} '
        f"<small>{go_duration(kept.length)}</small></span>{picture}</summary>{_details(kept)}</details></li>"
    )


def _details(kept: Kept) -> str:
    span = kept.span
    parts = [_bag("Span", span.attributes, (("span id", span.span_id), ("parent", span.parent_span_id)))]
    if span.status.message:
        parts.append(_bag("Status", (), (("description", span.status.message),)))
    parts += [_bag(f"Event {event.name}", event.attributes) for event in span.events]
    parts += [_link(link.trace_id, link.span_id) + _bag("Link", link.attributes) for link in span.links]
    parts.append(_bag("Resource", kept.resource.attributes))
    return "".join(parts)


def _link(trace_id: str, span_id: str) -> str:
    url = escape(f"/trace/{trace_id}?uiFind={span_id}")
    return f'<p>Linked to <a href="{url}">{escape(span_id)}</a></p>'


def _bag(title: str, attributes: Iterable[KeyValue], extra: Iterable[tuple[str, str]] = ()) -> str:
    pairs = [*extra, *((pair.key, text_of(pair.value)) for pair in attributes)]
    rows = "".join(f"<tr><th>{escape(key)}</th><td>{escape(value)}</td></tr>" for key, value in pairs if value)
    return f"<table><caption>{escape(title)}</caption>{rows}</table>" if rows else ""
