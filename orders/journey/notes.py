"""Notes and checks: what stands beside a verdict and does not decide it."""

from itertools import takewhile

from orders.journey import causes
from orders.journey.case import Case, checked, ruled
from orders.journey.journey import Journey
from orders.journey.peers import Silence
from orders.journey.spans import DAY, SECOND
from orders.journey.stages import StageTable
from orders.journey.verdict import MANY, Check, Clause, Verdict


def notes_of(case: Case) -> tuple[Clause, ...]:
    """Return what is worth knowing beside the decision: gaps, repeats, ways back, clocks."""
    journey = case.journey
    notes = [not_whole(case)] if case.journey.spans and not case.answer.whole else []
    notes += _gap_notes(case)
    for back in journey.backs:
        values: dict[str, int | str] = {"from": back.before, "to": back.after, "at": back.at}
        notes.append(Clause(rule="went-back", values=values, evidence=causes.span_evidence(back.span)))
    for again in journey.repeats:
        values = {"status": again.status, "first_at": again.first_at, "last_at": again.again_at}
        notes.append(Clause(rule="status-repeated", values=values, evidence=causes.span_evidence(again.span)))
    for service, shift in journey.shifts:
        notes.append(Clause(rule="clock-shift", values={"service": service, "shift": shift}, evidence=ruled("clock")))
    if journey.reached is not None and case.table.statuses[-1].code != journey.reached.status:
        notes += [*_troubled(case), *_tight(case)]
    return tuple(notes)


def _gap_notes(case: Case) -> list[Clause]:
    """Return the missing marks, those of which the same is to be said together."""
    found: dict[tuple[str, str], list[str]] = {}
    for code in gaps(case.journey, case.table):
        rule = "not-traced-status" if code in case.journey.untold else _gap(code, case)
        status = case.table.status(code)
        reporter = status.reported_by if status and rule == "not-traced-status" else ""
        found.setdefault((rule, reporter), []).append(code)
    return [_missing(rule, codes) for (rule, _), codes in found.items()]


def _missing(rule: str, codes: list[str]) -> Clause:
    values: dict[str, int | str] = {"status": codes[0]}
    if len(codes) > 1:
        values["statuses"] = "\n".join(codes)
    return Clause(rule=rule, values=values, evidence=ruled("gap"))


def _gap(code: str, case: Case) -> str:
    if code in left_out(case.journey, case.table):
        return "gap-by-hand"
    return "gap" if case.journey.mark(case.table.statuses[-1].code) is None else "gap-behind"


def left_out(journey: Journey, table: StageTable) -> tuple[str, ...]:
    """Return the statuses that closing by hand left out: of those nobody can say that the order passed them."""
    if not journey.closed_by_hand:
        return ()
    seen = {mark.status for mark in journey.marks}
    return tuple(takewhile(lambda code: code not in seen, (s.code for s in reversed(table.statuses[:-1]))))


def silent_clause(silence: Silence) -> Clause:
    """Return what is said of a silence."""
    if not silence.service:
        return Clause(rule="all-silent", values={"since": silence.since}, evidence=checked("source-alive"))
    values: dict[str, int | str] = {"service": silence.service, "since": silence.since}
    rule = "source-silent" if silence.since else "source-never"
    return Clause(rule=rule, values=values, evidence=checked("source-alive"))


def _troubled(case: Case) -> list[Clause]:
    """Return the trouble with the data where it decides nothing: within the limit, and in Checkout (steps 5 and 6)."""
    if case.late and case.stage.waits_for != "customer":
        return []
    values: dict[str, int | str] = {"service": case.stage.reporter}
    if not case.traced:
        return [Clause(rule="not-traced", values=values, evidence=ruled("not-traced"))]
    if case.quiet is not None:
        return [silent_clause(case.quiet)]
    if case.holed:
        return [Clause(rule="holes-of", values=values, evidence=checked("record-whole"))]
    if case.late and not case.reaches:
        reason = "fleet-missing" if case.fleet is None else "history-missing"
        return [Clause(rule="confidence-less", values={"reason": reason}, evidence=ruled("fleet"))]
    return []


def not_whole(case: Case) -> Clause:
    """Return what is said of an answer that is old, or of which something is missing."""
    if case.answer.known_at is not None:
        return Clause(rule="jaeger-down", values={"at": case.answer.known_at}, evidence=checked("answer-whole"))
    return Clause(rule="partial", evidence=checked("answer-whole"))


def _tight(case: Case) -> list[Clause]:
    if case.usual is None or case.usual[1] <= case.stage.limit:
        return []
    values: dict[str, int | str] = {"stage": case.stage.index, "high": case.usual[1], "limit": case.stage.limit}
    if case.stage.hours is not None:
        values["counted"] = "working"
    return [Clause(rule="tight-limit", values=values, evidence=ruled("limit"))]


def gaps(journey: Journey, table: StageTable) -> tuple[str, ...]:
    """Return the statuses that a later one proves were reached and that left no record."""
    if journey.reached is None:
        return ()
    seen = {mark.status for mark in journey.marks}
    places = [status.index for status in table.statuses if status.code in seen]
    return tuple(s.code for s in table.statuses[: max(places)] if s.code not in seen)


def checks_of(case: Case, verdict: Verdict) -> tuple[Check, ...]:
    """Return what was looked at, in the order of the steps."""
    days = round(case.retention / DAY)
    checks = [Check(rule="answer-whole", result="yes" if case.answer.whole else "no", values={"days": days})]
    if verdict.stage is None:
        return tuple(checks)
    checks += [_alive(case), _whole_record(case, verdict.step)]
    if verdict.step == 10:
        checks.append(Check(rule="within-retention", result="no"))
    many = verdict.alike is not None and verdict.alike.count >= MANY
    if case.late and case.fleet is not None and not many:  # "many" never stands beside "the others pass"
        passing = case.fleet.passing(case.stage.index, case.reached.at, case.now)
        values: dict[str, int | str] = {"count": passing, "stage": case.stage.index}
        checks.append(Check(rule="others-pass", result="yes" if passing else "unknown", values=values))
    if verdict.alike is not None:
        values = {"count": len(case.others), "since": case.others[0].since}
        checks.append(Check(rule="alike", result="no", values=values))
    return tuple(checks)


def _alive(case: Case) -> Check:
    service = case.table.service(case.stage.reporter)
    if case.fleet is None or not case.reaches or not service.instrumented:
        return Check(rule="source-alive", result="unknown", values={"service": service.code})
    last = case.fleet.last(service.code, case.now)
    values: dict[str, int | str] = {"service": service.code, "allowed": service.silent_after // SECOND * SECOND}
    if last is not None:
        values |= {"at": last, "elapsed": case.now - last}
    if case.late and case.standing:
        return Check(rule="source-stopped", result="no", values=values)
    if case.late and case.quiet is None and not case.heard:  # a witness speaks for the order, not for its source
        return Check(rule="source-alive", result="unknown", values=values)
    silent = last is None or case.quiet is not None
    return Check(rule="source-alive", result="no" if silent else "yes", values=values)


def _whole_record(case: Case, step: int) -> Check:
    """Return what is known of the record; what does not prove holes counts where step 9 rests on it alone."""
    holes = case.holes if case.traced else None
    values: dict[str, int | str] = {"service": case.stage.reporter}
    proved = case.holed or (step == 9 and case.traced and bool(case.torn))
    result = "no" if proved else "unknown" if step == 9 else "yes"  # a gap may have begun before others are known
    if case.holed and holes is not None and holes.gap is not None:
        values["elapsed"] = holes.gap[1] - holes.gap[0]
    elif result != "unknown" and holes is not None and holes.of and (holes.found or result == "yes"):
        values |= {"lacking": holes.lacking, "of": holes.of, "count": holes.of - holes.lacking}
    elif result == "yes":
        result = "unknown"
    return Check(rule="record-whole", result=result, values=values)
