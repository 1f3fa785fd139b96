"""Reading: the answers to one look-up, decoded once each, merged by trace, re-checked, capped."""

from collections.abc import Callable, Hashable, Iterator, Sequence
from contextlib import nullcontext
from typing import Final

from orders.jaeger.decoded import Decoded
from orders.jaeger.facts import text
from orders.jaeger.quiet import Quiet
from orders.jaeger.wire import BROKEN, Wire, broken
from orders.journey.raw import Raw, unseal
from orders.journey.spans import Facts, Span

QUIET: Final = Quiet()
LARGE: Final = 1_000_000  # bytes
SEARCHED: Final = frozenset({"span", "resource", "event"})  # where an attribute must stand for its span to carry it


class Reading:
    """Takes bodies one by one and gives spans; `capped` and `partial` say what is missing of them."""

    def __init__(self, wire: Wire, decoded: Decoded, *, max_spans: int) -> None:
        self._wire = wire
        self._decoded = decoded
        self._room = max_spans
        self._seen: dict[Hashable, frozenset[str]] = {}
        self._traces: dict[str, dict[str, Span]] = {}
        self.capped = False
        self.partial = False  # a server said itself that it left something out

    def add(self, body: bytes, *, alone: bool = False) -> int:
        """Read one body and return how many traces it held; `alone` when no other will repeat its pieces.

        Raises Unexpected when it is not what this generation sends.
        """
        try:
            with QUIET if len(body) >= LARGE else nullcontext():
                return self._added(body, alone=alone)
        except BROKEN as error:
            raise broken(error) from error

    def _added(self, body: bytes, *, alone: bool) -> int:
        pieces, partial = self._wire.split(body)
        copies = map(bytes, pieces)  # a view would keep the whole body alive as long as one of its spans
        ids = [self._piece(n if alone else self._wire.piece_key(piece), piece) for n, piece in enumerate(copies)]
        self.partial |= partial
        return len(frozenset().union(*ids))

    def spans(self) -> Iterator[Span]:
        """Return every span read, each once, trace by trace."""
        for trace in self._traces.values():
            yield from trace.values()

    def carrying(self, attribute: str, names: Sequence[str], value: str) -> tuple[Span, ...]:
        """Return the spans of the traces in which one carries exactly `value` under one of `names`.

        `attribute` is what the names stand for: where the facts already tell that one carries it, no bag is opened.
        """
        said = SAID.get(attribute, _unsaid)
        found: list[Span] = []
        for trace in self._traces.values():
            if any(said(span.facts, value) for span in trace.values()) or any(
                _carries(span, names, value) for span in trace.values()
            ):
                found += trace.values()
        return tuple(found)

    def _piece(self, key: Hashable, piece: bytes) -> frozenset[str]:
        known = self._seen.get(key)
        if known is not None:
            return known
        if self._room <= 0:
            self.capped = True
            return frozenset()
        spans = self._decoded.spans(self._wire, piece)
        if len(spans) > self._room:
            self.capped = True
            spans = spans[: self._room]
        self._room -= len(spans)
        self._seen[key] = found = frozenset({span.trace_id for span in spans})
        for trace_id in found:
            trace = self._traces.setdefault(trace_id, {})
            trace.update(
                {span.span_id: span for span in spans if span.trace_id == trace_id and span.span_id not in trace}
            )
        return found


def _unsaid(facts: Facts, value: str) -> bool:
    return False


SAID: Final[dict[str, Callable[[Facts, str], bool]]] = {
    "order_id": lambda facts, value: value in facts.order_ids,
    "external_partner_id": lambda facts, value: facts.partner_id == value,
    "customer_id": lambda facts, value: facts.customer == Raw(value),
    "model_id": lambda facts, value: facts.model_id == value,
    "status": lambda facts, value: facts.status == value,
}


def _carries(span: Span, names: Sequence[str], value: str) -> bool:
    return any(
        attribute.key in names and attribute.place in SEARCHED and text(unseal(attribute.value)) == value
        for attribute in span.bag()
    )
