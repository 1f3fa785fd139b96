"""Several orders, partners, the home page, and the search that leads to them."""

import csv
import io
import json
import re
from dataclasses import replace

import pytest
from django.http import Http404, HttpResponse

from orders import actions, wiring
from orders.jaeger.errors import JaegerError, NotFound, Unreachable
from orders.journey.spans import Answer
from orders.views import lists
from orders.wording import times
from tests.journey.story import Story, at
from tests.orders.conftest import NOW, FakeJaeger, Get

SEVERAL = "/several/?ids=ORD-99999,ORD-20398"


def test_rows_stand_in_the_pasted_order_and_keep_the_not_found(get: Get) -> None:
    html = get(SEVERAL).content.decode()
    assert html.index("ORD-99999") < html.index("ORD-20398</a>")
    assert "Данных нет" in html
    assert "Остановился" in html


def test_a_filter_stands_in_the_url(get: Get) -> None:
    html = get(f"{SEVERAL}&state=stalled").content.decode()
    assert "/orders/ORD-99999/" not in html
    assert "/orders/ORD-20398/" in html


@pytest.mark.parametrize("sort", ["waiting", "state", "nonsense"])
def test_a_list_is_sorted_as_the_url_says(get: Get, sort: str) -> None:
    assert get(f"{SEVERAL}&sort={sort}").status_code == 200


@pytest.mark.parametrize(("language", "mark"), [("ru", ";"), ("en", ",")])
def test_csv_has_a_mark_and_stable_codes(get: Get, language: str, mark: str) -> None:
    response = get("/several.csv?ids=ORD-20398", language=language)
    text = response.content.decode("utf-8")
    assert text.startswith("\ufefforder_id")
    rows = list(csv.DictReader(io.StringIO(text[1:]), delimiter=mark))
    assert rows[0]["state"] == "stalled"
    assert rows[0]["since"].endswith("Z")
    assert rows[0]["partner_id"] == "P-77"


def rows_of(response: HttpResponse) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(response.content.decode("utf-8-sig")), delimiter=";"))


def test_csv_says_what_is_old_and_what_is_not_listed(
    get: Get, jaeger: FakeJaeger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(actions, "LISTED", 1)
    jaeger.spans.append(Story("ORD-20400").span("shop", -1, partner_id="P-77", trace=7))
    fresh = rows_of(get("/partners/P-77.csv"))[0]
    assert (fresh["complete"], fresh["known_at"], fresh["more"], fresh["list_complete"]) == ("true", "", "1", "true")
    looked(jaeger, get, monkeypatch)
    old = rows_of(get("/several.csv?ids=ORD-20398"))[0]
    known = times.iso(at(NOW))
    assert (old["complete"], old["known_at"], old["more"], old["list_complete"]) == ("false", known, "0", "false")


@pytest.mark.parametrize(
    ("query", "ids"),
    [
        ("", ["ORD-99999", "ORD-20398"]),
        ("&sort=state", ["ORD-20398", "ORD-99999"]),
        ("&state=stalled", ["ORD-20398"]),
        ("&state=done", []),
    ],
)
def test_what_is_on_the_page_is_what_is_exported(get: Get, query: str, ids: list[str]) -> None:
    asked = SEVERAL.partition("?")[2] + query
    html = get(f"/several/?{asked}").content.decode()
    assert re.findall(r"data-row>(ORD-\d+)<", html) == ids
    assert [row["order_id"] for row in rows_of(get(f"/several.csv?{asked}"))] == ids
    assert [one["order_id"] for one in json.loads(get(f"/several.json?{asked}").content)["orders"]] == ids


def test_json_of_a_list_says_whether_it_is_whole(get: Get) -> None:
    data = json.loads(get("/several.json?ids=ORD-20398").content)
    assert (data["schema"], data["complete"], data["more"]) == (1, True, 0)
    assert data["orders"][0]["order_id"] == "ORD-20398"


def test_a_list_without_an_order_number_is_no_page(get: Get) -> None:
    with pytest.raises(Http404):
        get("/several/?ids=nonsense")


def test_what_an_address_holds_too_much_or_wrong_is_said(get: Get, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lists, "MOST_IDS", 2)
    ids = "ids=ORD-1,nonsense,ORD-20398,P-77,ORD-20398,,ORD-3"
    html = get(f"/several/?{ids}").content.decode()
    assert "Не номера заказов, пропущено: 2. Слишком много заказов для одного списка, последние пропущены: 1." in html
    assert json.loads(get(f"/several.json?{ids}").content)["left_out"] == 3
    assert [row["left_out"] for row in rows_of(get(f"/several.csv?{ids}"))] == ["3", "3"]


def test_of_a_whole_list_nothing_is_said(get: Get) -> None:
    assert 'class="banner' not in get(SEVERAL).content.decode()


def test_a_partners_orders(get: Get) -> None:
    html = get("/partners/P-77/").content.decode()
    assert "Партнёр P-77" in html
    assert "ORD-20398" in html


def test_a_partner_that_cannot_be_asked_for_is_a_page(get: Get, jaeger: FakeJaeger) -> None:
    jaeger.error = Unreachable("refused")
    assert get("/partners/P-77/").status_code == 503


def test_what_cannot_be_asked_for_is_said_in_the_form_that_was_wanted(get: Get, jaeger: FakeJaeger) -> None:
    jaeger.error = Unreachable("refused")
    data, table = get("/partners/P-77.json"), get("/models/M-1043.csv")
    assert (data.status_code, json.loads(data.content)) == (503, {"schema": 1, "error": "unavailable"})
    assert (table.status_code, table["Content-Type"]) == (503, "text/plain; charset=utf-8")
    assert table.content.decode() == "Jaeger недоступен.\n"


KNOWN_AT = "по данным на 22 сен, 03:13 МСК"


def looked(jaeger: FakeJaeger, get: Get, monkeypatch: pytest.MonkeyPatch, minutes: int = 30) -> str:
    """Look at an order, then let Jaeger go away and some minutes pass; return the cookie of what was looked at."""
    cookie = get("/orders/ORD-20398/").cookies["recent"].value
    jaeger.error = Unreachable("refused")
    monkeypatch.setattr(wiring, "clock", lambda: at(NOW + minutes))
    return f"recent={cookie}"


def test_the_home_page_says_how_old_it_is(get: Get, jaeger: FakeJaeger, monkeypatch: pytest.MonkeyPatch) -> None:
    cookie = looked(jaeger, get, monkeypatch)
    html = get("/now/", cookie=cookie).content.decode()
    assert "Jaeger недоступен. Не обновлено заказов: 1 из 1" in html
    assert KNOWN_AT in html.replace("\xa0", " ")


def test_a_list_says_how_old_it_is(get: Get, jaeger: FakeJaeger, monkeypatch: pytest.MonkeyPatch) -> None:
    looked(jaeger, get, monkeypatch)
    html = get(SEVERAL).content.decode()
    assert "Jaeger недоступен. Не обновлено заказов: 2 из 2" in html
    assert "Ответ неполный" not in html
    assert html.count("по данным на") == 1
    assert '<span class="note">Jaeger недоступен.</span>' in html
    assert f'<time datetime="{times.iso(at(NOW))}"' in html.partition('class="fresh old"')[2]


def test_of_a_list_that_nothing_is_known_of_no_freshness_is_told(get: Get, jaeger: FakeJaeger) -> None:
    jaeger.error = Unreachable("refused")
    assert 'class="fresh' not in get(SEVERAL).content.decode()


def test_a_list_that_was_cut_says_so(get: Get, jaeger: FakeJaeger, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = jaeger.find
    monkeypatch.setattr(jaeger, "find", lambda *asked, **window: replace(whole(*asked, **window), truncated=True))
    html = get("/partners/P-77/").content.decode()
    assert "Ответ неполный" in html
    assert "Не обновлено" not in html


def test_home_shows_the_box_and_asks_nothing(get: Get, jaeger: FakeJaeger) -> None:
    html = get("/").content.decode()
    assert "Где заказ?" in html
    assert not jaeger.asked


def test_the_part_of_home_that_asks(get: Get) -> None:
    assert "Источники данных" in get("/now/", **{"HX-Request": "true"}).content.decode()


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("ORD-20398", "/orders/ORD-20398/"),
        ("P-77", "/partners/P-77/"),
        ("M-1043", "/models/M-1043/"),
        ("ORD-20398, ORD-20399", "/several/?ids=ORD-20398,ORD-20399"),
    ],
)
def test_the_search_leads_to_the_one_page(post: Get, text: str, path: str) -> None:
    response = post("/search/", data={"q": text})
    assert (response.status_code, response["Location"]) == (302, path)


def test_a_trace_leads_to_its_order(post: Get, jaeger: FakeJaeger) -> None:
    response = post("/search/", data={"q": jaeger.spans[0].trace_id})
    assert response["Location"] == "/orders/ORD-20398/"


@pytest.mark.parametrize(("error", "status"), [(Unreachable("refused"), 503), (NotFound("expired"), 200)])
def test_a_trace_that_leads_nowhere_is_not_offered_again(
    post: Get, jaeger: FakeJaeger, error: JaegerError, status: int
) -> None:
    jaeger.error = error
    response = post("/search/", data={"q": jaeger.spans[0].trace_id})
    html = response.content.decode()
    assert response.status_code == status
    assert "<button" not in html.partition("<main")[2]
    assert ("Jaeger недоступен." in html) == (status == 503)
    assert ("Нет данных" in html and jaeger.spans[0].trace_id in html) == (status == 200)


def test_a_correction_is_announced_once(post: Get) -> None:
    response = post("/search/", data={"q": "ЩКВ-20398"})
    assert response["Location"] == "/orders/ORD-20398/"
    assert response.cookies["told"]["httponly"]


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("ЩКВ-20398", "Понято как ORD-20398: введено «ЩКВ-20398»."),
        ("Р-77", "Понято как P-77: введено «Р-77»."),
        ("Ь-1043", "Понято как M-1043: введено «Ь-1043»."),
    ],
)
def test_a_correction_is_announced_where_it_leads_and_nowhere_else(get: Get, post: Get, typed: str, said: str) -> None:
    response = post("/search/", data={"q": typed})
    cookie = f"told={response.cookies['told'].value}"
    other = get("/several/?ids=ORD-20398", cookie=cookie)
    assert "Понято как" not in other.content.decode()
    assert "told" not in other.cookies
    page = get(response["Location"], cookie=cookie)
    assert said in page.content.decode()
    assert page.cookies["told"]["max-age"] == 0


def test_a_customers_correction_is_announced_without_the_number(
    post: Get, jaeger: FakeJaeger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jaeger, "find", lambda *asked, **window: Answer(spans=tuple(jaeger.spans)))
    html = post("/search/", data={"q": "CUST-4821"}).content.decode()
    assert "номер исправлен." in html
    assert "CUST-4821" not in html.upper()


def test_a_wrong_number_is_never_another_order(post: Get) -> None:
    response = post("/search/", data={"q": "ЩКВ-20399"})
    assert response.status_code == 200
    assert "Ничего не найдено" in response.content.decode()


def test_an_empty_box_says_what_to_do(post: Get) -> None:
    assert post("/search/", data={"q": " "}).status_code == 422


def test_a_text_without_numbers_says_so(post: Get) -> None:
    assert "нет номера заказа" in post("/search/", data={"q": "добрый день"}).content.decode()


def test_different_kinds_are_offered_to_choose_from(post: Get) -> None:
    html = post("/search/", data={"q": "ORD-20398 P-77"}).content.decode()
    assert "/orders/ORD-20398/" in html
    assert "/partners/P-77/" in html


def test_a_customer_never_stands_in_a_url(post: Get, jaeger: FakeJaeger) -> None:
    response = post("/search/", data={"q": "C-4821"})
    assert response.status_code == 200
    assert "C-4821" not in response.content.decode()


def test_a_search_by_get_leads_home(get: Get) -> None:
    assert get("/search/")["Location"] == "/"


def test_two_orders_in_a_trace_are_a_list(post: Get, jaeger: FakeJaeger) -> None:
    other = Story("ORD-20400").span("shop", 1)
    jaeger.spans.append(other._replace(trace_id=jaeger.spans[0].trace_id, span_id="f" * 16))
    response = post("/search/", data={"q": jaeger.spans[0].trace_id})
    assert response["Location"] == "/several/?ids=ORD-20398,ORD-20400"
