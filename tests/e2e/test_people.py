"""Coming in and going out: shared links, no role, sign-out, sessions that Keycloak ends, sign-in while it is away."""

import re

import requests
from playwright.sync_api import Page, expect

from demo.alexandrite.showcase import SHOWCASE
from portal.sign_in.realm import FAILED_SECONDS, FRESH_SECONDS
from tests.e2e.chromium import Watch, sign_in
from tests.e2e.conftest import Read
from tests.e2e.places import Place

STALLED = f"/orders/{SHOWCASE['stalled']}/"


def come_in(page: Page, who: str, path: str = "/") -> None:
    page.goto(path)
    sign_in(page, who)
    page.wait_for_load_state()


def test_a_shared_link_lands_where_it_leads(read: Read, faults: Place) -> None:
    page = read(who=None)
    wanted = f"/several/?ids={SHOWCASE['stalled']},{SHOWCASE['done']}&state=stalled&sort=waiting"
    page.goto(wanted)
    expect(page.locator("#kc-form-login")).to_be_visible()
    sign_in(page, "anna")
    page.wait_for_url(faults.at(wanted))
    expect(page.locator("[data-row]")).to_have_text([SHOWCASE["stalled"]])


def test_without_a_role_a_page_names_the_roles_and_whom_to_ask(read: Read, faults: Place, watch: Watch) -> None:
    watch.expect(403)
    page = read(who=None)
    come_in(page, "oleg", STALLED)
    expect(page.locator("main")).to_contain_text(re.compile("support.*devops.*developer", re.DOTALL | re.IGNORECASE))
    expect(page.locator("main")).to_contain_text("DevOps, 4410")
    asked = len(faults.keycloak.calls)
    page.wait_for_timeout(500)
    assert len(faults.keycloak.calls) == asked  # no loop
    assert SHOWCASE["stalled"] not in page.locator("main").inner_text()


def test_signing_out_ends_the_session_at_keycloak_too(read: Read) -> None:
    page = read(who=None)
    come_in(page, "anna", STALLED)
    page.click("details.me summary")
    page.click("details.me button")
    page.wait_for_url("**/signed-out/**")
    page.goto(STALLED)
    expect(page.locator("#kc-form-login")).to_be_visible()


def test_a_session_that_keycloak_ends_is_over_at_the_next_click(read: Read, faults: Place) -> None:
    page = read(who=None)
    come_in(page, "vera", STALLED)
    admin = requests.post(
        f"{faults.keycloak.url}/realms/master/protocol/openid-connect/token",
        {"grant_type": "password", "client_id": "admin-cli", "username": "admin", "password": "admin"},
        timeout=5,
    ).json()["access_token"]
    person = faults.keycloak.realm.person_named("vera")
    assert person is not None
    ended = requests.post(
        f"{faults.keycloak.url}/admin/realms/alexandrite/users/{person.id}/logout",
        headers={"Authorization": f"Bearer {admin}"},
        timeout=5,
    )
    assert ended.ok
    page.click("header .name")
    expect(page.locator("#kc-form-login")).to_be_visible()


def test_while_keycloak_is_away_those_inside_read_on_and_others_are_told(
    read: Read, faults: Place, watch: Watch
) -> None:
    watch.expect(503)
    inside, outside = read(), read(who=None)
    faults.keycloak.fail = 503
    try:
        inside.goto(STALLED)
        expect(inside.locator("#state")).to_contain_text("Заказ остановился")
        outside.wait_for_timeout(1000 * FRESH_SECONDS)  # as long as Keycloak is believed to be there
        outside.goto(STALLED)
        expect(outside.locator("main")).to_contain_text(re.compile("503.*Keycloak", re.DOTALL))
    finally:
        faults.keycloak.fail = 0
    outside.wait_for_timeout(1000 * FAILED_SECONDS + 200)  # as long as its absence is remembered
    outside.click("main a.act")
    sign_in(outside, "anna")
    outside.wait_for_url(faults.at(STALLED))
