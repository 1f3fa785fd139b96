"""The order page: one order, every reader."""

import json
from urllib.parse import quote

import pytest
from django.http import Http404

from orders.jaeger.errors import Unreachable
from orders.pages.order import SURE
from orders.wording.templates import CLAUSES
from tests.journey.story import at
from tests.orders.conftest import NOW, FakeJaeger, Get

URL = "/orders/ORD-20398/"


def test_support_reads_state_sentence_and_whom_to_ask(get: Get) -> None:
    html = get(URL).content.decode()
    assert "Заказ остановился" in html
    assert "CRM отправила заказ в MES" in html
    assert "обмен CRM — MES, доб.\u00a04410" in html
    assert 'href="#hop"' in html


@pytest.mark.parametrize("word", ["MANUFACTURING", "orders.approved", "span", "published-never-consumed"])
def test_support_sees_no_codes(get: Get, word: str) -> None:
    html = get(URL).content.decode()
    visible = html.split('<pre id="ticket"')[0] + html.split("</pre>")[1]
    assert word not in visible.replace("<span", "").replace("</span", "")


def test_devops_sees_codes_and_links_into_jaeger(get: Get) -> None:
    html = get(URL, codes=True, language="en").content.decode()
    assert "MANUFACTURING_APPROVED" in html
    assert "orders.approved" in html
    assert "uiFind=" in html


@pytest.mark.parametrize("codes", [False, True])
def test_every_claim_that_a_span_proves_is_one_click_from_it(get: Get, jaeger: FakeJaeger, codes: bool) -> None:
    html = get(URL, codes=codes).content.decode()
    said = html.split('<p class="say">')[1].split("</p>")[0]
    assert said.count('aria-label="в Jaeger">↗</a>') == 2  # the last status, and what was sent and not taken
    sent, reached = jaeger.spans[-1], jaeger.spans[-2]
    for span in (sent, reached):
        assert f"?uiFind={span.span_id}" in said
    rail = html.split('<ol class="rail">')[1].split('<li id="open"')[0]
    assert rail.count('aria-label="в Jaeger">↗</a>') == rail.count('class="done"') == 4


def test_htmx_gets_the_smaller_part(get: Get) -> None:
    part = get(URL, **{"HX-Request": "true"})
    assert part.content.decode().startswith('<div class="parts" id="order"')
    assert "HX-Request" in part["Vary"]


def test_a_link_to_a_moment_says_so_and_does_not_refresh(get: Get) -> None:
    html = get(f"{URL}?at=2026-09-21T14:20:00Z").content.decode()
    assert "Показано состояние заказа на" in html
    assert "data-live" not in html


@pytest.mark.parametrize("text", ["2026-09-21T17:20:00+03:00", "2026-09-21&14:20:00Z"])
def test_a_moment_is_handed_on_as_it_was_asked_for(get: Get, text: str) -> None:
    html = get(URL, codes=True, data={"at": text}).content.decode()
    assert f'hx-get="{URL}spans/?at={quote(text, safe="")}"' in html


@pytest.mark.parametrize("text", ["2036-01-01T00:00:00Z", "2020-01-01T00:00:00Z", "yesterday", "2026-09-21T14:20:00"])
def test_a_moment_that_cannot_be_shown_is_refused_with_the_reason(get: Get, text: str) -> None:
    response = get(f"{URL}?at={text}")
    assert response.status_code == 400
    assert "Показать этот момент нельзя" in response.content.decode() or "moment" in response.content.decode()


def test_without_jaeger_and_without_memory_the_page_says_so(get: Get, jaeger: FakeJaeger) -> None:
    jaeger.error = Unreachable("refused")
    response = get(URL)
    assert response.status_code == 503
    assert "Jaeger недоступен." in response.content.decode()


def test_without_jaeger_what_was_known_is_shown_with_its_age(get: Get, jaeger: FakeJaeger) -> None:
    get(URL)
    jaeger.error = Unreachable("refused")
    html = get(URL).content.decode()
    assert "Показано то, что было известно" in html
    assert "Заказ остановился" not in html


def test_an_unknown_number_is_not_said_not_to_exist(get: Get) -> None:
    response = get("/orders/ORD-99999/")
    assert response.status_code == 404
    assert "Сам заказ может существовать" in response.content.decode()


def test_what_is_no_order_number_is_not_asked_for(get: Get, jaeger: FakeJaeger) -> None:
    with pytest.raises(Http404):
        get("/orders/nonsense/")
    assert not jaeger.asked


def test_json_keeps_its_schema(get: Get) -> None:
    data = json.loads(get("/orders/ORD-20398.json").content)
    assert list(data) == [
        "schema", "order_id", "as_of", "known_at", "complete", "state", "status", "stage", "since", "deadline", "stuck",
        "cause", "confidence", "text", "checks", "notes", "gaps", "statuses", "error", "evidence",
        "url",
    ]  # fmt: skip
    assert data["schema"] == 1
    assert data["stage"] == {"from": "MANUFACTURING_APPROVED", "to": "MANUFACTURING_STARTED"}
    assert data["cause"] == "published-never-consumed"
    assert data["as_of"].endswith("Z")
    assert set(data["evidence"][0]) == {"kind", "id", "url"}
    assert set(data["checks"][0]) == {"rule", "result", "text"}


def test_accept_gives_the_same_json(get: Get) -> None:
    assert get(URL, Accept="application/json").content == get("/orders/ORD-20398.json").content


def test_spans_are_for_devops_and_developers(get: Get) -> None:
    with pytest.raises(Http404):
        get(f"{URL}spans/")
    html = get(f"{URL}spans/", codes=True).content.decode()
    assert "publish orders.approved" in html


def test_the_page_remembers_what_was_looked_at_in_a_cookie(get: Get) -> None:
    cookie = get(URL).cookies["recent"]
    assert cookie["httponly"]
    assert "recent" not in get(URL, **{"HX-Request": "true"}).cookies
    assert at(NOW)


def test_a_moment_before_the_first_record_is_refused_with_the_reason(get: Get) -> None:
    response = get(f"{URL}?at=2026-09-21T14:00:00Z")

    assert response.status_code == 400
    assert "ещё ничего не было записано" in response.content.decode()


def test_how_sure_a_verdict_is_is_set_apart_from_what_it_says() -> None:
    assert {rule for rule in CLAUSES if rule.startswith("confidence-")} == SURE
