"""Playing a world: plans are made, faults handed out, lives played, and what was exported by now is kept."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from random import Random

from demo.alexandrite import showcase as shown
from demo.alexandrite.faults import Outage, afflict, outages
from demo.alexandrite.plan import Plan, make_plan, order_number
from demo.alexandrite.rhythm import Pace, arrivals
from demo.alexandrite.scribe import Told
from demo.alexandrite.steps import play_order
from demo.alexandrite.story import Story, truth
from demo.alexandrite.telemetry import FAULTY_WORLDS, telemetry_of
from demo.alexandrite.world import DAY, World, instant


@dataclass(frozen=True, slots=True)
class Played:
    """Everything that happened and will happen: whole lives, and all their spans with the time of arrival."""

    stories: tuple[Story, ...]
    arriving: list[Told]
    outages: tuple[Outage, ...]


def play(*, world: str, seed: int, orders: int, now: datetime | int, days: int = 14, showcase: bool = False) -> World:
    """Play the last `days` of a platform with that many orders, up to `now`.

    `world` is "healthy", "faults", "phase-one-faults" or one of TELEMETRY_WORLDS; `now` an aware datetime or
    nanoseconds. The same arguments give the same world, span for span. With `showcase` the orders of SHOWCASE are
    there too (in worlds without faults only the healthy ones). Raises UnknownWorldError, and ValueError for a
    datetime without a zone.
    """
    moment = instant(now)
    played = perform(world=world, seed=seed, orders=orders, now=moment, days=days, showcase=showcase, pace=Pace())
    truths = (truth(story, moment, Pace()) for story in played.stories)
    traced = telemetry_of(world, moment).traced
    return World(
        name=world,
        seed=seed,
        count=orders,
        days=days,
        now=moment,
        showcase=showcase,
        services=traced,
        instrumented=traced,
        orders=tuple(sorted((one for one in truths if one), key=lambda one: (one.created, one.order_id))),
        spans=tuple(one.span for one in played.arriving if one.due <= moment),
    )


def perform(*, world: str, seed: int, orders: int, now: int, days: int, showcase: bool, pace: Pace) -> Played:
    """Play whole lives, past `now` too: what `play` shows by now, and what `Live` sends later."""
    rng = Random(f"{seed}/world")
    faulty = world in FAULTY_WORLDS
    times = arrivals(rng, orders, now - days * DAY, now)
    plans = [make_plan(seed, index, created) for index, created in enumerate(times)]
    hit = outages(rng, now, days) if faulty else ()
    if faulty:
        spared = shown.SPARED if showcase else frozenset[str]()
        afflict(plans, rng, now, days=days, hit=hit, spared=spared)
        _number(plans)
    extra = shown.plans(now, faulty=faulty) if showcase else []
    stories, told = run([*plans, *extra], world, now, hit, pace)
    return Played(tuple(stories), telemetry_of(world, now).arriving(told, Random(f"{seed}/lost")), hit)


def _number(plans: list[Plan]) -> None:
    """Give the orders their numbers anew, in the order of their creation."""
    for index, plan in enumerate(sorted(plans, key=lambda one: one.created)):
        plan.order_id = order_number(index)


def run(
    plans: Sequence[Plan], world: str, now: int, hit: tuple[Outage, ...], pace: Pace
) -> tuple[list[Story], list[Told]]:
    """Play planned orders; return their stories and all their spans."""
    scribe = telemetry_of(world, now).scribe(pace)
    return [play_order(plan, scribe, hit) for plan in plans], scribe.told
