"""The figures: each measured several times in one run, judged by the median, with what else was worth noting."""

import random
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from statistics import median, quantiles
from typing import Final

from bench import machine
from bench.load import Load, NotMeasuredError, Pairs
from bench.portal import Portal

READERS: Final = 20
USUAL, LARGE, HUGE = 200, 2_000, 20_000  # spans
SHOWN: Final = 500  # of them, at most, in the part that shows them


@dataclass(frozen=True, slots=True)
class Pace:
    """How much is done: repeats of a figure, rounds in a repeat, and how many pages there are in each."""

    repeats: int = 3
    rounds: int = 5
    pairs: int = 16
    slow_pairs: int = 2
    large_pairs: int = 4
    pages: int = 40  # of each reader
    memory_pages: int = 20


SMOKE: Final = Pace(repeats=1, rounds=1, pairs=2, slow_pairs=1, large_pairs=1, pages=2, memory_pages=3)


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the table: `values` are the repeats, `most` or `least` the gate; neither: it is only reported."""

    measure: str
    unit: str
    values: tuple[float, ...]
    most: float | None = None
    least: float | None = None
    note: str = ""

    @property
    def value(self) -> float:
        """Return the median of the repeats."""
        return median(self.values)

    @property
    def holds(self) -> bool:
        """Return whether the median is within the gate."""
        return (self.most is None or self.value <= self.most) and (self.least is None or self.value >= self.least)


async def usual(load: Load, portal: Portal, pace: Pace) -> list[Figure]:
    """Measure the page of 200 spans at an upstream of 0 and of 300 ms, and its first one after a start."""
    order = "ORD-200001"
    await load.serve(order, USUAL)
    cold = await load.page(order)
    await load.settle()
    calls = await load.calls(order)
    for _ in range(pace.pairs):
        await load.page(order)
    quick, slow, cpu = [], [], []
    for _ in range(pace.repeats):
        used = machine.cpu_seconds(portal.worker)
        found = await _shuffled(load, {0.0: pace.pairs, 0.3: pace.slow_pairs}, pace.rounds, order, calls)
        pages = pace.rounds * (pace.pairs + pace.slow_pairs)
        cpu.append((machine.cpu_seconds(portal.worker) - used) / pages * 1000)
        quick.append(found[0.0])
        slow.append(found[0.3])
    raw = f"raw {median(pairs.raw() for pairs in quick) * 1000:.1f} ms"
    return [
        Figure("200 spans, upstream 0 ms: page − raw fan-out, p50", "ms", _ms(quick), most=5, note=raw),
        Figure("200 spans, upstream 300 ms: page ÷ raw fan-out, p50", "×", tuple(p.ratio() for p in slow), most=1.03),
        Figure("200 spans: processor time of the portal for a page", "ms", tuple(cpu)),
        Figure("200 spans: the first page after a start", "ms", (cold * 1000,), note="cold; reported only"),
    ]


async def many(load: Load, portal: Portal, pace: Pace) -> list[Figure]:
    """Measure twenty readers of twenty orders at once, upstream 50 ms."""
    orders = [f"ORD-2100{n:02d}" for n in range(READERS)]
    for order in orders:
        await load.serve(order, USUAL)
    await load.page(orders[0])
    await load.settle()
    await load.tell("/_delay?seconds=0.05")
    await load.readers(orders, 2)
    rates, p95s, cpu = [], [], []
    recorded = portal.recorded()
    for _ in range(pace.repeats):
        used = machine.cpu_seconds(portal.worker)
        rate, took = await load.readers(orders, pace.pages)
        cpu.append((machine.cpu_seconds(portal.worker) - used) / len(took) * 1000)
        rates.append(rate)
        p95s.append(quantiles(took, n=20)[-1] * 1000)
    recorded, pages = portal.recorded() - recorded, pace.repeats * pace.pages * READERS
    if recorded != pages:
        raise NotMeasuredError(f"{recorded} rows in the access log for {pages} pages")
    await load.tell("/_delay?seconds=0")
    return [
        Figure("20 readers of 20 orders, upstream 50 ms", "pages/s", tuple(rates), least=200),
        Figure("the same: each page in the access log first", "pages/s", tuple(rates), least=120, note="rows counted"),
        Figure("the same: p95", "ms", tuple(p95s), most=150),
        Figure("the same: processor time of the portal for a page", "ms", tuple(cpu)),
    ]


async def large(load: Load, portal: Portal, pace: Pace) -> list[Figure]:
    """Measure the page of 2,000 spans."""
    return [await _sized(load, LARGE, pace.large_pairs, pace, most=20)]


async def huge(load: Load, portal: Portal, pace: Pace) -> list[Figure]:
    """Measure the page of 20,000 spans, and what the portal holds in memory after many of them."""
    order = f"ORD-{HUGE:06d}"
    for one, spans in ((order, HUGE), ("ORD-000001", USUAL)):
        await load.serve(one, spans)
    await load.page("ORD-000001")
    await load.settle()
    held = [0.0]
    for _ in range(pace.memory_pages):
        await load.page(order)
        held.append(machine.memory(portal.worker)[0])
    peak = machine.memory(portal.worker)[1]
    grown = held[-1] / held[2]
    note = f"{held[2]:.0f} MB, then {held[-1]:.0f} MB; peak {peak:.0f} MB"
    timed = await _sized(load, HUGE, 1, pace, most=250)
    measure = f"20,000 spans: memory after page {pace.memory_pages} ÷ after page 2"
    return [timed, await _opened(load, order, pace), Figure(measure, "×", (grown,), most=1.1, note=note)]


FIGURES: Final[Mapping[str, Callable[[Load, Portal, Pace], Awaitable[list[Figure]]]]] = {
    "usual": usual,
    "many": many,
    "large": large,
    "huge": huge,
}


async def _sized(load: Load, spans: int, pairs: int, pace: Pace, *, most: float) -> Figure:
    order = f"ORD-{spans:06d}"
    await load.serve(order, spans)
    await load.page(order)
    await load.settle()
    calls = await load.calls(order)
    repeats = [Pairs([await load.round(order, calls, pairs) for _ in range(pace.rounds)]) for _ in range(pace.repeats)]
    note = f"raw {median(pairs.raw() for pairs in repeats) * 1000:.1f} ms"
    return Figure(f"{spans:,} spans: page − raw fan-out, p50", "ms", _ms(repeats), most=most, note=note)


async def _opened(load: Load, order: str, pace: Pace) -> Figure:
    """Measure the part with the spans and their masked attributes, opened by a DevOps, against the raw fan-out."""
    calls, found = await load.calls(order), []
    await load.opened(order, SHOWN)
    for _ in range(pace.repeats):
        raw = await load.raw(calls)
        found.append((await load.opened(order, SHOWN) - raw) * 1000)
    measure = f"20,000 spans opened, the first {SHOWN} shown masked: part − raw fan-out"
    return Figure(measure, "ms", tuple(found), most=250)


async def _shuffled(
    load: Load, variants: Mapping[float, int], rounds: int, order: str, calls: list[str]
) -> Mapping[float, Pairs]:
    """Measure with several delays (to the number of pairs a round), in a new order each round."""
    found = {delay: Pairs() for delay in variants}
    for _ in range(rounds):
        for delay in random.sample(list(variants), len(variants)):
            await load.tell(f"/_delay?seconds={delay}")
            found[delay].rounds.append(await load.round(order, calls, variants[delay]))
    await load.tell("/_delay?seconds=0")
    return found


def _ms(repeats: list[Pairs]) -> tuple[float, ...]:
    return tuple(pairs.difference() * 1000 for pairs in repeats)
