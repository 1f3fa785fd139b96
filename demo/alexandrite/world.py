"""World and Truth: what a played fortnight consists of, and what is really so with each order."""

from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise
from typing import Final, Literal, NamedTuple

from opentelemetry.sdk.trace import ReadableSpan

SECOND: Final = 1_000_000_000  # every time in this package is whole nanoseconds since 1970, UTC
MINUTE: Final = 60 * SECOND
HOUR: Final = 60 * MINUTE
DAY: Final = 24 * HOUR

SERVICES: Final = ("shop", "crm", "mes")

INITIATED: Final = "INITIATED"
SUBMITTED: Final = "SUBMITTED"
PRICE_CALCULATED: Final = "PRICE_CALCULATED"
MANUFACTURING_APPROVED: Final = "MANUFACTURING_APPROVED"
MANUFACTURING_STARTED: Final = "MANUFACTURING_STARTED"
SHIPPED: Final = "SHIPPED"
CLOSED: Final = "CLOSED"
STATUSES: Final = (
    INITIATED,
    SUBMITTED,
    PRICE_CALCULATED,
    MANUFACTURING_APPROVED,
    MANUFACTURING_STARTED,
    SHIPPED,
    CLOSED,
)
REPORTED_BY: Final = dict(zip(STATUSES, ("shop", "shop", "mes", "crm", "mes", "mes", "crm"), strict=True))
NEXT: Final = dict(pairwise(STATUSES))

# The platform's own thresholds: how long an order may stay in a status before it counts as late.
LIMITS: Final = {
    INITIATED: 15 * MINUTE,
    SUBMITTED: 15 * MINUTE,
    PRICE_CALCULATED: 15 * MINUTE,
    MANUFACTURING_APPROVED: 15 * MINUTE,
    MANUFACTURING_STARTED: 2 * HOUR,
    SHIPPED: 3 * DAY,
}

State = Literal["done", "moving", "left_checkout", "stalled", "failed"]


class UnknownWorldError(ValueError):
    """No world of that name is played here."""


class Reached(NamedTuple):
    """One status that the order really reached, and when."""

    status: str
    time: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Truth:
    """What is really so with one order at the world's `now`, whatever the telemetry shows of it."""

    order_id: str
    partner_id: str | None  # None: a direct customer of the site
    customer_id: str
    model_id: str
    created: int
    reached: tuple[Reached, ...]  # in order of time; holds a status twice where it was reported twice
    state: State  # "moving" is within its limit and without an error
    stage: tuple[str, str] | None  # None when closed
    cause: str | None  # rule id of what went wrong; None where nothing has (yet)
    since: int  # when the last status was reached
    fault: str | None  # the fault that has come about by now, also where the order recovered from it
    past_limit: bool  # the open stage takes longer than its limit, whatever the state


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """A played stretch of time: what was exported by `now`, and the truth about every order."""

    name: str
    seed: int
    count: int  # how many orders were asked for; a showcase adds its own
    days: int
    now: int
    showcase: bool
    services: tuple[str, ...]
    instrumented: tuple[str, ...]  # the services that are traced at all
    orders: tuple[Truth, ...]  # oldest first
    spans: tuple[ReadableSpan, ...]  # in the order in which they arrive


def instant(moment: datetime | int) -> int:
    """Return an aware datetime, or nanoseconds since 1970 as they are, as nanoseconds.

    Raises ValueError for a datetime without a zone: guessing one would move every order by hours.
    """
    if isinstance(moment, int):
        return moment
    if moment.tzinfo is None:
        raise ValueError("now has no time zone")
    whole = moment.astimezone(UTC).replace(microsecond=0)
    return int(whole.timestamp()) * SECOND + moment.microsecond * 1000
