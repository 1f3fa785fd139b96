"""Attacks that Keycloak itself has to stop, and tampered answers on their way to the portal, over real sockets."""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.utils import timezone
from pytest_django.fixtures import Settings

from demo.keycloak.realm_file import read_realm
from portal.models import KeycloakSession
from portal.sign_in import grants, keys, realm, tokens
from portal.sign_in.errors import TokenRefusedError
from tests.contract.conftest import KeycloakServer
from tests.contract.keycloak_fixtures import admin, plain, server
from tests.contract.keycloak_sides import AdminSide, PlainClient
from tests.contract.served_fixtures import browser, portal
from tests.portal import forged
from tests.portal.attacks import changed
from tests.portal.browser import Browser

__all__ = ["admin", "browser", "plain", "portal", "server"]
pytestmark = pytest.mark.django_db(transaction=True)

REALM_FILE = Path(__file__).resolve().parents[2] / "deploy" / "keycloak" / "alexandrite-realm.json"


@pytest.fixture
def client(plain: PlainClient, portal: str) -> PlainClient:
    """The portal's client as a program of an attacker's, who knows its secret even."""
    plain.redirect_uri = f"{portal}/oidc/keycloak/callback/"
    return plain


WRONG_URIS: dict[str, Callable[[str], str]] = {
    "another host": lambda uri: uri.replace("localhost", "evil.example").replace("127.0.0.1", "evil.example"),
    "another name of this host": lambda uri: uri.replace("localhost", "[::1]").replace("127.0.0.1", "[::1]"),
    "another port": lambda uri: uri.replace("/oidc", "0/oidc"),
    "another scheme": lambda uri: uri.replace("http://", "https://"),
    "a path below": lambda uri: uri + "more",
    "the path without its end": lambda uri: uri.rstrip("/"),
    "a way up": lambda uri: uri + "../../../choose/",
    "a query": lambda uri: uri + "?next=//evil.example",
    "a fragment": lambda uri: uri + "#x",
    "a name before the host": lambda uri: uri.replace("://", "://evil.example@"),
    "a script": lambda uri: "javascript:alert(1)",
    "nothing": lambda uri: "",
}


@pytest.mark.parametrize("how", WRONG_URIS)
def test_no_other_redirect_uri(how: str, browser: Browser, client: PlainClient) -> None:
    page = client.authorize(browser, redirect_uri=WRONG_URIS[how](client.redirect_uri))
    assert page.status == 400
    assert "location" not in page.headers


@pytest.mark.parametrize(
    "asked",
    [
        {"code_challenge": None, "code_challenge_method": None},
        {"code_challenge_method": "plain"},
        {"code_challenge_method": None},
        {"code_challenge": "short"},
        {"response_type": "token"},
        {"response_type": "id_token"},
        {"response_type": "code token"},
    ],
    ids=str,
)
def test_no_way_around_the_code_and_pkce(asked: dict[str, str | None], browser: Browser, client: PlainClient) -> None:
    page = client.authorize(browser, **asked)
    assert page.status == 302
    answer = urlsplit(page.headers["location"])
    assert "error=" in answer.query + answer.fragment
    assert not {"code", "access_token", "id_token"} & parse_qs(f"{answer.query}&{answer.fragment}").keys()


@pytest.mark.parametrize(
    "wrong",
    [{"code_verifier": "x" * 43}, {"code_verifier": ""}, {"redirect_uri": "http://evil.example/"}],
    ids=str,
)
def test_a_code_is_good_for_who_asked_for_it(
    wrong: dict[str, str], browser: Browser, admin: AdminSide, client: PlainClient
) -> None:
    code = client.code_of(client.fill_in(browser, client.authorize(browser), admin.person("support")))
    answer = client.exchange(code, **wrong)
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_grant")


def test_a_code_is_good_once(browser: Browser, admin: AdminSide, client: PlainClient) -> None:
    code = client.code_of(client.fill_in(browser, client.authorize(browser), admin.person("support")))
    assert client.exchange(code).status_code == 200
    assert client.exchange(code).json()["error"] == "invalid_grant"


@pytest.mark.parametrize("grant", ["password", "client_credentials"])
def test_no_other_grant(grant: str, admin: AdminSide, client: PlainClient) -> None:
    who = admin.person("support")
    answer = client.post("token", grant_type=grant, username=who.username, password=who.username)
    assert (answer.status_code, answer.json()["error"]) in {(400, "unauthorized_client"), (401, "unauthorized_client")}


def to_callback(browser: Browser, who: str = "anna") -> str:
    page = browser.post(browser.get("/closed/").action(), {"username": who, "password": who}, follow=False)
    return page.headers["location"].removeprefix(browser.portal_url)


def one(address: str, name: str) -> str:
    return parse_qs(urlsplit(address).query)[name][0]


TAMPERED = {
    "another state": lambda a: changed(a, state="x" * 16),
    "no state": lambda a: changed(a, state=None),
    "a code with a letter more": lambda a: changed(a, code=one(a, "code") + "x"),
    "a code of another session": lambda a: changed(a, code=one(a, "code")[:-1]),
    "a code of zeros": lambda a: changed(a, code="\0" * 40),
    "a code of megabytes": lambda a: changed(a, code="x" * 60_000),
    "no code": lambda a: changed(a, code=None),
    "another issuer": lambda a: changed(a, iss="http://evil.example"),
    "an error beside the code": lambda a: changed(a, error="access_denied"),
}


@pytest.mark.parametrize("how", TAMPERED)
def test_a_tampered_callback(how: str, browser: Browser) -> None:
    page = browser.get(TAMPERED[how](to_callback(browser)))
    assert page.status in {401, 503} if "megabytes" in how else page.status == 401
    assert not KeycloakSession.objects.exists()


def test_a_callback_in_another_browser_and_then_in_its_own(browser: Browser, portal: str) -> None:
    address, other = to_callback(browser), Browser(portal)
    assert other.get(address).status == 401
    other.close()
    assert not KeycloakSession.objects.exists()
    assert browser.get(address).text == "anna support at /closed/"


def test_a_callback_replayed(browser: Browser) -> None:
    address = to_callback(browser)
    assert browser.get(address).text == "anna support at /closed/"
    browser.sign_out()
    assert browser.get(address).status == 401
    assert not KeycloakSession.objects.exists()


def test_a_code_of_another_sign_in(browser: Browser, portal: str) -> None:
    other = Browser(portal)
    stolen = one(to_callback(other, "dmitry"), "code")
    other.close()
    assert browser.get(changed(to_callback(browser), code=stolen)).status == 401
    assert not KeycloakSession.objects.exists()


def test_parameters_of_the_request_change_nothing(browser: Browser, portal: str) -> None:
    asked = "redirect_uri%3Dhttp%3A%2F%2Fevil.example%26prompt%3Dnone"
    page = browser.get(f"/login/?auth_params={asked}&scope=offline_access&redirect_uri=http://evil.example")
    assert page.is_login_form
    assert one(page.way[-1], "redirect_uri") == f"{portal}/oidc/keycloak/callback/"


# What can be done to a token without the realm's private key.
BENT = [
    "alg none", "alg None", "alg nOnE", "alg none, signature kept", "alg none before the right one",
    "RS512 in the header",
    "PS256 in the header", "kid is a path", "signature cut", "signature empty", "signature of zeros", "a space before",
    "a line feed after", "only two parts", "four parts", "one bit of the claims", "HS256 with nothing",
    "ES256 under the RSA key's id",
]  # fmt: skip


def test_a_bent_token_of_this_keycloak(browser: Browser, admin: AdminSide, client: PlainClient) -> None:
    held = client.sign_in(browser, admin.person("support"))
    right = grants.Tokens(held["access_token"], held["refresh_token"], held["id_token"])
    assert tokens.verify_grant(right).access["azp"] == client.server.client_id
    for how in BENT:
        bend = forged.SIGNATURES[how]
        for wrong in (
            replace(right, access=bend(None, right.access)),  # type: ignore[arg-type] # none of these needs its keys
            replace(right, identity=bend(None, right.identity)),  # type: ignore[arg-type]
        ):
            with pytest.raises(TokenRefusedError):
                tokens.verify_grant(wrong)
    for wrong in (
        replace(right, access=right.identity),
        replace(right, identity=right.access),
        replace(right, identity=right.refresh),
        replace(right, access=right.refresh),
    ):
        with pytest.raises(TokenRefusedError):
            tokens.verify_grant(wrong)


REAL = pytest.mark.parametrize("keycloak_server", ["real"], indirect=True)  # the stand-in has one realm, the demo's


@pytest.fixture
def production(server: KeycloakServer, portal: str) -> Iterator[KeycloakServer]:
    """Import the realm that is shipped for production, under a name of its own; it is removed afterwards."""
    body: dict[str, Any] = read_realm({"PORTAL_URL": portal, "PORTAL_CLIENT_SECRET": server.client_secret}, REALM_FILE)
    body["realm"] = "production-as-shipped"
    everywhere = AdminSide(replace(server, realm=""))
    everywhere.call("POST", "", body)
    made = replace(server, realm=body["realm"])
    yield made
    AdminSide(made).call("DELETE", "")


@REAL
def test_the_production_realm_can_be_imported_and_is_what_the_file_says(
    production: KeycloakServer, browser: Browser
) -> None:
    side = AdminSide(production)
    shipped, here = json.loads(REALM_FILE.read_text(encoding="utf-8")), side.call("GET", "").json()
    for name in ("sslRequired", "bruteForceProtected", "failureFactor", "revokeRefreshToken", "passwordPolicy"):
        assert here[name] == shipped[name]
    assert side.call("GET", "/users").json() == []
    page = PlainClient(production).authorize(browser)  # plain http is refused even from this machine
    assert page.status in {400, 403}
    assert "HTTPS" in page.text


@REAL
def test_the_portal_lives_with_the_production_realm(
    production: KeycloakServer, browser: Browser, settings: Settings
) -> None:
    side = AdminSide(production)
    side.call("PUT", "", {"sslRequired": "none", "passwordPolicy": ""})  # no TLS here, short passwords
    who = side.person("devops")
    settings.KEYCLOAK_REALM = production.realm
    realm.forget()
    keys.forget()
    assert browser.sign_in(who.username, "/closed/").text == f"{who.username} devops at /closed/"
    held = KeycloakSession.objects.get().refresh_token
    for _ in range(3):  # tokens rotate: each re-check needs what the one before brought
        KeycloakSession.objects.update(checked_at=timezone.now() - timedelta(seconds=301), claimed_at=None)
        assert browser.get("/closed/").text == f"{who.username} devops at /closed/"
    assert KeycloakSession.objects.get().refresh_token != held
    assert browser.sign_out().path == "/signed-out/"
