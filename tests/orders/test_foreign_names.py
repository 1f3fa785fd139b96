"""Foreign strings that may hold somebody's name or address: none of them reaches a page, for no reader."""

import json
from typing import Any

import pytest

from orders.journey.raw import Raw
from orders.journey.spans import Facts
from tests.journey.story import Story
from tests.orders.conftest import FakeJaeger, Get

URL = "/orders/ORD-20398/"
HOSTILE = ["Anna Petrova", "anna.petrova@example.com", "Анна Петрова", "tel-89161234567", "<b>x</b>", "\u202eevil"]


def order(jaeger: FakeJaeger, *, service: str = "mes", **facts: Any) -> None:
    """Let the order's open stage end with an error, with these facts on its span."""
    story = Story()
    story.upto(3)
    story.hop(3, 15.5, taken=False)
    story.span(service, 20, name="start production", failed=True, **facts)
    jaeger.spans = list(story.spans)


@pytest.mark.parametrize("codes", [False, True])
@pytest.mark.parametrize("text", HOSTILE)
def test_an_error_type_is_shown_only_where_it_is_one(get: Get, jaeger: FakeJaeger, text: str, codes: bool) -> None:
    order(jaeger, error_type=text)
    for path in (URL, f"{URL}spans/") if codes else (URL,):
        html = get(path, codes=codes).content.decode()
        assert text not in html
    assert 'id="errors"' in get(URL, codes=codes).content.decode()


def test_a_safe_error_type_is_shown_to_who_sees_codes(get: Get, jaeger: FakeJaeger) -> None:
    order(jaeger, error_type="TimeoutError")
    assert "TimeoutError" in get(URL, codes=True).content.decode()
    before, _, ticket = get(URL).content.decode().partition('id="ticket"')
    assert "TimeoutError" not in before + ticket.partition("</pre>")[2]
    assert "(TimeoutError)" in ticket  # codes stand in brackets there


@pytest.mark.parametrize("codes", [False, True])
@pytest.mark.parametrize("language", ["ru", "en"])
@pytest.mark.parametrize("text", HOSTILE)
def test_a_service_that_is_no_identifier_is_not_named(
    get: Get,
    jaeger: FakeJaeger,
    text: str,
    language: str,
    codes: bool,
) -> None:
    order(jaeger, service=text)
    html = get(URL, codes=codes, language=language).content.decode()
    assert text not in html
    assert text not in get("/orders/ORD-20398.json", codes=codes, language=language).content.decode()


@pytest.mark.parametrize("text", HOSTILE)
def test_no_other_fact_reaches_a_page_as_it_was_sent(get: Get, jaeger: FakeJaeger, text: str) -> None:
    story = Story()
    names = ("partner_id", "model_id", "message_id", "destination", "peer", "channel", "ticket", "version", "operation")
    assert set(names) <= set(Facts._fields)
    facts: dict[str, Any] = dict.fromkeys(names, text)
    story.span("shop", 0, name=text, customer=Raw(text), **facts)
    story.upto(3)
    story.span("mes", 20, name=text, kind="consumer", **facts)
    story.span("crm", 20, name=text, kind="producer", **facts)
    jaeger.spans = list(story.spans)
    for path in (URL, f"{URL}spans/", "/orders/ORD-20398.json"):
        assert text not in get(path, codes=True).content.decode(), path


@pytest.mark.parametrize("number", ["ORD/1\u202e", "anna@example.com", "79161234567", "Petrova", "x" * 300])
def test_what_is_no_order_number_is_listed_and_neither_shown_nor_linked(
    get: Get, jaeger: FakeJaeger, number: str
) -> None:
    jaeger.spans = [Story(number).span("shop", 0, partner_id="P-77")]
    assert '<th scope="row">номер скрыт</th>' in get("/partners/P-77/").content.decode()
    for form in ("/", ".json", ".csv"):
        assert number not in get(f"/partners/P-77{form}").content.decode()
    assert json.loads(get("/partners/P-77.json").content)["orders"][0]["order_id"] is None
