"""Timeline: spans in, one Journey out, whatever order they came in and however many traces they came from."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Any, Final

from orders.journey.hops import hops_of
from orders.journey.journey import Back, Journey, Mark, Passed, Repeat
from orders.journey.raw import NOTHING, unseal
from orders.journey.spans import MINUTE, Span
from orders.journey.stages import StageTable
from orders.journey.troubles import set_aside, troubles_of

TOLD_WITHIN: Final = 5 * MINUTE  # a `timestamp` further than this from its span is not believed (docs/decision.md)
TAKERS: Final = frozenset({"consumer", "client"})  # kinds of spans that may take a message
_BY_START: Final = itemgetter(6, 7, 0, 1)  # start, end, trace id, span id
SAME_SAYING: Final = MINUTE  # the same status said again within a minute is one saying


@dataclass(frozen=True, slots=True)
class _Saying:
    """One span that says a status."""

    at: int
    index: int
    implied: bool
    span: Span


def event_time(span: Span, shift: int) -> int:
    """Return when what the span tells happened: a valid `timestamp` near the span, else its end; clock corrected.

    Arguments: the span, and the correction of its service's clock in nanoseconds.
    """
    told = span.facts.told_at
    if told is not None and span.start - TOLD_WITHIN <= told <= span.end + TOLD_WITHIN:
        return told + shift
    return span.end + shift


def ended_by(spans: Iterable[Span], moment: int) -> tuple[Span, ...]:
    """Return the spans that had ended by a moment: what could have been known then."""
    return tuple(span for span in spans if span.end <= moment)


def build(
    order_id: str,
    spans: Iterable[Span],
    table: StageTable,
    shifts: Mapping[str, int] | None = None,
) -> Journey:
    """Return the journey of one order.

    Arguments: the order's id; every span of every trace that carries it, in any order, duplicates allowed;
    the stage table; clock corrections by service code, nanoseconds. Status spans of other orders in the same
    traces are context, never marks.
    """
    ordered = _in_order(spans)
    shifts = shifts or {}
    sayings, passed, by_hand = _sayings(order_id, ordered, table, shifts)
    marks, backs, repeats = _marks(sayings, table)
    keys = {span[:2] for span in ordered}
    codes = {name: table.service_code(name) for name in {span.service for span in ordered}}
    troubles = troubles_of(order_id, ordered, codes, shifts, table)
    return Journey(
        order_id=order_id,
        spans=ordered,
        marks=marks,
        reached=_reached(marks, backs, table),
        hops=hops_of(order_id, ordered, codes, shifts, table),
        troubles=troubles,
        passed=passed,
        backs=backs,
        repeats=repeats,
        orphans=tuple(s for s in ordered if s.parent_id and (s.trace_id, s.parent_id) not in keys),
        traces=len({span.trace_id for span in ordered}),
        closed_by_hand=by_hand,
        shifts=tuple(sorted((code, shift) for code, shift in shifts.items() if shift and code in codes.values())),
        first_at=ordered[0].start if ordered else None,
        last_at=max((span.end for span in ordered), default=None),
        untold=frozenset(s.code for s in table.statuses if not table.service(s.reported_by).instrumented),
        **_identity(order_id, ordered),
    )


def _in_order(spans: Iterable[Span]) -> tuple[Span, ...]:
    """Return each span once, by start; of two with the same ids the one that says more, then the earlier."""
    best: dict[tuple[str, ...], Span] = {}
    for span in spans:
        other = best.setdefault(span[:2], span)
        if other is not span and _rank(span) < _rank(other):
            best[span[:2]] = span
    return tuple(sorted(best.values(), key=_BY_START))


def _rank(span: Span) -> tuple[int, int, int, str]:
    return (0 if span.facts.status else 1, span.start, span.end, repr(span.facts))


def belongs(span: Span, order_id: str) -> bool:
    """Return whether a span may speak for this order: it names it, or names none."""
    ids = span.facts.order_ids
    return not ids or order_id in ids


def _identity(order_id: str, spans: Sequence[Span]) -> dict[str, Any]:
    """Return who the order is for, and of what: the first span that says each."""
    found: dict[str, Any] = {}
    for span in spans:
        facts = span.facts
        if order_id not in facts.order_ids:
            continue
        if facts.partner_id:
            found.setdefault("partner_id", facts.partner_id)
        if facts.model_id:
            found.setdefault("model_id", facts.model_id)
        if facts.channel:
            found.setdefault("channel", facts.channel)
        if facts.ticket:
            found.setdefault("ticket", facts.ticket)
        if facts.customer is not NOTHING:
            found.setdefault("customer", facts.customer)
    return found


def _sayings(
    order_id: str, spans: Sequence[Span], table: StageTable, shifts: Mapping[str, int]
) -> tuple[list[_Saying], tuple[Passed, ...], bool]:
    """Return every saying of a status, every milestone passed, and whether the order was closed by hand."""
    watched = {milestone.operation for milestone in table.milestones} | table.by_hand
    sayings: list[_Saying] = []
    passed: dict[tuple[str, str], Passed] = {}
    by_hand = False
    for span in spans:
        if span.failed or span.facts.outcome == "ERROR" or not belongs(span, order_id):
            continue
        if span.facts.status and order_id in span.facts.order_ids:
            _say(sayings, table, shifts, span, span.facts.status, implied=False)
        name = unseal(span.name)
        if name not in watched and not (span.kind in TAKERS and span.facts.destination):
            continue
        by_hand = by_hand or name in table.by_hand
        service = table.service_code(span.service)
        for milestone in table.milestones_of(name, service):
            at = event_time(span, shifts.get(service, 0))
            step = Passed(operation=milestone.operation, service=service, at=at, span=span)
            other = passed.setdefault((milestone.words.en, service), step)
            if (step.at, span.key) < (other.at, other.span.key):
                passed[milestone.words.en, service] = step
        for code in implied_by(span, table):
            _say(sayings, table, shifts, span, code, implied=True)
    return sayings, tuple(sorted(passed.values(), key=lambda p: (p.at, p.operation))), by_hand


def implied_by(span: Span, table: StageTable) -> tuple[str, ...]:
    """Return the statuses that a span proves without saying them.

    A milestone may imply one (what CRM has accepted was submitted); and who took the message into a stage
    proves that the status with which the stage begins was reached, whether or not its reporter is traced.
    """
    service = table.service_code(span.service)
    implied = [m.implies for m in table.milestones_of(unseal(span.name), service) if m.implies]
    queue = span.facts.destination
    if queue and span.kind in TAKERS and not set_aside(span, service, table):
        for part in set(queue.split(":")):
            implied += table.entered_through(part, service)
    return tuple(implied)


def _say(
    sayings: list[_Saying], table: StageTable, shifts: Mapping[str, int], span: Span, code: str, *, implied: bool
) -> None:
    status = table.status(code)
    if status is None:
        return
    shift = shifts.get(table.service_code(span.service), 0)
    at = span.start + shift if implied and span.kind in TAKERS else event_time(span, shift)
    foreign = table.service_code(span.service) != status.reported_by
    sayings.append(_Saying(at, status.index, implied or foreign, span))


def _marks(sayings: list[_Saying], table: StageTable) -> tuple[tuple[Mark, ...], tuple[Back, ...], tuple[Repeat, ...]]:
    """Fold sayings into marks: the first saying of each status, and of each coming back to it.

    What only implies a status (a milestone, or another service that carries the status along) counts where its
    own reporter never said it. A status first seen after a later one is out of order, not a way back: clocks
    differ and spans are late. Only a status that had been seen before the later one can be come back to.
    """
    told = {saying.index for saying in sayings if not saying.implied}
    marks: list[Mark] = []
    backs: list[Back] = []
    repeats: list[Repeat] = []
    last_said: dict[int, int] = {}
    current = -1
    for saying in sorted(sayings, key=lambda s: (s.at, s.index, s.span.trace_id, s.span.span_id)):
        index = saying.index
        if saying.implied and (index in told or index in last_said):
            continue
        seen_at = last_said.get(index)
        if seen_at is None:
            marks.append(_mark(saying, table))
            current = max(current, index)
        elif saying.at - seen_at > SAME_SAYING and index == current:
            repeats.append(Repeat(status=_code(table, index), first_at=seen_at, again_at=saying.at, span=saying.span))
        elif saying.at - seen_at > SAME_SAYING:
            if index < current:
                before, after = _code(table, current), _code(table, index)
                backs.append(Back(before=before, after=after, at=saying.at, span=saying.span))
            marks.append(_mark(saying, table))
            current = index
        last_said[index] = saying.at
    return tuple(marks), tuple(backs), tuple(repeats)


def _code(table: StageTable, index: int) -> str:
    return table.statuses[index].code


def _mark(saying: _Saying, table: StageTable) -> Mark:
    service = table.service_code(saying.span.service)
    return Mark(status=_code(table, saying.index), at=saying.at, service=service, span=saying.span,
                implied=saying.implied)  # fmt: skip


def _reached(marks: tuple[Mark, ...], backs: tuple[Back, ...], table: StageTable) -> Mark | None:
    """Return the status the order is in: where the last way back led or what followed it, else the furthest."""
    after = backs[-1].at if backs else None
    late = [mark for mark in marks if after is None or mark.at >= after]
    places = {status.code: status.index for status in table.statuses}
    return max(late, key=lambda mark: (places[mark.status], mark.at), default=None)
