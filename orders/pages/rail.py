"""Rail: the seven statuses with the open stage between them, as the order page shows them."""

from dataclasses import dataclass

from orders.journey.causes import CALL_FAILED, last_hop
from orders.journey.hours import spent
from orders.journey.journey import Hop, Journey, Mark
from orders.journey.lookup import OrderLookup
from orders.journey.notes import left_out
from orders.journey.stages import Stage, Status
from orders.journey.verdict import State
from orders.pages.reader import Reader
from orders.wording import phrases
from orders.wording.say import CheckLine, check_lines
from orders.wording.values import At, Group, service_of

SCALE = 1.8  # a bar ends at so many times the limit or the usual, whichever is more


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """A stage's length against its usual range and its limit, in whole per cent; widths of 0 are not drawn."""

    label: str
    usual_left: int = 0
    usual_width: int = 0
    over_left: int = 0
    over_width: int = 0
    tick: int = 0

    @property
    def over(self) -> bool:
        """Return whether the limit was passed."""
        return self.over_width > 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One status: reached, a gap in the record, or ahead."""

    kind: str  # "reached", "gap" or "ahead"
    id: str
    title: str
    code: str
    at: int | None = None
    by: str = ""
    elapsed: str = ""
    note: str = ""
    bar: Bar | None = None
    milestones: tuple[str, ...] = ()
    span_url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class HopDrawing:
    """The hand-over into the open stage: who sent it, through what, who should have taken it."""

    sender: str
    queue: str  # "" where codes are not shown
    receiver: str
    sent: str
    taken: str
    sent_seen: bool
    taken_seen: bool
    sent_url: str = ""
    taken_url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorLine:
    """An error in the open stage."""

    at: int
    service: str
    kind: str  # error type, where it is one that may be shown and codes are shown
    text: str  # what the span says of it, masked; "" where codes are not shown
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenStage:
    """The open stage, unfolded."""

    title: str
    codes: str
    state: str
    when: str
    text: str
    hop: HopDrawing | None
    errors: tuple[ErrorLine, ...]
    checks: tuple[CheckLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rail:
    """The whole rail: rows before the open stage, the stage (None when closed or unknown), rows after it."""

    before: tuple[Row, ...]
    open: OpenStage | None
    after: tuple[Row, ...]


def build_rail(found: OrderLookup, reader: Reader) -> Rail:
    """Return the rail of one order."""
    journey, verdict = found.journey, found.verdict
    group = Group(reader.table, language=reader.language, zone=reader.zone, now=found.now, labelled=True)
    reached = reader.table.status(journey.reached.status) if journey.reached else None
    last = reached.index if reached else -1
    before = tuple(_row(status, found, reader, group) for status in reader.table.statuses[: last + 1])
    ahead = tuple(
        Row(kind="ahead", id=f"s-{s.index}", title=s.name.of(reader.language), code=s.code)
        for s in reader.table.statuses[last + 1 :]
    )
    stage = None if verdict.stage is None else _open(found, reader.table.stages[verdict.stage], reader, group)
    return Rail(before=before, open=stage, after=ahead)


def _row(status: Status, found: OrderLookup, reader: Reader, group: Group) -> Row:
    mark = found.journey.mark(status.code)
    title, row_id = status.name.of(reader.language), f"s-{status.index}"
    if mark is None:
        return Row(kind="gap", id=row_id, title=title, code=status.code, note=_gap_note(status, found, reader))
    service = service_of(mark.service, reader.table)
    elapsed, bar, note = _dwell(status, mark, found, reader)
    return Row(
        kind="reached",
        id=row_id,
        title=title,
        code=status.code,
        at=mark.at,
        by=phrases.alone(service, reader.language),
        elapsed=elapsed,
        bar=bar,
        note=note,
        milestones=_milestones(status, found.journey, reader, group),
        span_url=reader.links.span(*mark.span.key),
    )


def _gap_note(status: Status, found: OrderLookup, reader: Reader) -> str:
    if status.code in found.journey.untold:
        return "untold"
    return "by-hand" if status.code in left_out(found.journey, reader.table) else ""


def _dwell(status: Status, mark: Mark, found: OrderLookup, reader: Reader) -> tuple[str, Bar | None, str]:
    """Return how long the stage before a status took: in words, as a bar, against usual or limit."""
    if not status.index:
        return "", None, ""
    stage = reader.table.stages[status.index - 1]
    before = found.journey.mark(stage.start)
    again = sum(one.status == status.code for one in found.journey.marks) > 1  # what it came back to took no stage
    if before is None or before.at > mark.at or again:
        return "", None, ""
    counted = spent(before.at, mark.at, stage.hours)
    usual = found.usuals.get(stage.index)
    elapsed = phrases.counted_length(counted, stage, reader.language)
    if counted > stage.limit:
        note = phrases.over_limit(counted - stage.limit, stage, reader.language)
    else:
        note = phrases.usually(usual, stage, reader.language) if usual else ""
    return elapsed, _bar(counted, stage.limit, usual, f"{elapsed}, {note}" if note else elapsed), note


def _bar(took: int, limit: int, usual: tuple[int, int] | None, label: str) -> Bar:
    full = SCALE * max(limit, usual[1] if usual else 0)
    low, high = (min(96, round(100 * end / full)) for end in usual) if usual else (0, 0)
    edge = round(100 * limit / full)
    late = took > limit
    return Bar(
        label=label,
        usual_left=low,
        usual_width=max(1, high - low) if usual else 0,
        over_left=edge if late else 0,
        over_width=100 - edge if late else 0,
        tick=min(98, max(1, round(100 * took / full))),
    )


def _milestones(status: Status, journey: Journey, reader: Reader, group: Group) -> tuple[str, ...]:
    """Return the milestones passed while the order was in a status, or that imply it."""
    words = {(m.operation, m.service): m for m in reader.table.milestones}
    lines = []
    for passed in journey.passed:
        found = words[(passed.operation, passed.service)]
        here = found.implies == status.code if found.implies else _during(passed.at, status, journey)
        if here:
            lines.append(phrases.milestone(found.words.of(reader.language), passed.at, group))
    return tuple(lines)


def _during(at: int, status: Status, journey: Journey) -> bool:
    """Return whether the last status said before an instant is this one."""
    said = [mark for mark in journey.marks if mark.at <= at]
    return bool(said) and said[-1].status == status.code


def _open(found: OrderLookup, stage: Stage, reader: Reader, group: Group) -> OpenStage:
    verdict = found.verdict
    checks = check_lines(verdict.checks, reader.table, language=reader.language, zone=reader.zone, now=found.now)
    many = any(clause.rule == "many" for clause in verdict.clauses)
    return OpenStage(
        title=stage.name.of(reader.language),
        codes=f"{stage.start} → {stage.end}",
        state=str(verdict.state),
        when=phrases.waited(verdict, stage, found.journey.last_at, reader.language),
        text=phrases.waits_for(stage, reader.table, verdict, reader.language),
        hop=_hop(found, stage, reader, group),
        errors=_errors(found, reader),
        checks=tuple(line for line in checks if not (many and line.rule == "others-pass")),
    )


def _failed_call(found: OrderLookup, reader: Reader, group: Group) -> HopDrawing | None:
    """Return the call that failed, drawn; None where that is not the cause, or both sides are not known."""
    clause = next((clause for clause in found.verdict.clauses if clause.rule == CALL_FAILED), None)
    if clause is None:
        return None
    sender, receiver = (service_of(str(clause.values[side]), reader.table) for side in ("sender", "receiver"))
    proof = clause.evidence[0]
    return HopDrawing(
        sender=phrases.alone(sender, reader.language),
        queue="",
        receiver=phrases.alone(receiver, reader.language),
        sent=At(int(clause.values["at"]), group).clock,
        taken=phrases.call_error(reader.language),
        sent_seen=True,
        taken_seen=False,
        sent_url=reader.links.span(proof.trace_id, proof.id),
        taken_url="",
    )


def _hop(found: OrderLookup, stage: Stage, reader: Reader, group: Group) -> HopDrawing | None:
    if call := _failed_call(found, reader, group):
        return call
    if not stage.queue or found.verdict.since is None:
        return None
    hop = last_hop(found.journey, stage, found.verdict.since)
    if hop is None and found.verdict.state in {State.ON_TIME, State.SLOW}:
        return None
    sender, receiver = service_of(stage.sender, reader.table), service_of(stage.receiver, reader.table)
    return HopDrawing(
        sender=phrases.alone(sender, reader.language),
        queue=stage.queue if reader.codes else "",
        receiver=phrases.alone(receiver, reader.language),
        sent=phrases.sent_leg(hop, group),
        taken=phrases.taken_leg(hop, receiver, group),
        sent_seen=hop is not None and hop.sent_at is not None,
        taken_seen=hop is not None and hop.taken_at is not None and not (hop.dead_letter or hop.given_back),
        sent_url=_url(hop, reader, sent=True),
        taken_url=_url(hop, reader, sent=False),
    )


def _url(hop: Hop | None, reader: Reader, *, sent: bool) -> str:
    span = None if hop is None else hop.sent_by if sent else hop.taken_by
    return reader.links.span(span.trace_id, span.span_id) if span else ""


def _errors(found: OrderLookup, reader: Reader) -> tuple[ErrorLine, ...]:
    since = found.verdict.since or 0
    return tuple(
        ErrorLine(
            at=trouble.at,
            service=phrases.alone(service_of(trouble.service, reader.table), reader.language),
            kind=reader.error_kind(trouble.span) if reader.codes else "",
            text=reader.error_of(trouble.span) if reader.codes else "",
            url=reader.links.span(*trouble.span.key),
        )
        for trouble in found.journey.troubles[-5:]
        if trouble.at >= since
    )
