"""Which ends of a session Keycloak announces, how often, and how long it waits: most of them it keeps to itself."""

import time
from collections.abc import Iterator

import pytest
from django.test import Client

from portal.sign_in import tokens
from tests.contract.keycloak_fixtures import admin, browser, plain, server
from tests.contract.keycloak_sides import AdminSide, PlainClient
from tests.contract.letter_box import LetterBox
from tests.contract.test_keycloak_refresh import Event
from tests.portal.browser import Browser
from tests.stopwatch import Stopwatch

__all__ = ["admin", "browser", "plain", "server"]


@pytest.fixture
def box(admin: AdminSide) -> Iterator[LetterBox]:
    with LetterBox() as made:
        admin.change_client(backchannel__logout__url=made.url)
        yield made


EVENTS: dict[str, tuple[Event, int]] = {
    "RP-initiated logout": (lambda a, p, b, who, t: p.log_out(b, t), 1),
    "older logout": (lambda a, p, b, who, t: p.post("logout", refresh_token=t["refresh_token"]), 1),
    "session ended by admin": (lambda a, p, b, who, t: a.call("DELETE", f"/sessions/{t['session_state']}"), 1),
    "user logged out by admin": (lambda a, p, b, who, t: a.call("POST", f"/users/{who.id}/logout"), 1),
    "all logged out": (lambda a, p, b, who, t: a.call("POST", "/logout-all"), 0),
    "user disabled": (lambda a, p, b, who, t: a.change_person(who, enabled=False), 0),
    "user deleted": (lambda a, p, b, who, t: a.delete_person(who), 0),
    "password reset": (
        lambda a, p, b, who, t: a.call(
            "PUT", f"/users/{who.id}/reset-password", {"type": "password", "value": "x", "temporary": False}
        ),
        0,
    ),
    "role removed": (lambda a, p, b, who, t: a.remove_roles(who, "support"), 0),
    "token revoked": (lambda a, p, b, who, t: p.post("revoke", token=t["refresh_token"]), 0),
}


@pytest.mark.parametrize("event", EVENTS)
def test_who_is_told(event: str, admin: AdminSide, plain: PlainClient, browser: Browser, box: LetterBox) -> None:
    who = admin.person("support")
    held = plain.sign_in(browser, who)
    happen, expected = EVENTS[event]
    happen(admin, plain, browser, who, held)
    if not expected:
        time.sleep(0.5)
    assert box.received(expected) == expected


def test_one_letter_a_session(admin: AdminSide, plain: PlainClient, browser: Browser, box: LetterBox) -> None:
    who = admin.person("support")
    sids = set()
    for _ in range(3):
        other = Browser(browser.portal_url)
        sids.add(plain.sign_in(other, who)["session_state"])
        other.close()
    admin.call("POST", f"/users/{who.id}/logout")
    assert {tokens.verify_logout(letter["logout_token"][0])["sid"] for letter in box.letters} == sids


def test_reuse_of_a_rotated_token_is_not_announced(
    admin: AdminSide, plain: PlainClient, browser: Browser, box: LetterBox
) -> None:
    admin.change_realm(revokeRefreshToken=True, refreshTokenMaxReuse=0)
    held = plain.sign_in(browser, admin.person("support"))
    assert [plain.refused(held) for _ in range(2)][1] == "Maximum allowed refresh token reuse exceeded"
    time.sleep(0.5)
    assert box.letters == []


@pytest.mark.parametrize("limit", ["ssoSessionIdleTimeout", "ssoSessionMaxLifespan"])
def test_running_out_is_not_announced(
    limit: str, admin: AdminSide, plain: PlainClient, browser: Browser, box: LetterBox
) -> None:
    admin.change_realm(**{limit: 3})
    held = plain.sign_in(browser, admin.person("support"))
    time.sleep(4.2)
    assert plain.refused(held) == "Token is not active"
    assert box.letters == []


def test_the_letter(admin: AdminSide, plain: PlainClient, browser: Browser, box: LetterBox) -> None:
    who = admin.person("support")
    held = plain.sign_in(browser, who)
    plain.log_out(browser, held)
    (letter,) = box.letters
    assert list(letter) == ["logout_token"]
    claims = tokens.verify_logout(letter["logout_token"][0])
    assert (claims["sub"], claims["sid"], claims["typ"]) == (who.id, held["session_state"], "Logout")
    assert claims["events"] == {tokens.LOGOUT_EVENT: {}}
    assert claims["exp"] - claims["iat"] == 120  # type: ignore[operator]


def test_without_a_sid_the_letter_names_the_person(
    admin: AdminSide, plain: PlainClient, browser: Browser, box: LetterBox
) -> None:
    admin.change_client(backchannel__logout__session__required="false")
    who = admin.person("support")
    plain.log_out(browser, plain.sign_in(browser, who))
    claims = tokens.verify_logout(box.letters[0]["logout_token"][0])
    assert claims["sub"] == who.id
    assert "sid" not in claims


@pytest.mark.parametrize("status", [400, 500, 503])
def test_a_refusal_is_not_repeated_and_does_not_stop_the_logout(
    status: int, admin: AdminSide, plain: PlainClient, browser: Browser, box: LetterBox
) -> None:
    box.status = status
    page = plain.log_out(browser, plain.sign_in(browser, admin.person("support")))
    assert (page.status, page.headers["location"]) == (302, f"{plain.server.portal_url}/signed-out/")
    time.sleep(0.3)
    assert len(box.letters) == 1


def test_a_slow_receiver_holds_the_logout_up_for_five_seconds_at_most(
    admin: AdminSide, plain: PlainClient, browser: Browser, box: LetterBox
) -> None:
    box.delay = 12
    held = plain.sign_in(browser, admin.person("support"))
    with Stopwatch() as took:
        assert plain.log_out(browser, held).status == 302
    assert 4.5 < took.seconds < 6.5


def test_the_portal_obeys_once(
    admin: AdminSide, plain: PlainClient, browser: Browser, box: LetterBox, db: None, client: Client
) -> None:
    plain.log_out(browser, plain.sign_in(browser, admin.person("support")))
    form = {"logout_token": box.letters[0]["logout_token"][0]}
    answers = [client.post("/oidc/backchannel-logout/", form) for _ in range(2)]
    assert [one.status_code for one in answers] == [200, 400]
    assert "no-store" in answers[0].headers["Cache-Control"]
