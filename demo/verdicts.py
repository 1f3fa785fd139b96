"""Scores the verdicts: plays each world through a Jaeger's API and compares what the portal says with the truth.

`python -m demo.verdicts --seed 7 --orders 600` (`make verdicts SEED=7 ORDERS=600`). JAEGER_URL and OTLP_URL send
the worlds through a real Jaeger, which has to be empty: each world then has a fortnight and a seed of its own.
"""

import argparse
import json
import os
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from demo.alexandrite import FAULTY_WORLDS, TELEMETRY_WORLDS, Truth, World, play, send
from demo.jaeger.server import StandInJaeger
from orders import actions
from orders.fleet.keeper import Keeper
from orders.jaeger.client import Jaeger
from orders.jaeger.config import JaegerConfig
from orders.journey.lookup import OrderLookup
from orders.journey.spans import DAY
from orders.journey.stages import StageTable
from orders.journey.table import parse
from orders.journey.verdict import State

ACCUSED = {State.STALLED, State.FAILED}
FORTNIGHT = timedelta(days=15)
STAGES = Path("orders/stages.toml")
POLL = 60 * 1_000_000_000  # a stop has to be found no later than its limit plus one polling interval (docs/decision.md)


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """What one world gave."""

    world: str
    seed: int
    orders: int
    stuck: int = 0  # truly stalled or failed past the limit (of those in scope)
    found: int = 0
    stage_right: int = 0
    cause_right: int = 0
    accused: int = 0  # healthy orders called stalled or failed
    cannot_tell: int = 0
    seconds: float = 0.0
    cells: dict[str, int] = field(default_factory=dict)  # "fault | stage | said" → orders
    wrong: tuple[str, ...] = ()  # up to ten orders that were judged wrongly

    @property
    def rates(self) -> dict[str, float]:
        """Return the shares of found, stage right and cause right, in percent."""
        share = 100 / self.found if self.found else 0.0
        return {
            "found": 100 * self.found / self.stuck if self.stuck else 100.0,
            "stage": self.stage_right * share if self.found else 100.0,
            "cause": self.cause_right * share if self.found else 100.0,
        }


@contextmanager
def server(url: str, otlp: str) -> Iterator[tuple[str, str]]:
    """Yield (query address, OTLP address): the given server, or a stand-in that lives as long as this block."""
    if url:
        yield url, otlp
        return
    with StandInJaeger(generation="2.20", max_traces=1_000_000).start() as jaeger:
        yield jaeger.query_url, jaeger.otlp_url


def table_for(world: World) -> StageTable:
    """Return the stage table, with the services instrumented that the world instruments."""
    table = parse(STAGES.read_text(encoding="utf-8"))
    on = world.instrumented
    return replace(table, services=tuple(replace(s, instrumented=s.code in on) for s in table.services))


def judge(world: World, query_url: str) -> dict[str, OrderLookup]:
    """Return what the portal says of every order of a world, asked one by one through the client."""
    now = world.now
    table = table_for(world)
    config = JaegerConfig(base_url=query_url, order_attributes=("order_id", "order.id"), services=table.service_names)
    jaeger = Jaeger(config)
    keeper = Keeper(jaeger, table, clock=lambda: now, retention=14 * DAY, attributes=("status", "order.status"))
    lookup = actions.Lookup(jaeger=jaeger, keeper=keeper, table=table)
    try:
        keeper.settle(300)
        return {o.order_id: actions.look_up_order(order_id=o.order_id, now=now, lookup=lookup) for o in world.orders}
    finally:
        jaeger.close()


def implied(world: World, table: StageTable) -> set[tuple[str, str]]:
    """Return which statuses of which orders an operation implied, in what was exported: (order id, status)."""
    means = {(m.operation, m.service): m.implies for m in table.milestones if m.implies}
    found = set()
    for span in world.spans:
        status = means.get((span.name, table.service_code(str(span.resource.attributes.get("service.name")))))
        if status and span.attributes and span.status.is_ok | span.status.is_unset:
            found.add((str(span.attributes.get("order_id")), status))
    return found


def in_scope(order: Truth, table: StageTable, said: set[tuple[str, str]]) -> bool:
    """Return whether an order's stop can be seen.

    The status it is in was reported by a service that is traced, or implied by one; and such a service reports
    the next one.
    """
    if order.stage is None:
        return False
    start, end = (table.status(code) for code in order.stage)
    if start is None or end is None or not table.service(end.reported_by).instrumented:
        return False
    return table.service(start.reported_by).instrumented or (order.order_id, start.code) in said


def _overdue(order: Truth, now: int, table: StageTable) -> int:
    """Return for how long an order has been past its limit, nanoseconds."""
    status = table.status(order.stage[0]) if order.stage else None
    return now - order.since - table.stages[status.index].limit if status else 0


def score(world: World, seed: int, said: dict[str, OrderLookup], seconds: float) -> Score:
    """Return a world's score."""
    table = table_for(world)
    cells: Counter[str] = Counter()
    sums: Counter[str] = Counter()
    wrong: list[str] = []
    hinted = implied(world, table)
    for order in world.orders:
        verdict = said[order.order_id].verdict
        state = verdict.state
        sums["cannot_tell"] += state is State.CANNOT_TELL
        stage = None if verdict.stage is None else (table.stages[verdict.stage].start, table.stages[verdict.stage].end)
        told = f"{state or 'no data'}{' ' + verdict.cause if verdict.cause else ''}"
        if order.fault or state in ACCUSED:
            cells[f"{order.fault or 'healthy'} | {'→'.join(order.stage or ('closed',))} | {told}"] += 1
        if order.state in {"stalled", "failed"}:
            if order.past_limit and in_scope(order, table, hinted) and _overdue(order, world.now, table) > POLL:
                sums["stuck"] += 1
                sums["found"] += verdict.stuck
                sums["stage_right"] += verdict.stuck and stage == order.stage
                sums["cause_right"] += verdict.stuck and verdict.cause == order.cause
                if not verdict.stuck or stage != order.stage or verdict.cause != order.cause:
                    wrong.append(
                        f"{order.order_id} {order.fault} {order.stage} {order.cause}: {told} step {verdict.step}"
                    )
        elif state in ACCUSED:
            sums["accused"] += 1
            wrong.insert(0, f"{order.order_id} {order.state} accused: {told} step {verdict.step} {stage}")
    return Score(world=world.name, seed=seed, orders=len(world.orders), seconds=seconds, cells=dict(cells),
                 wrong=tuple(wrong[:10]), **sums)  # fmt: skip


def run(worlds: Iterable[str], seeds: Iterable[int], volumes: Iterable[int], url: str, otlp: str) -> list[Score]:
    """Play the worlds and return their scores, printing a line for each as it ends."""
    scores = []
    base = datetime.now(UTC).replace(microsecond=0)
    plays = [(name, seed, orders) for orders in volumes for seed in seeds for name in worlds]
    for turn, (name, seed, orders) in enumerate(plays):
        now = base - turn * FORTNIGHT if url else base
        if url:  # the same seed makes the same trace ids, and one server would join the worlds by them
            seed = 1000 * seed + turn  # noqa: PLW2901
        started = time.monotonic()
        world = play(world=name, seed=seed, orders=orders, now=now)
        with server(url, otlp) as (query_url, otlp_url):
            send(world, otlp_url)
            if url:
                time.sleep(3)
            said = judge(world, query_url)
        result = score(world, seed, said, time.monotonic() - started)
        scores.append(result)
        print(f"[{turn + 1}/{len(plays)}] {_line(result)}", file=sys.stderr, flush=True)
        for line in result.wrong:
            print(f"      {line}", file=sys.stderr)
    return scores


def _line(s: Score) -> str:
    rates = s.rates
    return (
        f"{s.world:<22} seed {s.seed:<5} {s.orders:>5} orders  stuck {s.stuck:>4}  found {rates['found']:6.2f} %  "
        f"stage {rates['stage']:6.2f} %  cause {rates['cause']:6.2f} %  accused {s.accused:>3}  "
        f"cannot tell {s.cannot_tell:>4}  {s.seconds:5.1f} s"
    )


def failures(scores: Iterable[Score]) -> list[str]:
    """Return what misses the figures that the product promises."""
    missed = []
    for s in scores:
        if s.accused:
            missed.append(f"{s.world} seed {s.seed} orders {s.orders}: {s.accused} healthy orders accused")
        for name, least in (("found", 98.0), ("stage", 99.0), ("cause", 92.0)):
            if s.stuck and s.rates[name] < least:
                missed.append(f"{s.world} seed {s.seed} orders {s.orders}: {name} {s.rates[name]:.2f} % < {least} %")
    return missed


def main() -> int:
    """Play, print the table of faults, the scores and the JSON; return 1 where a figure is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, nargs="*", default=[1])
    parser.add_argument("--orders", type=int, nargs="*", default=[600, 2000])
    parser.add_argument("--world", nargs="*", default=["healthy", *FAULTY_WORLDS, *TELEMETRY_WORLDS])
    parser.add_argument("--json", default="", help="write the scores there as well")
    options = parser.parse_args()
    scores = run(options.world, options.seed, options.orders, os.environ.get("JAEGER_URL", ""),
                 os.environ.get("OTLP_URL", ""))  # fmt: skip
    cells: Counter[str] = Counter()
    for each in scores:
        cells.update({f"{each.world} | {cell}": count for cell, count in each.cells.items()})
    print("\nworld | fault | stage | said: orders")
    for cell, count in sorted(cells.items()):
        print(f"{cell}: {count}")
    print()
    for each in scores:
        print(_line(each))
    print("\n" + json.dumps([asdict(s) | {"rates": s.rates} for s in scores]))
    if options.json:
        Path(options.json).write_text(json.dumps([asdict(s) | {"rates": s.rates} for s in scores], indent=1))
    missed = failures(scores)
    print("\n" + ("\n".join(missed) if missed else "every figure is met"))
    return 1 if missed else 0


if __name__ == "__main__":
    raise SystemExit(main())
