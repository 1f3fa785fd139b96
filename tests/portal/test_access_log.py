"""The access log: a row before every answer with data, what stands in it, and no data without it."""

import json
import logging
from typing import Any

import pytest
from django.core.handlers.exception import convert_exception_to_response
from django.db import OperationalError, connection
from django.http import HttpResponse
from django.test import Client, RequestFactory, override_settings
from django.urls import get_resolver

from orders import wiring
from portal import errors
from portal.access_log.routes import ROUTES, WITHOUT_DATA, name_of
from portal.database import AWAY, BUSY, FULL, is_outage, reason_of
from portal.models import AccessRow
from tests.orders.conftest import FakeJaeger
from tests.portal.access_rows import NOW
from tests.portal.signed_in import sign_in
from tests.portal.test_sign_in_open_urls import all_patterns

pytestmark = pytest.mark.django_db
ORDER = "/orders/ORD-20398/"


@pytest.fixture
def anna(jaeger: FakeJaeger) -> Client:
    client = Client(raise_request_exception=False)
    sign_in(client)
    return client


def last() -> AccessRow:
    row = AccessRow.objects.order_by("-id").first()
    assert row is not None
    return row


def refuse_rows() -> None:
    with connection.cursor() as cursor:
        cursor.execute("CREATE TRIGGER full BEFORE INSERT ON portal_accessrow BEGIN SELECT RAISE(ABORT, 'no'); END")


def test_every_view_is_on_one_of_the_two_lists() -> None:
    views = {name_of(pattern.callback) for _, pattern, _ in all_patterns(get_resolver())}
    assert views == ROUTES.keys() | WITHOUT_DATA
    assert not ROUTES.keys() & WITHOUT_DATA


@pytest.mark.parametrize(
    ("path", "kind", "form", "meter", "ids", "more"),
    [
        (ORDER, "order", "html", "page", "ORD-20398", 0),
        ("/orders/ORD-20398.json", "order", "json", "page", "ORD-20398", 0),
        ("/orders/ORD-20398/spans/", "spans", "html", "page", "ORD-20398", 0),
        ("/now/", "now", "html", "page", "", 0),
        ("/several/?ids=ORD-1,ORD-2,ivan@example.com,ORD-1", "list", "html", "search", "ORD-1 ORD-2", 1),
        ("/several.json?ids=ORD-1", "list", "json", "export", "ORD-1", 0),
        ("/several.csv?ids=ORD-1", "list", "csv", "export", "ORD-1", 0),
        ("/several/?ids=ORD-1,cust-55", "list", "html", "search", "ORD-1", 1),
        ("/partners/P-77/", "partner", "html", "search", "P-77", 0),
        ("/partners/P-77.csv", "partner", "csv", "export", "P-77", 0),
        ("/models/M-1043.json", "model", "json", "export", "M-1043", 0),
        ("/access-log/?id=ORD-7", "log", "html", "page", "ORD-7", 0),
        ("/access-log.csv?id=anna@example.com", "log", "csv", "export", "", 1),
    ],
)
def test_what_a_row_says(anna: Client, path: str, kind: str, form: str, meter: str, ids: str, more: int) -> None:
    answer = anna.get(path)
    row = AccessRow.objects.get()
    assert (row.kind, row.form, row.meter, row.ids, row.more) == (kind, form, meter, ids, more)
    assert (row.person, row.username, row.roles) == ("sub-of-anna", "anna", "support")
    assert (row.address, len(row.session)) == ("127.0.0.1", 16)
    assert row.request_id == answer.headers["X-Request-ID"]


def test_parts_and_refreshes_are_told_apart(anna: Client) -> None:
    anna.get(ORDER, headers={"HX-Request": "true"})
    assert (last().form, last().meter) == ("part", "page")
    anna.get(ORDER, headers={"HX-Request": "true", "X-Live-Refresh": "1"})
    assert (last().form, last().meter) == ("refresh", "refresh")
    anna.get("/several.csv?ids=ORD-1", headers={"X-Live-Refresh": "1"})
    assert last().meter == "export"


@pytest.mark.parametrize("path", ["/orders/ORD-20401/", "/several/?ids=ORD-1,ORD-2", "/partners/P-77/"])
def test_what_was_never_opened_does_not_refresh_itself(anna: Client, path: str) -> None:
    headers = {"HX-Request": "true", "X-Live-Refresh": "1"}
    anna.get(ORDER)
    for form in ("part", "refresh"):
        anna.get(path, headers=headers)
        assert last().form == form
        assert (last().meter == "refresh") == (form == "refresh")
    other = Client()
    sign_in(other, name="Boris Support")
    other.get(path, headers=headers)
    assert last().form == "part"


def test_a_customer_found_by_a_mended_number_is_no_refresh(anna: Client) -> None:
    for _ in range(2):
        anna.post("/search/", {"q": "cust-4711"}, headers={"HX-Request": "true", "X-Live-Refresh": "1"})
        assert (last().kind, last().form) == ("customer", "part")


def test_a_search_is_recorded_as_what_it_was_read_as(anna: Client) -> None:
    anna.post("/search/", {"q": "ORD-20398 и cust-4711, пишите на ivan.petrov@example.com"})
    row = AccessRow.objects.get()
    assert (row.kind, row.meter) == ("search", "search")
    assert row.ids == f"ORD-20398 {wiring.pseudonyms().of_customer('cust-4711')}"
    assert "4711" not in row.ids


def test_a_customer_is_recorded_by_the_pseudonym_alone(anna: Client) -> None:
    assert anna.post("/search/", {"q": "cust-4711"}).status_code == 200
    searched, shown = AccessRow.objects.order_by("id")
    assert (searched.kind, shown.kind) == ("search", "customer")
    assert searched.ids == shown.ids == wiring.pseudonyms().of_customer("cust-4711")
    assert searched.request_id == shown.request_id


def test_a_search_that_is_too_long_is_recorded_without_being_read(anna: Client) -> None:
    assert anna.post("/search/", {"q": "ORD-1 " * 30_000}).status_code == 422
    assert last().ids == ""


@pytest.mark.parametrize("path", ["/", "/help/", "/nowhere/", "/orders/ivan@example.com/"])
def test_what_shows_no_data_leaves_no_row(anna: Client, path: str) -> None:
    anna.get(path)
    assert not AccessRow.objects.exists()


def test_strangers_leave_no_row() -> None:
    assert Client().get(ORDER).status_code == 302
    assert not AccessRow.objects.exists()


@pytest.mark.urls("tests.portal.closed_page_urls")
def test_a_view_that_nobody_listed_is_recorded_all_the_same(anna: Client) -> None:
    assert anna.get("/closed/").status_code == 200
    assert last().kind == "other"


def test_the_row_is_there_before_jaeger_is_asked(anna: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[int] = []
    lookup = wiring.lookup()

    def look_up() -> object:
        seen.append(AccessRow.objects.count())
        return lookup

    monkeypatch.setattr(wiring, "lookup", look_up)
    assert anna.get(ORDER).status_code == 200
    assert seen == [1]


def test_no_row_no_data(anna: Client, jaeger: FakeJaeger) -> None:
    refuse_rows()
    answer = anna.get(ORDER, headers={"Accept-Language": "en"})
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "30")
    assert "Nothing can be shown right now" in answer.content.decode()
    assert "Сейчас ничего показать нельзя" in anna.get(ORDER).content.decode()
    assert jaeger.asked == []


def test_no_row_no_data_for_programs(anna: Client) -> None:
    refuse_rows()
    answer = anna.get("/orders/ORD-20398.json")
    assert (answer.status_code, answer.json()) == (503, {"schema": 1, "error": "not_recorded", "reason": "away"})


def test_a_customer_whose_row_cannot_be_written_is_not_shown(anna: Client) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TRIGGER full BEFORE INSERT ON portal_accessrow WHEN NEW.kind = 'customer'"
            " BEGIN SELECT RAISE(ABORT, 'no'); END"
        )
    assert anna.post("/search/", {"q": "cust-4711"}).status_code == 503


def test_the_log_has_the_same_line(anna: Client, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, logger="portal.access_log"):
        anna.get("/several/?ids=ORD-1,ORD-2,x")
    (line,) = [record for record in caplog.records if record.name == "portal.access_log"]
    row = AccessRow.objects.get()
    assert line.getMessage() == "access"
    assert line.fields == {  # type: ignore[attr-defined]
        "person": row.person, "seq": 1, "at": f"{row.at:%Y-%m-%dT%H:%M:%S.%f}Z", "username": "anna",
        "roles": ["support"], "session": row.session, "what": "list", "form": "html", "ids": ["ORD-1", "ORD-2"],
        "more": 1, "address": "127.0.0.1", "mac": row.mac,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ("database or disk is full", FULL),
        ("database is locked", BUSY),
        ("disk I/O error", AWAY),
        ("no such table: portal_accessrow", AWAY),
        ("could not extend file: No space left on device", FULL),
    ],
)
def test_a_database_that_fails_under_the_sign_in_is_no_error_of_the_portal(said: str, reason: str) -> None:
    def failing(request: object) -> HttpResponse:
        raise OperationalError(said)

    request = RequestFactory().get("/x.json")
    with override_settings(DEBUG_PROPAGATE_EXCEPTIONS=False):
        answer: Any = convert_exception_to_response(failing)(request)
    assert answer.status_code == 503
    assert json.loads(answer.content)["reason"] == reason == reason_of(OperationalError(said))


def test_an_error_of_ours_stays_one() -> None:
    assert not is_outage(ValueError("x"))
    assert errors.server_error(RequestFactory().get("/x")).status_code == 500


def test_a_row_says_who_it_is() -> None:
    assert str(AccessRow(at=NOW, person="p", kind="order", ids="ORD-1")) == "2026-09-25 12:00:00Z p order ORD-1"
