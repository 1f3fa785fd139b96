"""What a page's look-ups cost is counted also where other threads make them."""

import pytest

from orders import actions, wiring
from orders.jaeger import spent
from orders.journey.spans import Answer
from tests.journey.story import at
from tests.orders.conftest import NOW, FakeJaeger


@pytest.fixture
def counting(jaeger: FakeJaeger, monkeypatch: pytest.MonkeyPatch) -> None:
    find = jaeger.find

    def counted(attribute: str, value: str, *, start: int, end: int) -> Answer:
        with spent.one_look_up():
            return find(attribute, value, start=start, end=end)

    monkeypatch.setattr(jaeger, "find", counted)


@pytest.mark.usefixtures("counting")
def test_the_look_ups_of_a_pasted_list_are_counted() -> None:
    with spent.counted() as mine:
        actions.look_up_many(order_ids=["ORD-1", "ORD-2", "ORD-3"], now=at(NOW), lookup=wiring.lookup())
    assert mine.lookups == 3
    assert mine.seconds > 0
