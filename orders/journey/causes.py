"""Causes: why an order may be where it is, as far as spans can prove it. Each has a rule id."""

from dataclasses import dataclass, field
from typing import Final

from orders.journey.journey import Hop, Journey, Trouble
from orders.journey.spans import MINUTE, Span
from orders.journey.stages import Stage
from orders.journey.verdict import Clause, Evidence

NEVER_CONSUMED: Final = "published-never-consumed"
TAKEN_OR_NOT: Final = "not-picked-or-not-finished"  # says of NEVER_CONSUMED that it looks like NO_RESULT
REJECTED: Final = "rejected"
GIVEN_BACK: Final = "given-back"  # by who had taken it; it may come again
SET_ASIDE: Final = "set-aside"  # before anyone took it
NO_RESULT: Final = "consumed-no-result"
CALL_FAILED: Final = "call-failed"
REPEATED_ERROR: Final = "error-repeated"
NOTHING_SENT: Final = "nothing-sent"
WAITING_PERSON: Final = "waiting-for-person"
WAITING_CARRIER: Final = "waiting-for-carrier"
WENT_BACK: Final = "went-back"
LEFT: Final = "customer-left"
# The causes that an error, or what became of a message, shows: who is stuck by one of them is not fine.
SHOWN_ERRORS: Final = frozenset({REJECTED, GIVEN_BACK, SET_ASIDE, CALL_FAILED, REPEATED_ERROR})

EARLIER: Final = 5 * MINUTE  # a message may be sent a little before its status is said


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """A likely cause: its rule id, the clause that says it, and whether something shows it (or only silence)."""

    rule: str
    clause: Clause
    shown: bool = True
    hop: Hop | None = field(default=None)
    asks: str = ""  # the cause whose contact is asked, where that is another

    @property
    def ask(self) -> str:
        """Return the key into the stage's `asks`."""
        return self.asks or self.rule


def span_evidence(*spans: Span | None) -> tuple[Evidence, ...]:
    """Return evidence for the spans that are there."""
    return tuple(Evidence(kind="span", id=s.span_id, trace_id=s.trace_id) for s in spans if s is not None)


def error_cause(journey: Journey, stage: Stage, since: int) -> Cause | None:
    """Return the cause that an error in the open stage shows; None where there was none since then."""
    troubles = troubles_in(journey, stage, since)
    if not troubles:
        return None
    last = troubles[-1]
    if last.dead_letter:
        unread = any(hop.unread and hop.taken_by is last.span for hop in journey.hops)
        return _dead(_clause(SET_ASIDE if unread else REJECTED, last, service=_rejecter(stage, last)))
    if last.given_back:
        return _given_back(_clause(GIVEN_BACK, last, service=last.service))
    if last.call_to:
        clause = _clause(CALL_FAILED, last, sender=last.service, receiver=last.call_to)
        return Cause(rule=CALL_FAILED, clause=clause)
    count = sum(1 for t in troubles if t.service == last.service and not t.call_to)
    return Cause(rule=REPEATED_ERROR, clause=_clause(REPEATED_ERROR, last, service=last.service, count=count))


def troubles_in(journey: Journey, stage: Stage, since: int) -> list[Trouble]:
    """Return the errors in the open stage; a message that another than its receiver gave back was a copy."""
    return [
        trouble
        for trouble in journey.troubles
        if trouble.at >= since and not (trouble.given_back and trouble.service != (stage.receiver or trouble.service))
    ]


def _dead(clause: Clause, hop: Hop | None = None) -> Cause:
    """Return the cause of a dead letter; who runs the exchange is asked where nobody took the message."""
    asks = NEVER_CONSUMED if clause.rule == SET_ASIDE else ""
    return Cause(rule=clause.rule, clause=clause, hop=hop, asks=asks)


def _given_back(clause: Clause, hop: Hop | None = None) -> Cause:
    """Return the cause of a message that was given back; who rejects is asked."""
    return Cause(rule=GIVEN_BACK, clause=clause, hop=hop, asks=REJECTED)


def _rejecter(stage: Stage, trouble: Trouble) -> str:
    return stage.receiver or trouble.service


def _clause(rule: str, trouble: Trouble, **values: int | str) -> Clause:
    return Clause(rule=rule, values={**values, "at": trouble.at}, evidence=span_evidence(trouble.span))


def silent_cause(journey: Journey, stage: Stage, since: int) -> Cause:
    """Return the cause of a standstill without an error: what the open stage's hop shows, or what it waits for."""
    if journey.backs and journey.backs[-1].at >= since:
        back = journey.backs[-1]
        values: dict[str, int | str] = {"from": back.before, "to": back.after, "at": back.at}
        return Cause(rule=WENT_BACK, clause=Clause(rule=WENT_BACK, values=values, evidence=span_evidence(back.span)))
    if not stage.queue:
        return _waiting(stage, None, since)
    hop = last_hop(journey, stage, since)
    if hop is None:
        values = {"service": _holder(journey, stage)}
        clause = Clause(rule=NOTHING_SENT, values=values, evidence=_ruled(NOTHING_SENT))
        return Cause(rule=NOTHING_SENT, clause=clause, shown=False)
    return _hop_cause(stage, hop)


def _holder(journey: Journey, stage: Stage) -> str:
    """Return who has the order: the sender, unless nothing shows that it came so far."""
    seen = {hop.receiver for hop in journey.hops if hop.taken_at and not hop.failed} | {
        mark.service for mark in journey.marks
    }
    seen |= {step.service for step in journey.passed}
    return stage.sender if stage.sender in seen or journey.reached is None else journey.reached.service


def _hop_cause(stage: Stage, hop: Hop) -> Cause:
    if hop.dead_letter:
        at = hop.taken_at or hop.sent_at or 0
        said = SET_ASIDE if hop.unread else REJECTED
        return _dead(Clause(rule=said, values={"service": stage.receiver, "at": at}, evidence=_ends(hop)), hop)
    if hop.given_back is not None:
        given: dict[str, int | str] = {"service": hop.receiver, "at": hop.given_back}
        return _given_back(Clause(rule=GIVEN_BACK, values=given, evidence=_ends(hop)), hop)
    if hop.taken_at is None:
        values: dict[str, int | str] = {"sender": hop.sender, "receiver": stage.receiver, "at": hop.sent_at or 0}
        both = stage.waits_for == "machine" and not stage.receipt  # a span comes only when the work has ended
        clause = Clause(rule=TAKEN_OR_NOT if both else NEVER_CONSUMED, values=values, evidence=_ends(hop))
        return Cause(rule=NEVER_CONSUMED, clause=clause, hop=hop)
    if stage.waits_for == "machine":
        values = {"service": stage.receiver, "at": hop.taken_at}
        return Cause(rule=NO_RESULT, clause=Clause(rule=NO_RESULT, values=values, evidence=_ends(hop)), hop=hop)
    return _waiting(stage, hop, hop.taken_at)


def _ruled(rule: str) -> tuple[Evidence, ...]:
    return (Evidence(kind="rule", id=rule),)


def _ends(hop: Hop) -> tuple[Evidence, ...]:
    return span_evidence(hop.sent_by, hop.taken_by)


def _waiting(stage: Stage, hop: Hop | None, at: int) -> Cause:
    rules = {"carrier": WAITING_CARRIER, "customer": LEFT, "machine": NO_RESULT}
    rule = rules.get(stage.waits_for, WAITING_PERSON)
    values: dict[str, int | str] = {"service": stage.reporter, "stage": stage.index, "at": at}
    evidence = _ends(hop) if hop else _ruled(rule)
    return Cause(rule=rule, clause=Clause(rule=rule, values=values, evidence=evidence), shown=hop is not None, hop=hop)


def last_hop(journey: Journey, stage: Stage, since: int) -> Hop | None:
    """Return the last hand-over into the open stage: by its queue, sent about when the stage began or later."""
    found = [
        hop
        for hop in journey.hops
        if stage.queue and goes_through(hop, stage.queue) and (hop.sent_at or hop.taken_at or 0) >= since - EARLIER
    ]
    return max(found, key=lambda hop: hop.sent_at or hop.taken_at or 0, default=None)


def goes_through(hop: Hop, queue: str) -> bool:
    """Return whether a hop's destination is a queue: its name alone, or as exchange:key:queue."""
    return queue == hop.queue or queue in hop.queue.split(":")
