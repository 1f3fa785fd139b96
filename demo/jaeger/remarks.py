"""What Jaeger remarks on spans: a negative duration mended, a parent that is missing, a clock that differs."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from demo.jaeger.moments import go_duration, go_time
from demo.jaeger.otlp import Span
from demo.jaeger.values import text_of

if TYPE_CHECKING:
    from demo.jaeger.store import Kept

HOST_KEYS = ("host.id", "host.ip", "host.name")


def mend_duration(span: Span) -> tuple[str, ...]:
    """Let a span that does not end after its start last one nanosecond, and return the remark on it."""
    if span.end > span.start:
        return ()
    mended = span.start + 1
    said = (
        "Negative duration detected, sanitizing end timestamp. "
        f"Original end timestamp: {go_time(span.end)}, adjusted to: {go_time(mended)}"
    )
    span.end_time_unix_nano = str(mended)
    return (said,)


def remarks(spans: Sequence["Kept"]) -> dict[str, tuple[str, ...]]:
    """Return the warnings of each span by its id, as Jaeger's adjusters write them with their defaults.

    The clock-skew adjuster is on but may move nothing: it says by how much it would have.
    """
    by_id = {kept.span.span_id: kept for kept in spans}
    children: dict[str, list[Kept]] = defaultdict(list)
    said: dict[str, list[str]] = {kept.span.span_id: list(kept.warnings) for kept in spans}
    roots: list[Kept] = []
    for kept in spans:
        parent = kept.span.parent_span_id
        if parent in by_id and parent != kept.span.span_id:
            children[parent].append(kept)
            continue
        roots.append(kept)
        if parent:
            said[kept.span.span_id].append(
                f"parent span ID={parent} is not in the trace; skipping clock skew adjustment"
            )
    _walk(roots, children, lambda kept, words: said[kept.span.span_id].append(words))
    return {span_id: tuple(words) for span_id, words in said.items() if words}


def _walk(roots: list["Kept"], children: dict[str, list["Kept"]], say: Callable[["Kept", str], None]) -> None:
    seen: set[str] = set()
    waiting: list[tuple[Kept, int]] = [(root, 0) for root in roots]
    while waiting:
        parent, inherited = waiting.pop()
        if parent.span.span_id in seen:
            continue
        seen.add(parent.span.span_id)
        for child in children.get(parent.span.span_id, ()):
            skew = inherited if _host(child) == _host(parent) else _skew(child, parent)
            if skew:
                say(child, f"clock skew adjustment disabled; not applying calculated delta of {go_duration(skew)}")
            waiting.append((child, skew))


def _host(kept: "Kept") -> str:
    named = {pair.key: text_of(pair.value) for pair in kept.resource.attributes if pair.key in HOST_KEYS}
    return next((named[key] for key in HOST_KEYS if named.get(key)), kept.service)


def _skew(child: "Kept", parent: "Kept") -> int:
    """Return by how many nanoseconds the child's clock seems to be behind."""
    if child.length > parent.length:
        return max(parent.start - child.start, 0)
    if parent.start <= child.start and child.start + child.length <= parent.start + parent.length:
        return 0
    return parent.start + (parent.length - child.length) // 2 - child.start
