"""The steps of an order's life, from checkout to delivery: what each service does, and what its spans say of it."""

from collections.abc import Sequence
from typing import Final

from opentelemetry.trace import SpanContext

from demo.alexandrite import mishaps, rhythm
from demo.alexandrite.faults import Outage
from demo.alexandrite.hops import MS, Message
from demo.alexandrite.life import Life, begin
from demo.alexandrite.plan import Plan
from demo.alexandrite.scribe import Scribe
from demo.alexandrite.story import Story
from demo.alexandrite.world import (
    CLOSED,
    INITIATED,
    MANUFACTURING_APPROVED,
    MANUFACTURING_STARTED,
    PRICE_CALCULATED,
    SECOND,
    SHIPPED,
    SUBMITTED,
)

INLINE: Final = 0.5  # the share of orders whose price is calculated inside the consumer's span


def play_order(plan: Plan, scribe: Scribe, outages: Sequence[Outage]) -> Story:
    """Play one order from its model's upload to its end, or to where it is held up for good."""
    life = begin(plan, scribe, outages)
    submitted = _checkout(life)
    message = _submit(life, submitted) if submitted is not None else None
    priced = _price(life, message) if message else None
    approved = _approve(life, priced) if priced else None
    started = _start(life, approved) if approved else None
    shipped = _ship(life, started) if started is not None else None
    if shipped is not None:
        _deliver(life, shipped)
    return life.story


def _checkout(life: Life) -> int | None:
    """Play upload and creation; return when the order will be submitted."""
    plan, pen, at = life.plan, life.pen, life.plan.created
    uploaded = at - life.between(120, 1200)
    attributes = {"model_id": plan.model_id, "customer_id": plan.customer_id, "channel": plan.channel}
    pen.anonymous("shop", "POST /models", uploaded - life.between(1, 9), uploaded, attributes)
    server = pen.server("shop", "POST /orders", at - 240 * MS, at + 30 * MS, code=201)
    personal = {"customer_name": plan.person[0], "customer_email": plan.person[1]} if plan.person else {}
    mark = pen.mark("shop", INITIATED, at)
    pen.inner("shop", "create order", at - 180 * MS, at, parent=server, attributes=mark | personal)
    life.story.reach(INITIATED, at)
    if life.hit("basket-lost"):
        mishaps.basket_lost(life, at + plan.checkout)
        return None
    if life.hit("checkout-left"):
        mishaps.checkout_left(life, at)
        return None
    return at + plan.checkout


def _submit(life: Life, at: int) -> Message | None:
    """Play submission, the call to CRM and the sending on; return the message to MES."""
    pen, done = life.pen, at + 5 * MS + rhythm.HTTP.draw(life.rng)
    life.story.reach(SUBMITTED, at)
    refused = life.hit("http-500")
    shop = pen.server("shop", "POST /orders/{id}/submit", at - 200 * MS, done + 40 * MS, code=202)
    pen.inner("shop", "submit order", at - 120 * MS, at, parent=shop, attributes=pen.mark("shop", SUBMITTED, at))
    if life.plan.partner_id:
        _answer_partner(life, shop, done)
    if refused:
        mishaps.refused_by_crm(life, at + 5 * MS, shop)
        return None
    client = pen.client("shop", "crm", "POST /api/orders", at + 5 * MS, done, parent=shop, code=201)
    server = pen.server("crm", "POST /api/orders", at + 8 * MS, done - 3 * MS, parent=client, code=201)
    accepted = pen.inner(
        "crm", "accept order", at + 10 * MS, done - 15 * MS, parent=server, attributes=pen.ids(outcome=True)
    )
    if life.hit("never-sent-on", "orders.submitted"):
        life.story.note(done, "nothing-sent")
        return None
    return pen.publish("crm", "orders.submitted", done - 13 * MS, parent=accepted)


def _answer_partner(life: Life, shop: SpanContext | None, done: int) -> None:
    """Answer the partner's request, and the questions that its systems ask later."""
    pen = life.pen
    attributes = pen.ids(outcome=True) | {"external_partner_id": life.plan.partner_id or ""}
    pen.inner("shop", "answer partner", done + 10 * MS, done + 30 * MS, parent=shop, attributes=attributes)
    for _ in range(life.rng.randrange(3)):
        asked = done + life.between(60, 6 * 3600)
        pen.server("shop", "GET /orders/{id}", asked, asked + life.between(0.01, 0.2), attributes=attributes)


def _price(life: Life, message: Message) -> tuple[int, Message] | None:
    """Play the calculation; return when the price was there and the message to CRM."""
    if mishaps.stopped_in_consumer(life, message):
        return None
    arrival = life.wait_in_queue(message)
    if arrival is None:
        return None
    if life.hit("no-result"):
        life.pen.consume("mes", message, arrival, arrival + life.between(0.1, 2))
        life.story.note(arrival + 2 * SECOND, "consumed-no-result")
        return None
    done = arrival + life.plan.calculation
    sent = _calculate(life, message, arrival, done)
    if life.hit("status-twice", PRICE_CALCULATED):
        again = done + round(life.plan.approval * life.rng.uniform(0.3, 0.6))
        mishaps.priced_again(life, again)
    return done, sent


def _calculate(life: Life, message: Message, arrival: int, done: int) -> Message:
    """Calculate inside the consumer's span, or after it in a job of its own; return the message to CRM."""
    pen = life.pen
    inline = life.rng.random() < INLINE
    placed = pen.place("mes", PRICE_CALCULATED, done, entry=inline, leave=True)
    taken = done + 40 * MS if inline else arrival + life.between(0.05, 0.4)
    consumer = pen.consume("mes", message, arrival, taken, extra=placed.entry)
    begun = arrival + (50 * MS if inline else 500 * MS)
    child = inline or life.rng.random() < 0.5
    inner = pen.inner(
        "mes",
        "calculate price",
        begun,
        done,
        parent=consumer if child else None,
        links=() if child else [consumer],
        attributes=placed.inner,
    )
    life.story.reach(PRICE_CALCULATED, done)
    return pen.publish("mes", "orders.priced", done + 5 * MS, parent=inner, extra=placed.exit)


def _approve(life: Life, priced: tuple[int, Message]) -> tuple[int, Message] | None:
    """Play the manager's work in CRM; return when production was approved and the message to MES."""
    done, message = priced
    pen = life.pen
    arrival = life.wait_in_queue(message)
    if arrival is None:
        return None
    pen.consume("crm", message, arrival, arrival + life.between(0.02, 0.3))
    if life.hit("not-processed-in-crm"):
        life.story.note(arrival, "waiting-for-person")
        return None
    at = max(done + life.plan.approval, arrival + 30 * SECOND)
    sends = not life.hit("never-sent-on", "orders.approved")
    placed = pen.place("crm", MANUFACTURING_APPROVED, at, leave=sends)
    server = pen.server("crm", "POST /orders/{id}/approve", at - 160 * MS, at + 60 * MS, attributes=placed.entry)
    inner = pen.inner("crm", "approve order", at - 90 * MS, at, parent=server, attributes=placed.inner)
    life.story.reach(MANUFACTURING_APPROVED, at)
    if not sends:
        life.story.note(at + 60 * MS, "nothing-sent")
        return None
    return at, pen.publish("crm", "orders.approved", at + 8 * MS, parent=inner, extra=placed.exit)


def _start(life: Life, approved: tuple[int, Message]) -> int | None:
    """Play the operator's start of production; return when."""
    done, message = approved
    pen = life.pen
    if mishaps.stopped_in_consumer(life, message):
        return None
    arrival = life.wait_in_queue(message)
    if arrival is None:
        return None
    pen.receive("mes", message, arrival)
    pen.consume("mes", message, arrival + 2 * MS, arrival + life.between(0.05, 0.5))
    if life.hit("operator-never-starts"):
        life.story.note(arrival, "waiting-for-person")
        return None
    if life.hit("closed-by-hand", "start"):
        life.story.note(arrival, "waiting-for-person")
        mishaps.close_by_hand(life, done + life.between(3 * 3600, 30 * 3600))
        return None
    at = max(done + life.plan.start, arrival + 45 * SECOND)
    operate(life, "POST /production/{id}/start", "start production", MANUFACTURING_STARTED, at)
    return at


def operate(life: Life, route: str, operation: str, status: str, at: int) -> None:
    """Play an operator's click in MES that leads to a status; ship it to CRM where it is the shipping."""
    pen, ships = life.pen, status == SHIPPED
    placed = pen.place("mes", status, at, leave=ships)
    server = pen.server("mes", route, at - 140 * MS, at + 50 * MS, attributes=placed.entry)
    inner = pen.inner("mes", operation, at - 80 * MS, at, parent=server, attributes=placed.inner)
    life.story.reach(status, at)
    if ships:
        message = pen.publish("mes", "orders.shipped", at + 8 * MS, parent=inner, extra=placed.exit)
        arrival = message.sent + rhythm.QUEUE.draw(life.rng)
        pen.consume("crm", message, arrival, arrival + life.between(0.02, 0.2))


def _ship(life: Life, started: int) -> int | None:
    """Play manufacturing and shipping; return when it was shipped."""
    if life.hit("no-transition"):
        life.story.note(started, "waiting-for-person")
        return None
    at = started + life.plan.production
    if life.hit("error-repeated", "ship"):
        mishaps.shipping_fails(life, at)
        return None
    operate(life, "POST /production/{id}/ship", "ship order", SHIPPED, at)
    later = at + life.between(600, 3600)
    if life.hit("status-twice", SHIPPED):
        operate(life, "POST /production/{id}/ship", "ship order", SHIPPED, later)
        life.story.note(later, "status-repeated")
    if life.hit("went-back"):
        operate(life, "POST /production/{id}/start", "start production", MANUFACTURING_STARTED, later)
        life.story.note(later, "went-back")
        return None
    return at


def _deliver(life: Life, shipped: int) -> None:
    """Play delivery: the carrier tells CRM, which closes the order."""
    pen = life.pen
    by_hand = life.hit("closed-by-hand", "delivery")
    if by_hand or life.hit("carrier-silent"):
        life.story.note(shipped, "waiting-for-carrier")
    if by_hand:
        mishaps.close_by_hand(life, shipped + life.between(73 * 3600, 84 * 3600))
    if by_hand or life.hit("carrier-silent"):
        return
    at = shipped + life.plan.delivery
    placed = pen.place("crm", CLOSED, at)
    server = pen.server("crm", "POST /carrier/delivered", at - 120 * MS, at + 40 * MS, attributes=placed.entry)
    pen.inner("crm", "close order", at - 60 * MS, at, parent=server, attributes=placed.inner)
    life.story.reach(CLOSED, at)
