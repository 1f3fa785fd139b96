"""Every answer carries its headers; every error page says what is known and what to do, in the reader's language."""

from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client, RequestFactory, override_settings

from portal.security import ResponseHeaders, content_security_policy

pytestmark = [pytest.mark.urls("tests.portal.broken_urls"), pytest.mark.django_db]
STATUSES = (400, 403, 404, 405, 429, 500, 503)
HEADINGS = {
    400: ("Запрос не понят", "The request was not understood"),
    403: ("Эта страница вам не открыта", "This page is not open to you"),
    404: ("Такой страницы нет", "There is no such page"),
    405: ("Этот адрес так не открыть", "This address cannot be opened like that"),
    429: ("Слишком много запросов сразу", "Too many requests at once"),
    500: ("Портал ошибся", "The portal failed"),
    503: ("Портал сейчас не может ответить", "The portal cannot answer right now"),
}


@pytest.fixture
def browser() -> Client:
    return Client(raise_request_exception=False, headers={"host": "127.0.0.1"})


def assert_headers(response: Any) -> None:
    assert response["Content-Security-Policy"] == content_security_policy()
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["X-Frame-Options"] == "DENY"
    assert response["Referrer-Policy"] == "same-origin"
    assert response["Cross-Origin-Opener-Policy"] == "same-origin"
    assert response["Cross-Origin-Embedder-Policy"] == "require-corp"
    assert response["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "geolocation=()" in response["Permissions-Policy"]


@pytest.mark.parametrize("lang", [0, 1])
@pytest.mark.parametrize("status", STATUSES)
def test_an_error_page_speaks_the_readers_language_and_leads_on(browser: Client, status: int, lang: int) -> None:
    response = browser.get(f"/{status}/", headers={"accept-language": ("ru", "en")[lang]})
    page = response.content.decode()
    assert response.status_code == status
    assert HEADINGS[status][lang] in page
    assert f'<html lang="{("ru", "en")[lang] if status != 500 else "ru"}"' in page
    assert page.count("<h1>") == 1
    assert '<dl class="known">' in page
    assert 'href="/"' in page
    assert_headers(response)
    assert response["Cache-Control"] == "no-store, private"
    assert {"Cookie", "Accept-Language", "HX-Request"} <= {part.strip() for part in response["Vary"].split(",")}


@pytest.mark.parametrize("status", STATUSES)
def test_no_error_page_holds_what_the_policy_forbids(browser: Client, status: int) -> None:
    page = browser.get(f"/{status}/").content.decode()
    assert "style=" not in page
    assert "<style" not in page
    assert " onclick" not in page
    assert all("src=" in part.split(">")[0] for part in page.split("<script")[1:])


def test_the_500_page_says_when_and_nothing_of_the_cause(browser: Client) -> None:
    page = browser.get("/500/").content.decode()
    assert '<time datetime="20' in page
    assert "broken on purpose" not in page


def test_an_error_of_a_json_address_is_json(browser: Client) -> None:
    assert browser.get("/500.json").json() == {"schema": 1, "error": "internal_error"}
    response = browser.get("/405.json")
    assert (response.status_code, response["Allow"]) == (405, "POST")
    assert response.json() == {"schema": 1, "error": "method_not_allowed"}
    assert browser.get("/404/", headers={"accept": "application/json"}).json()["error"] == "not_found"


def test_405_keeps_what_is_allowed(browser: Client) -> None:
    assert browser.get("/405/")["Allow"] == "POST"


@pytest.mark.parametrize(("path", "seconds", "words"), [("/429/", "90", "1\u00a0мин"), ("/503/", "10", "10\u00a0с")])
def test_who_must_wait_is_told_how_long(browser: Client, path: str, seconds: str, words: str) -> None:
    response = browser.get(path)
    assert response["Retry-After"] == seconds
    assert words in response.content.decode()


def test_a_form_without_its_token_gets_a_page(browser: Client) -> None:
    strict = Client(enforce_csrf_checks=True, headers={"host": "127.0.0.1"})
    response = strict.post("/choose/", {"lang": "en", "next": "/"})
    assert response.status_code == 403
    assert "Форма устарела" in response.content.decode()
    assert "lang" not in response.cookies
    assert_headers(response)


def test_a_host_that_is_not_ours_gets_a_page_too(browser: Client) -> None:
    response = browser.get("/404/", headers={"host": "evil.example"})
    assert response.status_code == 400
    assert "evil.example" not in response.content.decode()
    assert_headers(response)


def test_forms_may_lead_to_keycloak_and_nothing_may_run_inline() -> None:
    with override_settings(KEYCLOAK_URL="https://keycloak.example/auth"):
        policy = content_security_policy()
    assert "form-action 'self' https://keycloak.example;" in policy
    assert "unsafe" not in policy
    assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self';")


def test_https_is_remembered_only_where_the_portal_is_on_https(browser: Client) -> None:
    assert "Strict-Transport-Security" not in browser.get("/404/")
    with override_settings(SECURE=True):
        secure = Client(raise_request_exception=False, headers={"host": "127.0.0.1"})
        assert secure.get("/404/")["Strict-Transport-Security"] == "max-age=63072000; includeSubDomains"


def test_static_files_carry_the_headers_and_keep_their_caching() -> None:
    found = HttpResponse(headers={"Cache-Control": "max-age=315360000, public, immutable"})
    response = ResponseHeaders(lambda request: found)(RequestFactory().get("/static/css/tokens.1a2b.css"))
    assert_headers(response)
    assert response["Cache-Control"] == "max-age=315360000, public, immutable"
    assert "Vary" not in response


def test_a_missing_static_file_is_not_kept(browser: Client) -> None:
    response = browser.get("/static/css/none.css")
    assert response.status_code in {302, 404}
    assert response["Cache-Control"] == "no-store, private"
