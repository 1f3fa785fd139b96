"""The showcase: a handful of orders with fixed numbers for the README, the screenshots and the browser tests."""

from collections.abc import Mapping
from typing import Final

from demo.alexandrite.plan import MAILS, NAMES, Affliction, Plan, make_plan
from demo.alexandrite.world import DAY, HOUR, MINUTE, SECOND

SHOWCASE: Final[Mapping[str, str]] = {
    "stalled": "ORD-20398",  # published, never consumed at the start of production, with seventeen alike
    "on_time": "ORD-20421",
    "slow": "ORD-20344",  # in delivery longer than 19 of 20 orders
    "failed": "ORD-20416",  # CRM answered 500
    "done": "ORD-20337",
    "closed_by_hand": "ORD-20341",
    "went_back": "ORD-20403",
    "waiting_for_person": "ORD-20407",  # the operator has not started it
    "carrier_silent": "ORD-20339",
    "dead_lettered": "ORD-20409",
    "no_result": "ORD-20411",
    "checkout_left": "ORD-20414",
    "status_twice": "ORD-20346",
    "cannot_tell": "ORD-20419",  # approved, and its start not seen, where MES is silent now; in production elsewhere
}
ALIKE: Final = tuple(f"ORD-{number}" for number in range(20381, 20399))  # the incident, the stalled order last
SPARED: Final = frozenset({"orders.approved"})  # no other message is lost there, so that seventeen are alike

# What makes each one: how long ago it was created, its fault, and the steps that take longer or shorter than drawn.
_HEALTHY: Final[Mapping[str, tuple[int, Mapping[str, int]]]] = {
    "on_time": (21 * HOUR, {"delivery": 44 * HOUR}),
    "slow": (68 * HOUR + 30 * MINUTE, {"delivery": 71 * HOUR, "production": 50 * MINUTE}),
    "done": (5 * DAY, {"delivery": 46 * HOUR}),
    "cannot_tell": (
        126 * MINUTE,  # submitted before the faults' stopped consumer
        {
            "checkout": 3 * MINUTE,
            "calculation": 13 * MINUTE,
            "approval": 13 * MINUTE,
            "start": 14 * MINUTE,
            "production": 118 * MINUTE,  # once it is shipped, CRM's taking of the message bears witness for MES
        },
    ),
}
_FAULTY: Final[Mapping[str, tuple[int, str, str]]] = {
    "failed": (70 * MINUTE, "http-500", ""),
    "closed_by_hand": (4 * DAY, "closed-by-hand", "start"),
    "went_back": (9 * HOUR, "went-back", ""),
    "waiting_for_person": (5 * HOUR, "operator-never-starts", ""),
    "carrier_silent": (4 * DAY + 6 * HOUR, "carrier-silent", ""),
    "dead_lettered": (4 * HOUR, "dead-lettered", "orders.submitted"),
    "no_result": (3 * HOUR, "no-result", ""),
    "checkout_left": (3 * HOUR, "checkout-left", ""),
    "status_twice": (30 * HOUR, "status-twice", "PRICE_CALCULATED"),
}
_SEED: Final = 20_398  # of the drawn rest; the showcase is the same whatever the world's seed


def plans(now: int, *, faulty: bool) -> list[Plan]:
    """Return the showcase's plans: all of them, or only the healthy ones."""
    found = [_healthy(name, now) for name in _HEALTHY]
    if faulty:
        found += [_afflicted(name, now) for name in _FAULTY]
        found += [_alike(turn, order_id, now) for turn, order_id in enumerate(ALIKE)]
    return found


def _plan(order_id: str, created: int) -> Plan:
    plan = make_plan(_SEED, int(order_id.removeprefix("ORD-")), created)
    plan.order_id = order_id
    plan.person = (NAMES[0], MAILS[0]) if order_id == SHOWCASE["failed"] else None  # what masking has to find
    return plan


def _healthy(name: str, now: int) -> Plan:
    age, steps = _HEALTHY[name]
    plan = _plan(SHOWCASE[name], now - age)
    for step, taken in steps.items():
        setattr(plan, step, taken)
    return plan


def _afflicted(name: str, now: int) -> Plan:
    age, fault, place = _FAULTY[name]
    plan = _plan(SHOWCASE[name], now - age)
    plan.affliction = Affliction(fault, place)
    return plan


def _alike(turn: int, order_id: str, now: int) -> Plan:
    """Return one of eighteen orders that were approved within twenty minutes a day ago and never reached MES."""
    plan = _plan(order_id, now)
    approved = now - 27 * HOUR + turn * 70 * SECOND
    plan.created = approved - plan.checkout - plan.calculation - plan.approval
    plan.affliction = Affliction("consumer-stopped", "orders.approved")
    return plan
