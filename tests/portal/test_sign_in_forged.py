"""Forged tokens: each is bent in one place and refused with a page, at the sign-in and at the re-check."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from demo.keycloak import StandInKeycloak
from demo.keycloak.goodbye import logout_token
from portal.models import KeycloakSession
from tests.portal import forged
from tests.portal.attacks import SecurityLog, answer_with, hand_out, log, refused
from tests.portal.browser import Browser
from tests.portal.keycloak_fixtures import PORTAL

__all__ = ["log"]
pytestmark = pytest.mark.django_db

EITHER = {**forged.SIGNATURES, **forged.CLAIMS}
TOKENS: dict[str, tuple[str, forged.Forger]] = {
    f"{which}: {how}": (which, forge)
    for which, table in (
        ("id_token", {**EITHER, **forged.IDENTITY_ONLY}),
        ("access_token", {**EITHER, **forged.ACCESS_ONLY}),
    )
    for how, forge in table.items()
}
Answer = dict[str, Any]
SWAPPED: dict[str, Callable[[StandInKeycloak, Answer], Answer]] = {
    "the access token as ID token": lambda k, a: {**a, "id_token": a["access_token"]},
    "the ID token as access token": lambda k, a: {
        **a,
        "access_token": a["id_token"],
        "id_token": forged.about(k, a["id_token"], a["id_token"]),
    },
    "the refresh token as ID token": lambda k, a: {**a, "id_token": a["refresh_token"]},
    "the refresh token as access token": lambda k, a: {**a, "access_token": a["refresh_token"]},
    "a logout token as ID token": lambda k, a: {**a, "id_token": logout_token(k.realm, "order-portal", "x", "y")},
    "more roles than the ID token answers for": lambda k, a: {
        **a,
        "access_token": forged.claims_bent(realm_access={"roles": ["support", "devops"]})(k, a["access_token"]),
    },
}
# The same bend in both tokens: they agree with each other, and only the check of the claim itself is left.
BOTH: dict[str, forged.Forger] = {
    **forged.CLAIMS,
    "sub is nothing but a space more": forged.claims_bent(sub=lambda c: c["sub"] + " " * 250),
    "sid is longer than any": forged.claims_bent(sid="x" * 256),
    "sub is true": forged.claims_bent(sub=True),
    "sid is a number": forged.claims_bent(sid=1),
}


@pytest.mark.parametrize("how", BOTH)
def test_two_tokens_forged_alike(how: str, browser: Browser, keycloak: StandInKeycloak, log: SecurityLog) -> None:
    hand_out(keycloak, "id_token", BOTH[how])
    hand_out(keycloak, "access_token", BOTH[how])
    refused(browser.sign_in("anna", "/closed/"), log)


@pytest.mark.parametrize("how", TOKENS)
def test_a_forged_token(how: str, browser: Browser, keycloak: StandInKeycloak, log: SecurityLog) -> None:
    hand_out(keycloak, *TOKENS[how])
    refused(browser.sign_in("anna", "/closed/"), log)


@pytest.mark.parametrize("how", SWAPPED)
def test_a_token_in_anothers_place(how: str, browser: Browser, keycloak: StandInKeycloak, log: SecurityLog) -> None:
    answer_with(keycloak, lambda answer: SWAPPED[how](keycloak, answer))
    refused(browser.sign_in("anna", "/closed/"), log)


def test_the_harness_itself_lets_an_unbent_grant_in(
    browser: Browser, keycloak: StandInKeycloak, log: SecurityLog
) -> None:
    for which in ("id_token", "access_token"):
        hand_out(keycloak, which, forged.claims_bent())
    assert browser.sign_in("anna", "/closed/").text == "anna support at /closed/"
    ((name, fields),) = log.events()
    row = KeycloakSession.objects.get()
    assert name == "authn_login_success"
    assert fields == {"person": row.sub, "session": row.session_hash[:16], "roles": ["support"]}
    log.holds_no_secret()


def test_the_tokens_of_an_earlier_sign_in(browser: Browser, keycloak: StandInKeycloak, log: SecurityLog) -> None:
    """Replayed, nonce and all, into the sign-in of another browser."""
    kept: list[Answer] = []

    def the_first(answer: Answer) -> Answer:
        kept.append(answer)
        return kept[0]

    answer_with(keycloak, the_first)
    Browser(PORTAL, Client()).sign_in("anna", "/closed/")
    KeycloakSession.objects.all().delete()
    log.clear()
    assert browser.sign_in("anna", "/closed/").status == 401
    assert log.reasons() == ["nonce"]
    assert not KeycloakSession.objects.exists()


def test_a_forged_token_does_not_make_the_portal_ask_for_keys_again(
    browser: Browser, keycloak: StandInKeycloak, log: SecurityLog
) -> None:
    hand_out(keycloak, "id_token", lambda k, t: forged.headed(t, kid="unheard-of"))
    for _ in range(3):
        log.clear()
        refused(browser.sign_in("anna", "/closed/"), log)
        browser.web.cookies.clear()
    assert sum("certs" in call for call in keycloak.calls) == 1


@pytest.mark.parametrize("how", EITHER)
def test_a_forged_token_at_the_re_check_gives_no_role(
    how: str, browser: Browser, keycloak: StandInKeycloak, log: SecurityLog
) -> None:
    browser.sign_in("anna", "/closed/")
    more = forged.claims_bent(realm_access={"roles": ["support", "devops"]})
    hand_out(keycloak, "access_token", lambda k, t: EITHER[how](k, more(k, t)))
    for seconds, status in ((301, 200), (1201, 503)):
        checked = timezone.now() - timedelta(seconds=seconds)
        KeycloakSession.objects.update(checked_at=checked, claimed_at=None)
        page = browser.get("/closed/")
        assert page.status == status
        assert "devops" not in page.text
    assert KeycloakSession.objects.get().roles == ["support"]
    assert [name for name, _ in log.events()] == ["authn_login_success", *["authn_login_fail"] * 2]
    log.holds_no_secret()


def test_another_persons_tokens_at_the_re_check(browser: Browser, keycloak: StandInKeycloak, log: SecurityLog) -> None:
    browser.sign_in("anna", "/closed/")
    other = Browser(PORTAL, Client())
    other.sign_in("dmitry", "/closed/")
    session = list(keycloak.realm.sessions.values())[-1]
    answer_with(keycloak, lambda answer: keycloak.realm._tokens(session, "order-portal", acr="1"))
    KeycloakSession.objects.filter(username="anna").update(checked_at=timezone.now() - timedelta(seconds=301))
    assert browser.get("/closed/").text == "anna support in grace at /closed/"
    assert KeycloakSession.objects.filter(roles=["devops"]).count() == 1
