"""Live mode: the played world goes on, new orders come in, and each span is sent when it ends."""

import logging
import time
from collections.abc import Callable
from heapq import heappop, heappush
from random import Random
from threading import Event
from typing import Final

from demo.alexandrite.faults import SHARE, Outage, possible
from demo.alexandrite.plan import Affliction, Plan, make_plan
from demo.alexandrite.play import perform, run
from demo.alexandrite.rhythm import Pace, arrivals
from demo.alexandrite.scribe import Told
from demo.alexandrite.send import NotAcceptedError, Sender
from demo.alexandrite.showcase import SPARED
from demo.alexandrite.telemetry import FAULTY_WORLDS, telemetry_of
from demo.alexandrite.world import DAY, HOUR, World

TICK: Final = 1.0  # seconds between two sendings
PATIENCE: Final = 5.0  # seconds for one sending; what is not taken is sent again at the next

logger = logging.getLogger(__name__)


class Live:
    """What happens after a world's `now`: the same orders go on, and new ones arrive day by day."""

    def __init__(self, world: World, seed: int, *, clock: Callable[[], int] = time.time_ns) -> None:
        """Go on from a played world; `seed` is of the new orders, `clock` says the time in nanoseconds."""
        self._world = world
        self._seed = seed
        self._clock = clock
        self._pace = Pace(since=world.now)
        self._waiting: list[tuple[int, int, Told]] = []
        self._outages: tuple[Outage, ...] = ()
        self._counted = 0
        self._born = 0
        self._planned_to = world.now

    def run(self, otlp_url: str, stop_event: Event, speed: float = 1.0) -> None:
        """Send what is due once a second until `stop_event` is set.

        With `speed` 60 an hour of the platform passes in a minute: spans keep the times at which they really are
        sent, the steps only take less. A receiver that is away gets its spans when it is back.
        """
        self.start(speed)
        sender = Sender(otlp_url, timeout=PATIENCE)
        try:
            while not stop_event.wait(TICK):
                self._deliver(sender, self._clock())
        finally:
            sender.close()

    def start(self, speed: float = 1.0) -> None:
        """Play the world again, at this speed after its `now`, and wait with what is still to come."""
        world = self._world
        pace = Pace(since=world.now, speed=speed)
        self._pace, self._waiting, self._born, self._planned_to = pace, [], 0, world.now
        played = perform(
            world=world.name,
            seed=world.seed,
            orders=world.count,
            now=world.now,
            days=world.days,
            showcase=world.showcase,
            pace=pace,
        )
        self._outages = played.outages
        self._wait_for(played.arriving)

    def _wait_for(self, arriving: list[Told]) -> None:
        for one in arriving:
            if one.due > self._world.now:
                self._counted += 1
                heappush(self._waiting, (one.due, self._counted, one))

    def due(self, now: int) -> list[Told]:
        """Return the spans that are due by `now` and not yet taken, the earliest first; `start` comes before."""
        while self._planned_to < self._pace.simulated(now) + HOUR:
            self._plan_a_day()
        taken = []
        while self._waiting and self._waiting[0][0] <= now:
            taken.append(heappop(self._waiting)[2])
        return taken

    def _plan_a_day(self) -> None:
        """Let another day's customers come, at the world's usual rate."""
        world, start = self._world, self._planned_to
        rng = Random(f"{self._seed}/live/{start - world.now}")
        times = arrivals(rng, max(1, world.count // world.days), start, start + DAY)
        plans = [self._plan(created, rng) for created in times]
        told = run(plans, world.name, world.now, self._outages, self._pace)[1]
        self._wait_for(telemetry_of(world.name, world.now).arriving(told, rng))
        self._planned_to = start + DAY

    def _plan(self, created: int, rng: Random) -> Plan:
        plan = make_plan(self._seed, self._world.count + self._born, created)
        self._born += 1
        if self._world.name in FAULTY_WORLDS and rng.random() < SHARE:
            fault, place = rng.choice(possible(SPARED if self._world.showcase else frozenset()))
            plan.affliction = Affliction(fault.name, place)
        return plan

    def _deliver(self, sender: Sender, now: int) -> None:
        taken = self.due(now)
        try:
            sender.send([one.span for one in taken])
        except NotAcceptedError:
            logger.warning("the receiver did not take %d spans; they are sent again", len(taken))
            for one in taken:
                self._counted += 1
                heappush(self._waiting, (one.due, self._counted, one))
