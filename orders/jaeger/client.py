"""Jaeger: the one way to ask for spans. Thread-safe; HTTP, generations and their faults stay inside."""

import re
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Final

from orders.jaeger import failures, fanout, spent, wire_legacy, wire_v3
from orders.jaeger.breaker import Breaker
from orders.jaeger.config import JaegerConfig
from orders.jaeger.decoded import Decoded
from orders.jaeger.errors import (
    BadId,
    Busy,
    JaegerError,
    NotFound,
    NotSpoken,
    Oversized,
    Refused,
    ServiceRequired,
    Unexpected,
    most_telling,
)
from orders.jaeger.facts import wanted
from orders.jaeger.flight import Flights
from orders.jaeger.health import Generation, Health
from orders.jaeger.reading import Reading
from orders.jaeger.replies import Reply, answer, generation
from orders.jaeger.transport import Transport
from orders.jaeger.unchanged import Unchanged, whole
from orders.jaeger.wire import BROKEN, TRACE_ID, Asked, Question, Wire, broken, trace_key, window
from orders.journey.spans import Answer, Missing

Outcome = bytes | JaegerError
WIRES: Final[dict[Generation, Wire]] = {"v3": wire_v3, "legacy": wire_legacy}


class Jaeger:
    """A Jaeger, or what speaks like one. Make one per process and keep it; close it at the end.

    Every look-up takes its window explicitly, in nanoseconds, and widens it to whole seconds. All raise the errors of
    `orders.jaeger.errors` and nothing else; none takes longer than the hard deadline and 0.3 s.
    """

    def __init__(self, config: JaegerConfig, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._config = config
        self._clock = clock
        self._transport = Transport(config)
        self._breaker = Breaker(clock)
        self._seats = threading.BoundedSemaphore(config.max_in_flight)
        self._answers: Flights[Answer] = Flights()
        self._generations: Flights[Generation] = Flights()
        self._decoded = Decoded(wanted(config.order_attributes), clock=clock)
        self._unchanged = Unchanged(clock)
        self._id = re.compile(config.id_pattern, re.ASCII)
        self._generation: tuple[Generation, float] | None = None
        self._needs_service: float | None = None  # until when that is believed
        self._discovered: tuple[tuple[str, ...], float] | None = None
        self._last: tuple[float | None, str] = (None, "")

    def find(self, attribute: str, value: str, *, start: int, end: int) -> Answer:
        """Return the spans of every trace in which one carries exactly this value, started between two instants.

        `attribute` is order_id (all of `order_attributes` are searched and merged) or any other by its own name.
        Raises BadId, and JaegerError when nothing at all came.
        """
        return self._search(attribute, value, start, end, self._config.limit)

    def newest(self, attribute: str, value: str, *, start: int, end: int, limit: int) -> Answer:
        """Return at most `limit` traces as `find` does; which ones is the storage's choice, mostly the newest.

        One search, never widened: `truncated` says that there may be more.
        """
        return self._search(attribute, value, start, end, limit)

    def trace(self, trace_id: str, *, start: int, end: int) -> Answer:
        """Return the spans of one trace, of 16 or 32 hexadecimal digits. Raises BadId, NotFound and JaegerError."""
        written = trace_id.lower()
        if not TRACE_ID.fullmatch(written):
            raise BadId("a trace id has 16 or 32 hexadecimal digits")
        key, (start, end) = trace_key(written), window(start, end)
        return self._shared(("trace", key, start, end), lambda until: self._one(key, start, end, until))

    def services(self) -> tuple[str, ...]:
        """Return the services that are asked one by one: configured, or what Jaeger knows. Raises JaegerError."""
        if self._config.services:
            return self._config.services
        with self._turn() as until:
            return self._services(WIRES[self._spoken(until)], until)

    def generation(self) -> Generation:
        """Return which API this Jaeger is asked through. Raises JaegerError when that cannot be found out."""
        with self._turn() as until:
            return self._spoken(until)

    def health(self) -> Health:
        """Return how Jaeger has been; asks nothing."""
        known = self._config.generation if self._config.generation != "auto" else (self._generation or ("", 0))[0]
        return Health(known, self._breaker.state, *self._last)

    def close(self) -> None:
        """Close the connections; a later look-up opens new ones."""
        self._transport.close()

    # --- a look-up: its turn, its deadlines, its plan ---

    def _search(self, attribute: str, value: str, start: int, end: int, limit: int) -> Answer:
        if not self._id.fullmatch(value):
            raise BadId("not an id that may be searched for")
        names = self._config.order_attributes if attribute == "order_id" else (attribute,)
        start, end = window(start, end)
        asked = [Asked(name, value, start, end, limit) for name in names]
        key = (attribute, value, start, end, limit)
        return self._shared(key, lambda until: self._found(attribute, asked, until))

    def _shared(self, key: tuple[object, ...], plan: Callable[[fanout.Until], Answer]) -> Answer:
        with spent.one_look_up():
            patience = self._config.hard_deadline + fanout.GRACE
            return self._answers.share(key, lambda: self._timed(plan), patience=patience)

    def _timed(self, plan: Callable[[fanout.Until], Answer]) -> Answer:
        began = self._clock()
        reason = ""
        try:
            with self._turn() as until:
                found = self._twice(plan, until)
            return replace(found, took=self._clock() - began)
        except JaegerError as error:
            reason = error.reason
            raise
        finally:
            self._last = (self._clock() - began, "" if reason == NotFound.reason else reason)

    def _twice(self, plan: Callable[[fanout.Until], Answer], until: fanout.Until) -> Answer:
        """Carry out a plan, and once more when the server turns out to speak the other generation."""
        before = self._spoken(until)
        try:
            return plan(until)
        except NotSpoken:
            self._generation = None
            if self._spoken(until) == before:
                raise
        return plan(until)

    @contextmanager
    def _turn(self) -> Iterator[fanout.Until]:
        now = time.monotonic()
        if not self._seats.acquire(timeout=self._config.patience):
            raise Busy("too many look-ups in flight")
        try:
            self._breaker.admit()
            yield fanout.Until(now + self._config.soft_deadline, now + self._config.hard_deadline)
        finally:
            self._seats.release()

    def _found(self, attribute: str, asked: list[Asked], until: fanout.Until) -> Answer:
        wire = WIRES[self._spoken(until)]
        if wire is wire_v3 and self._may_omit_service():
            outcomes = self._ask(wire, [wire.search(one) for one in asked], until)
            if self._config.serviceless == "yes" or not any(isinstance(one, ServiceRequired) for one in outcomes):
                return self._read_all(wire, attribute, asked, outcomes)
            self._needs_service = self._clock() + self._config.remember
        services = self._config.services or self._services(wire, until)
        some = services[: self._config.max_services]
        asked = [replace(one, service=service) for one in asked for service in some]
        outcomes = self._ask(wire, [wire.search(one) for one in asked], until)
        found = self._read_all(wire, attribute, asked, outcomes)
        return replace(found, capped=found.capped or len(some) < len(services))

    def _one(self, key: str, start: int, end: int, until: fanout.Until) -> Answer:
        wire = WIRES[self._spoken(until)]
        (outcome,) = self._ask(wire, [wire.one(key, start, end)], until)
        reading = Reading(wire, self._decoded, max_spans=self._config.max_spans)
        self._read(reading, outcome, alone=True)
        spans = tuple(span for span in reading.spans() if span.trace_id == key)
        if not spans:
            raise NotFound("no such trace")
        missing = (Missing(service="", reason="unexpected"),) if reading.partial else ()
        return Answer(spans=spans, missing=missing, capped=reading.capped, start=start, end=end)

    def _ask(self, wire: Wire, questions: Sequence[Question], until: fanout.Until) -> list[Outcome]:
        began, came = time.monotonic(), fanout.ask(self._transport, questions, until) if questions else []
        return [self._outcome(wire, one, question, began) for one, question in zip(came, questions, strict=True)]

    def _outcome(self, wire: Wire, came: fanout.Came, question: Question, began: float) -> Outcome:
        if isinstance(came, Reply):
            try:
                return answer(came, wire)
            except JaegerError as error:
                came = error
        failures.tell(came, failures.service_of(question), began, self._config.services)
        if isinstance(came, Busy):
            self._breaker.open_for(came.retry_after)
        elif not isinstance(came, Oversized):
            self._breaker.record(good=isinstance(came, Refused | NotFound))
        return came

    def _read_all(self, wire: Wire, attribute: str, asked: list[Asked], outcomes: list[Outcome]) -> Answer:
        """Return what came as one answer, the one from before where the same came as then."""
        bodies = whole(outcomes)
        if not bodies:
            return self._merged(wire, attribute, asked, outcomes)
        question = (wire, attribute, tuple((one.attribute, one.value, one.service, one.limit) for one in asked))
        known = self._unchanged.answer(question, bodies)
        if known is None:
            known = self._merged(wire, attribute, asked, outcomes)
            self._unchanged.keep(question, bodies, known)
            return known
        for body in bodies:
            if body is not None:
                self._breaker.record(good=True)
        return replace(known, start=asked[0].start, end=asked[0].end)

    def _merged(self, wire: Wire, attribute: str, asked: list[Asked], outcomes: list[Outcome]) -> Answer:
        """Return one answer made of all that came; raise the most telling error when nothing did."""
        reading = Reading(wire, self._decoded, max_spans=self._config.max_spans)
        failed: dict[str, JaegerError] = {}
        errors: list[JaegerError] = []
        truncated = False
        for one, outcome in zip(asked, outcomes, strict=True):
            try:
                truncated |= self._read(reading, outcome, alone=len(asked) == 1, service=one.service) >= one.limit
            except NotFound:
                continue
            except JaegerError as error:
                failed.setdefault(one.service, error)
                errors.append(error)
        if errors and len(errors) == len(asked):
            raise most_telling(errors)
        if reading.partial:
            failed.setdefault("", Unexpected("the server left something out"))
        return Answer(
            spans=reading.carrying(attribute, [one.attribute for one in asked], asked[0].value) if asked else (),
            missing=tuple(Missing(service=service, reason=error.reason) for service, error in failed.items()),
            truncated=truncated,
            capped=reading.capped or any(isinstance(error, Oversized) for error in errors),
            start=asked[0].start if asked else 0,
            end=asked[0].end if asked else 0,
        )

    def _read(self, reading: Reading, outcome: Outcome, *, alone: bool, service: str = "") -> int:
        if isinstance(outcome, JaegerError):
            raise outcome
        began = time.monotonic()
        try:
            found = reading.add(outcome, alone=alone)
        except JaegerError as error:
            failures.tell(error, service, began, self._config.services)
            self._breaker.record(good=False)
            raise
        self._breaker.record(good=True)
        return found

    # --- what this server is, remembered for a while ---

    def _spoken(self, until: fanout.Until) -> Generation:
        if self._config.generation != "auto":
            return self._config.generation
        known = self._generation
        if known is not None and self._clock() < known[1]:
            return known[0]
        patience = max(until.hard - time.monotonic(), 0.0) + fanout.GRACE
        return self._generations.share("generation", lambda: self._detect(until), patience=patience)

    def _detect(self, until: fanout.Until) -> Generation:
        began, (came,) = time.monotonic(), fanout.ask(self._transport, [wire_v3.PROBE], until)
        try:
            if isinstance(came, JaegerError):
                raise came
            found = generation(came)
        except JaegerError as error:
            self._outcome(wire_v3, error, wire_v3.PROBE, began)
            raise
        self._generation = (found, self._clock() + self._config.remember)
        return found

    def _may_omit_service(self) -> bool:
        if self._config.serviceless != "auto":
            return self._config.serviceless == "yes"
        return self._needs_service is None or self._clock() >= self._needs_service

    def _services(self, wire: Wire, until: fanout.Until) -> tuple[str, ...]:
        known = self._discovered
        if known is not None and self._clock() < known[1]:
            return known[0]
        (outcome,) = self._ask(wire, [wire.SERVICES], until)
        if isinstance(outcome, JaegerError):
            raise outcome
        try:
            found = tuple(wire.service_names(outcome))
        except BROKEN as error:
            failures.tell(broken(error), "", time.monotonic(), ())
            self._breaker.record(good=False)
            raise broken(error) from error
        self._breaker.record(good=True)
        self._discovered = (found, self._clock() + self._config.remember_services)
        return found
