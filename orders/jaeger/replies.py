"""Reply: what came back for one question, and which error it means when it is not an answer."""

from typing import Final, Literal, NamedTuple

from orders.jaeger import wire_v3
from orders.jaeger.breaker import PAUSE
from orders.jaeger.errors import (
    Busy,
    JaegerError,
    NotFound,
    NotSpoken,
    Refused,
    ServiceRequired,
    Unexpected,
    Unreachable,
)
from orders.jaeger.wire import Wire

AWAY: Final = frozenset({502, 503, 504})  # a gateway's words for "Jaeger is not there"


class Reply(NamedTuple):
    """An HTTP answer, read whole."""

    status: int
    content_type: str
    retry_after: str
    body: bytes


def answer(reply: Reply, wire: Wire) -> bytes:
    """Return the body of a reply that is an answer; raise what any other reply means (see errors)."""
    if reply.status == 200:
        if "html" in reply.content_type or reply.body.lstrip()[:1] == b"<":
            raise NotSpoken("a page in HTML with status 200")
        return reply.body
    raise _meaning(reply, wire)


def _meaning(reply: Reply, wire: Wire) -> JaegerError:
    status = reply.status
    if status in AWAY:
        return Unreachable(f"status {status}")
    if status == 429:
        return Busy("status 429", seconds(reply.retry_after))
    says = wire.complaint(reply.body)
    if status == 404:
        return NotFound("no such trace") if says is not None else NotSpoken("status 404, and not Jaeger's")
    if status in {400, 500} and says is not None and "service" in says and ("must be set" in says or "require" in says):
        return ServiceRequired("this storage cannot search without a service")
    if status == 400 and says is not None and "start_time_min" in says:
        return NotSpoken("an older Jaeger, which does not search by attribute")
    if 400 <= status < 500:
        return Refused(f"status {status}")
    return Unexpected(f"status {status}")


def seconds(retry_after: str) -> float:
    """Return what a Retry-After asks for, in seconds; PAUSE where it is a date or nothing."""
    return float(retry_after) if retry_after.isascii() and retry_after.isdigit() and len(retry_after) < 10 else PAUSE


def generation(reply: Reply) -> Literal["v3", "legacy"]:
    """Return which generation a server speaks, from its reply to wire_v3.PROBE.

    From Jaeger 2.19 on it misses the parameters, in JSON; older ones do not know the address (404, or up to 2.15 the
    UI's page with status 200), nor do servers that only speak the legacy API. Raises what any other reply means.
    """
    if reply.status in {400, 404} and wire_v3.complaint(reply.body) is not None:
        return "v3"
    try:
        answer(reply, wire_v3)
    except NotSpoken:
        return "legacy"
    return "v3"
