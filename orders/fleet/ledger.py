"""Ledger: the few facts that are kept of every span seen, and the Fleet that is made of them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from orders.journey.clocks import clock_shifts
from orders.journey.peers import Fleet
from orders.journey.raw import Raw
from orders.journey.spans import Span
from orders.journey.stages import StageTable
from orders.journey.timeline import event_time, implied_by
from orders.journey.trips import Stuck, Trip
from orders.journey.troubles import is_error

PAIRS: Final = 500  # the newest so many parent-child pairs tell a service's clock
MOST_SPANS: Final = 300_000  # ends kept for all services together; the oldest go first


@dataclass(slots=True)
class _Order:
    """What is kept of one order: who said which status when, in uncorrected time."""

    told: dict[int, tuple[int, str]] = field(default_factory=dict)
    implied: dict[int, tuple[int, str]] = field(default_factory=dict)
    by_hand: bool = False
    partner_id: str = ""
    last: int = 0


class Ledger:
    """Facts of many orders, bounded in number and age. Not thread-safe: its keeper holds the lock."""

    def __init__(self, table: StageTable) -> None:
        self._table = table
        self._by_hand = frozenset(map(Raw, table.by_hand))
        self._orders: dict[str, _Order] = {}
        self._ends: dict[tuple[str, str], tuple[str, int]] = {}
        self._pairs: dict[str, dict[tuple[str, str], tuple[int, int]]] = {}
        self._covered: dict[int, list[tuple[int, int]]] = {}

    def absorb(self, spans: Iterable[Span]) -> None:
        """Take in the spans of whole traces; what is known already changes nothing."""
        batch = {span.key: span for span in spans}
        for span in batch.values():
            if span.key in self._ends:
                continue
            code = self._table.service_code(span.service)
            self._ends[span.key] = (code, span.end)
            self._pair(span, code, batch)
            if not is_error(span):
                self._say(span, code)

    def _pair(self, span: Span, code: str, batch: Mapping[tuple[str, str], Span]) -> None:
        """Note how long after its parent, or the message it took, a span of another service started."""
        above = [
            batch.get((span.trace_id, span.parent_id)),
            *(batch.get((link.trace_id, link.span_id)) for link in span.links),
        ]
        for parent in above:
            if parent is not None and self._table.service_code(parent.service) != code:
                pairs = self._pairs.setdefault(code, {})
                pairs[span.key] = (span.start, span.start - parent.start)
                if len(pairs) > 2 * PAIRS:
                    newest = sorted(pairs.items(), key=lambda pair: pair[1][0])[-PAIRS:]
                    self._pairs[code] = dict(newest)
                return

    def _say(self, span: Span, code: str) -> None:
        by_hand = span.name in self._by_hand
        sayings = [(text, False) for text in implied_by(span, self._table)]
        if span.facts.status:
            sayings.append((span.facts.status, True))
        for order_id in span.facts.order_ids:
            order = self._orders.setdefault(order_id, _Order())
            order.by_hand = order.by_hand or by_hand
            order.partner_id = order.partner_id or span.facts.partner_id
            order.last = max(order.last, span.end)
            for text, sure in sayings:
                status = self._table.status(text)
                if status is not None:
                    kept = order.told if sure and code == status.reported_by else order.implied
                    at = event_time(span, 0)
                    if status.index not in kept or at < kept[status.index][0]:
                        kept[status.index] = (at, code)

    def cover(self, index: int, start: int, end: int) -> None:
        """Note that every span of a status (by its index) that started in a window is known."""
        windows = sorted([*self._covered.get(index, ()), (start, end)])
        merged = [windows[0]]
        for begin, stop in windows[1:]:
            if begin <= merged[-1][1]:
                merged[-1] = (merged[-1][0], max(merged[-1][1], stop))
            else:
                merged.append((begin, stop))
        self._covered[index] = merged

    def trim(self, before: int) -> None:
        """Forget what ended before an instant, and the oldest of what is too much."""
        if len(self._ends) > MOST_SPANS:
            before = max(before, sorted(end for _, end in self._ends.values())[-MOST_SPANS])
        self._ends = {key: value for key, value in self._ends.items() if value[1] >= before}
        self._orders = {order_id: order for order_id, order in self._orders.items() if order.last >= before}
        self._covered = {i: [(max(b, before), e) for b, e in w if e > before] for i, w in self._covered.items()}

    def fleet(self, *, taken_at: int, filled_since: int, stuck: tuple[Stuck, ...] = (), learned: bool = True) -> Fleet:
        """Return the snapshot of now, with the clocks corrected."""
        shifts = clock_shifts({code: _newest(pairs.values()) for code, pairs in self._pairs.items()})
        ends: dict[str, list[int]] = {}
        for code, end in self._ends.values():
            ends.setdefault(code, []).append(end + shifts.get(code, 0))
        for each in ends.values():
            each.sort()
        return Fleet(
            table=self._table,
            taken_at=taken_at,
            filled_since=filled_since,
            learned=learned,
            trips={order_id: _trip(order_id, order, shifts) for order_id, order in self._orders.items()},
            ends=ends,
            covered={index: tuple(windows) for index, windows in self._covered.items()},
            shifts=shifts,
            stuck=stuck,
        )


def _newest(pairs: Iterable[tuple[int, int]]) -> list[int]:
    """Return how long after what caused them the newest spans started: a clock is judged by what it says now."""
    return [delay for _, delay in sorted(pairs)[-PAIRS:]]


def _trip(order_id: str, order: _Order, shifts: Mapping[str, int]) -> Trip:
    sayings = order.implied | order.told
    reached = {index: at + shifts.get(code, 0) for index, (at, code) in sayings.items()}
    told = frozenset(order.told)
    return Trip(order_id=order_id, reached=reached, by_hand=order.by_hand, partner_id=order.partner_id, told=told)
