"""What the stand-in remembers: traces in order of arrival, found by any attribute's value in a millisecond."""

from bisect import bisect_left, insort
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from demo.jaeger.otlp import ERROR, KeyValue, Resource, ResourceSpans, Scope, ScopeSpans, Span, Value
from demo.jaeger.remarks import mend_duration
from demo.jaeger.values import by_key, text_of

Pair = tuple[str, str]
KINDS = ("", "internal", "server", "client", "producer", "consumer")


@dataclass(frozen=True, slots=True)
class Kept:
    """One span with where it came from and the pairs it is found by."""

    span: Span
    resource: Resource
    scope: Scope
    service: str
    pairs: tuple[Pair, ...]
    start: int  # nanoseconds
    length: int
    warnings: tuple[str, ...] = ()  # what was mended when it was stored


@dataclass(slots=True)
class Trace:
    """One trace: its spans, and the answers already written for it ("legacy", "v3", "summary")."""

    trace_id: str
    number: int  # its place in the order of first arrival
    spans: list[Kept] = field(default_factory=list)
    latest: dict[str, Kept] = field(default_factory=dict)  # by span id
    written: dict[str, bytes] = field(default_factory=dict)
    first: int = 2**63  # earliest and latest start of a span, nanoseconds
    last: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """All that one span has to satisfy; times and lengths are nanoseconds, 0 or "" means not asked."""

    service: str = ""
    operation: str = ""
    attributes: tuple[Pair, ...] = ()
    start: int = 0
    end: int = 2**63
    shortest: int = 0
    longest: int = 0
    limit: int = 100  # 0 stands for all of them

    def conditions(self) -> tuple[Pair, ...]:
        """Return what the index can answer."""
        named = ((SERVICE, self.service), (OPERATION, self.operation))
        return tuple(pair for pair in named if pair[1]) + self.attributes

    def fits(self, kept: Kept, conditions: tuple[Pair, ...]) -> bool:
        """Return whether one span satisfies everything."""
        return (
            self.start <= kept.start <= self.end
            and kept.length >= self.shortest
            and (not self.longest or kept.length <= self.longest)
            and all(pair in kept.pairs for pair in conditions)
        )


SERVICE, OPERATION = "\0service", "\0operation"  # no attribute has such a key


class Store:
    """The traces of one stand-in. Not thread-safe: the server's event loop owns it."""

    def __init__(self, max_traces: int) -> None:
        """Keep at most `max_traces` traces; the one that arrived first goes first."""
        self.max_traces = max_traces
        self.traces: dict[str, Trace] = {}  # by id, in order of arrival
        self._numbered: dict[int, Trace] = {}
        self._index: dict[Pair, list[int]] = {}  # sorted numbers of the traces that hold the pair
        self._pairs: dict[Pair, Pair] = {}  # one object for each pair: spans share them
        self._next = 0
        self._operations: dict[str, dict[tuple[str, str], None]] = {}

    def add(self, groups: Iterable[ResourceSpans]) -> int:
        """Take in the spans of one export and return how many were new; a span sent twice is kept once."""
        return sum(
            self._keep(span, group.resource, scoped.scope)
            for group in map(_named, groups)
            for scoped in group.scope_spans
            for span in scoped.spans
        )

    def _keep(self, span: Span, resource: Resource, scope: Scope) -> bool:
        trace = self.traces.get(span.trace_id) or self._new_trace(span.trace_id)
        warnings = mend_duration(span)
        _sort_attributes(span)
        service = service_of(resource)
        twin = trace.latest.get(span.span_id)
        if twin and twin.span == span and twin.resource == resource:
            return False
        pairs = tuple({self._pairs.setdefault(pair, pair): None for pair in _pairs(span, resource, scope, service)})
        kept = Kept(span, resource, scope, service, pairs, span.start, span.end - span.start, warnings)
        trace.spans.append(kept)
        trace.latest[span.span_id] = kept
        trace.written.clear()
        trace.first, trace.last = min(trace.first, kept.start), max(trace.last, kept.start)
        self._operations.setdefault(service, {})[(span.name, kind_of(span))] = None
        for pair in pairs:
            _note(self._index.setdefault(pair, []), trace.number)
        return True

    def _new_trace(self, trace_id: str) -> Trace:
        if len(self.traces) >= self.max_traces:
            self._drop(next(iter(self.traces.values())))
        trace = self.traces[trace_id] = Trace(trace_id, self._next)
        self._numbered[self._next] = trace
        self._next += 1
        return trace

    def _drop(self, trace: Trace) -> None:
        del self.traces[trace.trace_id], self._numbered[trace.number]
        for pair in {pair for kept in trace.spans for pair in kept.pairs}:
            numbers = self._index[pair]
            del numbers[bisect_left(numbers, trace.number)]
            if not numbers:
                del self._index[pair], self._pairs[pair]

    def search(self, query: Query) -> list[Trace]:
        """Return the traces with a span that satisfies the query, newest arrival first."""
        conditions = query.conditions()
        found: list[Trace] = []
        for trace in self._candidates(conditions):
            if trace.last < query.start or trace.first > query.end:
                continue
            if any(query.fits(kept, conditions) for kept in trace.spans):
                found.append(trace)
                if len(found) == query.limit:
                    break
        return found

    def _candidates(self, conditions: tuple[Pair, ...]) -> Iterator[Trace]:
        if not conditions:
            yield from reversed(self.traces.values())
            return
        rarest, *others = sorted((self._index.get(pair, []) for pair in conditions), key=len)
        for number in reversed(sorted(set(rarest).intersection(*others)) if others else rarest):
            yield self._numbered[number]

    def services(self) -> list[str]:
        """Return the names of all services that sent a span."""
        return list(self._operations)

    def operations(self, service: str, kind: str = "") -> list[tuple[str, str]]:
        """Return the operations of a service, each with its span kind; `kind` "" asks for all kinds."""
        known = self._operations.get(service, {})
        return [(name, own) for name, own in known if not kind or own == kind]


def _note(numbers: list[int], number: int) -> None:
    """Add a trace's number to a sorted list, once."""
    if not numbers or numbers[-1] < number:
        numbers.append(number)
    elif numbers[-1] != number and numbers[bisect_left(numbers, number)] != number:
        insort(numbers, number)


def kind_of(span: Span) -> str:
    """Return a span's kind in Jaeger's words, "" where it is not said."""
    return KINDS[span.kind] if 0 <= span.kind < len(KINDS) else ""


def service_of(resource: Resource) -> str:
    """Return the name of the service, which every stored resource has."""
    return next(text_of(pair.value) for pair in resource.attributes if pair.key == "service.name")


def _pairs(span: Span, resource: Resource, scope: Scope, service: str) -> Iterator[Pair]:
    """Yield what the memory storage matches a tag against (internal/storage/v2/memory/tenant.go)."""
    yield (SERVICE, service)
    yield (OPERATION, span.name)
    yield ("span.kind", kind_of(span))
    yield ("error", "true" if span.status.code == ERROR else "false")
    yield ("span.status", ("UNSET", "OK", "ERROR")[span.status.code % 3])
    yield ("scope.name", scope.name)
    yield ("scope.version", scope.version)
    for attribute in resource.attributes:
        yield (f"resource.{attribute.key}", text_of(attribute.value))
    for bag in _bags(span, resource, scope):
        for attribute in bag:
            yield (attribute.key, text_of(attribute.value))


def _bags(span: Span, resource: Resource, scope: Scope) -> Iterator[list[KeyValue]]:
    yield from (span.attributes, resource.attributes, scope.attributes)
    yield from (event.attributes for event in span.events)
    yield from (link.attributes for link in span.links)


def _named(group: ResourceSpans) -> ResourceSpans:
    """Sort a resource's attributes and give it a name where it has none, in the words of Jaeger's sanitizer."""
    attributes = group.resource.attributes
    name = next((pair for pair in attributes if pair.key == "service.name"), None)
    if name is None:
        attributes.append(KeyValue(key="service.name", value=Value(string_value="missing-service-name")))
    elif not text_of(name.value):
        name.value = Value(string_value="empty-service-name")
    attributes.sort(key=by_key)
    return group


def _sort_attributes(span: Span) -> None:
    for bag in (span.attributes, *(e.attributes for e in span.events), *(k.attributes for k in span.links)):
        bag.sort(key=by_key)


def scoped(trace: Trace) -> list[tuple[Resource, list[ScopeSpans]]]:
    """Return a trace's spans grouped again by resource and scope, as neighbours came."""
    groups: list[tuple[Resource, list[ScopeSpans]]] = []
    for kept in trace.spans:
        if not groups or groups[-1][0] is not kept.resource:
            groups.append((kept.resource, []))
        inner = groups[-1][1]
        if not inner or inner[-1].scope is not kept.scope:
            inner.append(ScopeSpans(scope=kept.scope, spans=[]))
        inner[-1].spans.append(kept.span)
    return groups
