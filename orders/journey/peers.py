"""Fleet: what a verdict may know of other orders: who passes, who is stuck alike, whose record has holes."""

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise
from typing import Final

from orders.journey.causes import SHOWN_ERRORS
from orders.journey.clocks import percentile
from orders.journey.hours import deadline_after, spent
from orders.journey.overruns import Overruns
from orders.journey.spans import DAY, MINUTE
from orders.journey.stages import Stage, StageTable
from orders.journey.trips import Stuck, Trip

PASSAGES: Final = 200  # holes are counted over so many passages at most
FEWEST: Final = 5  # and over no fewer
LACKING: Final = 0.02  # more than this share lacking their record: the record has holes
LACKING_SINCE: Final = 0.05  # the same, counted only since the order's last fact
FEWEST_USUAL: Final = 20  # no usual range from fewer passages
SETTLES: Final = MINUTE  # a passage proven less than this ago may still get its record
FEWEST_STANDING: Final = 3  # so many orders kept waiting show that a service itself has stopped
OTHERS_INSIDE: Final = 3  # a gap counts while at least so many spans of others lie in it


@dataclass(frozen=True, slots=True, kw_only=True)
class Silence:
    """A service from which nothing has come for too long."""

    service: str  # "" when all services together
    since: int  # its last span's end
    allowed: int  # how long it may be silent, nanoseconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Holes:
    """How many of the passages that a later status proves lack their record."""

    service: str
    lacking: int
    of: int
    since: int | None = None  # counted only since then; None: the last two hundred
    gap: tuple[int, int] | None = None  # a gap in the service's own spans while others went on
    found: bool = False  # whether that is too many


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """One source of data, for the page: the service and when its last span ended."""

    service: str
    last_at: int | None
    silent: Silence | None = None


@dataclass(frozen=True, slots=True)
class _Passage:
    """One status that a later one proves was reached."""

    proven_at: int
    lacking: bool


@dataclass(frozen=True, kw_only=True)
class Fleet:
    """A snapshot of what other orders do. All instants are corrected for clocks already.

    `trips` by order id; `ends` per service code: when its spans ended, sorted; `covered` per status index:
    the windows in which every span of that status is known (only there does absence mean anything).
    """

    table: StageTable
    taken_at: int
    filled_since: int = 0  # how far back it knows other orders
    learned: bool = True  # whether it has been looked at who else is stuck, and why
    trips: Mapping[str, Trip] = field(default_factory=dict)
    ends: Mapping[str, Sequence[int]] = field(default_factory=dict)
    covered: Mapping[int, tuple[tuple[int, int], ...]] = field(default_factory=dict)
    shifts: Mapping[str, int] = field(default_factory=dict)
    stuck: tuple[Stuck, ...] = ()
    # What `_allowed` and `usual` have found: every page asks for the same. At most an entry a span, an entry a dwell.
    _allowances: dict[tuple[str, int], int] = field(default_factory=dict, init=False, repr=False, compare=False)
    _ranges: dict[tuple[int, int], tuple[int, int]] = field(default_factory=dict, init=False, repr=False, compare=False)

    def last(self, service: str, now: int) -> int | None:
        """Return when a service's last span before `now` ended; None where none is known."""
        ends = self.ends.get(service, ())
        place = bisect_right(ends, now)
        return ends[place - 1] if place else None

    def seen(self, now: int) -> tuple[Seen, ...]:
        """Return every instrumented source with its last sign of life."""
        return tuple(
            Seen(service=s.code, last_at=self.last(s.code, now), silent=self.silence(s.code, now))
            for s in self.table.services
            if s.instrumented
        )

    def silence(self, service: str, now: int) -> Silence | None:
        """Return the silence of a service, None where it speaks: docs/decision.md, step 8.

        Silent is who has sent nothing for longer than `silent_after` and than three times the 99th percentile
        of its own gaps in the last day before that.
        """
        ends = self.ends.get(service, ())
        last = self.last(service, now)
        if last is None:
            return None
        allowed = self._allowed(service, ends, last)
        return Silence(service=service, since=last, allowed=allowed) if now - last > allowed else None

    def all_silent(self, now: int) -> Silence | None:
        """Return the common silence of all services, by the same measure."""
        lasts = [last for service in self.ends if (last := self.last(service, now)) is not None]
        if not lasts:
            return None
        last = max(lasts)
        allowed = self._allowed("", self._all_ends, last)
        return Silence(service="", since=last, allowed=allowed) if now - last > allowed else None

    def standing_still(self, service: str, now: int) -> bool:
        """Return whether a silent service itself, not its telemetry, has stopped: docs/adr/0005.

        At least three orders that were due from it after its last span have neither come out nor been passed
        on by the service after it, which is heard; and nothing that went on since then went on without its
        record. A service that works while its telemetry is cut is betrayed by those who go on with its work.
        """
        last = self.last(service, now)
        if last is None or any(p.lacking and p.proven_at > last for p in self._passages.get(service, ())):
            return False
        due = [stage for stage in self.table.stages if stage.reporter == service and self._witness(stage, now)]
        return sum(self._overdue(stage, last, now) for stage in due) >= FEWEST_STANDING

    def _witness(self, stage: Stage, now: int) -> bool:
        """Return whether another service, heard until now, reports what follows a stage."""
        following = self.table.stages[stage.index + 1 : stage.index + 2]
        codes = [s.reporter for s in following if s.reporter != stage.reporter]
        return any(self.table.service(c).instrumented and self.last(c, now) and not self.silence(c, now) for c in codes)

    def _overdue(self, stage: Stage, last: int, now: int) -> int:
        following = self.table.stages[stage.index + 1]
        here = (trip for trip in self.trips.values() if max(trip.reached, default=-1) == stage.index)
        due = [deadline_after(trip.reached[stage.index], stage.limit, stage.hours) for trip in here]
        return sum(last < each and deadline_after(each, following.limit, following.hours) < now for each in due)

    @cached_property
    def _all_ends(self) -> tuple[int, ...]:
        return tuple(sorted(end for ends in self.ends.values() for end in ends))

    def _allowed(self, service: str, ends: Sequence[int], last: int) -> int:
        known = self._allowances.get((service, last))
        if known is None:
            known = self._allowances[service, last] = self._allowance(service, ends, last)
        return known

    def _allowance(self, service: str, ends: Sequence[int], last: int) -> int:
        floors = [s.silent_after for s in self.table.services if service in {"", s.code}]
        day = ends[bisect_left(ends, last - DAY) : bisect_right(ends, last)]
        gaps = sorted(after - before for before, after in pairwise(day))
        return max(min(floors, default=10 * MINUTE), 3 * percentile(gaps, 0.99) if gaps else 0)

    def holes(self, service: str, since: int, now: int) -> Holes:
        """Return what a service's record lacks: docs/decision.md, step 9.

        Counted over the last two hundred passages (or all, at least five), more than 2 %; or only since the
        order's last fact (at least five), more than 5 %; or, where that gives fewer than five, a gap in the
        service's spans as long as a silence, with at least three spans of others inside.
        """
        passages = self._passages.get(service, ())
        known = passages[: bisect_right(passages, now - SETTLES, key=lambda p: p.proven_at)]
        last = known[-PASSAGES:]
        lacking = sum(p.lacking for p in last)
        if len(last) >= FEWEST and lacking > LACKING * len(last):
            return Holes(service=service, lacking=lacking, of=len(last), found=True)
        recent = known[bisect_right(known, since, key=lambda p: p.proven_at) :]
        lacking_since = sum(p.lacking for p in recent)
        if len(recent) >= FEWEST:
            found = lacking_since > LACKING_SINCE * len(recent)
            if found:
                return Holes(service=service, lacking=lacking_since, of=len(recent), since=since, found=True)
        elif gap := self._gap(service, since, now):
            return Holes(service=service, lacking=lacking, of=len(last), gap=gap, found=True)
        return Holes(service=service, lacking=lacking, of=len(last))

    def _gap(self, service: str, since: int, now: int) -> tuple[int, int] | None:
        """Return the longest gap after `since` in a service's spans in which others went on; None if it is no gap."""
        ends = self.ends.get(service, ())
        before = self.last(service, since)
        inside = [*ends[bisect_right(ends, since) : bisect_right(ends, now)], now]
        for begin, end in pairwise([since if before is None else before, *inside]):
            if end == now and self.standing_still(service, now):
                continue
            if end - begin > self._allowed(service, ends, begin) and self._others(service, begin, end) >= OTHERS_INSIDE:
                return begin, end
        return None

    def _others(self, service: str, begin: int, end: int) -> int:
        return sum(
            bisect_left(ends, end) - bisect_right(ends, begin) for other, ends in self.ends.items() if other != service
        )

    @cached_property
    def _passages(self) -> Mapping[str, tuple[_Passage, ...]]:
        """Return the proven passages per reporting service, by when they were proven."""
        found: dict[str, list[_Passage]] = {}
        for trip in self.trips.values():
            if not trip.by_hand:
                self._prove(trip, found)
        return {service: tuple(sorted(p, key=lambda x: x.proven_at)) for service, p in found.items()}

    def _prove(self, trip: Trip, found: dict[str, list[_Passage]]) -> None:
        furthest = max(trip.reached, default=-1)
        for status in self.table.statuses[: max(furthest, 0)]:
            service = self.table.service(status.reported_by)
            if not service.instrumented:
                continue
            proven_at, proof = min((at, index) for index, at in trip.reached.items() if index > status.index)
            entered = self._entered(trip, status.index, proven_at, proof)
            if entered >= service.traced_since and self._known(status.index, entered, proven_at):
                found.setdefault(service.code, []).append(_Passage(proven_at, trip.lacks(status.index)))

    def _entered(self, trip: Trip, index: int, proven_at: int, proof: int) -> int:
        """Return the earliest moment at which the trip can have reached a status that a later one proves."""
        before = [at for earlier, at in trip.reached.items() if earlier < index]
        return max(before) if before else proven_at - sum(stage.limit for stage in self.table.stages[:proof])

    def _known(self, index: int, begin: int, end: int) -> bool:
        return any(start <= begin and end <= stop for start, stop in self.covered.get(index, ()))

    def usual(self, stage: Stage, now: int) -> tuple[int, int] | None:
        """Return the usual range of a stage, nanoseconds: the table's, else 5th to 95th percentile of at least 20."""
        if stage.usual is not None:
            return stage.usual
        dwells = self._dwells.get(stage.index, ())
        left = bisect_right(dwells, (now, 1 << 62))
        if left < FEWEST_USUAL:
            return None
        known = self._ranges.get((stage.index, left))
        if known is None:
            spent = sorted(dwell for _, dwell in dwells[max(0, left - PASSAGES) : left])
            known = self._ranges[stage.index, left] = percentile(spent, 0.05), percentile(spent, 0.95)
        return known

    @cached_property
    def _dwells(self) -> Mapping[int, tuple[tuple[int, int], ...]]:
        """Return, per stage, when it was left and how long it took, by the former."""
        found: dict[int, list[tuple[int, int]]] = {}
        for trip in self.trips.values():
            for index, at in trip.reached.items():
                left = trip.reached.get(index + 1)
                if left is not None and left >= at and not trip.by_hand:
                    dwell = spent(at, left, self.table.stages[index].hours)
                    found.setdefault(index, []).append((left, dwell))
        return {index: tuple(sorted(dwells)) for index, dwells in found.items()}

    def life(self, now: int) -> tuple[int, int] | None:
        """Return how long orders usually live, nanoseconds: 5th to 95th percentile of at least twenty closed ones."""
        last = self.table.statuses[-1].index
        closed = [(t.reached[last], t.reached[last] - t.reached[0]) for t in self.trips.values()
                  if not t.by_hand and {0, last} <= t.reached.keys() and t.reached[last] <= now]  # fmt: skip
        lives = sorted(life for _, life in sorted(closed)[-PASSAGES:])
        return (percentile(lives, 0.05), percentile(lives, 0.95)) if len(lives) >= FEWEST_USUAL else None

    def passing(self, stage: int, since: int, now: int) -> int:
        """Return how many orders have left a stage by the front door since then."""
        dwells = self._dwells.get(stage, ())
        return bisect_right(dwells, (now, 1 << 62)) - bisect_right(dwells, (since, 1 << 62))

    @cached_property
    def overruns(self) -> Overruns:
        """Return which orders were past their limit, and until when; who is stuck by an error is not among them."""
        failed = {stuck.order_id for stuck in self.stuck if stuck.cause in SHOWN_ERRORS}
        return Overruns(self.table, (trip for order_id, trip in self.trips.items() if order_id not in failed))

    def alike(self, order_id: str, stage: Stage, cause: str | None, now: int) -> tuple[Stuck, ...]:
        """Return the other orders stuck at a stage by the same cause, past the limit, oldest first."""
        same = [
            other
            for other in self.stuck
            if other.order_id != order_id
            and other.stage == stage.index
            and other.cause == cause
            and deadline_after(other.since, stage.limit, stage.hours) < now
        ]
        return tuple(sorted(same, key=lambda other: (other.since, other.order_id)))
