"""Why a verdict is in doubt is said wherever the verdict is: on the page, in JSON, in CSV and in a ticket."""

import csv
import io
import json
from typing import Any

import pytest

from orders import wiring
from orders.jaeger.errors import TooSlow
from tests.journey.story import Story, at
from tests.orders.conftest import FakeJaeger, Get

URL = "/orders/ORD-20398/"
WHY = {
    "ru": "Уверенность низкая: данных о других заказах сейчас нет.",
    "en": "Less sure: nothing is known of other orders right now.",
}


@pytest.fixture
def basket(jaeger: FakeJaeger) -> None:
    """An order that was begun and not submitted, while nothing is known of others."""
    story = Story()
    story.status(0, 0)
    jaeger.spans[:] = story.spans
    keeper: Any = wiring.lookup().keeper
    keeper.fleet = None


@pytest.mark.usefixtures("basket")
@pytest.mark.parametrize("language", ["ru", "en"])
def test_the_doubt_about_a_basket_is_everywhere(get: Get, language: str) -> None:
    before, _, ticket = get(URL, language=language).content.decode().partition('id="ticket"')
    data = json.loads(get("/orders/ORD-20398.json", language=language).content)
    text = get("/several.csv?ids=ORD-20398", language=language).content.decode("utf-8-sig")
    header, row = csv.reader(io.StringIO(text), delimiter=";" if language == "ru" else ",")

    assert WHY[language] in before
    assert WHY[language] in ticket.partition("</pre>")[0]
    assert data["notes"] == [{"rule": "confidence-less", "text": WHY[language]}]
    assert dict(zip(header, row, strict=True))["notes"] == WHY[language]


@pytest.mark.usefixtures("basket")
def test_the_age_of_an_older_answer_is_in_the_ticket_and_once_on_the_page(
    get: Get, jaeger: FakeJaeger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wiring, "clock", lambda: at(2))
    get(URL)
    jaeger.error = TooSlow("no answer")

    before, _, ticket = get(URL, language="en").content.decode().partition('id="ticket"')
    notes = json.loads(get("/orders/ORD-20398.json", language="en").content)["notes"]

    assert before.count("This is what we knew") == 1
    assert "This is what we knew" in ticket.partition("</pre>")[0]
    assert [note["rule"] for note in notes] == ["jaeger-down"]
