"""Gather, decide, hand back: nothing is raised for a broken neighbour, and nothing is corrected unseen."""

import threading
from collections.abc import Iterator
from typing import Any

import pytest

from orders import actions
from orders.fleet.keeper import Keeper
from orders.jaeger.errors import TooSlow, Unreachable
from orders.journey.ids import IdPatterns, recognise
from orders.journey.raw import Raw
from orders.journey.spans import MINUTE, Answer, Missing
from orders.journey.verdict import State
from tests.fleet.fake import FakeJaeger
from tests.journey.story import ORDER, RETENTION, TABLE, Story, at

NOW = at(60)
PATTERNS = IdPatterns.of()


def orders(count: int, *, partner: str = "P-77") -> FakeJaeger:
    """Return a Jaeger with so many orders of one partner, the newest with the highest number."""
    jaeger = FakeJaeger()
    for n in range(count):
        story = Story(f"ORD-{n}")
        story.status(0, n / 10, partner_id=partner, model_id="M-1", trace=n + 1)
        jaeger.spans += story.spans
    return jaeger


@pytest.fixture
def story() -> Story:
    story = Story()
    story.upto(3)
    return story


@pytest.fixture
def jaeger(story: Story) -> FakeJaeger:
    return FakeJaeger(story.spans)


def lookup_of(jaeger: FakeJaeger, **more: Any) -> actions.Lookup:
    keeper = Keeper(jaeger, TABLE, clock=lambda: NOW, retention=RETENTION)
    return actions.Lookup(jaeger=jaeger, keeper=keeper, table=TABLE, retention=RETENTION, **more)


@pytest.fixture
def lookup(jaeger: FakeJaeger) -> Iterator[actions.Lookup]:
    lookup = lookup_of(jaeger)
    yield lookup
    lookup.keeper.settle(10)


def test_one_order_is_judged(lookup: actions.Lookup) -> None:
    found = actions.look_up_order(order_id=ORDER, now=NOW, lookup=lookup)

    assert found.known
    assert found.verdict.status == "MANUFACTURING_APPROVED"
    assert (found.trouble, found.at, found.now, found.fleet_at) == ("", None, NOW, NOW)
    assert found.kept_until == found.journey.first_at + RETENTION  # type: ignore[operator]
    assert [source.service for source in found.sources] == ["shop", "crm", "mes"]


def test_a_moment_shows_what_had_ended_by_then(lookup: actions.Lookup) -> None:
    found = actions.look_up_order(order_id=ORDER, now=NOW, lookup=lookup, at=at(12))

    assert (found.verdict.status, found.verdict.now, found.at) == ("PRICE_CALCULATED", at(12), at(12))
    assert found.verdict.state is State.ON_TIME


def test_a_broken_jaeger_shows_what_was_known_with_its_age(jaeger: FakeJaeger, lookup: actions.Lookup) -> None:
    actions.look_up_order(order_id=ORDER, now=NOW, lookup=lookup)
    jaeger.broken = Unreachable("refused")

    found = actions.look_up_order(order_id=ORDER, now=NOW + 5 * MINUTE, lookup=lookup)

    assert (found.trouble, found.answer.known_at) == ("unreachable", NOW)
    assert found.verdict.state is State.CANNOT_TELL
    assert [clause.rule for clause in found.verdict.clauses] == ["jaeger-down", "last-known"]


def test_a_broken_jaeger_and_nothing_known_says_so(jaeger: FakeJaeger, lookup: actions.Lookup) -> None:
    jaeger.broken = TooSlow("8 s")

    found = actions.look_up_order(order_id=ORDER, now=NOW, lookup=lookup)

    assert (found.known, found.trouble, found.verdict.step) == (False, "too_slow", 7)
    assert found.kept_until is None


def test_many_keep_the_pasted_order_and_what_was_not_found(lookup: actions.Lookup) -> None:
    found = actions.look_up_many(order_ids=["ORD-1", ORDER, "ORD-1"], now=NOW, lookup=lookup)

    assert [row.journey.order_id for row in found.rows] == ["ORD-1", ORDER, "ORD-1"]
    assert [row.known for row in found.rows] == [False, True, False]
    assert (found.whole, found.missing, found.rest) == (True, (), 0)


def test_an_order_that_is_not_answered_in_time_keeps_its_row(jaeger: FakeJaeger) -> None:
    gate = threading.Event()
    ask = jaeger.find

    def find(attribute: str, value: str, *, start: int, end: int) -> Answer:
        if value == "ORD-1":
            gate.wait(20)
        return ask(attribute, value, start=start, end=end)

    jaeger.find = find  # type: ignore[method-assign]

    found = actions.look_up_many(order_ids=["ORD-1", ORDER], now=NOW, lookup=lookup_of(jaeger, hard=2.0))
    gate.set()

    assert [row.trouble for row in found.rows] == ["too_slow", ""]
    assert not found.whole


def test_a_service_that_is_missing_is_named(jaeger: FakeJaeger, lookup: actions.Lookup) -> None:
    jaeger.missing = (Missing(service="mes", reason="too_slow"), Missing(service="", reason="refused"))

    assert actions.look_up_many(order_ids=[ORDER], now=NOW, lookup=lookup).missing == ("mes",)
    assert actions.look_up_by(kind="partner", value="P-1", now=NOW, lookup=lookup).missing == ("mes",)


def test_a_partners_newest_fifty_come_first_and_the_rest_is_counted() -> None:
    lookup = lookup_of(orders(60))

    found = actions.look_up_by(kind="partner", value="P-77", now=NOW, lookup=lookup)

    assert [row.journey.order_id for row in found.rows][:2] == ["ORD-59", "ORD-58"]
    assert (len(found.rows), found.rest, found.whole) == (50, 10, True)


def test_an_order_of_another_partner_in_the_same_trace_is_not_listed() -> None:
    jaeger = orders(1)
    other = Story("ORD-7")
    jaeger.spans.append(other.status(0, 1, partner_id="P-8", trace=1)._replace(span_id="f" * 16))
    lookup = lookup_of(jaeger)

    found = actions.look_up_by(kind="partner", value="P-77", now=NOW, lookup=lookup)
    models = actions.look_up_by(kind="model", value="M-1", now=NOW, lookup=lookup)

    assert [row.journey.order_id for row in found.rows] == ["ORD-0"]
    assert [row.journey.order_id for row in models.rows] == ["ORD-0"]


def test_a_search_that_cannot_be_made_is_raised(jaeger: FakeJaeger, lookup: actions.Lookup) -> None:
    jaeger.broken = Unreachable("refused")

    with pytest.raises(Unreachable):
        actions.look_up_by(kind="partner", value="P-77", now=NOW, lookup=lookup)


def test_the_orders_of_a_trace_come_by_their_first_span(story: Story, lookup: actions.Lookup) -> None:
    assert actions.orders_of_trace(trace_id=story.spans[0].trace_id, now=NOW, lookup=lookup) == (ORDER,)


@pytest.mark.parametrize(
    ("typed", "state", "id_"),
    [("ORD-20398", "exact", ORDER), ("ЩКВ-20398", "corrected", ORDER), ("ORD-2O398", "corrected", ORDER),
     ("ORD-1", "exact", "ORD-1"), ("ЩКВ-1", "not_found", "")],
)  # fmt: skip
def test_a_mended_number_is_believed_when_it_is_the_one_that_exists(
    lookup: actions.Lookup, typed: str, state: str, id_: str
) -> None:
    tokens = recognise(typed, PATTERNS).tokens

    (found,), sure = actions.resolve_all(tokens=tokens, patterns=PATTERNS, now=NOW, lookup=lookup)

    assert (found.state, found.id, sure) == (state, id_, True)


def test_nothing_is_corrected_unseen(jaeger: FakeJaeger, lookup: actions.Lookup) -> None:
    jaeger.broken = Unreachable("refused")

    (found,), sure = actions.resolve_all(tokens=recognise("ЩКВ-20398", PATTERNS).tokens, patterns=PATTERNS, now=NOW,
                                         lookup=lookup)  # fmt: skip

    assert (found.state, found.id, sure) == ("not_found", "", False)


def test_the_home_page_gets_a_few_orders_and_the_snapshot(lookup: actions.Lookup) -> None:
    many, snapshot = actions.look_up_recent(order_ids=[ORDER], now=NOW, lookup=lookup)

    assert [row.journey.order_id for row in many.rows] == [ORDER]
    assert snapshot is not None
    assert snapshot.taken_at == NOW


def test_an_order_past_its_limit_is_judged_by_what_others_did_since(jaeger: FakeJaeger) -> None:
    late = at(60 * 24 * 3)
    keeper = Keeper(jaeger, TABLE, clock=lambda: late, retention=RETENTION)
    lookup = actions.Lookup(jaeger=jaeger, keeper=keeper, table=TABLE, retention=RETENTION)

    found = actions.look_up_order(order_id=ORDER, now=late, lookup=lookup)
    fleet = keeper.settle(10)

    assert found.verdict.step >= actions.LATE
    assert fleet is not None
    assert fleet.filled_since == late - RETENTION


def test_a_customer_in_the_same_trace_is_another_customer() -> None:
    jaeger = orders(1)
    own = jaeger.spans[0]
    jaeger.spans[0] = own._replace(facts=own.facts._replace(customer=Raw("cust-1")))
    other = Story("ORD-7")
    jaeger.spans.append(other.status(0, 1, customer=Raw("cust-2"), trace=1)._replace(span_id="f" * 16))
    jaeger.find = lambda attribute, value, *, start, end: Answer(spans=tuple(jaeger.spans))  # type: ignore[method-assign]

    found = actions.look_up_by(kind="customer", value="cust-1", now=NOW, lookup=lookup_of(jaeger))

    assert [row.journey.order_id for row in found.rows] == ["ORD-0"]


def test_mended_readings_share_one_deadline(jaeger: FakeJaeger) -> None:
    gate = threading.Event()

    def find(attribute: str, value: str, *, start: int, end: int) -> Answer:
        gate.wait(5)
        return Answer()

    jaeger.find = find  # type: ignore[method-assign]

    _, sure = actions.resolve_all(tokens=recognise("ЩКВ-20398", PATTERNS).tokens, patterns=PATTERNS, now=NOW,
                                  lookup=lookup_of(jaeger, hard=0.2))  # fmt: skip
    gate.set()

    assert not sure
