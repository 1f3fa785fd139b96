"""Attacks on the sign-in: each is refused with a page, nobody is let in, nothing ends in a 500."""

from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from django.contrib.auth import authenticate, get_user_model
from django.test import Client
from pytest_django.fixtures import Settings

from demo.keycloak import StandInKeycloak
from portal.models import KeycloakSession
from portal.sign_in.people import roles_in
from tests.portal import forged
from tests.portal.browser import Browser, Page
from tests.portal.keycloak_fixtures import PORTAL

pytestmark = pytest.mark.django_db

CALLBACK = "/oidc/keycloak/callback/"


def refused(page: Page) -> None:
    """Assert a page of ours, nobody signed in and nobody remembered."""
    assert page.status == 401, f"{page.status}: {page.text[:200]}"
    assert page.path.startswith(CALLBACK)
    assert not KeycloakSession.objects.exists()
    assert not get_user_model().objects.exists()


def hand_out(keycloak: StandInKeycloak, which: str, forge: forged.Forger) -> None:
    """Let the token endpoint hand out a forged token in the place of the right one."""
    right = keycloak.realm.exchange

    def wrong(*args: str) -> dict[str, Any]:
        tokens = right(*args)
        tokens[which] = forge(keycloak, tokens[which])
        if which == "access_token":
            tokens["id_token"] = forged.about(keycloak, tokens["id_token"], tokens["access_token"])
        return tokens

    keycloak.realm.exchange = wrong  # type: ignore[method-assign,assignment]


@pytest.mark.parametrize("which", ["id_token", "access_token"])
@pytest.mark.parametrize("how", [*forged.SIGNATURES, *forged.CLAIMS])
def test_a_forged_token(which: str, how: str, browser: Browser, keycloak: StandInKeycloak) -> None:
    hand_out(keycloak, which, {**forged.SIGNATURES, **forged.CLAIMS}[how])
    refused(browser.sign_in("anna", "/closed/"))


@pytest.mark.parametrize("how", forged.IDENTITY_ONLY)
def test_an_id_token_of_another_sign_in(how: str, browser: Browser, keycloak: StandInKeycloak) -> None:
    hand_out(keycloak, "id_token", forged.IDENTITY_ONLY[how])
    refused(browser.sign_in("anna", "/closed/"))


@pytest.mark.parametrize("how", forged.ACCESS_ONLY)
def test_an_access_token_of_another_kind(how: str, browser: Browser, keycloak: StandInKeycloak) -> None:
    hand_out(keycloak, "access_token", forged.ACCESS_ONLY[how])
    refused(browser.sign_in("anna", "/closed/"))


def test_an_access_token_that_was_changed_after_the_id_token(browser: Browser, keycloak: StandInKeycloak) -> None:
    right = keycloak.realm.exchange

    def wrong(*args: str) -> dict[str, Any]:
        tokens = right(*args)
        more = forged.claims_bent(realm_access={"roles": ["support", "devops"]})
        return {**tokens, "access_token": more(keycloak, tokens["access_token"])}

    keycloak.realm.exchange = wrong  # type: ignore[method-assign,assignment]
    refused(browser.sign_in("anna", "/closed/"))


def test_the_harness_itself_lets_an_unbent_grant_in(browser: Browser, keycloak: StandInKeycloak) -> None:
    for which in ("id_token", "access_token"):
        hand_out(keycloak, which, forged.claims_bent())
    assert browser.sign_in("anna", "/closed/").text == "anna support at /closed/"


def test_a_forged_token_does_not_make_the_portal_ask_for_keys_again(
    browser: Browser, keycloak: StandInKeycloak
) -> None:
    hand_out(keycloak, "id_token", lambda k, t: forged.headed(t, kid="unheard-of"))
    for _ in range(3):
        refused(browser.sign_in("anna", "/closed/"))
        browser.web.cookies.clear()
    assert sum("certs" in call for call in keycloak.calls) == 1


def to_callback(browser: Browser) -> str:
    """Sign in at Keycloak and return the callback address that it sends the browser to, not yet followed."""
    form = browser.get("/closed/")
    page = browser.post(form.action(), {"username": "anna", "password": "anna"}, follow=False)
    return page.headers["location"].removeprefix(PORTAL)


def test_a_callback_replayed_in_the_same_browser_leads_home(browser: Browser) -> None:
    address = to_callback(browser)
    assert browser.get(address).text == "anna support at /closed/"
    again = browser.get(address, follow=False)
    assert (again.status, again.headers["location"]) == (302, "/")
    assert KeycloakSession.objects.count() == 1


def test_a_state_used_twice(browser: Browser) -> None:
    address = to_callback(browser)
    browser.get(address)
    browser.post("/logout/", follow=False)
    refused_again = browser.get(address)
    assert refused_again.status == 401
    assert not KeycloakSession.objects.exists()


def test_login_csrf_the_state_of_another_browser(browser: Browser, keycloak: StandInKeycloak) -> None:
    address = to_callback(browser)
    victim = Browser(PORTAL, Client())
    refused(victim.get(address))


def test_a_code_of_another_sign_in(browser: Browser) -> None:
    other = Browser(PORTAL, Client())
    stolen = parse_qs(urlsplit(to_callback(other)).query)["code"][0]
    own = {name: values[0] for name, values in parse_qs(urlsplit(to_callback(browser)).query).items()}
    refused(browser.get(f"{CALLBACK}?{urlencode({**own, 'code': stolen})}"))


def test_another_issuers_answer(browser: Browser) -> None:
    own = {name: values[0] for name, values in parse_qs(urlsplit(to_callback(browser)).query).items()}
    refused(browser.get(f"{CALLBACK}?{urlencode({**own, 'iss': 'http://evil.example'})}"))


@pytest.mark.parametrize(
    "query",
    [
        "",
        "?code=x",
        "?state=x",
        "?code=x&state=x",
        "?code=&state=",
        "?error=access_denied",
        "?error=%00&state=%00",
        "?code=a&code=b&state=c&state=d",
        "?error=temporarily_unavailable&state=x",
        "?error=<script>alert(1)</script>&error_description=<img src=x onerror=alert(1)>",
        "?state=" + "x" * 5000,
        "?state=__class__&code=x",
        "?_redir=&state=x&code=x",
    ],
)
def test_a_made_up_callback(query: str, browser: Browser) -> None:
    page = browser.get(CALLBACK + query)
    refused(page)
    assert "<script>alert" not in page.text
    assert "<img" not in page.text


def test_cancelled_at_keycloak(browser: Browser) -> None:
    asked = browser.get("/login/?next=/closed/", follow=False)
    state = parse_qs(urlsplit(asked.headers["location"]).query)["state"][0]
    page = browser.get(f"{CALLBACK}?error=access_denied&state={state}")
    refused(page)
    assert 'href="/login/?next=%2Fclosed%2F"' in page.text or 'href="/login/?next=/closed/"' in page.text


@pytest.mark.parametrize("method", ["post", "put", "delete", "head"])
@pytest.mark.parametrize("path", ["/login/", CALLBACK])
def test_only_get_begins_and_ends_a_sign_in(method: str, path: str, browser: Browser, client: Client) -> None:
    send: Callable[..., Any] = getattr(Client(enforce_csrf_checks=False), method)
    assert send(path).status_code == 405


PARAMETERS = [
    "auth_params=redirect_uri%3Dhttp%3A%2F%2Fevil.example%26prompt%3Dnone",
    "scope=offline_access",
    "process=connect",
    "action=rerequest",
    "redirect_uri=http://evil.example",
    "client_id=other",
    "response_type=token",
    "code_challenge_method=plain",
    "nonce=mine",
    "state=mine",
    "issuer=http://evil.example",
]


@pytest.mark.parametrize("parameter", PARAMETERS)
def test_parameters_of_the_request_change_nothing(parameter: str, browser: Browser, keycloak: StandInKeycloak) -> None:
    asked = browser.get(f"/login/?{parameter}", follow=False)
    url = urlsplit(asked.headers["location"])
    query = {name: values[0] for name, values in parse_qs(url.query).items()}
    assert f"{url.scheme}://{url.netloc}" == keycloak.url
    assert query.keys() == {
        "client_id", "redirect_uri", "scope", "response_type", "state", "nonce", "code_challenge",
    "code_challenge_method"
    }  # fmt: skip
    assert query["redirect_uri"] == f"{PORTAL}{CALLBACK}"
    assert (query["client_id"], query["response_type"]) == ("order-portal", "code")
    assert query["code_challenge_method"] == "S256"
    assert set(query["scope"].split()) == {"openid", "profile"}
    assert "mine" not in {query["nonce"], query["state"]}


def test_a_forged_host_does_not_bend_the_redirect_uri(keycloak: StandInKeycloak, settings: Settings) -> None:
    settings.ALLOWED_HOSTS = ["*"]
    answer = Client(headers={"host": "evil.example"}).get("/login/")
    assert parse_qs(urlsplit(answer.headers["location"]).query)["redirect_uri"] == [f"{PORTAL}{CALLBACK}"]


NEXT = [
    "//evil.example", "///evil.example", "/\\evil.example", "\\\\evil.example", "http://evil.example",
    "https:evil.example",
    "http:///evil.example", "javascript:alert(1)", "JaVaScRiPt:alert(1)", "data:text/html,x", "/%09/evil.example/\t",
    "\t//evil.example", "\n//evil.example", " //evil.example", "/\r\nSet-Cookie:x=1", "evil.example", "@evil.example",
    "?next=//evil.example", "#//evil.example", "/\x00", "/\u00a0/evil.example", "http://testserver@evil.example/",
    "http://testserver.evil.example/", "http://testserver/closed/", "//testserver/closed/", "/login/", "/logout/",
    "/oidc/keycloak/callback/?code=x", "/signed-out/?next=//evil.example", "/" + "x" * 5000, "", "ftp://evil.example",
    "vbscript:x", "blob:http://evil.example/x", "http:\\\\evil.example", "https:///evil.example", "http:evil.example",
    "\u2028//evil.example", "//evil.example/%2f..", "/\u0085/evil.example", "////evil.example", "http://[::1]/",
    "//[", "http://[",
]  # fmt: skip


@pytest.mark.parametrize("wanted", NEXT)
def test_next_leads_nowhere_else(wanted: str, browser: Browser) -> None:
    page = browser.get(f"/login/?{urlencode({'next': wanted})}")
    way = browser.post(page.action(), {"username": "anna", "password": "anna"}, follow=False)
    arrived = browser.get(way.headers["location"], follow=False)
    assert (arrived.status, arrived.headers["location"]) == (302, "/")


@pytest.mark.parametrize(
    "wanted",
    [
        "/closed/?q=a%20b&x=1%262",
        "/closed/%D0%B7/?q=%FF",
        "/closed/?next=//evil.example",
        "/closed/?u=http://evil.example/",
        "/closed//x",
        "/closed/?a=1&a=2&&b=;c",
        "/closed/?at=2026-09-25T10:42:00Z",
        "/closed/a+b/?q=a+b",
    ],
)
def test_next_keeps_every_byte(wanted: str, browser: Browser) -> None:
    page = browser.get(wanted)
    way = browser.post(page.action(), {"username": "anna", "password": "anna"}, follow=False)
    arrived = browser.get(way.headers["location"], follow=False)
    assert arrived.headers["location"] == wanted


def test_the_session_key_changes_at_sign_in(browser: Browser, client: Client) -> None:
    page = browser.get("/closed/")
    before = client.cookies["session"].value
    browser.fill_in(page, "anna")
    assert client.cookies["session"].value != before
    fixed = Client()
    fixed.cookies["session"] = before
    assert fixed.get("/closed/").status_code == 302


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


@pytest.mark.parametrize(
    "access",
    [
        {"realm_access": {"roles": "support"}},
        {"realm_access": {"roles": {"support": True}}},
        {"realm_access": {"roles": [["support"], {"support": 1}, None, 1]}},
        {"realm_access": {"roles": ["Support", "SUPPORT", "support ", "support-admin", "xsupport"]}},
        {"realm_access": ["support"]},
        {"realm_access": "support"},
        {"realm_access": None},
        {"resource_access": {"order-portal": {"roles": ["support"]}}},
        {"roles": ["support"]},
        {"groups": ["support"]},
    ],
)
def test_roles_come_from_one_place_and_match_exactly(access: dict[str, object]) -> None:
    assert roles_in(access) == frozenset()


def test_client_roles_where_the_settings_say_so(settings: Settings) -> None:
    settings.KEYCLOAK_ROLES_FROM, settings.ROLE_DEVOPS = "client", "ops"
    claims = {"resource_access": {"order-portal": {"roles": ["ops", "devops"]}, "x": {"roles": ["support"]}}}
    assert roles_in(claims) == {"devops"}
    assert roles_in({"realm_access": {"roles": ["ops"]}, "resource_access": []}) == frozenset()
