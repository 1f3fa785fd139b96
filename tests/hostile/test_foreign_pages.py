"""What a foreign page can make a browser do here: forms without a token, and requests that draw an answer into it."""

from typing import Any

import pytest
from django.test import Client

from portal.models import KeycloakSession
from tests.hostile.conftest import As
from tests.hostile.routes import address, routes
from tests.hostile.test_access import TABLE
from tests.orders.conftest import FakeJaeger

UNSAFE = ("POST", "PUT", "PATCH", "DELETE")
SIGNED = {"oidc/backchannel-logout/"}  # its caller is a server, proved by a signature
FORM = "application/x-www-form-urlencoded"
FORGERIES: dict[str, tuple[str, dict[str, str]]] = {
    "no token": ("", {}),
    "a wrong token": ("csrfmiddlewaretoken=" + "a" * 64, {}),
    "a wrong token in a header": ("", {"X-CSRFToken": "b" * 64}),
    "the right token from a foreign origin": ("right", {"Origin": "https://evil.example"}),
    "the right token from nowhere": ("right", {"Origin": "null"}),
    "the right token, said to be cross-site": ("right", {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"}),
    "the right token of a sibling host": ("right", {"Sec-Fetch-Site": "same-site", "Sec-Fetch-Mode": "cors"}),
}
FOREIGN = [{"Sec-Fetch-Site": site, "Sec-Fetch-Mode": mode, "Sec-Fetch-Dest": dest}
    for site in ("cross-site", "same-site")
    for mode, dest in (("no-cors", "image"), ("no-cors", "script"), ("no-cors", "style"), ("cors", "empty"),
        ("no-cors", "empty"), ("navigate", "iframe"), ("navigate", "frame"), ("navigate", "object"),
        ("navigate", "embed"), ("websocket", "websocket"), ("no-cors", "audio"))]  # fmt: skip
LED_HERE = [{"Sec-Fetch-Site": site, "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}
    for site in ("cross-site", "same-site", "same-origin", "none")]  # fmt: skip


@pytest.fixture
def strict(someone: As) -> Client:
    client = someone("devops")
    client.handler.enforce_csrf_checks = True
    client.get("/help/")  # its forms bring the token
    return client


def right(client: Client) -> str:
    """Return the token of the form on the help page, as a foreign page could only have it by a leak."""
    page = client.get("/help/").content.decode()
    return page.split('name="csrfmiddlewaretoken" value="')[1].split('"')[0]


@pytest.mark.parametrize("forgery", FORGERIES)
def test_no_unsafe_method_is_obeyed_without_our_own_form(forgery: str, strict: Client, jaeger: FakeJaeger) -> None:
    body, headers = FORGERIES[forgery]
    body = f"csrfmiddlewaretoken={right(strict)}&q=ORD-20398&lang=en" if body == "right" else body
    before = KeycloakSession.objects.count()
    for route in set(routes()) - SIGNED:
        for method in UNSAFE:
            answer: Any = strict.generic(method, address(route), body, FORM, headers=headers)
            assert (answer.status_code, answer.cookies.get("django_language")) == (403, None), (route, method)
    assert (jaeger.asked, KeycloakSession.objects.count()) == ([], before)


def test_our_own_form_is_obeyed(strict: Client) -> None:
    own = {"Origin": "http://testserver", "Sec-Fetch-Site": "same-origin", "Sec-Fetch-Mode": "navigate"}
    answer = strict.post("/choose/", {"csrfmiddlewaretoken": right(strict), "lang": "en"}, headers=own)
    assert (answer.status_code, answer.cookies["django_language"].value) == (302, "en")


def test_no_address_changes_anything_when_it_is_only_read(someone: As, jaeger: FakeJaeger) -> None:
    client = someone("devops")
    before = KeycloakSession.objects.values_list("session_hash", flat=True)[0]
    for route in routes():
        for method in ("get", "head", "options"):
            getattr(client, method)(address(route))
    assert KeycloakSession.objects.values_list("session_hash", flat=True)[0] == before
    assert client.get("/help/").status_code == 200


@pytest.mark.parametrize("headers", FOREIGN, ids=lambda headers: " ".join(headers.values()))
def test_no_foreign_page_draws_an_answer_into_itself(headers: Any, someone: As, jaeger: FakeJaeger) -> None:
    client = someone("devops")
    for route in TABLE:
        answer = client.get(address(route), headers=headers)
        assert answer.status_code == 403, route
        assert b"P-77" not in answer.content.replace(address(route).encode(), b"")
    assert jaeger.asked == []


@pytest.mark.parametrize("headers", LED_HERE, ids=lambda headers: " ".join(headers.values()))
def test_a_link_from_anywhere_leads_here(headers: Any, someone: As, jaeger: FakeJaeger) -> None:
    assert someone("support").get("/orders/ORD-20398/", headers=headers).status_code == 200
    assert someone("anonymous").get("/signed-out/", headers=headers).status_code == 200


def test_who_does_not_speak_of_it_is_answered(someone: As, jaeger: FakeJaeger) -> None:
    assert someone("support").get("/orders/ORD-20398/").status_code == 200


def test_files_are_kept_in_by_their_own_header(someone: As) -> None:
    answer = someone("anonymous").get("/static/css/tokens.css", headers=FOREIGN[0])
    answer.close()
    assert answer.status_code in {200, 404}  # where nothing was collected there is none
    assert answer["Cross-Origin-Resource-Policy"] == "same-origin"
