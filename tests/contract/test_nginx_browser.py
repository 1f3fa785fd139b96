"""The way into Jaeger's UI in a real browser: its cookies, its policies and its redirects have the last word."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.contract.edge import JAEGER_HOST, PORTAL_HOST
from tests.contract.edge_fixtures import Site, each_site, names
from tests.e2e.chromium import SPY, Watch, chromium

__all__ = ["each_site", "names"]

DEEP = "/trace/0123456789abcdef0123456789abcdef?uiFind=x&y=1%262"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium("--host-resolver-rules=MAP *.alexandrite.test 127.0.0.1") as started:
        yield started


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """Give a reader whose browser keeps what policies refused."""
    made = browser.new_context(ignore_https_errors=True)  # the CA was made a moment ago
    made.add_init_script(SPY)
    yield made
    made.close()


def sign_in(page: Page, who: str) -> None:
    page.locator("#username").fill(who)
    page.locator("#password").fill(who)
    page.locator("#kc-login, [type=submit]").first.click()


def test_one_sign_in_for_both_and_one_sign_out(each_site: Site, context: BrowserContext) -> None:
    page, watch, edge = context.new_page(), Watch(), each_site.edge
    watch.over(context)
    page.goto(edge.jaeger_url + DEEP)
    sign_in(page, each_site.admin.person("support").username)
    expect(page).to_have_url(edge.jaeger_url + DEEP)
    kept = {(one["name"], one["domain"], one["secure"], one["httpOnly"], one["sameSite"]) for one in context.cookies()}
    assert ("__Host-jaeger", JAEGER_HOST, True, True, "Lax") in kept
    assert ("__Host-session", PORTAL_HOST, True, True, "Lax") in kept
    assert not {name for name, *_ in kept if name == "__Host-jaeger-state"}, "the state went with the ticket"

    page.goto(edge.portal_url + "/")
    expect(page).to_have_url(edge.portal_url + "/")
    second = context.new_page()
    second.goto(edge.jaeger_url + "/search")
    expect(second).to_have_url(edge.jaeger_url + "/search")
    assert [one for one in watch.complaints if re.search("policy:|Content Security Policy|integrity", one)] == []

    page.locator("details.me summary").click()
    with page.expect_response(lambda answer: answer.url.endswith("/logout/")):
        page.locator("details.me form[action='/logout/'] button").click()
    second.goto(edge.jaeger_url + "/search")
    expect(second.locator("#username")).to_be_visible()


def test_a_page_of_jaegers_host_cannot_read_the_portals(each_site: Site, context: BrowserContext) -> None:
    """What a hole in Jaeger's UI would reach: not the portal, neither by script nor in a frame."""
    page, edge = context.new_page(), each_site.edge
    page.goto(edge.jaeger_url + DEEP)
    sign_in(page, each_site.admin.person("devops").username)
    expect(page).to_have_url(edge.jaeger_url + DEEP)
    read = """async (url) => {
      const kinds = [{credentials: 'include'}, {mode: 'no-cors', credentials: 'include'}];
      const got = [];
      for (const kind of kinds) {
        try { got.push((await (await fetch(url, kind)).text()).length); } catch (error) { got.push('refused'); }
      }
      return got;
    }"""
    assert page.evaluate(read, edge.portal_url + "/") == ["refused", "refused"]
    framed = """(url) => new Promise((done) => {
      const frame = document.createElement('iframe');
      frame.src = url;
      frame.onload = frame.onerror = () => {
        try { done(frame.contentDocument.body.innerText); } catch { done('refused'); }
      };
      document.body.append(frame);
      setTimeout(() => done('nothing'), 3000);
    })"""
    assert page.evaluate(framed, edge.portal_url + "/") in {"refused", "nothing", ""}
