"""Language, zone and keys: kept in cookies by a form, never in a URL, never leading away."""

import pytest
from django.http import HttpRequest
from django.test import Client, RequestFactory
from django.utils import translation

from portal.choices import company_zone, keys_of, zone_of
from portal.context import site
from portal.sign_in.people import PortalUser

pytestmark = pytest.mark.django_db


@pytest.fixture
def browser() -> Client:
    return Client(headers={"host": "127.0.0.1"})


def request_with(**cookies: str) -> HttpRequest:
    request = RequestFactory().get("/orders/ORD-1/?at=2026-09-25T07:42:00Z")
    request.COOKIES.update(cookies)
    return request


@pytest.mark.parametrize(
    ("field", "value", "cookie"),
    [
        ("lang", "en", "django_language"),
        ("zone", "utc", "zone"),
        ("zone", "Asia/Omsk", "zone"),
        ("keys", "off", "keys"),
    ],
)
def test_a_choice_is_remembered_and_leads_back(browser: Client, field: str, value: str, cookie: str) -> None:
    response = browser.post("/choose/", {field: value, "next": "/orders/ORD-1/?at=x"})
    assert (response.status_code, response["Location"]) == (302, "/orders/ORD-1/?at=x")
    assert response.cookies[cookie].value == value
    assert response.cookies[cookie]["httponly"]
    assert response.cookies[cookie]["samesite"] == "Lax"


@pytest.mark.parametrize(("field", "value"), [("lang", "xx"), ("zone", "../etc"), ("zone", ""), ("keys", "maybe")])
def test_an_unknown_choice_changes_nothing(browser: Client, field: str, value: str) -> None:
    assert not browser.post("/choose/", {field: value, "next": "/"}).cookies


@pytest.mark.parametrize(
    "path",
    ["https://evil.example/", "//evil.example/", "/\\evil.example", "///evil.example", "javascript:alert(1)", "",
     "orders", "/\t/evil.example", "http:///evil.example"],
)  # fmt: skip
def test_no_choice_leads_away(browser: Client, path: str) -> None:
    assert browser.post("/choose/", {"lang": "en", "next": path})["Location"] == "/"


def test_a_link_chooses_nothing(browser: Client) -> None:
    response = browser.get("/choose/?lang=en")
    assert (response.status_code, response["Allow"]) == (405, "POST")
    assert "django_language" not in response.cookies


@pytest.mark.parametrize(
    ("cookie", "accept", "lang"),
    [("en", "ru", "en"), ("", "en-GB,en;q=0.9", "en"), ("", "de,fr", "ru"), ("", "", "ru"), ("xx", "en", "en")],
)
def test_language_is_the_cookies_then_the_browsers(browser: Client, cookie: str, accept: str, lang: str) -> None:
    if cookie:
        browser.cookies["django_language"] = cookie
    assert f'<html lang="{lang}"' in browser.get("/choose/", headers={"accept-language": accept}).content.decode()


def test_the_zone_is_the_cookies_else_the_companys() -> None:
    assert zone_of(request_with()) == company_zone()
    assert company_zone().label(0, "ru") == "МСК"
    assert zone_of(request_with(zone="utc")).key == "utc"
    mine = zone_of(request_with(zone="Asia/Omsk"))
    assert (mine.key, mine.name, mine.label(0, "en")) == ("mine", "Asia/Omsk", "UTC+6")
    assert zone_of(request_with(zone="../../etc/passwd")) == company_zone()


def test_single_keys_are_on_until_switched_off() -> None:
    assert keys_of(request_with()) == "on"
    assert keys_of(request_with(keys="off")) == "off"


def test_the_frame_knows_the_reader_and_where_choices_lead_back() -> None:
    request = request_with()
    roles = frozenset({"support", "devops"})
    setattr(request, "portal_user", PortalUser(sub="1", name="A", username="a", roles=roles))  # noqa: B010 - as the sign-in does
    with translation.override("ru"):
        frame = site(request)
    assert frame["path"] == "/orders/ORD-1/?at=2026-09-25T07:42:00Z"
    assert frame["address"].endswith(frame["path"])
    assert frame["role_words"] == ["DevOps", "Поддержка"]


def test_the_answer_to_a_form_leads_home_and_has_no_address() -> None:
    frame = site(RequestFactory().post("/choose/"))
    assert (frame["path"], frame["address"], frame["user"], frame["role_words"]) == ("/", "", None, [])
