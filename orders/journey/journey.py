"""Journey: one order's life as it can be read from spans. Built by `orders.journey.timeline`."""

from dataclasses import dataclass

from orders.journey.raw import NOTHING, Raw
from orders.journey.spans import Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A status seen: when it was reached, who said so, and by which span."""

    status: str
    at: int  # event time: a valid `timestamp` within 5 min of its span, else the span's end; clock corrected
    service: str  # code of the service that said so
    span: Span
    implied: bool = False  # said by a milestone that implies it, not by a status


@dataclass(frozen=True, slots=True, kw_only=True)
class Hop:
    """One hand-over between two services: sent, and taken or not."""

    sender: str  # service codes
    receiver: str  # "" where nothing says who should have taken it
    queue: str  # destination of a message; "" for HTTP
    sent_at: int | None  # None where only the taking was seen
    taken_at: int | None  # None where no span shows that it was taken
    sent_by: Span | None
    taken_by: Span | None
    failed: bool = False  # the call or the taking ended in an error
    dead_letter: bool = False  # rejected: it lies in a dead-letter queue
    unread: bool = False  # it got there without being taken: it expired, or its queue was full
    given_back: int | None = None  # when its taker gave it back (nack, reject), where nothing took it after that
    done: bool = False  # the taking span is more than a receive marker: the work has ended


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """An error, counted once where its spans are parent and child of each other."""

    at: int
    service: str
    span: Span
    dead_letter: bool
    given_back: bool = False  # the error of a settling that gives the message back: it may come again
    call_to: str = ""  # the service that was called, where the error is that of a call


@dataclass(frozen=True, slots=True, kw_only=True)
class Passed:
    """A milestone passed."""

    operation: str
    service: str
    at: int
    span: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Back:
    """The status went back."""

    before: str
    after: str
    at: int
    span: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Repeat:
    """A status was reported again."""

    status: str
    first_at: int
    again_at: int
    span: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Journey:
    """Everything that the spans of one order say, whatever order they came in."""

    order_id: str
    spans: tuple[Span, ...]  # every span of every trace, by start; none is lost
    marks: tuple[Mark, ...]  # in the order of time; the first saying of each status, and of each coming back
    reached: Mark | None  # the status the order is in: the latest by time
    hops: tuple[Hop, ...]
    troubles: tuple[Trouble, ...]
    passed: tuple[Passed, ...]
    backs: tuple[Back, ...]
    repeats: tuple[Repeat, ...]
    orphans: tuple[Span, ...]  # spans whose parent is not among them
    traces: int
    closed_by_hand: bool = False
    partner_id: str = ""
    model_id: str = ""
    customer: Raw = NOTHING
    channel: str = ""
    ticket: str = ""
    shifts: tuple[tuple[str, int], ...] = ()  # clock corrections that were applied: service code, nanoseconds
    first_at: int | None = None  # first and last thing that was seen
    last_at: int | None = None
    untold: frozenset[str] = frozenset()  # statuses that only an uninstrumented service could have reported

    def mark(self, status: str) -> Mark | None:
        """Return the last mark of a status, None where it was not seen."""
        return next((mark for mark in reversed(self.marks) if mark.status == status), None)
