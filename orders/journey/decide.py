"""Decide: eleven steps, first match wins; every order gets exactly one state (docs/decision.md)."""

from dataclasses import replace

from orders.journey import causes
from orders.journey.case import Case, checked, reached_evidence, ruled
from orders.journey.journey import Journey
from orders.journey.notes import checks_of, not_whole, notes_of, silent_clause
from orders.journey.peers import FEWEST, Fleet, Silence
from orders.journey.spans import DAY, Answer
from orders.journey.stages import StageTable
from orders.journey.timeline import belongs
from orders.journey.troubles import is_error
from orders.journey.verdict import HIGH, LOW, MANY, MEDIUM, Clause, State, Verdict


def decide(
    journey: Journey, *, now: int, table: StageTable, answer: Answer, fleet: Fleet | None, retention: int
) -> Verdict:
    """Return the verdict on one order at one moment.

    Arguments: the journey; `now` in nanoseconds; the stage table; the answer it was built from (how whole
    it is); what is known of other orders, None where nothing is; how long spans are kept, nanoseconds.
    The decision is total: every input has exactly one result.
    """
    case = Case(journey, now, table, answer, fleet, retention)
    verdict = _nothing(case) or _closed(case) or _open(case)
    return replace(verdict, notes=notes_of(case), checks=verdict.checks or checks_of(case, verdict))


def _nothing(case: Case) -> Verdict | None:
    """Decide steps 1 and 2: no span, or no status."""
    days = round(case.retention / DAY)
    if not case.journey.spans:
        if case.answer.spans:  # a moment before the first of them was asked for
            clause = Clause(rule="not-yet", values={"at": case.now}, evidence=checked("answer-whole"))
            return Verdict(state=None, step=1, now=case.now, clauses=(clause,))
        if case.answer.whole:
            clause = Clause(rule="no-data", values={"days": days}, evidence=checked("answer-whole"))
            return Verdict(state=None, step=1, now=case.now, clauses=(clause, *_hidden(case)))
        return Verdict(state=State.CANNOT_TELL, step=7, now=case.now, confidence=LOW, clauses=_unanswered(case),
                       ask="telemetry")  # fmt: skip
    if case.journey.reached is not None:
        return None
    own = [span for span in case.journey.spans if belongs(span, case.journey.order_id)]
    last = max(own or case.journey.spans, key=lambda s: (s.end, s.span_id))
    service = case.table.service_code(last.service)
    rule = "seen-error" if own and is_error(last) else "seen"  # another order's error is not this one's
    clause = Clause(rule=rule, values={"service": service, "at": last.end}, evidence=causes.span_evidence(last))
    clauses = (clause, *(() if case.answer.whole else _unanswered(case)))
    return Verdict(state=State.CANNOT_TELL, step=2, now=case.now, confidence=LOW, clauses=clauses, ask="telemetry")


def _hidden(case: Case) -> tuple[Clause, ...]:
    """Return the silence in which a new order may have come unseen: of all, or of who reports the first status."""
    if case.fleet is None or not case.reaches:
        return ()
    reporters = (case.table.service(status.reported_by) for status in case.table.statuses)
    first = next((service.code for service in reporters if service.instrumented), "")
    silence = case.fleet.all_silent(case.now) or case.fleet.silence(first, case.now)
    return (silent_clause(silence),) if silence else ()


def _closed(case: Case) -> Verdict | None:
    """Step 3: the last status of the table was seen."""
    last = case.table.statuses[-1].code
    mark = case.journey.mark(last)
    if mark is None:
        return None
    values: dict[str, int | str] = {"at": mark.at}
    first = case.journey.mark(case.table.statuses[0].code)
    if first is not None and first.at <= mark.at:
        values["elapsed"] = mark.at - first.at
        life = case.fleet.life(case.now) if case.fleet else None
        if life is not None:
            values |= {"low": life[0], "high": life[1]}
    clauses = [Clause(rule="done", values=values, evidence=causes.span_evidence(mark.span))]
    if case.journey.closed_by_hand:
        clauses.append(Clause(rule="closed-by-hand", evidence=causes.span_evidence(mark.span)))
    cause = "closed-by-hand" if case.journey.closed_by_hand else None
    return Verdict(state=State.DONE, step=3, now=case.now, status=last, since=mark.at, cause=cause,
                   clauses=tuple(clauses))  # fmt: skip


def _open(case: Case) -> Verdict:
    """Return the verdict of an order in an open stage: steps 4 to 11."""
    if case.error is not None:
        return _failed(case) if case.answer.whole else _cannot(case, 7, _unanswered(case))
    if not case.late:
        return _in_time(case)
    if case.stage.waits_for == "customer":
        return _left(case)
    return _cannot_tell(case) or _stalled(case)


def _left(case: Case) -> Verdict:
    """Step 6: past the limit the customer has not finished; where the data may be what is missing, probably."""
    doubt = not (case.answer.whole and case.reaches and case.traced) or case.quiet is not None or case.holed
    sure = HIGH if case.heard else MEDIUM
    rule = "checkout-unsure" if doubt else "checkout-left"
    left = Clause(rule=rule, values={"elapsed": case.elapsed}, evidence=reached_evidence(case))
    return _verdict(case, State.SLOW, 6, (left,), cause=causes.LEFT, confidence=LOW if doubt else sure,
                    ask="telemetry" if doubt else "default")  # fmt: skip


def _verdict(
    case: Case, state: State, step: int, clauses: tuple[Clause, ...], *, confidence: str = HIGH,
    cause: str | None = None, stuck: bool = False, ask: str = "",
) -> Verdict:  # fmt: skip
    return Verdict(
        state=state, step=step, now=case.now, status=case.reached.status, stage=case.stage.index,
        since=case.reached.at, deadline=case.deadline, limit=case.stage.limit, usual=case.usual, cause=cause,
        confidence=confidence, stuck=stuck, clauses=clauses, alike=case.alike if stuck else None, ask=ask,
    )  # fmt: skip


def _failed(case: Case) -> Verdict:
    """Step 4: the last thing in the open stage is an error."""
    clauses = (_no_progress(case), case.cause.clause, *_many(case)) if case.late else (case.cause.clause,)
    return _verdict(case, State.FAILED, 4, clauses, cause=case.cause.rule, stuck=case.late, ask=case.cause.ask)


def _in_time(case: Case) -> Verdict:
    """Step 5: within the limit."""
    values: dict[str, int | str] = {
        "service": case.stage.reporter, "stage": case.stage.index, "elapsed": case.elapsed,
    }  # fmt: skip
    if case.stage.hours is not None:  # the usual counts working hours alone, so what is set against it does, too
        values |= {"elapsed": case.counted, "since": case.reached.at, "counted": "working"}
    if case.usual is not None:
        values |= {"low": case.usual[0], "high": case.usual[1]}
    slow = case.usual is not None and case.counted > case.usual[1]
    clauses = [Clause(rule="slower" if slow else "waiting", values=values, evidence=reached_evidence(case))]
    if case.journey.backs and case.journey.backs[-1].at >= case.reached.at:
        clauses.append(causes.silent_cause(case.journey, case.stage, case.reached.at).clause)
    return _verdict(case, State.SLOW if slow else State.ON_TIME, 5, tuple(clauses), ask="default")


def _cannot_tell(case: Case) -> Verdict | None:
    """Decide steps 7 to 10: past the limit, but the data, not the order, may be what is missing."""
    if not case.answer.whole:
        return _cannot(case, 7, _unanswered(case))
    service = case.table.service(case.stage.reporter)
    if not service.instrumented:
        clause = Clause(rule="not-traced", values={"service": service.code}, evidence=ruled("not-traced"))
        return _cannot(case, 9, (clause,))
    if case.silence is not None:
        if not case.reaches:  # nobody is called silent of whom nothing is known at that moment
            return _cannot(case, 8, (Clause(rule="history-short", evidence=ruled("fleet")),))
        return _cannot(case, 8, (silent_clause(case.silence), *_unheard(case, case.silence)))
    if case.ragged:
        values: dict[str, int | str] = {"service": service.code}
        if case.holes is not None and case.holes.found:
            values |= {"lacking": case.holes.lacking, "of": case.holes.of}
        evidence = causes.span_evidence(*case.torn[:1]) + checked("record-whole")
        holes = Clause(rule="holes", values=values, evidence=evidence)
        probably = Clause(rule="probably", values={"stage": case.stage.index}, evidence=reached_evidence(case))
        return _cannot(case, 9, (holes, probably))
    if case.reached.at < case.now - case.retention:
        values = {"days": round(case.retention / DAY)}
        return _cannot(case, 10, (Clause(rule="too-old", values=values, evidence=checked("within-retention")),))
    if case.reached.at < service.traced_since:
        began: dict[str, int | str] = {"service": service.code, "since": service.traced_since}
        return _cannot(case, 10, (Clause(rule="before-tracing", values=began, evidence=checked("within-retention")),))
    return None


def _unheard(case: Case, silence: Silence) -> tuple[Clause, ...]:
    """Return how many other orders ran over their limit in the same silence; () where not all of them are known."""
    if case.fleet is None or silence.since < case.fleet.filled_since:
        return ()
    own = case.journey.order_id
    count = case.fleet.overruns.waiting(silence.service, silence.since, case.now, but=own)
    if not count:
        return ()
    values: dict[str, int | str] = {"service": silence.service, "count": count}
    return (
        Clause(
            rule="unheard-too" if silence.service else "all-unheard", values=values, evidence=checked("source-alive")
        ),
    )


def _cannot(case: Case, step: int, clauses: tuple[Clause, ...]) -> Verdict:
    values: dict[str, int | str] = {"status": case.reached.status, "at": case.reached.at}
    last = Clause(rule="last-known", values=values, evidence=reached_evidence(case))
    return _verdict(case, State.CANNOT_TELL, step, (*clauses, last), confidence=LOW, ask="telemetry")


def _unanswered(case: Case) -> tuple[Clause, ...]:
    if not case.journey.spans:
        return (Clause(rule="jaeger-silent", values={"at": case.now}, evidence=checked("answer-whole")),)
    return (not_whole(case),)


def _stalled(case: Case) -> Verdict:
    """Step 11: past the limit, and the data is healthy enough to say so."""
    should = Clause(rule="should-have", values={"stage": case.stage.index, "deadline": case.deadline},
                    evidence=ruled("limit"))  # fmt: skip
    confidence, sure = _confidence(case)
    clauses = (_no_progress(case), should, case.cause.clause, *_many(case), sure)
    return _verdict(case, State.STALLED, 11, clauses, confidence=confidence, cause=case.cause.rule, stuck=True,
                    ask=case.cause.ask)  # fmt: skip


def _confidence(case: Case) -> tuple[str, Clause]:
    """Return how sure a standstill is: compared with others that pass, or stop alike, or with nothing."""
    if case.fleet is None:
        return LOW, Clause(rule="confidence-less", values={"reason": "fleet-missing"}, evidence=ruled("fleet"))
    if case.reached.at < case.fleet.filled_since:
        return LOW, Clause(rule="confidence-less", values={"reason": "history-missing"}, evidence=ruled("fleet"))
    service: dict[str, int | str] = {"service": case.stage.reporter}
    if not case.heard:
        return HIGH, Clause(rule="confidence-witness", values=service, evidence=checked("source-alive"))
    if case.holes is None or case.holes.of < FEWEST:
        return MEDIUM, Clause(
            rule="confidence-less", values={"reason": "few-passages"}, evidence=checked("record-whole")
        )
    passing = case.fleet.passing(case.stage.index, case.reached.at, case.now)
    if passing or len(case.others) + 1 >= MANY:
        rule = "confidence-standing" if case.standing else "confidence-high"
        return HIGH, Clause(rule=rule, values={**service, "count": passing}, evidence=checked("others-pass"))
    return MEDIUM, Clause(rule="confidence-less", values={"reason": "no-comparison"}, evidence=checked("others-pass"))


def _no_progress(case: Case) -> Clause:
    values: dict[str, int | str] = {"since": case.reached.at, "elapsed": case.elapsed}
    return Clause(rule="no-progress", values=values, evidence=reached_evidence(case))


def _many(case: Case) -> tuple[Clause, ...]:
    alike = case.alike
    if alike is None or alike.count < MANY:
        return ()
    values: dict[str, int | str] = {"count": alike.count, "since": alike.since}
    return (Clause(rule="many", values=values, evidence=checked("alike")),)
