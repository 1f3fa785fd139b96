"""The catalogue of real faults: where each can hit, how old an order must be to show it, and who gets one."""

from dataclasses import dataclass
from random import Random
from typing import Final

from demo.alexandrite.plan import MAILS, NAMES, Affliction, Plan, until
from demo.alexandrite.world import DAY, HOUR, MINUTE

SHARE: Final = 0.12  # of all orders get a fault; a third of them by an outage that stops many alike
IN_OUTAGES: Final = 1 / 3
LEAKY: Final = frozenset({"basket-lost", "http-500"})  # faults whose error text names the customer every other time
STILL_WAITING: Final = 0.5  # the share of slowly consumed messages that are waiting right now


@dataclass(frozen=True, slots=True)
class Fault:
    """A fault: its name, the hops or statuses where it can hit ("" where there is one way only), and a least age."""

    name: str
    places: tuple[str, ...]
    age: int  # nanoseconds from creation until it has shown, at most


CATALOGUE: Final = (
    Fault("message-lost", ("orders.submitted", "orders.priced", "orders.approved"), HOUR),
    Fault("dead-lettered", ("orders.submitted", "orders.approved"), HOUR),
    Fault("consumer-slow", ("orders.submitted", "orders.approved"), HOUR),
    Fault("no-result", ("",), HOUR),
    Fault("http-500", ("",), HOUR),
    Fault("error-repeated", ("orders.submitted", "orders.approved", "ship"), 2 * HOUR),
    Fault("basket-lost", ("",), HOUR),
    Fault("checkout-left", ("",), HOUR),
    Fault("not-processed-in-crm", ("",), HOUR),
    Fault("never-sent-on", ("orders.submitted", "orders.approved"), HOUR),
    Fault("operator-never-starts", ("",), HOUR),
    Fault("no-transition", ("",), 2 * HOUR),
    Fault("carrier-silent", ("",), 3 * HOUR),
    Fault("closed-by-hand", ("start", "delivery"), 5 * DAY),
    Fault("went-back", ("",), 5 * HOUR),
    Fault("status-twice", ("PRICE_CALCULATED", "SHIPPED"), 4 * HOUR),
)
WAITING: Final = frozenset({"message-lost", "consumer-slow"})
OUTAGE: Final = "consumer-stopped"
REAL_FAULTS: Final = (*(fault.name for fault in CATALOGUE), OUTAGE)


@dataclass(frozen=True, slots=True)
class Outage:
    """A stopped consumer: what goes into its queue between two times waits for the end, or is lost at the restart."""

    queue: str
    start: int
    end: int
    lost: bool = False


def outages(rng: Random, now: int, days: int) -> tuple[Outage, ...]:
    """Return three outages of two hours: one whose queue was lost, one that was caught up with, one still on."""
    back = days * DAY
    lost = now - round(back * rng.uniform(0.5, 0.8))
    healed = now - round(back * rng.uniform(0.2, 0.4))
    return (
        Outage("orders.submitted", lost, lost + 2 * HOUR, lost=True),
        Outage("orders.approved", healed, healed + 2 * HOUR),
        Outage("orders.submitted", now - 2 * HOUR, now + 30 * MINUTE),
    )


def afflict(
    plans: list[Plan], rng: Random, now: int, *, days: int, hit: tuple[Outage, ...], spared: frozenset[str]
) -> None:
    """Give a share of the orders a fault each: spread over faults, places and time, and around the outages.

    `plans` are changed in place; those around an outage are created anew at a time that leads them into it.
    `spared` are hops that no message gets lost at, besides the outages.
    """
    chosen = rng.sample(range(len(plans)), round(len(plans) * SHARE))
    gathered = round(len(chosen) * IN_OUTAGES) if hit else 0
    for turn, index in enumerate(chosen[:gathered]):
        _lead_into(plans[index], hit[turn % len(hit)], rng, now)
    ways = [(fault, place) for fault, place in possible(spared) if fault.age < days * DAY]
    rng.shuffle(ways)
    for turn, index in enumerate(chosen[gathered:]):
        fault, place = ways[turn % len(ways)]
        plans[index].affliction = Affliction(fault.name, place)
        if fault.name in LEAKY and turn // len(ways) % 2 == 0:
            plans[index].person = (rng.choice(NAMES), rng.choice(MAILS))
        if fault.name == "consumer-slow" and rng.random() < STILL_WAITING:
            plans[index].created = now - rng.randrange(40 * MINUTE, 70 * MINUTE)
        else:
            _old_enough(plans[index], fault.age, now, rng)


def possible(spared: frozenset[str]) -> list[tuple[Fault, str]]:
    """Return every fault with every place where it can hit, but for messages that wait or are lost at spared hops."""
    every = [(fault, place) for fault in CATALOGUE for place in fault.places]
    return [(fault, place) for fault, place in every if fault.name not in WAITING or place not in spared]


def _lead_into(plan: Plan, outage: Outage, rng: Random, now: int) -> None:
    """Create an order just so early that its message meets the outage."""
    plan.created = rng.randrange(outage.start, min(outage.end, now)) - until(plan, outage.queue)


def _old_enough(plan: Plan, age: int, now: int, rng: Random) -> None:
    """Move an order that is too young for its fault to show back in time, by up to as much again."""
    if now - plan.created < age:
        plan.created = now - age - rng.randrange(age)
