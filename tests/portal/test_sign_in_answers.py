"""Attacks by what stands where Keycloak should: other addresses, other keys, other answers."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from demo.keycloak import StandInKeycloak, channel
from demo.keycloak.messages import Answer, as_json
from portal.models import KeycloakSession
from portal.sign_in import keys
from tests.portal import forged
from tests.portal.attacks import SecurityLog, answer_with, log, nobody_came_in, refused, to_callback
from tests.portal.browser import Browser

__all__ = ["log"]
pytestmark = pytest.mark.django_db

JSON = dict[str, Any]


def discovered(**changes: object) -> Callable[[StandInKeycloak, dict[str, Any]], Any]:
    return lambda keycloak, right: {**right, **changes}


EVIL = "http://127.0.0.1:9/realms/alexandrite"
DISCOVERIES: dict[str, Callable[[StandInKeycloak, dict[str, Any]], Any]] = {
    "another issuer": discovered(issuer=EVIL),
    "the issuer with a slash": lambda k, right: {**right, "issuer": right["issuer"] + "/"},
    "another realm's issuer": lambda k, right: {**right, "issuer": right["issuer"].replace("alexandrite", "master")},
    "no issuer": discovered(issuer=None),
    "issuer is a list": lambda k, right: {**right, "issuer": [right["issuer"]]},
    "a foreign authorization endpoint": discovered(authorization_endpoint=f"{EVIL}/auth"),
    "an authorization endpoint that only begins alike": lambda k, right: {
        **right, "authorization_endpoint": f"{right['issuer']}.evil.example/auth"},
    "an authorization endpoint that is a script": discovered(authorization_endpoint="javascript:alert(1)"),
    "no authorization endpoint": discovered(authorization_endpoint=None),
    "a foreign logout endpoint": discovered(end_session_endpoint=f"{EVIL}/logout"),
    "a list": lambda k, right: [right],
    "text": lambda k, right: "hello",
    "nothing": lambda k, right: None,
}  # fmt: skip


def answering(keycloak: StandInKeycloak, ending: str, answer: Answer, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let Keycloak answer this to requests of paths of that ending."""
    usual = keycloak.answer
    monkeypatch.setattr(
        keycloak, "answer", lambda asked: answer if asked.path.endswith(ending) else usual(asked), raising=True
    )


@pytest.mark.parametrize("how", DISCOVERIES)
def test_a_swapped_discovery_document_leads_nowhere(
    how: str, browser: Browser, keycloak: StandInKeycloak, monkeypatch: pytest.MonkeyPatch, log: SecurityLog
) -> None:
    right = json.loads(channel.discovery(keycloak.realm).body)
    answering(keycloak, "/openid-configuration", as_json(DISCOVERIES[how](keycloak, right)), monkeypatch)
    page = browser.get("/login/?next=/closed/")
    assert page.status == 503
    assert page.path.startswith("/login/")
    assert log.reasons() == ["keycloak"]
    log.holds_no_secret()


def jwk(keycloak: StandInKeycloak, **changes: object) -> JSON:
    """Return the realm's public key with members changed, or left out where None."""
    public = {**forged.own_key(keycloak).export_public(as_dict=True), **changes}
    return {name: value for name, value in public.items() if value is not None}


def oct_key(keycloak: StandInKeycloak, alg: str) -> JSON:
    return {"kty": "oct", "k": "c2VjcmV0", "kid": forged.own_key(keycloak)["kid"], "use": "sig", "alg": alg}


# What the realm is made to publish: the sign-in stays closed. 401: no such key; 503: no keys that can be read.
KEYS: dict[str, tuple[Callable[[StandInKeycloak], object], int]] = {
    "only a foreign key": (
        lambda k: {"keys": [{**forged.FOREIGN.export_public(as_dict=True), "use": "sig", "alg": "RS256"}]},
        401,
    ),
    "a foreign key under our id": (
        lambda k: {
            "keys": [{**forged.FOREIGN.export_public(as_dict=True), "kid": jwk(k)["kid"], "use": "sig", "alg": "RS256"}]
        },
        401,
    ),
    "our key for encryption": (lambda k: {"keys": [jwk(k, use="enc")]}, 401),
    "our key for another algorithm": (lambda k: {"keys": [jwk(k, alg="RS512")]}, 401),
    "our key without its use": (lambda k: {"keys": [jwk(k, use=None)]}, 401),
    "our key without an id": (lambda k: {"keys": [jwk(k, kid=None)]}, 401),
    "a shared secret under our id": (lambda k: {"keys": [oct_key(k, "RS256")]}, 401),
    "a shared secret for HS256": (lambda k: {"keys": [oct_key(k, "HS256")]}, 401),
    "a curve under our id": (
        lambda k: {
            "keys": [{**forged.CURVE.export_public(as_dict=True), "kid": jwk(k)["kid"], "use": "sig", "alg": "RS256"}]
        },
        401,
    ),
    "half a key": (lambda k: {"keys": [jwk(k, n=None)]}, 503),
    "a key of nonsense": (lambda k: {"keys": [jwk(k, n="!!!")]}, 503),
    "a key of another kind": (lambda k: {"keys": [jwk(k, kty="EVIL")]}, 503),
    "no keys": (lambda k: {"keys": []}, 401),
    "keys that are text": (lambda k: {"keys": "none"}, 503),
    "keys that are numbers": (lambda k: {"keys": [1, 2]}, 503),
    "a list": (lambda k: [jwk(k)], 503),
    "something else": (lambda k: {"hello": "world"}, 503),
}


@pytest.mark.parametrize("how", KEYS)
def test_other_keys_open_nothing(
    how: str, browser: Browser, keycloak: StandInKeycloak, monkeypatch: pytest.MonkeyPatch, log: SecurityLog
) -> None:
    publish, status = KEYS[how]
    answering(keycloak, "/certs", as_json(publish(keycloak)), monkeypatch)
    keys.forget()
    refused(browser.get(to_callback(browser)), log, status=status)


def test_a_page_instead_of_keys(
    browser: Browser, keycloak: StandInKeycloak, monkeypatch: pytest.MonkeyPatch, log: SecurityLog
) -> None:
    page = Answer(200, b"<html>Sign in to the network</html>", [("Content-Type", "text/html")])
    answering(keycloak, "/certs", page, monkeypatch)
    keys.forget()
    refused(browser.get(to_callback(browser)), log, status=503)


def test_the_right_key_among_a_thousand_is_found(
    browser: Browser, keycloak: StandInKeycloak, monkeypatch: pytest.MonkeyPatch
) -> None:
    others = [jwk(keycloak, kid=f"other-{number}") for number in range(1000)]
    answering(keycloak, "/certs", as_json({"keys": [*others, jwk(keycloak)]}), monkeypatch)
    keys.forget()
    assert browser.get(to_callback(browser)).text == "anna support at /closed/"


# What the token endpoint answers to a good code.
TOKEN_ANSWERS: dict[str, Callable[[JSON], Any]] = {
    "nothing": lambda right: {},
    "no ID token": lambda right: {**right, "id_token": None},
    "no access token": lambda right: {**right, "access_token": None},
    "no refresh token": lambda right: {**right, "refresh_token": None},
    "an ID token that is a list": lambda right: {**right, "id_token": [right["id_token"]]},
    "an access token that is an object": lambda right: {**right, "access_token": {"jwt": right["access_token"]}},
    "a list": lambda right: [right],
    "text": lambda right: "hello",
    "null": lambda right: None,
}


@pytest.mark.parametrize("how", TOKEN_ANSWERS)
def test_an_answer_without_tokens(how: str, browser: Browser, keycloak: StandInKeycloak, log: SecurityLog) -> None:
    answer_with(keycloak, TOKEN_ANSWERS[how])
    refused(browser.get(to_callback(browser)), log, status=503)


def test_what_userinfo_says_counts_for_nothing(
    browser: Browser, keycloak: StandInKeycloak, monkeypatch: pytest.MonkeyPatch
) -> None:
    claims = {"sub": "root", "preferred_username": "root", "realm_access": {"roles": ["devops"]}}
    answering(keycloak, "/userinfo", as_json(claims), monkeypatch)
    assert browser.sign_in("anna", "/closed/").text == "anna support at /closed/"
    assert not [call for call in keycloak.calls if "userinfo" in call or "introspect" in call]


def test_a_redirect_does_not_carry_the_client_secret_elsewhere(
    browser: Browser, keycloak: StandInKeycloak, monkeypatch: pytest.MonkeyPatch, log: SecurityLog
) -> None:
    answering(keycloak, "/token", Answer(307, b"", [("Location", f"{keycloak.url}/elsewhere")]), monkeypatch)
    refused(browser.get(to_callback(browser)), log, status=503)
    assert not [call for call in keycloak.calls if "elsewhere" in call]


def test_a_name_for_a_person_is_text_and_short(browser: Browser, keycloak: StandInKeycloak) -> None:
    bent = forged.claims_bent(preferred_username=["<b>"] * 999, name={"a": "<script>alert(1)</script>"})
    answer_with(keycloak, lambda right: {**right, "id_token": bent(keycloak, right["id_token"])})
    assert browser.sign_in("anna", "/closed/").status == 200
    row = KeycloakSession.objects.get()
    assert (len(row.username), len(row.name) <= 255) == (255, True)


def test_a_person_of_the_demos_realm_is_nobody_in_production(
    browser: Browser, keycloak: StandInKeycloak, settings: Any, log: SecurityLog
) -> None:
    address = to_callback(browser)
    settings.DEMO = False
    monkey = pytest.MonkeyPatch()
    monkey.setattr("portal.sign_in.people.is_loopback", lambda url: False)
    refused(browser.get(address), log)
    monkey.undo()
    assert log.reasons() == ["demo_person"]
    nobody_came_in()
