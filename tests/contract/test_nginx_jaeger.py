"""Jaeger's UI behind nginx and the portal's sign-in: real nginx, real portal, real Jaeger, each Keycloak in turn."""

import re
import sqlite3
from contextlib import closing
from functools import partial
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.contract.edge import JAEGER_HOST, whole
from tests.contract.edge_fixtures import Site, each_site, names
from tests.contract.letter_box import LetterBox
from tests.portal.browser import Browser

__all__ = ["each_site", "names"]

TRACE = "0123456789abcdef0123456789abcdef"
DEEP = f"/trace/{TRACE}?uiFind=%D0%B0%20b&x=1%262"


@pytest.fixture
def here(each_site: Site) -> Site:
    return each_site


def test_a_deep_link_survives_one_sign_in(here: Site) -> None:
    who, browser = here.admin.person("support"), here.browser()
    page = browser.sign_in(who.username, here.edge.jaeger_url + DEEP)
    assert (page.status, page.url) == (200, here.edge.jaeger_url + DEEP)
    assert "Jaeger UI" in page.text
    assert browser.get("/").path == "/", "the portal knows the person too: no second sign-in"
    assert {one.domain for one in browser.web.cookies if one.name == "__Host-jaeger"} == {JAEGER_HOST}
    assert {one.domain for one in browser.web.cookies if one.name == "__Host-session"} != {JAEGER_HOST}
    browser.close()


def test_somebody_who_is_signed_in_passes_without_a_form(here: Site) -> None:
    with_pass = enter(here, "developer")
    assert with_pass.get(here.edge.jaeger_url + "/api/services").headers["content-type"] == "application/json"
    asked = with_pass.get(here.edge.jaeger_url + f"/trace/{TRACE}", follow=False)
    assert asked.status == 200
    with_pass.close()


def test_without_a_pass_nothing_of_jaeger_is_served(here: Site) -> None:
    for path in ("/", "/search", "/trace/x", "/static/x.js", "/apis", "/x/../search", "/jaeger-ui/"):
        answer = here.edge.get(path, name=JAEGER_HOST)
        assert answer.status == 302, path
        assert answer.headers["location"].startswith(f"{here.edge.portal_url}/jaeger-ui/enter/"), path
    for path in (
        "/api",
        "//api/services",
        "/api/services",
        f"/api/traces/{TRACE}",
        "/api/v3/services",
        "/x/../api/services",
        "/%61pi/services",
    ):
        answer = here.edge.get(path, name=JAEGER_HOST)
        assert (answer.status, whole(answer)) == (401, True), path


def test_the_rows_of_the_access_log(here: Site) -> None:
    """Each page and each question has its row; files have none unless their address is odd."""
    browser = enter(here, "devops")
    before = len(rows(here))
    for path in ("/search", f"/trace/{TRACE}", "/api/services", f"/api/traces/{TRACE}", "/static/../api/services",
                 "/static/%2e%2e/api/services", "/static/a.js?x=1"):  # fmt: skip
        here.edge.get(path, pass_of(browser), name=JAEGER_HOST)
    assert rows(here)[before:] == [("jaeger", ids) for ids in ("", TRACE, "", TRACE, "", "")]
    browser.close()


def rows(here: Site, columns: str = "kind, ids") -> list[tuple[str, str]]:
    with closing(sqlite3.connect(here.edge.folder / "portal.sqlite3")) as database:
        return database.execute(f"SELECT {columns} FROM portal_accessrow ORDER BY id").fetchall()  # noqa: S608


def test_no_row_no_jaeger(here: Site) -> None:
    browser = enter(here, "support")
    with closing(sqlite3.connect(here.edge.folder / "portal.sqlite3", isolation_level=None)) as database:
        database.execute("CREATE TRIGGER full BEFORE INSERT ON portal_accessrow BEGIN SELECT RAISE(ABORT, 'no'); END")
        try:
            page = browser.get(here.edge.jaeger_url + "/search")
            asked = here.edge.get("/api/services", pass_of(browser), name=JAEGER_HOST)
        finally:
            database.execute("DROP TRIGGER full")
    assert (page.status, page.path) == (503, "/jaeger-ui/refused/?why=not_recorded&reason=away&to=%2Fsearch")
    assert f'href="{here.edge.jaeger_url}/search"' in page.text
    assert (asked.status, "shop" in asked.text, whole(asked)) == (503, False, True)
    assert "first records who looks at what" in asked.text
    assert browser.get(here.edge.jaeger_url + "/search").status == 200
    browser.close()


def test_who_asks_too_often_is_told_so_and_when_to_go_on(here: Site) -> None:
    browser = enter(here, "support")
    ask = partial(here.edge.get, "/api/services", pass_of(browser), name=JAEGER_HOST)
    answer = next(one for one in (ask() for _ in range(400)) if one.status != 200)
    assert (answer.status, whole(answer)) == (429, True)
    assert 5 < int(answer.headers["retry-after"]) <= 60
    assert "More requests came from your account" in answer.text
    page = browser.get(f"{here.edge.jaeger_url}/trace/{TRACE}?x=1&y=2")
    assert (page.status, f'href="{here.edge.jaeger_url}/trace/{TRACE}?x=1&amp;y=2"' in page.text) == (429, True)
    browser.close()


def test_who_lost_the_role_is_not_sent_to_the_vpn(here: Site) -> None:
    browser = enter(here, "support")
    with closing(sqlite3.connect(here.edge.folder / "portal.sqlite3", isolation_level=None)) as database:
        database.execute("UPDATE portal_keycloaksession SET roles = '[]'")
    asked = here.edge.get("/api/services", pass_of(browser), name=JAEGER_HOST)
    assert (asked.status, whole(asked), "VPN" in asked.text) == (403, True, False)
    assert "It takes another role" in asked.text
    browser.close()


def test_signing_out_of_the_portal_ends_it_at_the_next_request(here: Site) -> None:
    browser = enter(here, "support")
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', browser.get("/").text)
    assert token
    browser.post("/logout/", {"csrfmiddlewaretoken": token[1]}, {"Origin": here.edge.portal_url}, follow=False)
    assert here.edge.get("/api/services", pass_of(browser), name=JAEGER_HOST).status == 401
    assert "/login/" in browser.get(here.edge.jaeger_url + "/search").way[2]
    browser.close()


def test_a_back_channel_logout_ends_it_at_the_next_request(here: Site) -> None:
    with LetterBox() as box:
        here.admin.change_client(here.edge.portal_url, backchannel__logout__url=box.url)
        who, browser = here.admin.person("support"), here.browser()
        browser.sign_in(who.username, here.edge.jaeger_url + "/search")
        assert here.edge.get("/api/services", pass_of(browser), name=JAEGER_HOST).status == 200
        here.admin.call("POST", f"/users/{who.id}/logout")
        assert box.received(1) == 1
        told = browser.post("/oidc/backchannel-logout/", {"logout_token": box.letters[0]["logout_token"][0]})
    assert told.status == 200
    assert here.edge.get("/api/services", pass_of(browser), name=JAEGER_HOST).status == 401
    browser.close()


def test_who_has_no_role_is_told_so_without_a_loop(here: Site) -> None:
    who, browser = here.admin.person(), here.browser()
    page = browser.sign_in(who.username, here.edge.jaeger_url + DEEP)
    assert page.status == 403
    assert page.url.startswith(here.edge.portal_url)
    browser.close()


def test_only_questions_pass(here: Site) -> None:
    browser = enter(here, "developer")
    for method in ("POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "PROPFIND"):
        answer = here.edge.get(f"/api/archive/{TRACE}", pass_of(browser), name=JAEGER_HOST, method=method)
        assert (answer.status, whole(answer)) == (405, True), method
    assert here.edge.get("/search", pass_of(browser), name=JAEGER_HOST, method="HEAD").status == 200
    browser.close()


def test_jaegers_answers_carry_the_headers_once_and_its_own_not_at_all(here: Site) -> None:
    browser = enter(here, "support")
    for path in ("/search", "/api/services", "/api/traces/none"):
        answer = here.edge.get(path, pass_of(browser), "Origin: https://evil.example", name=JAEGER_HOST)
        assert whole(answer), path
        assert not {name for name in answer.names if name.startswith("access-control") or name == "traceresponse"}
    browser.close()


def test_the_check_is_nginxs_alone(here: Site) -> None:
    """Neither through nginx under either name, nor with a pass; and a claim to be Jaeger's host changes nothing."""
    browser = enter(here, "support")
    for path in ("/jaeger-ui/check/", "/jaeger-ui/start/", "//jaeger-ui/check/", "/jaeger-ui/check/?x", "/-/"):
        assert here.edge.get(path, pass_of(browser)).status == 404, path
    assert here.edge.get("/jaeger-ui/check/", pass_of(browser), name=JAEGER_HOST).status == 404
    assert here.edge.get("/jaeger-ui/redeem/?ticket=x").status == 404
    browser.close()


@pytest.mark.parametrize(
    "line", ["X-Original-URI: /static/a.js", "X-Original-Method: HEAD", "X_Original_URI: /static/a.js"]
)
def test_a_client_does_not_say_what_it_asks_for(here: Site, line: str) -> None:
    browser = enter(here, "support")
    before = len(rows(here))
    assert here.edge.get("/api/services", pass_of(browser), line, name=JAEGER_HOST).status == 200
    assert len(rows(here)) == before + 1
    browser.close()


def test_a_request_to_jaeger_is_no_refresh_whatever_it_says(here: Site) -> None:
    """Rows of refreshes are hidden from the access log's page at first."""
    browser = enter(here, "support")
    here.edge.get(f"/api/traces/{TRACE}", pass_of(browser), "X-Live-Refresh: 1", name=JAEGER_HOST)
    assert rows(here, "kind, form")[-1] == ("jaeger", "html")
    browser.close()


def test_a_ticket_of_another_browser_is_worth_nothing(here: Site) -> None:
    """Handing somebody a link with one's own ticket does not put them into one's own session, nor the thief into it."""
    mine, other = enter(here, "support"), here.browser()
    start = other.get(here.edge.jaeger_url + "/search", follow=False).headers["location"]
    ticket = mine.get(start, follow=False).headers["location"]
    stranger = here.browser()
    assert (
        stranger.get(ticket, follow=False).headers["location"].startswith(f"{here.edge.portal_url}/jaeger-ui/refused/")
    )
    first, again = other.get(ticket, follow=False), other.get(ticket, follow=False)
    assert first.headers["location"] == f"{here.edge.jaeger_url}/search"
    assert "__Host-jaeger=" in first.headers["set-cookie"]
    assert "__Host-jaeger=" not in again.headers.get("set-cookie", "")
    assert parse_qs(urlsplit(ticket).query).keys() == {"ticket", "to"}
    for one in (mine, other, stranger):
        one.close()


def enter(here: Site, *roles: str) -> Browser:
    """Return the browser of somebody new who is signed in and has opened Jaeger's UI."""
    who, browser = here.admin.person(*roles), here.browser()
    assert browser.sign_in(who.username, "/").path == "/"
    assert browser.get(here.edge.jaeger_url + "/search").url == f"{here.edge.jaeger_url}/search"
    return browser


def pass_of(browser: Browser) -> str:
    return f"Cookie: __Host-jaeger={browser.web.cookies['__Host-jaeger']}"
