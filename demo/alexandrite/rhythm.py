"""When things happen: arrivals by day and night, and how long healthy steps take."""

import math
from dataclasses import dataclass
from datetime import UTC, datetime
from random import Random
from typing import Final

from demo.alexandrite.world import HOUR, LIMITS, MINUTE, SECOND, SHIPPED

# Customers an hour, relative to the busiest, by the hour of the day in UTC (Moscow is three hours ahead).
HOURS: Final = (
    *(0.2, 0.15, 0.15, 0.25, 0.4, 0.6, 0.8, 0.95, 1.0, 1.0, 1.0, 1.0),
    *(1.0, 0.95, 0.9, 0.85, 0.85, 0.8, 0.7, 0.55, 0.4, 0.3, 0.25, 0.2),
)
HEALTHY: Final = 0.9  # no healthy step takes more than this share of its limit


@dataclass(frozen=True, slots=True)
class Usual:
    """A lognormal duration: its median, how much it scatters, and the bounds that a healthy one keeps."""

    median: int
    sigma: float
    least: int
    most: int

    def draw(self, rng: Random) -> int:
        """Return a duration in nanoseconds within the bounds, drawn again until it is."""
        while True:
            taken = round(self.median * math.exp(rng.gauss(0.0, self.sigma)))
            if self.least <= taken <= self.most:
                return taken


QUARTER: Final = round(HEALTHY * 15 * MINUTE)
CHECKOUT: Final = Usual(4 * MINUTE, 0.6, 20 * SECOND, QUARTER)
CHECKOUT_BY_API: Final = Usual(25 * SECOND, 0.5, 5 * SECOND, 2 * MINUTE)
CALCULATION: Final = Usual(4 * MINUTE, 0.5, 1 * MINUTE, 10 * MINUTE)
APPROVAL: Final = Usual(5 * MINUTE, 0.5, 1 * MINUTE, QUARTER)
START: Final = Usual(5 * MINUTE, 0.5, 1 * MINUTE, QUARTER)
PRODUCTION: Final = Usual(50 * MINUTE, 0.35, 15 * MINUTE, round(HEALTHY * 2 * HOUR))
DELIVERY: Final = Usual(40 * HOUR, 0.3, 16 * HOUR, round(HEALTHY * LIMITS[SHIPPED]))
QUEUE: Final = Usual(2 * SECOND, 1.0, SECOND // 20, 20 * SECOND)
HTTP: Final = Usual(180 * SECOND // 1000, 0.6, SECOND // 25, 3 * SECOND)


def busy(moment: int) -> float:
    """Return how busy the platform is at that time, from 0 to 1."""
    return HOURS[datetime.fromtimestamp(moment // SECOND, UTC).hour]


def arrivals(rng: Random, count: int, start: int, end: int) -> list[int]:
    """Return when `count` customers come between two times, sorted: quieter by night, never empty."""
    times: list[int] = []
    while len(times) < count:
        moment = rng.randrange(start, end)
        if rng.random() < busy(moment):
            times.append(moment)
    return sorted(times)


@dataclass(frozen=True, slots=True)
class Pace:
    """How simulated time becomes the time that is recorded: faster after `since`, untouched before."""

    since: int = 0
    speed: float = 1.0

    def wall(self, moment: int) -> int:
        """Return the recorded time of a simulated one; both in nanoseconds."""
        if moment <= self.since or self.speed == 1.0:
            return moment
        return self.since + round((moment - self.since) / self.speed)

    def simulated(self, moment: int) -> int:
        """Return the simulated time of a recorded one: the inverse of `wall`."""
        if moment <= self.since or self.speed == 1.0:
            return moment
        return self.since + round((moment - self.since) * self.speed)
