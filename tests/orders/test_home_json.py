"""Home and search as JSON: what the screen shows, and nothing of what was typed."""

import json
from typing import Any

import pytest

from tests.orders.conftest import FakeJaeger, Get

JSON = "application/json"


def data_of(response: Any) -> Any:
    return json.loads(response.content)


def test_home_as_json_is_what_was_looked_at_and_the_sources(get: Get) -> None:
    looked = get("/orders/ORD-20398/").cookies["recent"].value
    data = data_of(get("/now.json", cookie=f"recent={looked}"))
    assert (data["schema"], [one["order_id"] for one in data["orders"]]) == (1, ["ORD-20398"])
    assert data["sources_known"]
    assert {"service", "last_at", "silent", "silent_since"} == data["sources"][0].keys()
    assert [one["service"] for one in data["sources"]] == ["shop", "crm", "mes"]
    leads = get("/", accept=JSON)
    assert (leads.status_code, leads["Location"]) == (302, "/now.json")


def test_a_search_of_several_things_is_the_ids_to_choose_from(post: Get) -> None:
    response = post("/search/", data={"q": "ORD-20398 P-77 Иванов"}, accept=JSON)
    data = data_of(response)
    assert data["meanings"] == [[{"kind": "order", "id": "ORD-20398"}], [{"kind": "partner", "id": "P-77"}]]
    assert (data["schema"], data["sure"], data["cut"], data["unread"]) == (1, True, False, 0)
    assert "Иванов" not in response.content.decode()


def test_a_customer_is_a_pseudonym_there_too(post: Get) -> None:
    response = post("/search/", data={"q": "cust-4711 ORD-20398"}, accept=JSON)
    (kind, own) = data_of(response)["meanings"][0][0].values()
    assert (kind, own[:2]) == ("customer", "c-")
    assert "4711" not in response.content.decode()


@pytest.mark.parametrize("typed", ["", " "])
def test_what_cannot_be_read_has_a_code(post: Get, typed: str) -> None:
    response = post("/search/", data={"q": typed}, accept=JSON)
    assert (response.status_code, data_of(response)) == (422, {"schema": 1, "error": "unreadable"})


def test_one_page_is_led_to_as_ever(post: Get, jaeger: FakeJaeger) -> None:
    response = post("/search/", data={"q": "ORD-20398"}, accept=JSON)
    assert (response.status_code, response["Location"]) == (302, "/orders/ORD-20398/")
