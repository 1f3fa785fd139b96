"""What goes wrong in an order's life: one function a fault; where it returns None, the life stops."""

from typing import Final

from opentelemetry.trace import SpanContext

from demo.alexandrite import rhythm
from demo.alexandrite.hops import MS, Message
from demo.alexandrite.life import Life
from demo.alexandrite.scribe import Failure
from demo.alexandrite.world import CLOSED, MINUTE, PRICE_CALCULATED, SECOND

TIME_TO_LIVE: Final = 10 * MINUTE  # of a message that nobody takes, where it expires into the dead-letter queue
# How a message ends; refused for good without a dead-letter queue shows only where settling is traced.
WAYS: Final = ("rejected", "delivery_limit", "expired", "refused")
CALCULATION_FAILED: Final = Failure("Mes.Pricing.MeshException", "mesh of the model is not closed")
INVALID: Final = Failure("Mes.Contracts.InvalidMessageException", "field 'material' is not known")


def basket_lost(life: Life, at: int) -> None:
    """Lose the basket in the shop: each try to submit fails."""
    whose = f" of {life.plan.person[0]} <{life.plan.person[1]}>" if life.plan.person else ""
    failure = Failure("com.alexandrite.shop.BasketNotFoundException", f"basket{whose} not found")
    for _ in range(life.rng.randrange(1, 4)):
        life.pen.server("shop", "POST /orders/{id}/submit", at - 90 * MS, at, code=500, failure=failure)
        life.story.note(at, "error-repeated", failed=True)
        at += life.between(10, 120)


def checkout_left(life: Life, at: int) -> None:
    """Let the customer look once more and go away."""
    looked = at + life.between(20, 400)
    life.pen.server("shop", "GET /orders/{id}", looked, looked + 40 * MS)
    life.story.note(at, "customer-left")


def refused_by_crm(life: Life, at: int, shop: SpanContext | None) -> None:
    """Let CRM answer 500, or be out of reach; the shop tries again in new traces and gives up."""
    reached = life.rng.random() < 0.75
    mail = f" for {life.plan.person[0]} <{life.plan.person[1]}>" if life.plan.person else ""
    down = Failure("java.net.ConnectException", "connection refused: crm:8080")
    broken = Failure("500", f"500 Internal Server Error from POST /api/orders{mail}", raised=False)
    inside = Failure("org.springframework.dao.DataIntegrityViolationException", f"could not insert order{mail}")
    parent = shop
    for _ in range(life.rng.randrange(1, 4)):
        end = at + rhythm.HTTP.draw(life.rng)
        client = life.pen.client(
            "shop",
            "crm",
            "POST /api/orders",
            at,
            end,
            parent=parent,
            code=500 if reached else 0,
            failure=broken if reached else down,
        )
        if reached:
            life.pen.server("crm", "POST /api/orders", at + MS, end - MS, parent=client, code=500, failure=inside)
        life.story.note(end, "call-failed", failed=True)
        at, parent = end + life.between(30, 120), None


def stopped_in_consumer(life: Life, message: Message) -> bool:
    """Play it and return True where MES fails on a message, or rejects it."""
    if life.hit("error-repeated", message.queue):
        _failing(life, message)
        return True
    if life.hit("dead-lettered", message.queue):
        _rejected(life, message)
        return True
    return False


def _failing(life: Life, message: Message) -> None:
    """Let MES take the message, fail, and take it again: two to five times."""
    at = message.sent + rhythm.QUEUE.draw(life.rng)
    for _ in range(life.rng.randrange(2, 6)):
        _fail_once(life, message, at, CALCULATION_FAILED)
        at += life.between(20, 180)


def _fail_once(life: Life, message: Message, at: int, failure: Failure) -> int:
    """Consume with an error; return when that ended."""
    end = at + life.between(0.2, 3)
    consumer = life.pen.consume("mes", message, at, end, failure=failure)
    name = "calculate price" if message.queue == "orders.submitted" else "queue for production"
    life.pen.inner(
        "mes", name, at + 20 * MS, end - 20 * MS, parent=consumer, attributes=life.pen.ids(), failure=failure
    )
    life.story.note(end, "error-repeated", failed=True)
    return end


def _rejected(life: Life, message: Message) -> None:
    """Let the message end in the dead-letter queue, or the consumer refuse it for good."""
    way = life.rng.choice(WAYS[:-1] if life.pen.brief else WAYS)
    died, times = message.sent + TIME_TO_LIVE, 1
    if way != "expired":
        died = message.sent + rhythm.QUEUE.draw(life.rng)
        times = 3 if way == "delivery_limit" else 1
        for _ in range(times):
            died = _fail_once(life, message, died + 200 * MS, INVALID)
    if way == "refused":
        life.pen.settle("mes", message, died, parent=None, verb="reject", failure=INVALID)
        life.story.note(died + MS, "given-back", failed=True)
        return
    found = died + life.between(0.5, 60)
    life.pen.dead_letter(message, died, found, way, times)
    life.story.note(found, "set-aside" if way == "expired" else "rejected", failed=True)


def priced_again(life: Life, at: int) -> None:
    """Calculate the same price a second time and send it again; CRM takes it and nothing changes."""
    pen = life.pen
    placed = pen.place("mes", PRICE_CALCULATED, at, entry=False, leave=True)
    inner = pen.inner("mes", "calculate price", at - 20 * SECOND, at, parent=None, attributes=placed.inner)
    life.story.reach(PRICE_CALCULATED, at)
    life.story.note(at, "status-repeated")
    message = pen.publish("mes", "orders.priced", at + 5 * MS, parent=inner, extra=placed.exit)
    pen.consume("crm", message, message.sent + 50 * MS, message.sent + 120 * MS)


def close_by_hand(life: Life, at: int) -> None:
    """Close the order in CRM by a manager's hand, without shipping or without word from the carrier."""
    pen = life.pen
    placed = pen.place("crm", CLOSED, at)
    server = pen.server("crm", "POST /orders/{id}/close", at - 130 * MS, at + 40 * MS, attributes=placed.entry)
    pen.inner("crm", "close order manually", at - 70 * MS, at, parent=server, attributes=placed.inner)
    life.story.reach(CLOSED, at)
    life.story.note(at, "closed-by-hand")


def shipping_fails(life: Life, at: int) -> None:
    """Let the operator's click on "ship" fail each time."""
    failure = Failure("Mes.Production.TransitionException", "no transition from state InWork to Shipped")
    for _ in range(life.rng.randrange(2, 5)):
        life.pen.server("mes", "POST /production/{id}/ship", at - 90 * MS, at, code=500, failure=failure)
        life.story.note(at, "error-repeated", failed=True)
        at += life.between(30, 600)
