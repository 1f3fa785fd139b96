"""What is planned for one order: who ordered, how fast each step goes, and which fault will hit it."""

from dataclasses import dataclass, field
from random import Random
from typing import Final

from demo.alexandrite import rhythm
from demo.alexandrite.world import MINUTE, SECOND

PARTNERS: Final = tuple(f"P-{number}" for number in range(60, 96))
BY_API: Final = 0.45  # the share of orders that partners send through the API
PERSONAL: Final = 0.03  # the share of orders whose spans carry a name or an e-mail, because real ones do

# Made-up people at reserved domains: what masking has to find.
NAMES: Final = ("Иван Петров", "Anna Smirnova", "Пётр Ильин", "Olga Sidorova", "Maksim Orlov")
MAILS: Final = ("ivan.petrov@example.com", "anna@example.org", "p.ilin@example.net", "olga.s@example.com")


@dataclass(frozen=True, slots=True)
class Affliction:
    """A fault that will hit an order: its name, and at which hop or status where there are several."""

    fault: str
    place: str = ""


@dataclass(slots=True, kw_only=True)
class Plan:
    """One order before it is played; durations in nanoseconds, `created` is when INITIATED is reached."""

    order_id: str
    partner_id: str | None
    customer_id: str
    model_id: str
    created: int
    checkout: int
    calculation: int
    approval: int
    start: int
    production: int
    delivery: int
    seed: str  # of the random numbers that the playing itself draws
    affliction: Affliction | None = None
    person: tuple[str, str] | None = None  # name and e-mail that leak into a few spans
    joins: dict[str, str] = field(default_factory=dict)  # queue → how its consumer is tied to the producer

    @property
    def channel(self) -> str:
        """Return "api" for a partner's order, "site" for a direct customer's."""
        return "api" if self.partner_id else "site"


def order_number(index: int) -> str:
    """Return the number of the order with that index; the numbers from 20000 to 20999 are the showcase's."""
    number = 10_001 + index
    return f"ORD-{number if number < 20_000 else number + 1_000}"


def make_plan(world_seed: int, index: int, created: int) -> Plan:
    """Return the healthy plan of one order; the same seed and index give the same plan at any time."""
    rng = Random(f"{world_seed}/{index}")
    partner = rng.choice(PARTNERS) if rng.random() < BY_API else None
    return Plan(
        order_id=order_number(index),
        partner_id=partner,
        customer_id=f"cust-{rng.randrange(1, 4000):06d}",
        model_id=f"M-{rng.randrange(1000, 10_000)}",
        created=created,
        checkout=(rhythm.CHECKOUT_BY_API if partner else rhythm.CHECKOUT).draw(rng),
        calculation=rhythm.CALCULATION.draw(rng),
        approval=rhythm.APPROVAL.draw(rng),
        start=rhythm.START.draw(rng),
        production=rhythm.PRODUCTION.draw(rng),
        delivery=rhythm.DELIVERY.draw(rng),
        seed=f"{world_seed}/{index}/played",
        person=(rng.choice(NAMES), rng.choice(MAILS)) if rng.random() < PERSONAL else None,
        joins={queue: _join(rng) for queue in ("orders.submitted", "orders.priced", "orders.approved")},
    )


def _join(rng: Random) -> str:
    """Draw how a consumer is tied to its producer: mostly as a child, else by link, else by message id alone."""
    return rng.choices(("child", "link", "message"), (0.6, 0.25, 0.15))[0]


def until(plan: Plan, queue: str) -> int:
    """Return how long after its creation a healthy order's message goes into that queue, roughly."""
    before = {
        "orders.submitted": plan.checkout,
        "orders.priced": plan.checkout + plan.calculation,
        "orders.approved": plan.checkout + plan.calculation + plan.approval,
    }
    return before[queue] + 3 * SECOND + MINUTE // 60
