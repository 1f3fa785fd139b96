"""Back-channel logout: a valid token ends exactly what it names, anything else ends nothing."""

import json
import time

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from demo.keycloak import StandInKeycloak
from demo.keycloak.goodbye import logout_token
from portal.models import KeycloakSession, UsedLogoutToken
from portal.sign_in import keys
from tests.portal import forged
from tests.portal.attacks import SecurityLog, log
from tests.portal.browser import Browser
from tests.portal.forged import ago, claims_bent

__all__ = ["log"]
pytestmark = pytest.mark.django_db

DOOR = "/oidc/backchannel-logout/"
EVENT = "http://schemas.openid.net/event/backchannel-logout"


@pytest.fixture
def anna(browser: Browser) -> KeycloakSession:
    browser.sign_in("anna", "/closed/")
    return KeycloakSession.objects.get()


def send(token: str) -> int:
    """Post a logout token as Keycloak does; returns the status."""
    answer = Client(enforce_csrf_checks=True).post(DOOR, {"logout_token": token})
    assert "no-store" in answer.headers["Cache-Control"]
    return answer.status_code


def test_a_session_ends_at_once(anna: KeycloakSession, keycloak: StandInKeycloak, browser: Browser) -> None:
    assert send(logout_token(keycloak.realm, "order-portal", anna.sub, anna.sid)) == 200
    assert not KeycloakSession.objects.exists()
    assert browser.get("/closed/", follow=False).status == 302


def test_only_the_session_that_is_named(anna: KeycloakSession, keycloak: StandInKeycloak) -> None:
    other = Browser("http://testserver", Client())
    other.sign_in("anna", "/closed/")
    send(logout_token(keycloak.realm, "order-portal", anna.sub, anna.sid))
    assert KeycloakSession.objects.get().sid != anna.sid


def test_a_person_is_named_all_their_sessions_end_and_no_others(
    anna: KeycloakSession, keycloak: StandInKeycloak
) -> None:
    for who in ("anna", "dmitry"):
        Browser("http://testserver", Client()).sign_in(who, "/closed/")
    assert send(logout_token(keycloak.realm, "order-portal", anna.sub, "")) == 200
    assert KeycloakSession.objects.get().username == "dmitry"


def test_an_unknown_session_is_fine(anna: KeycloakSession, keycloak: StandInKeycloak) -> None:
    assert send(logout_token(keycloak.realm, "order-portal", anna.sub, "unknown")) == 200
    assert KeycloakSession.objects.exists()


def test_the_session_of_one_with_the_name_of_another_ends_nothing(
    anna: KeycloakSession, keycloak: StandInKeycloak
) -> None:
    assert send(logout_token(keycloak.realm, "order-portal", "somebody-else", anna.sid)) == 200
    assert KeycloakSession.objects.exists()


def test_the_same_token_works_once(
    anna: KeycloakSession, keycloak: StandInKeycloak, browser: Browser, log: SecurityLog
) -> None:
    token = logout_token(keycloak.realm, "order-portal", anna.sub, "")
    assert send(token) == 200
    browser.sign_in("anna", "/closed/") if browser.get("/closed/").is_login_form else None
    assert send(token) == 400
    assert KeycloakSession.objects.exists()
    assert log.events()[-1] == ("authn_token_reuse", {"what": "logout_token", "reason": "used", "said": "used before"})
    assert "authn_token_revoked" in [name for name, _ in log.events()]


WRONG = {
    **forged.SIGNATURES,
    **{name: bend for name, bend in forged.CLAIMS.items() if not {"sid", "sub", "azp", "Logout"} & set(name.split())},
    "another audience": claims_bent(aud="other-app"),
    "no audience": claims_bent(aud=None),
    "a nonce": claims_bent(nonce="x"),
    "an empty nonce": claims_bent(nonce=""),
    "no events": claims_bent(events=None),
    "events of another kind": claims_bent(events={"http://schemas.openid.net/event/other": {}}),
    "events are a list": claims_bent(events=[EVENT]),
    "events are text": claims_bent(events=EVENT),
    "the event is not an object": claims_bent(events={EVENT: True}),
    "no jti": claims_bent(jti=None),
    "jti is empty": claims_bent(jti=""),
    "jti is a number": claims_bent(jti=1),
    "jti is huge": claims_bent(jti="x" * 300),
    "neither sid nor sub": claims_bent(sid=None, sub=None),
    "sid is a number": claims_bent(sid=1),
    "sid is empty": claims_bent(sid=""),
    "sub is a list": claims_bent(sub=["x"]),
    "a header of an ID token": lambda k, t: forged.again(k, t, {"typ": "JWT"}),
    "no header of a logout token": lambda k, t: forged.again(k, t, {"typ": None}),
    "typ ID": claims_bent(typ="ID"),
    "typ Bearer": claims_bent(typ="Bearer"),
    "issued an hour ago, still valid": claims_bent(iat=ago(3600), exp=ago(-600)),
    "expiry beyond all time": claims_bent(exp=1e300),
    "expiry is not a number": claims_bent(exp=float("nan")),
    "iat is not a number": claims_bent(iat=float("nan")),
    "good for a day": claims_bent(exp=ago(-86400)),
}


@pytest.mark.parametrize("how", WRONG)
def test_anything_else_is_refused(how: str, anna: KeycloakSession, keycloak: StandInKeycloak, log: SecurityLog) -> None:
    token = WRONG[how](keycloak, logout_token(keycloak.realm, "order-portal", anna.sub, anna.sid))
    assert send(token) == 400
    (name, fields) = log.events()[-1]
    assert (name, fields["what"], bool(fields["reason"])) == ("authn_login_fail", "logout_token", True)
    log.holds_no_secret()
    assert KeycloakSession.objects.exists()
    assert not UsedLogoutToken.objects.exists()


@pytest.mark.parametrize("which", ["access_token", "id_token", "refresh_token"])
def test_no_other_token_of_the_realm_will_do(which: str, anna: KeycloakSession, keycloak: StandInKeycloak) -> None:
    session = next(iter(keycloak.realm.sessions.values()))
    tokens = keycloak.realm._tokens(session, "order-portal", acr="1")
    assert send(tokens[which]) == 400
    assert KeycloakSession.objects.exists()


def test_a_logout_token_opens_nothing(anna: KeycloakSession, keycloak: StandInKeycloak, browser: Browser) -> None:
    right = keycloak.realm.exchange
    letter = logout_token(keycloak.realm, "order-portal", anna.sub, anna.sid)
    keycloak.realm.exchange = lambda *args: {**right(*args), "access_token": letter}  # type: ignore[method-assign]
    stranger = Browser("http://testserver", Client())
    assert stranger.sign_in("dmitry", "/closed/").status == 401


def test_forms_that_are_none(anna: KeycloakSession, keycloak: StandInKeycloak) -> None:
    token = logout_token(keycloak.realm, "order-portal", anna.sub, anna.sid)
    client = Client()
    assert client.post(DOOR).status_code == 400
    assert client.post(DOOR, {"logout_token": [token, token]}).status_code == 400
    assert client.post(f"{DOOR}?logout_token={token}").status_code == 400
    assert client.post(DOOR, json.dumps({"logout_token": token}), content_type="application/json").status_code == 400
    for method in (client.get, client.put, client.delete):
        assert method(DOOR).status_code == 405
    assert KeycloakSession.objects.exists()


def test_503_where_the_keys_cannot_be_had(anna: KeycloakSession, keycloak: StandInKeycloak) -> None:
    token = logout_token(keycloak.realm, "order-portal", anna.sub, anna.sid)
    keys.forget()
    keycloak.fail = 503
    assert send(token) == 503
    assert KeycloakSession.objects.exists()


def test_used_tokens_are_forgotten_when_they_can_no_longer_be_replayed(
    anna: KeycloakSession, keycloak: StandInKeycloak, settings: Settings
) -> None:
    send(logout_token(keycloak.realm, "order-portal", anna.sub, anna.sid))
    assert UsedLogoutToken.objects.get().expires_at.timestamp() > time.time() + 100
    UsedLogoutToken.objects.update(expires_at="2020-01-01T00:00:00Z")
    Browser("http://testserver", Client()).sign_in("dmitry", "/closed/")
    assert not UsedLogoutToken.objects.exists()
