"""Attacks on the way to Keycloak and back: each is a page, nobody is let in, nothing ends in a 500."""

from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.contrib.auth import authenticate, get_user_model
from django.test import Client
from pytest_django.fixtures import Settings

from demo.keycloak import StandInKeycloak
from portal.models import KeycloakSession
from tests.portal.attacks import CALLBACK, SecurityLog, changed, log, refused, to_callback
from tests.portal.browser import Browser
from tests.portal.keycloak_fixtures import PORTAL

__all__ = ["log"]
pytestmark = pytest.mark.django_db

STATES = "socialaccount_states"  # where allauth keeps what a sign-in began with
Stashed = tuple[dict[str, Any], float, str]

# What comes back is changed on its way, by a person or a page that leads them here.
CALLBACKS: dict[str, Callable[[str], str]] = {
    "no state": lambda a: changed(a, state=None),
    "an empty state": lambda a: changed(a, state=""),
    "a made-up state": lambda a: changed(a, state="x" * 16),
    "a state with a letter more": lambda a: changed(a, state=parse_qs(urlsplit(a).query)["state"][0] + "x"),
    "a state in capitals": lambda a: changed(a, state=parse_qs(urlsplit(a).query)["state"][0].swapcase()),
    "two states": lambda a: changed(a) + "&state=mine",
    "no code": lambda a: changed(a, code=None),
    "an empty code": lambda a: changed(a, code=""),
    "a made-up code": lambda a: changed(a, code="x"),
    "a code with a letter more": lambda a: changed(a, code=parse_qs(urlsplit(a).query)["code"][0] + "x"),
    "two codes": lambda a: changed(a) + "&code=mine",
    "a code of zeros": lambda a: changed(a, code="\0" * 40),
    "a code beside an error": lambda a: changed(a, error="access_denied"),
    "another issuer": lambda a: changed(a, iss="http://evil.example"),
    "another realm": lambda a: changed(a, iss=parse_qs(urlsplit(a).query)["iss"][0].replace("alexandrite", "master")),
    "the issuer with a slash": lambda a: changed(a, iss=parse_qs(urlsplit(a).query)["iss"][0] + "/"),
    "an empty issuer": lambda a: changed(a, iss=""),
    "two issuers": lambda a: changed(a) + "&iss=http://evil.example",
}
MADE_UP = [
    "", "?code=x", "?state=x", "?code=x&state=x", "?code=&state=", "?error=access_denied", "?error=%00&state=%00",
    "?code=a&code=b&state=c&state=d", "?error=temporarily_unavailable&state=x", "?error=login_required",
    "?error=<script>alert(1)</script>&error_description=<img src=x onerror=alert(1)>",
    "?error=access_denied&error_description=javascript:alert(1)&error_uri=http://evil.example/",
    "?error=server_error&error_description=%0d%0aSet-Cookie:x=1", "?state=" + "x" * 5000, "?state=__class__&code=x",
    "?_redir=&state=x&code=x", "?state[]=x&code[]=y",
    "?access_token=eyJ&id_token=eyJ&state=x", "?process=connect&code=x",
]  # fmt: skip


@pytest.mark.parametrize("how", CALLBACKS)
def test_a_changed_callback(how: str, browser: Browser, log: SecurityLog) -> None:
    refused(browser.get(CALLBACKS[how](to_callback(browser))), log)


@pytest.mark.parametrize("query", MADE_UP)
def test_a_made_up_callback(query: str, browser: Browser, log: SecurityLog) -> None:
    page = browser.get(CALLBACK + query)
    refused(page, log)
    assert not [word for word in ("<script>alert", "<img", "javascript:", "evil.example") if word in page.text]
    assert "x" not in page.headers.get("set-cookie", "")


@pytest.mark.parametrize("error", ["access_denied", "login_required", "server_error", "hello", "<script>"])
def test_an_error_with_a_good_state_is_shown_in_our_own_words(error: str, browser: Browser, log: SecurityLog) -> None:
    state = parse_qs(urlsplit(browser.get("/login/?next=/closed/", follow=False).headers["location"]).query)["state"][0]
    page = browser.get(changed("", error=error, state=state, error_description="<b>Call +7 900 evil</b>"))
    refused(page, log)
    assert log.reasons() == [error if error.isidentifier() and error != "hello" else "answer"]
    assert "Call" not in page.text
    assert 'href="/login/?next=%2Fclosed%2F"' in page.text


def stashed(**changes: object) -> Callable[[Stashed], Stashed]:
    return lambda old: ({**old[0], **changes}, old[1], old[2])


# What the portal remembers of the beginning is another's, old, or of another purpose.
BEGINNINGS: dict[str, Callable[[Stashed], Stashed]] = {
    "of another provider": lambda old: (old[0], old[1], "other"),
    "eleven minutes ago": lambda old: (old[0], old[1] - 660, old[2]),
    "to connect accounts": stashed(process="connect"),
    "without a purpose": stashed(process=None),
    "without a nonce": stashed(data={}),
    "without data": stashed(data=None),
    "with another nonce": stashed(data={"nonce": "x" * 32}),
    "with another verifier": stashed(pkce_code_verifier="x" * 43),
    "without a verifier": stashed(pkce_code_verifier=None),
}


@pytest.mark.parametrize("how", BEGINNINGS)
def test_a_beginning_that_does_not_fit(how: str, browser: Browser, client: Client, log: SecurityLog) -> None:
    address, session = to_callback(browser), client.session
    session[STATES] = {state: BEGINNINGS[how](tuple(old)) for state, old in session[STATES].items()}
    session.save()
    refused(browser.get(address), log)


def test_a_callback_replayed_in_the_same_browser_leads_home(browser: Browser, log: SecurityLog) -> None:
    address = to_callback(browser)
    assert browser.get(address).text == "anna support at /closed/"
    again = browser.get(address, follow=False)
    assert (again.status, again.headers["location"]) == (302, "/")
    assert KeycloakSession.objects.count() == 1
    assert log.reasons() == ["state"]


def test_a_state_used_twice(browser: Browser, log: SecurityLog) -> None:
    address = to_callback(browser)
    browser.get(address)
    browser.post("/logout/", follow=False)
    assert browser.get(address).status == 401
    assert not KeycloakSession.objects.exists()
    assert log.reasons()[-1] == "state"


def test_login_csrf_the_state_of_another_browser(browser: Browser, log: SecurityLog) -> None:
    address = to_callback(browser)
    refused(Browser(PORTAL, Client()).get(address), log)


def test_login_csrf_on_somebody_who_is_signed_in_changes_nothing(browser: Browser, log: SecurityLog) -> None:
    victim = Browser(PORTAL, Client())
    assert victim.sign_in("dmitry", "/closed/").text == "dmitry devops at /closed/"
    assert victim.get(to_callback(browser), follow=False).headers["location"] == "/"
    assert victim.get("/closed/").text == "dmitry devops at /closed/"


def test_a_code_of_another_sign_in(browser: Browser, log: SecurityLog) -> None:
    stolen = parse_qs(urlsplit(to_callback(Browser(PORTAL, Client()))).query)["code"][0]
    refused(browser.get(changed(to_callback(browser), code=stolen)), log)


def test_a_code_that_was_used_before_the_portal_saw_it(
    browser: Browser, keycloak: StandInKeycloak, log: SecurityLog
) -> None:
    address = to_callback(browser)
    keycloak.realm.codes.clear()
    refused(browser.get(address), log)


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete", "head", "options"])
@pytest.mark.parametrize("path", ["/login/", CALLBACK])
def test_only_get_begins_and_ends_a_sign_in(method: str, path: str, browser: Browser) -> None:
    send: Callable[..., Any] = getattr(Client(enforce_csrf_checks=False), method)
    assert send(f"{path}?code=x&state=x").status_code == 405


PARAMETERS = [
    "auth_params=redirect_uri%3Dhttp%3A%2F%2Fevil.example%26prompt%3Dnone", "scope=offline_access", "process=connect",
    "action=rerequest", "redirect_uri=http://evil.example", "client_id=other", "response_type=token", "claims={}",
    "response_mode=fragment", "response_mode=form_post", "prompt=none", "max_age=99999999", "acr_values=0",
    "ui_locales=x",
    "code_challenge_method=plain", "code_challenge=mine", "nonce=mine", "state=mine", "issuer=http://evil.example",
    "request=eyJhbGciOiJub25lIn0.e30.", "request_uri=http://evil.example/r", "kc_idp_hint=evil", "login_hint=root",
    "id_token_hint=eyJ", "resource=http://evil.example", "provider=other", "authorization_endpoint=http://evil.example",
]  # fmt: skip


@pytest.mark.parametrize("parameter", PARAMETERS)
def test_parameters_of_the_request_change_nothing(parameter: str, browser: Browser, keycloak: StandInKeycloak) -> None:
    asked = browser.get(f"/login/?{parameter}", follow=False)
    url = urlsplit(asked.headers["location"])
    query = {name: values[0] for name, values in parse_qs(url.query).items()}
    assert f"{url.scheme}://{url.netloc}" == keycloak.url
    assert query.keys() == {
        "client_id", "redirect_uri", "scope", "response_type", "state", "nonce", "code_challenge",
        "code_challenge_method",
    }  # fmt: skip
    assert query["redirect_uri"] == f"{PORTAL}{CALLBACK}"
    assert (query["client_id"], query["response_type"]) == ("order-portal", "code")
    assert query["code_challenge_method"] == "S256"
    assert set(query["scope"].split()) == {"openid", "profile"}
    assert "mine" not in {query["nonce"], query["state"], query["code_challenge"]}


def test_a_forged_host_does_not_bend_the_redirect_uri(keycloak: StandInKeycloak, settings: Settings) -> None:
    settings.ALLOWED_HOSTS = ["*"]
    answer = Client(headers={"host": "evil.example"}).get("/login/")
    assert parse_qs(urlsplit(answer.headers["location"]).query)["redirect_uri"] == [f"{PORTAL}{CALLBACK}"]


def test_the_session_key_changes_at_sign_in(browser: Browser, client: Client) -> None:
    page = browser.get("/closed/")
    before = client.cookies["session"].value
    browser.fill_in(page, "anna")
    assert client.cookies["session"].value != before
    fixed = Client()
    fixed.cookies["session"] = before
    assert fixed.get("/closed/").status_code == 302


def test_the_session_cookie_is_this_hosts_alone(browser: Browser, settings: Settings) -> None:
    settings.SESSION_COOKIE_NAME, settings.SESSION_COOKIE_SECURE = "__Host-session", True  # as with https
    settings.CSRF_COOKIE_NAME, settings.CSRF_COOKIE_SECURE = "__Host-csrf", True
    cookies = Client().get("/login/", secure=True).cookies
    assert set(cookies) == {"__Host-session"}
    for cookie in cookies.values():
        assert (cookie["secure"], cookie["path"], cookie["domain"]) == (True, "/", "")
        assert (cookie["httponly"], cookie["samesite"]) == (True, "Lax")


def test_a_planted_session_gets_nobody_elses_sign_in(browser: Browser, client: Client) -> None:
    """An attacker begins, plants the cookie in the victim's browser, and waits for the victim to sign in."""
    attacker = Client()
    attacker.get("/login/?next=/closed/")
    client.cookies["session"] = attacker.cookies["session"].value
    assert browser.sign_in("anna", "/closed/").text == "anna support at /closed/"
    assert attacker.get("/closed/").status_code == 302
    assert client.cookies["session"].value != attacker.cookies["session"].value


def test_no_password_opens_anything(db: None, keycloak: StandInKeycloak) -> None:
    get_user_model().objects.create_superuser("root", "root@alexandrite.example", "root")
    assert authenticate(username="root", password="root") is None
    for path in ("/admin/", "/admin/login/", "/accounts/login/", "/accounts/signup/", "/3rdparty/", "/signup/"):
        assert Client().get(path).status_code in {302, 404}


def test_a_django_session_without_a_row_is_thrown_out(db: None, keycloak: StandInKeycloak, client: Client) -> None:
    client.force_login(get_user_model().objects.create_superuser("root", "root@alexandrite.example", "root"))
    answer = client.get("/closed/")
    assert (answer.status_code, answer.headers["location"]) == (302, "/login/?next=%2Fclosed%2F")
    assert "_auth_user_id" not in client.session
