"""Overruns: which orders were past their limit, of whom, and until when."""

from bisect import bisect_left
from collections.abc import Iterable, Mapping

from orders.journey.hours import deadline_after
from orders.journey.stages import Stage, StageTable
from orders.journey.trips import Trip

NEVER = 1 << 63  # later than every instant
Overrun = tuple[int, int, str]  # when the limit ran out, when the order went on, its number


class Overruns:
    """The orders that overran a limit, by the service that reports the end of that stage.

    Who waits for the customer, or for what nobody traced reports, is not among them.
    """

    def __init__(self, table: StageTable, trips: Iterable[Trip]) -> None:
        found: dict[str, list[Overrun]] = {}
        watched = [s for s in table.stages if s.waits_for != "customer" and table.service(s.reporter).instrumented]
        for trip in trips:
            for stage in watched:
                if (overrun := _overrun(trip, stage)) is not None:
                    found.setdefault(stage.reporter, []).append(overrun)
        self._by_service: Mapping[str, list[Overrun]] = {service: sorted(all_) for service, all_ in found.items()}

    def waiting(self, service: str, since: int, now: int, *, but: str) -> int:
        """Return how many orders ran over their limit since an instant and have not gone on by `now`.

        Arguments: the service that has to report ("": any); instants in nanoseconds; an order that does not count.
        """
        count = 0
        for code, overruns in self._by_service.items():
            if service in {"", code}:
                recent = overruns[bisect_left(overruns, (since,)) : bisect_left(overruns, (now,))]
                count += sum(left > now and order_id != but for _, left, order_id in recent)
        return count


def _overrun(trip: Trip, stage: Stage) -> Overrun | None:
    """Return when a trip ran over a stage's limit and went on; None where it did not, or was not there."""
    entered = trip.reached.get(stage.index)
    if entered is None:
        return None
    due = deadline_after(entered, stage.limit, stage.hours)
    left = min((at for index, at in trip.reached.items() if index > stage.index), default=NEVER)
    return (due, left, trip.order_id) if left > due else None
