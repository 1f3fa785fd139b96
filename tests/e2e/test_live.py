"""Live refresh and the part for developers: what is fetched, when, for whom, and what it leaves alone."""

from playwright.sync_api import Page, expect

from demo.alexandrite.showcase import SHOWCASE
from tests.e2e.chromium import Watch
from tests.e2e.conftest import Read
from tests.e2e.places import Place

STALLED = f"/orders/{SHOWCASE['stalled']}/"
HIDE = """hidden => {
  Object.defineProperty(document, "hidden", {value: hidden, configurable: true});
  document.dispatchEvent(new Event("visibilitychange"));
}"""


def refreshes(page: Page) -> list[str]:
    """Return the list in which each refresh that the page asks for by itself will stand."""
    found: list[str] = []
    page.on("request", lambda request: found.append(request.url) if "x-live-refresh" in request.headers else None)
    return found


def live(page: Page, path: str) -> list[str]:
    """Open a page whose clock the test moves."""
    page.clock.install()
    found = refreshes(page)
    page.goto(path)
    page.wait_for_load_state("networkidle")
    return found


def test_a_refresh_brings_the_page_up_to_date_and_leaves_the_reader_alone(read: Read) -> None:
    page = read(viewport={"width": 1280, "height": 500})
    asked = live(page, STALLED)
    page.click("#alike-orders summary")
    page.evaluate("document.activeElement.blur(); scrollTo(0, 420)")
    before = page.evaluate("scrollY")
    page.evaluate("document.getElementById('order').dataset.old = '1'")
    with page.expect_response(lambda answer: "x-live-refresh" in answer.request.headers):
        page.clock.run_for(16_000)
    expect(page.locator("#order:not([data-old])")).to_have_count(1)
    page.clock.run_for(1_000)  # until htmx has settled
    assert asked
    assert page.evaluate("scrollY") == before > 0
    expect(page.locator("#alike-orders")).to_have_attribute("open", "")
    with page.expect_response(lambda answer: "x-live-refresh" in answer.request.headers):
        page.clock.run_for(16_000)  # and the part that came goes on


def test_a_hidden_page_asks_for_nothing(read: Read) -> None:
    page = read()
    asked = live(page, STALLED)
    page.evaluate(HIDE, True)
    page.clock.run_for(60_000)
    page.wait_for_timeout(300)
    assert asked == []
    page.evaluate(HIDE, False)
    with page.expect_response(lambda answer: "x-live-refresh" in answer.request.headers):
        page.clock.run_for(16_000)


def test_a_closed_order_and_a_moment_do_not_refresh(read: Read) -> None:
    page = read()
    asked = live(page, f"/orders/{SHOWCASE['done']}/")
    page.clock.run_for(60_000)
    page.wait_for_timeout(300)
    assert asked == []
    expect(page.locator("[data-live]")).to_have_count(0)


def test_a_copied_text_does_not_stop_the_refresh_and_focus_stays(read: Read) -> None:
    page = read()
    live(page, STALLED)
    page.click("#copy-ticket")
    page.evaluate("document.getElementById('order').dataset.old = '1'")
    page.clock.run_for(16_000)
    expect(page.locator("#order:not([data-old])")).to_have_count(1)
    page.clock.run_for(1_000)  # what htmx settles a moment after the swap, by the page's own clock
    expect(page.locator("#copy-ticket")).to_be_focused()
    page.locator(".say a").first.focus()
    page.evaluate("document.getElementById('order').dataset.old = '1'")
    page.clock.run_for(16_000)
    expect(page.locator("#order:not([data-old])")).to_have_count(1)
    page.clock.run_for(1_000)  # what htmx settles a moment after the swap, by the page's own clock
    expect(page.locator(".say a").first).to_be_focused()


def test_a_paused_refresh_says_so_and_goes_on_when_the_person_does_something(read: Read, watch: Watch) -> None:
    watch.expect(401)
    page = read()
    paused = {"status": 401, "headers": {"X-Live-Refresh": "paused"}}
    page.route("**/*", lambda route: (
        route.fulfill(**paused) if "x-live-refresh" in route.request.headers else route.fallback()
    ))  # fmt: skip
    asked = live(page, STALLED)
    page.clock.run_for(16_000)
    expect(page.locator(".fresh")).to_contain_text("обновление приостановлено")
    page.clock.run_for(60_000)
    page.wait_for_timeout(300)
    assert len(asked) == 1
    page.unroute_all()
    with page.expect_response(lambda answer: "hx-request" in answer.request.headers) as came:
        page.click("h1")
    assert "x-live-refresh" not in came.value.request.headers
    expect(page.locator(".fresh")).not_to_contain_text("обновление приостановлено")
    with page.expect_response(lambda answer: "x-live-refresh" in answer.request.headers):
        page.clock.run_for(16_000)


def test_the_refresh_of_an_ended_session_leads_to_the_signed_out_page(read: Read, watch: Watch) -> None:
    watch.expect(401)
    page = read()
    live(page, STALLED)
    page.context.clear_cookies(name="session")
    page.clock.run_for(16_000)
    page.wait_for_url("**/signed-out/**")


def test_developers_unfold_hops_and_spans_that_support_does_not_get(read: Read, faults: Place) -> None:
    page = read("vera")
    page.goto(STALLED)
    expect(page.locator("#spans table")).to_have_count(0)
    page.click("#machinery > summary")
    expect(page.locator("#spans table")).to_have_count(2)
    link = page.locator("#spans a[href*='uiFind']").first
    assert str(link.get_attribute("href")).startswith(f"{faults.jaeger.query_url}/trace/")
    support = read("anna")
    support.goto(STALLED)
    expect(support.locator("#machinery")).to_have_count(0)
    text = support.locator("main").inner_text()
    words = ("MANUFACTURING", "orders.approved", "span", "trace", "consumer", "DLQ", "p95", "Jaeger")
    assert [word for word in words if word.lower() in text.lower()] == []
    refused = support.request.get(f"{STALLED}spans/")
    assert refused.status == 404
