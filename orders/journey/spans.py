"""Span and its parts: what the journey needs to know of a trace, whichever API it came through."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, NamedTuple

from orders.journey.raw import NOTHING, Raw

SECOND: Final = 1_000_000_000  # instants and lengths of time are whole nanoseconds (since 1970, UTC) in this room
MINUTE: Final = 60 * SECOND
HOUR: Final = 60 * MINUTE
DAY: Final = 24 * HOUR

# Attribute names that mean the same; the first is the platform's own.
ORDER_ID: Final = ("order_id", "order.id")
STATUS: Final = ("status", "order.status")
CUSTOMER_ID: Final = ("customer_id", "customer.id")
PARTNER_ID: Final = ("external_partner_id",)
MODEL_ID: Final = ("model_id",)
OUTCOMES: Final = frozenset({"OK", "ERROR"})  # a `status` of these is the step's outcome, not the order's status


class Attribute(NamedTuple):
    """One attribute as it was sent: where it stood, its key, its value (closed)."""

    place: str  # "span", "resource", "scope", "event" or "link"
    key: str
    value: Raw


def no_attributes() -> tuple[Attribute, ...]:
    """Return nothing: the bag of a span without attributes."""
    return ()


class Facts(NamedTuple):
    """What the journey reads of a span's attributes early; "" or the default where the span does not say.

    Looked for on the span, then its events, then its resource. Ids are text whatever type they were sent as.
    """

    order_ids: tuple[str, ...] = ()  # every value of ORDER_ID found on span, resource or event
    status: str = ""  # the order's status as sent, upper case; never "OK" or "ERROR"
    outcome: str = ""  # "OK" or "ERROR" where an attribute `status` said so
    told_at: int | None = None  # attribute `timestamp`, nanoseconds; None where absent or not a date
    partner_id: str = ""
    model_id: str = ""
    customer: Raw = NOTHING
    message_id: str = ""  # messaging.message.id, messaging.message_id
    destination: str = ""  # messaging.destination.name, messaging.destination: queue or exchange
    operation: str = ""  # messaging.operation.type, .name or messaging.operation
    error_type: str = ""  # error.type, exception.type of an event, rabbitmq.x_death.reason → "dead_lettered"
    http_status: int = 0  # http.response.status_code, http.status_code
    peer: str = ""  # peer.service, server.address: whom a client or producer span speaks to
    channel: str = ""  # attribute `channel`: "site" or "api"
    ticket: str = ""  # attribute `ticket_id`
    version: str = ""  # service.version of the resource
    dead_letter: bool = False  # error.type dead_lettered, rabbitmq.x_death.*, or a settle span that gives back
    has_error_text: bool = False  # a status description, an exception event or error_message is there


NO_FACTS: Final = Facts()


class Link(NamedTuple):
    """A span's pointer to another span, in canonical ids; links to all-zero contexts are never kept."""

    trace_id: str
    span_id: str


class Span(NamedTuple):
    """One span, in canonical form: ids lower-case hex (32 and 16 digits), times in nanoseconds.

    A NamedTuple because twenty thousand of them are made for one page, and making one costs a quarter of
    what a frozen dataclass does.
    """

    trace_id: str
    span_id: str
    parent_id: str  # "" for a root
    service: str
    name: Raw  # the operation: free text, may hold anything
    kind: str  # "", "internal", "server", "client", "producer" or "consumer"
    start: int
    end: int  # never before start: a negative or absurd duration is clipped to 0 and `odd` is set
    failed: bool  # the span's own status code is ERROR (Unset is OK)
    facts: Facts = NO_FACTS
    links: tuple[Link, ...] = ()
    odd: str = ""  # what was mended when it was read: "duration", "seconds" (seconds sent for microseconds)
    bag: Callable[[], tuple[Attribute, ...]] = no_attributes  # opens all attributes, lazily

    @property
    def key(self) -> tuple[str, str]:
        """Return what identifies the span: trace id and span id."""
        return (self.trace_id, self.span_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Missing:
    """A part of an answer that did not come: which service was asked ("" when all at once) and why not."""

    service: str
    reason: str  # "unreachable", "too_slow", "refused", "unexpected", "busy"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What Jaeger said of one id: the spans of every trace that carries it exactly, and how whole that is."""

    spans: tuple[Span, ...] = ()
    missing: tuple[Missing, ...] = ()
    truncated: bool = False  # as many traces as were asked for: there may be more
    capped: bool = False  # a cap on bytes or spans cut the answer
    start: int = 0  # the window that was asked, nanoseconds
    end: int = 0
    took: float = 0.0  # seconds
    asked_at: int = 0  # when it was asked, nanoseconds; set by orders.actions
    known_at: int | None = None  # set when this is an older answer shown because no fresh one came

    @property
    def whole(self) -> bool:
        """Return whether nothing is known to be missing."""
        return not (self.missing or self.truncated or self.capped) and self.known_at is None
