"""Keycloak away, slow or talking nonsense, for those who want in or out: a clear page, soon, never a 500."""

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from demo.keycloak import StandInKeycloak
from portal.models import KeycloakSession
from portal.sign_in import keys, realm
from tests.portal.browser import Browser
from tests.stopwatch import Stopwatch

pytestmark = pytest.mark.django_db

FAULTS: list[int | str] = [500, 503, 404, "html", "list", "reset"]


@pytest.mark.parametrize("fail", FAULTS)
def test_at_login(fail: int | str, browser: Browser, keycloak: StandInKeycloak) -> None:
    keycloak.fail = fail
    page = browser.get("/closed/?q=1")
    assert page.status == 503
    assert 'href="/login/?next=%2Fclosed%2F%3Fq%3D1"' in page.text


@pytest.mark.parametrize("fail", FAULTS)
def test_at_the_callback(fail: int | str, browser: Browser, keycloak: StandInKeycloak) -> None:
    form = browser.get("/closed/")
    back = browser.post(form.action(), {"username": "anna", "password": "anna"}, follow=False)
    keycloak.fail = fail
    page = browser.get(back.headers["location"])
    assert page.status == 503
    assert 'href="/login/?next=%2Fclosed%2F"' in page.text
    assert not KeycloakSession.objects.exists()
    keycloak.fail = 0
    keys.forget()
    realm.forget()
    assert browser.get("/login/?next=/closed/").text == "anna support at /closed/"


def test_our_own_secret_refused_at_the_callback(browser: Browser, settings: Settings) -> None:
    settings.KEYCLOAK_CLIENT_SECRET = "wrong"
    assert browser.sign_in("anna", "/closed/").status == 503


def test_nobody_listens(browser: Browser, settings: Settings) -> None:
    settings.KEYCLOAK_URL = "http://127.0.0.1:9"
    assert browser.get("/closed/").status == 503


def test_a_slow_keycloak_is_given_up_within_five_seconds(browser: Browser, keycloak: StandInKeycloak) -> None:
    keycloak.delay = 6
    with Stopwatch() as first:
        assert browser.get("/closed/").status == 503
    assert first.seconds < 5
    with Stopwatch() as second:
        assert browser.get("/closed/").status == 503  # known to hang: the next thread is not given to it
    assert second.seconds < 1


def test_logout_ends_the_session_here_and_says_what_it_could_not_do(
    browser: Browser, keycloak: StandInKeycloak
) -> None:
    browser.sign_in("anna", "/closed/")
    keycloak.fail = 503
    page = browser.post("/logout/")
    assert page.status == 200
    assert "Keycloak" in page.text
    assert page.headers["clear-site-data"] == '"cache", "storage"'
    assert not KeycloakSession.objects.exists()


def test_logout_goes_to_keycloak_with_a_hint(browser: Browser, keycloak: StandInKeycloak) -> None:
    browser.sign_in("anna", "/closed/")
    page = browser.post("/logout/", follow=False)
    assert page.status == 302
    assert page.headers["location"].startswith(f"{keycloak.url}/realms/alexandrite/protocol/openid-connect/logout?")
    assert "id_token_hint=" in page.headers["location"]
    assert keycloak.realm.sessions != {}
    assert browser.get(page.headers["location"]).path == "/signed-out/"
    assert keycloak.realm.sessions == {}


def test_a_hint_whose_key_was_withdrawn_is_left_out(browser: Browser, keycloak: StandInKeycloak) -> None:
    browser.sign_in("anna", "/closed/")
    from demo.keycloak.signing import RealmKey

    old = next(key for key in keycloak.realm.keys.keys if key.algorithm == "RS256")
    old.enabled = old.active = False
    keycloak.realm.keys.keys.append(RealmKey("RS256"))
    page = browser.post("/logout/")
    assert page.status == 200
    assert "kc-logout" in page.text  # Keycloak asks; with the hint it would have been a dead end


def test_logout_is_a_post_with_a_token(browser: Browser) -> None:
    browser.sign_in("anna", "/closed/")
    assert browser.get("/logout/").status == 405
    strict = Client(enforce_csrf_checks=True)
    assert strict.post("/logout/").status_code == 403
    assert KeycloakSession.objects.exists()


def test_signing_out_twice_is_no_error(browser: Browser) -> None:
    browser.sign_in("anna", "/closed/")
    assert [browser.post("/logout/").path for _ in range(2)] == ["/signed-out/"] * 2


def test_proxies_of_the_environment_are_not_used(browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "ALL_PROXY", "https_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    assert browser.sign_in("anna", "/closed/").text == "anna support at /closed/"
