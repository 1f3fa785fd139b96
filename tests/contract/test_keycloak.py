"""The whole sign-in against a Keycloak, over real sockets on both sides: in, re-checked, out, ended from afar."""

import time
from datetime import timedelta

import pytest
from django.utils import timezone
from pytest_django.fixtures import Settings

from portal.models import KeycloakSession
from portal.sign_in import keys
from tests.contract.conftest import KeycloakServer
from tests.contract.keycloak_fixtures import admin, plain, server
from tests.contract.keycloak_sides import AdminSide, PlainClient
from tests.contract.served_fixtures import browser, portal
from tests.portal.browser import Browser

__all__ = ["admin", "browser", "plain", "portal", "server"]

pytestmark = pytest.mark.django_db(transaction=True)

DEEP = "/closed/a%20b/?q=%D0%B0%20b&x=1%262"


def grow_old(seconds: float) -> None:
    """Let the last check be so long ago."""
    KeycloakSession.objects.update(checked_at=timezone.now() - timedelta(seconds=seconds), claimed_at=None)


@pytest.mark.parametrize(("who", "role"), [("anna", "support"), ("dmitry", "devops"), ("vera", "developer")])
def test_each_role_comes_in_to_the_page_that_was_wanted(who: str, role: str, browser: Browser) -> None:
    page = browser.sign_in(who, DEEP)
    assert page.text == f"{who} {role} at {DEEP}"
    assert KeycloakSession.objects.get().roles == [role]


def test_no_role_is_a_page_until_the_role_is_there(browser: Browser, admin: AdminSide) -> None:
    who = admin.person()
    page = browser.sign_in(who.username, DEEP)
    assert page.status == 403
    assert browser.get(DEEP).status == 403  # the SSO session answers at once: still a page, no loop
    admin.add_roles(who, "devops")
    assert browser.get(DEEP).text == f"{who.username} devops at {DEEP}"


def test_somebody_without_a_role_can_sign_in_as_somebody_else(browser: Browser, admin: AdminSide) -> None:
    browser.sign_in(admin.person().username, DEEP)
    page = browser.sign_out()
    assert page.path == "/signed-out/"
    assert browser.sign_in("anna", DEEP).text.startswith("anna support")


def test_a_wrong_password_and_then_the_right_one(browser: Browser) -> None:
    page = browser.fill_in(browser.get(DEEP), "anna", "wrong")
    assert page.is_login_form
    assert browser.fill_in(page, "anna").text == f"anna support at {DEEP}"


def test_signing_out_ends_both_sessions(browser: Browser) -> None:
    browser.sign_in("anna", DEEP)
    page = browser.sign_out()
    assert (page.status, page.path) == (200, "/signed-out/")
    assert not KeycloakSession.objects.exists()
    assert browser.get(DEEP).is_login_form


def test_a_second_tab_needs_no_password(browser: Browser) -> None:
    browser.sign_in("anna", DEEP)
    browser.forget("session")
    assert browser.get(DEEP).text == f"anna support at {DEEP}"


def test_two_tabs_each_reach_their_page(browser: Browser) -> None:
    one, two = browser.get("/closed/1/"), browser.get("/closed/2/")
    assert browser.fill_in(two, "anna").text.endswith("/closed/2/")
    again = browser.get(one.way[-1])  # the first tab is reloaded: Keycloak knows the browser by now
    assert again.text.endswith("/closed/1/")


def test_a_re_check_brings_new_roles(browser: Browser, admin: AdminSide) -> None:
    who = admin.person("support")
    browser.sign_in(who.username, DEEP)
    admin.add_roles(who, "developer")
    assert "developer" not in browser.get(DEEP).text
    grow_old(301)
    assert browser.get(DEEP).text == f"{who.username} developer support at {DEEP}"


def test_a_lost_role_ends_the_session(browser: Browser, admin: AdminSide) -> None:
    who = admin.person("support")
    browser.sign_in(who.username, DEEP)
    admin.remove_roles(who, "support")
    grow_old(301)
    assert browser.get(DEEP).status == 403
    assert not KeycloakSession.objects.exists()
    assert browser.get(DEEP).status == 403


@pytest.mark.parametrize("how", ["disabled", "deleted"])
def test_who_is_disabled_or_deleted_is_out_at_the_re_check(how: str, browser: Browser, admin: AdminSide) -> None:
    who = admin.person("support")
    browser.sign_in(who.username, DEEP)
    if how == "disabled":
        admin.change_person(who, enabled=False)
    else:
        admin.delete_person(who)
    assert browser.get(DEEP).status == 200
    grow_old(301)
    assert browser.get(DEEP).is_login_form
    assert not KeycloakSession.objects.exists()


def test_an_admin_ends_the_session_at_once(browser: Browser, admin: AdminSide) -> None:
    who = admin.person("support")
    browser.sign_in(who.username, DEEP)
    admin.call("DELETE", f"/sessions/{KeycloakSession.objects.get().sid}")
    assert not KeycloakSession.objects.exists()
    assert browser.get(DEEP).is_login_form


def test_logging_a_person_out_ends_every_browser_but_nobody_elses(
    browser: Browser, portal: str, admin: AdminSide
) -> None:
    who = admin.person("support")
    second = Browser(portal)
    browser.sign_in(who.username, DEEP)
    second.sign_in(who.username, DEEP)
    third = Browser(portal)
    third.sign_in("anna", DEEP)
    admin.call("POST", f"/users/{who.id}/logout")
    assert KeycloakSession.objects.get().username == "anna"
    assert third.get(DEEP).text.startswith("anna")
    second.close()
    third.close()


def test_a_logout_elsewhere_reaches_the_portal(
    browser: Browser, plain: PlainClient, portal: str, server: KeycloakServer, admin: AdminSide
) -> None:
    browser.sign_in("anna", DEEP)
    row = KeycloakSession.objects.get()
    admin.call("DELETE", f"/sessions/{row.sid}")
    assert not KeycloakSession.objects.filter(pk=row.pk).exists()
    assert browser.sign_out().path == "/signed-out/"  # nothing left to end: no error, no question


def test_an_sso_session_that_ran_out_is_out_at_the_re_check(browser: Browser, admin: AdminSide) -> None:
    admin.change_realm(ssoSessionIdleTimeout=4)
    browser.sign_in("anna", DEEP)
    time.sleep(5)
    grow_old(301)
    assert browser.get(DEEP).is_login_form


def test_the_session_goes_on_with_a_new_signing_key(browser: Browser, admin: AdminSide) -> None:
    browser.sign_in("anna", DEEP)
    admin.add_key()
    grow_old(301)
    assert browser.get(DEEP).status == 200  # in grace: the unknown key may be asked for only every 30 s
    keys.forget()
    grow_old(301)
    assert browser.get(DEEP).text == f"anna support at {DEEP}"


def test_our_own_secret_refused_is_no_verdict_on_the_person(browser: Browser, settings: Settings) -> None:
    browser.sign_in("anna", DEEP)
    settings.KEYCLOAK_CLIENT_SECRET = "wrong"
    grow_old(301)
    assert browser.get(DEEP).text == f"anna support in grace at {DEEP}"
    grow_old(1201)
    assert browser.get(DEEP).status == 503
    assert KeycloakSession.objects.exists()
