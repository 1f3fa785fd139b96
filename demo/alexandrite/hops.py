"""The shapes of work and of hops: HTTP calls and RabbitMQ messages as the Java agent and the .NET client send them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from random import Random
from typing import Final
from uuid import UUID

from opentelemetry.trace import SpanContext, SpanKind

from demo.alexandrite.plan import Plan
from demo.alexandrite.scribe import Attributes, Failure, Scribe, Value
from demo.alexandrite.world import SECOND

MS: Final = SECOND // 1000
TIMELESS: Final = 0.1  # the share of status spans without the attribute `timestamp`
ALIASED: Final = 0.015  # the share of status spans that say order.id and order.status
OUTCOME: Final = 0.3  # the share of hop spans with `status: OK`


@dataclass(frozen=True, slots=True)
class Message:
    """A message on its way: its queue, its id, and the span that published it (None: not traced)."""

    queue: str
    id: str
    context: SpanContext | None
    sent: int


@dataclass(frozen=True, slots=True)
class Placed:
    """The status attributes of one piece of work, on the one of its spans that carries them."""

    entry: Attributes
    inner: Attributes
    exit: Attributes


NOWHERE: Final[Attributes] = {}


class Pen:
    """Writes the spans of one order; draws the small variations from the order's own random numbers."""

    def __init__(self, plan: Plan, scribe: Scribe, rng: Random) -> None:
        self.plan = plan
        self.rng = rng
        self._scribe = scribe

    @property
    def brief(self) -> bool:
        """Return whether only spans in and out of a service are written."""
        return self._scribe.brief

    def ids(self, *, outcome: bool = False) -> dict[str, Value]:
        """Return what nearly every span of an order carries; with `outcome`, some say that the step went well."""
        found: dict[str, Value] = {"order_id": self.plan.order_id, "model_id": self.plan.model_id}
        if outcome and self.rng.random() < OUTCOME:
            found["status"] = "OK"
        return found

    def mark(self, service: str, status: str, at: int) -> dict[str, Value]:
        """Return the attributes of a status span."""
        plan = self.plan
        aliased = service == "mes" and self.rng.random() < ALIASED
        found: dict[str, Value] = {
            "order.id" if aliased else "order_id": plan.order_id,
            "order.status" if aliased else "status": status,
            "customer_id": plan.customer_id,
            "model_id": plan.model_id,
            "channel": plan.channel,
        }
        if plan.partner_id:
            found["external_partner_id"] = plan.partner_id
        if self.rng.random() >= TIMELESS:
            found["timestamp"] = written(service, self._scribe.clock(service, at))
        return found

    def place(self, service: str, status: str, at: int, *, entry: bool = True, leave: bool = False) -> Placed:
        """Decide which span carries a status: the inner one, or, where only the hops are traced, one of those.

        `entry` and `leave` say whether the piece of work has a span in and a span out.
        """
        mark = self.mark(service, status, at)
        if not self._scribe.brief:
            return Placed(NOWHERE, mark, NOWHERE)
        if leave and (not entry or self.rng.random() < 0.5):
            return Placed(NOWHERE, NOWHERE, mark)
        return Placed(mark, NOWHERE, NOWHERE)

    def inner(
        self,
        service: str,
        name: str,
        start: int,
        end: int,
        *,
        parent: SpanContext | None,
        attributes: Attributes,
        failure: Failure | None = None,
        links: Sequence[SpanContext | None] = (),
    ) -> SpanContext | None:
        """Write a step inside a service; where only the hops are traced, there is none and the parent stands for it."""
        if self._scribe.brief:
            return parent
        return self._scribe.span(
            service,
            name,
            SpanKind.INTERNAL,
            (start, end),
            parent=parent,
            attributes=attributes,
            failure=failure,
            links=links,
        )

    def server(
        self,
        service: str,
        route: str,
        start: int,
        end: int,
        *,
        parent: SpanContext | None = None,
        attributes: Attributes = NOWHERE,
        code: int = 200,
        failure: Failure | None = None,
    ) -> SpanContext | None:
        """Write an HTTP request that a service answered; `route` is its method and path, such as "POST /orders"."""
        return self._http(service, SpanKind.SERVER, route, (start, end), parent, attributes, code, failure)

    def client(
        self,
        service: str,
        peer: str,
        route: str,
        start: int,
        end: int,
        *,
        parent: SpanContext | None,
        code: int = 200,
        failure: Failure | None = None,
    ) -> SpanContext | None:
        """Write an HTTP call that a service made; `code` 0 means that no answer came."""
        peered: Attributes = {"server.address": peer, "peer.service": peer}
        return self._http(service, SpanKind.CLIENT, route, (start, end), parent, peered, code, failure)

    def _http(
        self,
        service: str,
        kind: SpanKind,
        route: str,
        when: tuple[int, int],
        parent: SpanContext | None,
        extra: Attributes,
        code: int,
        failure: Failure | None,
    ) -> SpanContext | None:
        method, path = route.split(" ", 1)
        found = self.ids(outcome=failure is None) | {"http.request.method": method, "http.route": path}
        if code:
            found["http.response.status_code"] = code
        found |= extra
        return self._scribe.span(service, route, kind, when, parent=parent, attributes=found, failure=failure)

    def anonymous(self, service: str, route: str, start: int, end: int, attributes: Attributes) -> SpanContext | None:
        """Write a request that belongs to no order yet."""
        method, path = route.split(" ", 1)
        found: Attributes = {"http.request.method": method, "http.route": path, "http.response.status_code": 201}
        return self._scribe.span(service, route, SpanKind.SERVER, (start, end), attributes={**found, **attributes})

    def publish(
        self, service: str, queue: str, at: int, *, parent: SpanContext | None, extra: Attributes = NOWHERE
    ) -> Message:
        """Write the PRODUCER span of a message and return the message."""
        message_id = str(UUID(int=self.rng.getrandbits(128), version=4))
        found = self.ids(outcome=True) | shape(service, queue, message_id, "publish") | dict(extra)
        context = self._scribe.span(
            service, f"publish {queue}", SpanKind.PRODUCER, (at, at + 6 * MS), parent=parent, attributes=found
        )
        return Message(queue, message_id, context, at + 6 * MS)

    def consume(
        self,
        service: str,
        message: Message,
        start: int,
        end: int,
        *,
        extra: Attributes = NOWHERE,
        failure: Failure | None = None,
    ) -> SpanContext | None:
        """Write the CONSUMER span of a message, tied to its producer as the order's plan says for that queue."""
        join = self.plan.joins.get(message.queue, "link")
        context = self._scribe.span(
            service,
            f"process {message.queue}",
            SpanKind.CONSUMER,
            (start, end),
            parent=message.context if join == "child" else None,
            links=[message.context] if join in {"child", "link"} else (),
            attributes=self.ids(outcome=failure is None)
            | shape(service, message.queue, message.id, "process")
            | dict(extra),
            failure=failure,
        )
        if service == "crm":
            self.settle(service, message, end - MS, parent=context)
        return context

    def receive(self, service: str, message: Message, at: int) -> None:
        """Write the zero-length span that only says: the message was received."""
        if self._scribe.brief:
            return
        join = self.plan.joins.get(message.queue, "link")
        self._scribe.span(
            service,
            f"receive {message.queue}",
            SpanKind.CONSUMER,
            (at, at),
            parent=message.context if join == "child" else None,
            links=[message.context] if join in {"child", "link"} else (),
            attributes=self.ids() | shape(service, message.queue, message.id, "receive"),
        )

    def settle(
        self,
        service: str,
        message: Message,
        at: int,
        *,
        parent: SpanContext | None,
        verb: str = "ack",
        failure: Failure | None = None,
    ) -> None:
        """Write the CLIENT span with which a consumer acknowledges or rejects a message."""
        if self._scribe.brief:
            return
        found = self.ids() | shape(service, message.queue, message.id, "settle")
        found["messaging.operation.name"] = verb
        self._scribe.span(
            service,
            f"{verb} {message.queue}",
            SpanKind.CLIENT,
            (at, at + MS),
            parent=parent,
            attributes=found,
            failure=failure,
        )

    def dead_letter(self, message: Message, died: int, found_at: int, reason: str, times: int) -> None:
        """Write what the consumer of the dead-letter queue sees: the message with its first context still on it."""
        queue = f"{message.queue}.dlq"
        extra: Attributes = {
            "rabbitmq.x_death.reason": reason,
            "rabbitmq.x_death.queue": message.queue,
            "rabbitmq.x_death.count": times,
            "rabbitmq.x_death.time": written("crm", self._scribe.clock("mes", died)),
        }
        self._scribe.span(
            "mes",
            f"process {queue}",
            SpanKind.CONSUMER,
            (found_at, found_at + 4 * MS),
            parent=message.context,
            links=[message.context],
            attributes=self.ids() | shape("mes", queue, message.id, "process") | dict(extra),
            failure=Failure("dead_lettered", f"dead-lettered: {reason} from {message.queue}", raised=False),
        )


def shape(service: str, queue: str, message_id: str, operation: str) -> dict[str, Value]:
    """Return the messaging attributes: exchange, routing key and queue share one name on this platform.

    CRM's Java agent has the opted-in messaging conventions, MES is RabbitMQ.Client 7.2: its older spellings differ.
    """
    kind = "send" if operation == "publish" else operation
    found: dict[str, Value] = {
        "messaging.system": "rabbitmq",
        "messaging.destination.name": queue,
        "messaging.rabbitmq.destination.routing_key": queue,
        "messaging.operation.type": kind,
        "messaging.operation.name": "deliver" if service == "mes" and operation == "process" else operation,
        "messaging.message.id": message_id,
    }
    if operation == "process":
        found["messaging.rabbitmq.delivery_tag" if service == "mes" else "messaging.rabbitmq.message.delivery_tag"] = 1
    return found


def written(service: str, moment: int) -> str:
    """Return a time as the service's runtime writes it: seven digits in .NET, six in Java, three in the shop."""
    text = datetime.fromtimestamp(moment // SECOND, UTC).strftime("%Y-%m-%dT%H:%M:%S")
    fraction = f"{moment % SECOND:09d}"
    if service == "mes":
        return f"{text}.{fraction[:7]}+00:00"
    return f"{text}.{fraction[: 3 if service == 'shop' else 6]}Z"
