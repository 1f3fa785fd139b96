"""Case: everything that one decision rests on, and what several of its steps ask of it."""

from bisect import bisect_left
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from orders.journey import causes
from orders.journey.hours import deadline_after, spent
from orders.journey.journey import Journey, Mark, Trouble
from orders.journey.peers import Fleet, Holes, Silence
from orders.journey.spans import HOUR, Answer, Span
from orders.journey.stages import Stage, StageTable
from orders.journey.timeline import belongs
from orders.journey.trips import Stuck
from orders.journey.troubles import SETTLES, is_error, set_aside
from orders.journey.verdict import Alike, Evidence

ALIKE_SHOWN: Final = 20


@dataclass(frozen=True)
class Case:
    """Everything that a decision rests on, and what several steps ask of it."""

    journey: Journey
    now: int
    table: StageTable
    answer: Answer
    fleet: Fleet | None
    retention: int

    @cached_property
    def reached(self) -> Mark:
        """Return the status the order is in."""
        assert self.journey.reached is not None  # noqa: S101 - step 2 has dealt with that
        return self.journey.reached

    @cached_property
    def stage(self) -> Stage:
        """Return the open stage."""
        status = self.table.status(self.reached.status)
        assert status is not None  # noqa: S101 - marks only name statuses of the table
        return self.table.stages[status.index]

    @cached_property
    def deadline(self) -> int:
        """Return when the open stage's limit runs out."""
        return self.due(self.reached.at)

    def due(self, since: int) -> int:
        """Return when the limit runs out of an order that came into the open stage at an instant."""
        return deadline_after(since, self.stage.limit, self.stage.hours)

    @cached_property
    def elapsed(self) -> int:
        """Return how long the order has been in the open stage."""
        return max(0, self.now - self.reached.at)

    @cached_property
    def counted(self) -> int:
        """Return how much of the limit has run: in a stage with working hours those alone."""
        return spent(self.reached.at, self.now, self.stage.hours)

    @cached_property
    def usual(self) -> tuple[int, int] | None:
        """Return the usual range of the open stage, None where it is not known."""
        return self.fleet.usual(self.stage, self.now) if self.fleet else self.stage.usual

    @property
    def late(self) -> bool:
        """Return whether the limit has run out."""
        return self.now > self.deadline

    @cached_property
    def silence(self) -> Silence | None:
        """Return the silence of who has to report next, or of all: step 8."""
        if self.fleet is None:
            return None
        if all_silent := self.fleet.all_silent(self.now):
            return all_silent
        return None if self.standing else self._quiet(self.fleet)

    @cached_property
    def silent_now(self) -> Silence | None:
        """Return the silence by the clock alone, of who has to report next or of all: for steps 5 and 6."""
        if self.fleet is None or not self.reaches:
            return None
        return self.fleet.all_silent(self.now) or self.fleet.silence(self.stage.reporter, self.now)

    @property
    def quiet(self) -> Silence | None:
        """Return the silence that stands beside the decision: step 8's, in steps 5 and 6 the clock's alone."""
        return self.silence if self.late and self.stage.waits_for != "customer" else self.silent_now

    @property
    def reaches(self) -> bool:
        """Return whether what is known of other orders reaches back to the moment asked for."""
        return self.fleet is not None and self.now >= self.fleet.filled_since

    @property
    def traced(self) -> bool:
        """Return whether who reports the next status is traced: of whom nothing is expected nothing is lost."""
        return self.table.service(self.stage.reporter).instrumented

    @property
    def holed(self) -> bool:
        """Return whether other orders prove holes in the reporter's record: no gap whose beginning is not known."""
        if self.fleet is None or self.holes is None or not self.traced:
            return False
        return self.holes.found and (self.holes.gap is None or self.holes.gap[0] >= self.fleet.filled_since)

    @property
    def ragged(self) -> bool:
        """Return whether the record has holes where it matters: step 9."""
        return bool(self.torn) or (self.holes is not None and self.holes.found)

    @cached_property
    def standing(self) -> bool:
        """Return whether the reporter is quiet because it stands still itself, not because its data is cut."""
        fleet = self.fleet
        return bool(fleet and self._quiet(fleet) and fleet.standing_still(self.stage.reporter, self.now))

    def _quiet(self, fleet: Fleet) -> Silence | None:
        return fleet.silence(self.stage.reporter, self.now) or self._unheard_since_deadline(fleet)

    def _witnessed(self, fleet: Fleet) -> bool:
        """Return whether another service, heard since the deadline, would have taken what follows this stage."""
        following = self.table.stages[self.stage.index + 1 : self.stage.index + 2]
        takers = [s.receiver for s in following if s.queue and s.receiver != self.stage.reporter]
        return any(
            self.table.service(code).instrumented
            and (fleet.last(code, self.now) or 0) >= self.deadline
            and not fleet.silence(code, self.now)
            for code in takers
        )

    def _unheard_since_deadline(self, fleet: Fleet) -> Silence | None:
        """Return the silence of a reporter that has said nothing at all since the order's time ran out.

        Absence proves something only where the source has demonstrably spoken since: docs/adr/0005.
        """
        if self.heard or self._witnessed(fleet):
            return None
        return Silence(service=self.stage.reporter, since=self._last_heard, allowed=self.now - self.deadline)

    @cached_property
    def _last_heard(self) -> int:
        last = self.fleet.last(self.stage.reporter, self.now) if self.fleet else None
        own = [s.end for s in self.journey.spans if self.table.service_code(s.service) == self.stage.reporter]
        return max([last or 0, *own])

    @property
    def heard(self) -> bool:
        """Return whether the reporter has said anything since the order's time ran out."""
        return self._last_heard >= self.deadline

    @cached_property
    def holes(self) -> Holes | None:
        """Return what the reporter's record lacks, None where nothing is known of other orders."""
        if self.fleet is None:
            return None
        return self.fleet.holes(self.stage.reporter, self.reached.at, self.now)

    @cached_property
    def torn(self) -> tuple[Span, ...]:
        """Return the orphans after the last status whose parent must have ended in another service: lost spans."""
        return tuple(s for s in self.journey.orphans if s.kind in {"server", "consumer"} and s.end >= self.reached.at)

    @cached_property
    def error(self) -> causes.Cause | None:
        """Return the error that is the last thing that happened in the open stage, None where it is not."""
        found = causes.error_cause(self.journey, self.stage, self.reached.at)
        if found is None:
            return None
        last = max(causes.troubles_in(self.journey, self.stage, self.reached.at), key=lambda t: t.at)
        later = (s for s in self.journey.spans if s.start > last.span.end and self._progress(s, last))
        return None if any(later) else found

    def _progress(self, span: Span, last: Trouble) -> bool:
        """Return whether a span after an error shows that things went on: its service worked, or was called again.

        Who called and was refused may well work on, to tell the customer so: after a failed call only the called
        service's own work, a new call that did not fail, or a message counts. That it answered somebody else, a person
        who looked at the order, is no work on it.
        """
        code = self.table.service_code(span.service)
        if is_error(span) or not belongs(span, self.journey.order_id):
            return False
        if span.facts.operation in SETTLES or set_aside(span, code, self.table):
            return False
        if not last.call_to:
            return code == last.service and span.kind in {"consumer", "internal", "producer"}
        if code == last.call_to:
            return span.kind in {"consumer", "internal", "producer"} or self._called_again(span, last)
        called = span.kind == "client" and self.table.service_code(span.facts.peer) == last.call_to
        return code == last.service and (called or span.kind in {"consumer", "producer"})

    def _called_again(self, span: Span, last: Trouble) -> bool:
        """Return whether a server's span answers a call that who was refused made after that, by its own clock."""
        call = self._by_key.get((span.trace_id, span.parent_id)) if span.kind == "server" else None
        if call is None or call.kind != "client" or is_error(call):
            return False
        return self.table.service_code(call.service) == last.service and call.start > last.span.end

    @cached_property
    def _by_key(self) -> dict[tuple[str, str], Span]:
        return {span.key: span for span in self.journey.spans}

    @cached_property
    def cause(self) -> causes.Cause:
        """Return the likely cause: the error that is the last thing, else what the hop shows."""
        return self.error or causes.silent_cause(self.journey, self.stage, self.reached.at)

    @cached_property
    def others(self) -> tuple[Stuck, ...]:
        """Return the other orders stuck alike, oldest first."""
        if self.fleet is None:
            return ()
        return self.fleet.alike(self.journey.order_id, self.stage, self.cause.rule, self.now)

    @cached_property
    def alike(self) -> Alike | None:
        """Return the other orders stuck alike as the page shows them; None where there are none, or it is in time."""
        others = self.others
        if not others or not self.late:
            return None
        return Alike(
            count=len(others) + 1,
            since=min(others[0].since, self.reached.at),
            order_ids=tuple(other.order_id for other in others[:ALIKE_SHOWN]),
            partners=len({o.partner_id for o in others if o.partner_id} | ({self.journey.partner_id} - {""})),
            last_hour=len(others) - bisect_left(others, self.now - HOUR, key=lambda other: self.due(other.since)),
        )


def reached_evidence(case: Case) -> tuple[Evidence, ...]:
    """Return the span that said the status the order is in."""
    return causes.span_evidence(case.reached.span)


def ruled(rule: str) -> tuple[Evidence, ...]:
    """Return a rule as evidence."""
    return (Evidence(kind="rule", id=rule),)


def checked(check: str) -> tuple[Evidence, ...]:
    """Return a check as evidence."""
    return (Evidence(kind="check", id=check),)
