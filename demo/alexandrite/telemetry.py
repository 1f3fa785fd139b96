"""What the telemetry hides of a world: cuts, sampling, loss, lateness, clocks, and services without tracing."""

from collections.abc import Iterable
from dataclasses import dataclass
from random import Random
from typing import Final

from demo.alexandrite.rhythm import Pace
from demo.alexandrite.scribe import Scribe, Told
from demo.alexandrite.world import HOUR, MINUTE, SERVICES, UnknownWorldError

CUT_FOR: Final = 3 * HOUR  # how long a source that is silent now has been silent
HEALED: Final = (9 * HOUR, 5 * HOUR)  # a cut that is over: how long ago it began and ended

TELEMETRY_WORLDS: Final = (
    "one-silent-mes",
    "one-silent-crm",
    "one-silent-shop",
    "one-healed",
    "all-cut",
    "sampled-30",
    "loss-5",
    "loss-10",
    "clock-fast-5min",
    "clock-slow-5min",
    "late-20min",
    "phase-one",
)
FAULTY_WORLDS: Final = ("faults", "phase-one-faults")
WORLDS: Final = ("healthy", *FAULTY_WORLDS, *TELEMETRY_WORLDS)


@dataclass(frozen=True, slots=True)
class Cut:
    """Nothing of these services was exported between two times."""

    services: tuple[str, ...]
    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Telemetry:
    """How the record differs from what happened; the defaults hide nothing."""

    cut: Cut | None = None
    ratio: float = 1.0  # of traces, kept by head sampling
    lost: float = 0.0  # of spans, each for itself
    late: int = 0  # nanoseconds from a span's end to its arrival
    skew: int = 0  # nanoseconds that MES's clock is ahead
    phase_one: bool = False

    @property
    def traced(self) -> tuple[str, ...]:
        """Return the services that are traced at all."""
        return ("crm", "mes") if self.phase_one else SERVICES

    def scribe(self, pace: Pace) -> Scribe:
        """Return a scribe that samples, and whose clocks are wrong, as this telemetry says."""
        return Scribe(pace=pace, traced=self.traced, skew={"mes": self.skew}, ratio=self.ratio, brief=self.phase_one)

    def arriving(self, told: Iterable[Told], rng: Random) -> list[Told]:
        """Return what arrives of the spans, in the order of arrival; `due` is then the time of arrival."""
        kept = (one for one in sorted(told, key=_place) if rng.random() >= self.lost and not self._cut(one))
        return [Told(one.due + self.late, one.service, one.span) for one in kept]

    def _cut(self, one: Told) -> bool:
        cut = self.cut
        return cut is not None and one.service in cut.services and cut.start <= one.due < cut.end


def _place(one: Told) -> tuple[int, int]:
    context = one.span.get_span_context()
    return (one.due, context.span_id if context else 0)


FOR_EVER: Final = 1 << 62


def telemetry_of(world: str, now: int) -> Telemetry:
    """Return the telemetry of a world by name; raises UnknownWorldError."""
    cut = now - CUT_FOR
    table = {
        **{f"one-silent-{name}": Telemetry(cut=Cut((name,), cut, FOR_EVER)) for name in SERVICES},
        "one-healed": Telemetry(cut=Cut(("mes",), now - HEALED[0], now - HEALED[1])),
        "all-cut": Telemetry(cut=Cut(SERVICES, cut, FOR_EVER)),
        "sampled-30": Telemetry(ratio=0.3),
        "loss-5": Telemetry(lost=0.05),
        "loss-10": Telemetry(lost=0.1),
        "clock-fast-5min": Telemetry(skew=5 * MINUTE),
        "clock-slow-5min": Telemetry(skew=-5 * MINUTE),
        "late-20min": Telemetry(late=20 * MINUTE),
        "phase-one": Telemetry(phase_one=True),
        "phase-one-faults": Telemetry(phase_one=True),
        "healthy": Telemetry(),
        "faults": Telemetry(),
    }
    if world not in table:
        raise UnknownWorldError(f"no world is called {world!r}; there are: {', '.join(WORLDS)}")
    return table[world]
