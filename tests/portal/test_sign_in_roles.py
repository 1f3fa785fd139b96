"""Roles come from one place and match exactly; losing them, or being switched off, ends the session in five minutes."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from pytest_django.fixtures import Settings

from demo.keycloak import StandInKeycloak
from portal.models import KeycloakSession
from portal.sign_in.people import roles_in
from tests.portal import forged
from tests.portal.attacks import SecurityLog, hand_out, log, nobody_came_in
from tests.portal.browser import Browser

__all__ = ["log"]
pytestmark = pytest.mark.django_db

NONE: dict[str, Any] = {"realm_access": None}
# Claims of a token that the realm did sign, none of which gives a role.
ROLES: dict[str, dict[str, Any]] = {
    "no roles": NONE,
    "text": {"realm_access": {"roles": "support"}},
    "an object": {"realm_access": {"roles": {"support": True}}},
    "an object within": {"realm_access": {"roles": {"roles": ["support"]}}},
    "a list within": {"realm_access": {"roles": [["support"], {"support": 1}, None, 1, True]}},
    "other spellings": {"realm_access": {"roles": ["Support", "SUPPORT", "support ", " support", "support\n"]}},
    "longer names": {"realm_access": {"roles": ["support-admin", "xsupport", "/support", "alexandrite:support"]}},
    "several in one": {"realm_access": {"roles": ["support,devops", "support devops", "support\x00"]}},
    "letters that look alike": {"realm_access": {"roles": ["suppоrt", "ｓupport", "support\u200b"]}},
    "roles of the realm as a list": {"realm_access": ["support"]},
    "roles of the realm as text": {"realm_access": "support"},
    "of a client": {**NONE, "resource_access": {"order-portal": {"roles": ["support"]}}},
    "of another client": {**NONE, "resource_access": {"realm-management": {"roles": ["support"]}}},
    "at the top": {**NONE, "roles": ["support"]},
    "groups": {**NONE, "groups": ["support", "/support"]},
    "a path as a name": {**NONE, "realm_access.roles": ["support"]},
    "scope": {**NONE, "scope": "openid support devops developer"},
    "entitlements": {**NONE, "entitlements": ["support"], "permissions": ["support"], "role": "support"},
    "allowed origins": {**NONE, "allowed-origins": ["support"], "acr": "support"},
}


@pytest.mark.parametrize("how", ROLES)
def test_a_role_from_elsewhere_is_none(how: str, browser: Browser, keycloak: StandInKeycloak, log: SecurityLog) -> None:
    hand_out(keycloak, "access_token", forged.claims_bent(**ROLES[how]))
    page = browser.sign_in("anna", "/closed/")
    assert page.status == 403
    nobody_came_in()
    assert [(name, fields["reason"]) for name, fields in log.events()] == [("authz_fail", "no_role")]
    log.holds_no_secret()


def test_a_role_in_the_id_token_is_none(browser: Browser, keycloak: StandInKeycloak) -> None:
    next(iter(keycloak.realm.people.values())).roles.clear()
    hand_out(keycloak, "id_token", forged.claims_bent(realm_access={"roles": ["support"]}, roles=["support"]))
    assert browser.sign_in("anna", "/closed/").status == 403
    nobody_came_in()


@pytest.mark.parametrize("how", ROLES)
def test_neither_are_they_of_a_client(how: str, settings: Settings) -> None:
    settings.KEYCLOAK_ROLES_FROM = "client"
    claims = {"resource_access": {"order-portal": ROLES[how].get("realm_access"), "other": {"roles": ["support"]}}}
    assert roles_in({**claims, "realm_access": {"roles": ["support"]}}) == frozenset()


def test_client_roles_where_the_settings_say_so(settings: Settings) -> None:
    settings.KEYCLOAK_ROLES_FROM, settings.ROLE_DEVOPS = "client", "ops"
    claims = {"resource_access": {"order-portal": {"roles": ["ops", "devops"]}, "x": {"roles": ["support"]}}}
    assert roles_in(claims) == {"devops"}
    assert roles_in({"realm_access": {"roles": ["ops"]}, "resource_access": []}) == frozenset()


def disable(keycloak: StandInKeycloak) -> None:
    next(iter(keycloak.realm.people.values())).enabled = False


def delete(keycloak: StandInKeycloak) -> None:
    del keycloak.realm.people[next(iter(keycloak.realm.people))]


def take_roles(keycloak: StandInKeycloak) -> None:
    next(iter(keycloak.realm.people.values())).roles.clear()


def end_session(keycloak: StandInKeycloak) -> None:
    keycloak.realm.sessions.clear()


ENDS: dict[str, tuple[Callable[[StandInKeycloak], None], str]] = {
    "disabled": (disable, "over_at_keycloak"),
    "deleted": (delete, "over_at_keycloak"),
    "without a role": (take_roles, "no_role"),
    "signed out elsewhere": (end_session, "over_at_keycloak"),
}


@pytest.mark.parametrize("how", ENDS)
def test_who_may_no_longer_is_out_in_five_minutes(
    how: str, browser: Browser, keycloak: StandInKeycloak, log: SecurityLog
) -> None:
    browser.sign_in("anna", "/closed/")
    change, reason = ENDS[how]
    change(keycloak)
    KeycloakSession.objects.update(checked_at=timezone.now() - timedelta(seconds=301))
    page = browser.get("/closed/", follow=False)
    assert page.status in {302, 403}
    assert not KeycloakSession.objects.exists()
    ended = [fields for name, fields in log.events() if name == "session_expired"]
    assert [fields["reason"] for fields in ended] == [reason]
    assert browser.get("/closed/", follow=False).status == 302
    log.holds_no_secret()


def test_a_change_of_roles_is_in_the_log(browser: Browser, keycloak: StandInKeycloak, log: SecurityLog) -> None:
    browser.sign_in("anna", "/closed/")
    next(iter(keycloak.realm.people.values())).roles.add("devops")
    KeycloakSession.objects.update(checked_at=timezone.now() - timedelta(seconds=301))
    assert browser.get("/closed/").text == "anna devops support at /closed/"
    name, fields = log.events()[-1]
    assert (name, fields["from"], fields["to"]) == ("authz_change", ["support"], ["devops", "support"])


def test_signing_out_is_in_the_log(browser: Browser, log: SecurityLog) -> None:
    browser.sign_in("anna", "/closed/")
    browser.post("/logout/", follow=False)
    name, fields = log.events()[-1]
    assert (name, fields["reason"]) == ("session_expired", "logout")


def test_an_hour_without_a_person_is_in_the_log(browser: Browser, log: SecurityLog) -> None:
    browser.sign_in("anna", "/closed/")
    KeycloakSession.objects.update(last_seen_at=timezone.now() - timedelta(seconds=3601))
    browser.get("/closed/", follow=False)
    name, fields = log.events()[-1]
    assert (name, fields["reason"]) == ("session_expired", "time")


def test_a_session_whose_row_is_gone_is_in_the_log(browser: Browser, log: SecurityLog) -> None:
    browser.sign_in("anna", "/closed/")
    KeycloakSession.objects.all().delete()
    assert browser.get("/closed/", follow=False).status == 302
    assert log.events()[-1] == ("session_use_after_expire", {"reason": "no_row"})
