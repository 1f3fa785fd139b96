"""What a refresh says after each event: the re-check stands on this, so it is proved on the real server too."""

import json
import time
from base64 import urlsafe_b64decode
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from portal.sign_in import grants, keys, tokens
from portal.sign_in.errors import GrantOverError, KeycloakUnavailableError, UnknownKeyError
from tests.contract.conftest import KeycloakServer
from tests.contract.keycloak_fixtures import admin, browser, plain, server
from tests.contract.keycloak_sides import JSON, AdminSide, Person, PlainClient
from tests.portal.browser import Browser

__all__ = ["admin", "browser", "plain", "server"]

Event = Callable[[AdminSide, PlainClient, Browser, Person, JSON], object]


def claims_of(token: str) -> JSON:
    part = token.split(".")[1]
    found: JSON = json.loads(urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    return found


def roles_after(plain: PlainClient, held: JSON) -> list[str] | None:
    """Refresh and return the roles of the new access token, None where the claim is absent."""
    answer = plain.refresh(held)
    assert answer.status_code == 200, answer.text
    access = claims_of(answer.json()["access_token"]).get("realm_access")
    return None if access is None else sorted(access["roles"])


ENDINGS: dict[str, tuple[Event, set[str]]] = {
    "user disabled": (lambda a, p, b, who, t: a.change_person(who, enabled=False), {"User disabled"}),
    "user deleted": (lambda a, p, b, who, t: a.delete_person(who), {"Session not active"}),
    "session ended by admin": (
        lambda a, p, b, who, t: a.call("DELETE", f"/sessions/{t['session_state']}"),
        {"Session not active"},
    ),
    "user logged out by admin": (
        lambda a, p, b, who, t: a.call("POST", f"/users/{who.id}/logout"),
        {"Session not active"},
    ),
    "RP-initiated logout": (lambda a, p, b, who, t: p.log_out(b, t), {"Session not active"}),
    "older logout": (
        lambda a, p, b, who, t: p.post("logout", refresh_token=t["refresh_token"]),
        {"Session not active"},
    ),
    "token revoked": (lambda a, p, b, who, t: p.post("revoke", token=t["refresh_token"]), {"Session not active"}),
    "all logged out": (lambda a, p, b, who, t: a.call("POST", "/logout-all"), {"Session not active", "Stale token"}),
}


@pytest.mark.parametrize("event", ENDINGS)
def test_an_end_is_told_by_the_refresh(event: str, admin: AdminSide, plain: PlainClient, browser: Browser) -> None:
    who = admin.person("support")
    held = plain.sign_in(browser, who)
    happen, descriptions = ENDINGS[event]
    happen(admin, plain, browser, who, held)
    assert plain.refused(held) in descriptions
    with pytest.raises(GrantOverError):
        grants.refresh(held["refresh_token"])


def test_a_disabled_person_who_is_enabled_again_goes_on(admin: AdminSide, plain: PlainClient, browser: Browser) -> None:
    who = admin.person("support")
    held = plain.sign_in(browser, who)
    admin.change_person(who, enabled=False)
    assert plain.refused(held) == "User disabled"
    assert plain.authorize(browser).is_login_form
    admin.change_person(who, enabled=True)
    assert plain.refused(held) == ""


def test_roles_follow_every_refresh(admin: AdminSide, plain: PlainClient, browser: Browser) -> None:
    who = admin.person("support")
    held = plain.sign_in(browser, who)
    assert roles_after(plain, held) == ["support"]
    admin.add_roles(who, "devops")
    assert roles_after(plain, held) == ["devops", "support"]
    admin.remove_roles(who, "support", "devops")
    assert roles_after(plain, held) is None
    assert plain.userinfo(held) == 200  # the old access token goes on: it must not be trusted to tell
    admin.call("PUT", f"/users/{who.id}/groups/{admin.group_with('developer')}")
    assert roles_after(plain, held) == ["developer"]


def test_a_new_password_or_required_action_does_not_end_a_session(
    admin: AdminSide, plain: PlainClient, browser: Browser
) -> None:
    who = admin.person("support")
    held = plain.sign_in(browser, who)
    new = {"type": "password", "value": "another", "temporary": False}
    admin.call("PUT", f"/users/{who.id}/reset-password", new)
    assert plain.refused(held) == ""
    admin.change_person(who, requiredActions=["UPDATE_PASSWORD"])
    assert plain.refused(held) == ""


@pytest.mark.parametrize("limit", ["ssoSessionIdleTimeout", "ssoSessionMaxLifespan"])
def test_a_session_that_ran_out(limit: str, admin: AdminSide, plain: PlainClient, browser: Browser) -> None:
    admin.change_realm(**{limit: 4})
    held = plain.sign_in(browser, admin.person("support"))
    time.sleep(5.2)
    assert plain.refused(held) == "Token is not active"


def test_a_refresh_resets_the_idle_clock(admin: AdminSide, plain: PlainClient, browser: Browser) -> None:
    admin.change_realm(ssoSessionIdleTimeout=8)  # three seconds of slack for a busy machine
    first = plain.sign_in(browser, admin.person("support"))
    time.sleep(5)
    second = plain.refresh(first).json()
    time.sleep(5)
    assert plain.refused(second) == ""
    assert plain.refused(first) == "Token is not active"  # its own expiry, though the session lives


def test_rotation_and_two_at_once(admin: AdminSide, plain: PlainClient, browser: Browser) -> None:
    admin.change_realm(revokeRefreshToken=True, refreshTokenMaxReuse=0)
    held = plain.sign_in(browser, admin.person("support"))
    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(plain.refresh, [held, held]))
    won = next(one for one in answers if one.status_code == 200)
    lost = next(one for one in answers if one.status_code == 400)
    assert lost.json()["error_description"] == "Maximum allowed refresh token reuse exceeded"
    assert plain.refused(won.json()) == "Session doesn't have required client"
    assert not plain.authorize(browser).is_login_form  # the SSO session lives: the client was detached, no more


def test_rotation_with_one_repeat_allowed(admin: AdminSide, plain: PlainClient, browser: Browser) -> None:
    admin.change_realm(revokeRefreshToken=True, refreshTokenMaxReuse=1)
    held = plain.sign_in(browser, admin.person("support"))
    assert [plain.refused(held) for _ in range(2)] == ["", ""]


def test_without_rotation_an_old_refresh_token_stays_good(
    admin: AdminSide, plain: PlainClient, browser: Browser
) -> None:
    held = plain.sign_in(browser, admin.person("support"))
    assert [plain.refused(held) for _ in range(3)] == ["", "", ""]


def test_a_new_signing_key(admin: AdminSide, plain: PlainClient, browser: Browser) -> None:
    held = plain.sign_in(browser, admin.person("support"))
    tokens.verify_access(held["access_token"])
    new_key = admin.add_key()
    fresh = plain.refresh(held).json()
    assert tokens.kid_of(fresh["access_token"]) != tokens.kid_of(held["access_token"])
    with pytest.raises(UnknownKeyError):  # asked a moment ago: a stranger's token must not make us ask again
        tokens.verify_access(fresh["access_token"])
    keys.forget()
    assert tokens.verify_access(fresh["access_token"])["sub"] == tokens.verify_access(held["access_token"])["sub"]
    admin.disable_key(new_key)
    keys.forget()
    with pytest.raises(UnknownKeyError):
        tokens.verify_access(fresh["access_token"])
    assert plain.refused(fresh) == ""


def test_a_hint_signed_with_a_withdrawn_key_is_refused(admin: AdminSide, plain: PlainClient, browser: Browser) -> None:
    key = admin.add_key()
    held = plain.sign_in(browser, admin.person("support"))
    admin.disable_key(key)
    page = plain.log_out(browser, held)
    assert page.status == 400
    assert "id_token_hint" in page.text


def test_the_hmac_key_deleted(admin: AdminSide, plain: PlainClient, browser: Browser) -> None:
    held = plain.sign_in(browser, admin.person("support"))
    admin.delete_hmac_keys()
    assert plain.refused(held) == "Invalid refresh token"


def test_the_wrong_secret_says_nothing_about_the_person(
    admin: AdminSide, plain: PlainClient, browser: Browser, settings: object
) -> None:
    held = plain.sign_in(browser, admin.person("support"))
    plain.secret = "wrong"
    answer = plain.refresh(held)
    assert (answer.status_code, answer.json()["error"]) == (401, "unauthorized_client")
    settings.KEYCLOAK_CLIENT_SECRET = "wrong"  # type: ignore[attr-defined]
    with pytest.raises(KeycloakUnavailableError):
        grants.refresh(held["refresh_token"])


def test_the_claims(server: KeycloakServer, admin: AdminSide, plain: PlainClient, browser: Browser) -> None:
    who = admin.person("devops")
    held = plain.sign_in(browser, who)
    access, identity = claims_of(held["access_token"]), claims_of(held["id_token"])
    assert access["azp"] == identity["azp"] == identity["aud"] == server.client_id
    assert (access["typ"], identity["typ"]) == ("Bearer", "ID")
    assert not {"aud", "nonce"} & access.keys()
    assert "realm_access" not in identity
    assert access["sid"] == identity["sid"] == held["session_state"]
    assert identity["nonce"] == "the-nonce"
    assert access["iss"] == identity["iss"] == plain.realm_url
    assert claims_of(held["refresh_token"])["typ"] == "Refresh"
    assert tokens.verify_grant(grants.refresh(held["refresh_token"])).access["sub"] == who.id
