"""Troubles: the errors of one order, each counted once."""

from collections.abc import Mapping, Sequence
from typing import Final

from orders.journey.journey import Trouble
from orders.journey.raw import unseal
from orders.journey.spans import Span
from orders.journey.stages import StageTable

SETTLES: Final = frozenset({"settle", "ack", "nack", "reject"})  # messaging.operation.type, or .name without one
UNREAD: Final = frozenset({"expired", "maxlen"})  # why RabbitMQ sets aside what nobody took


def is_error(span: Span) -> bool:
    """Return whether a span says that its step failed: its own status code, or an outcome attribute."""
    return span.failed or span.facts.outcome == "ERROR"


def gives_back(span: Span) -> bool:
    """Return whether a span settles a message by giving it back (nack, reject).

    Whether the broker delivers it again or sets it aside is the settling's `requeue`, which no span says
    (OpenTelemetry messaging conventions, RabbitMQ): only a dead letter proves the latter.
    """
    facts = span.facts
    return facts.dead_letter and facts.operation in SETTLES and facts.error_type != "dead_lettered"


def set_aside(span: Span, service: str, table: StageTable) -> bool:
    """Return whether a span of a service (its code) is about a message that lies in a dead-letter queue.

    Who takes a message from its stage's own queue has it: an `x-death` then only says that the message came
    back through a queue of waiting (a retry after a time to live).
    """
    facts = span.facts
    own = facts.operation not in SETTLES and table.entered_through(facts.destination.rsplit(":", 1)[-1], service)
    return facts.dead_letter and not (own and (not is_error(span) or died_unread(span)))


def died_unread(span: Span) -> bool:
    """Return whether a dead letter says that its message was set aside because nobody took it in time."""
    reasons = (one.value for one in span.bag() if one.key == "rabbitmq.x_death.reason")
    return any(unseal(reason) in UNREAD for reason in reasons)


def troubles_of(
    order_id: str, spans: Sequence[Span], codes: Mapping[str, str], shifts: Mapping[str, int], table: StageTable
) -> tuple[Trouble, ...]:
    """Return the errors of one order by time.

    An error climbs from child to parent; it is counted once, where it began. Where a failed CLIENT span
    stands above or is that place, it is the error of a call: `call_to` names whom, if that is a service of the
    table; a database or a mail server that fails is its caller's own error.
    """
    failed = {s.key: s for s in spans if is_error(s) and (not s.facts.order_ids or order_id in s.facts.order_ids)}
    above = {(s.trace_id, s.parent_id) for s in failed.values() if s.parent_id}
    leaves = [span for key, span in failed.items() if key not in above]
    if failed and not leaves:  # a cycle of parents: count it once
        leaves = [min(failed.values(), key=lambda s: (s.end, s.span_id))]
    troubles = []
    for leaf in leaves:
        service = codes[leaf.service]
        caller, called = _call(leaf, failed, codes, table)
        at = leaf.end + shifts.get(service, 0)
        back = gives_back(leaf)
        troubles.append(Trouble(at=at, service=caller or service, span=leaf, given_back=back,
                                dead_letter=not back and set_aside(leaf, service, table), call_to=called))  # fmt: skip
    return tuple(sorted(troubles, key=lambda t: (t.at, t.span.key)))


def _call(
    leaf: Span, failed: Mapping[tuple[str, str], Span], codes: Mapping[str, str], table: StageTable
) -> tuple[str, str]:
    """Return (caller, called) of the call that failed with this error; ("", "") where it was no call."""
    seen: set[tuple[str, str]] = set()
    span: Span | None = leaf
    below = codes[leaf.service]
    while span is not None and span.key not in seen:
        seen.add(span.key)
        service = codes[span.service]
        if span.kind == "client" and (service != below or (span is leaf and span.facts.peer)):
            called = below if service != below else table.service_code(span.facts.peer)
            return (service, called) if called != service and table.knows(called) else ("", "")
        below = service
        span = failed.get((span.trace_id, span.parent_id))
    return "", ""
