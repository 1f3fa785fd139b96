"""Layout: 320 px, 200 % zoom, print, and pages without their script."""

import pytest
from playwright.sync_api import Page, expect

from demo.alexandrite.showcase import SHOWCASE
from tests.e2e.chromium import Watch, sign_in
from tests.e2e.conftest import Read
from tests.e2e.places import Place

STALLED = f"/orders/{SHOWCASE['stalled']}/"
PATHS = (
    "/",
    STALLED,
    f"/orders/{SHOWCASE['failed']}/",
    f"/orders/{SHOWCASE['done']}/",
    f"/several/?ids={SHOWCASE['stalled']},ORD-99999,{SHOWCASE['done']}",
    "/orders/ORD-99999/",
    f"{STALLED}?at=2031-01-01T00:00:00Z",
    "/help/",
    "/now/",
    "/nowhere/",
)
# Whatever stands out of the window on the right, or cuts its own text, but what scrolls by itself.
OUTSIDE = """() => {
  const found = [];
  if (document.documentElement.scrollWidth > innerWidth) found.push(`page ${document.documentElement.scrollWidth}`);
  for (const element of document.querySelectorAll("body *")) {
    const box = element.getBoundingClientRect();
    if (!box.width || element.closest(".scroll, .unseen, .skip, [hidden]")) continue;
    if (box.right > innerWidth + 1 || box.left < -1) found.push(`${element.tagName}.${element.className}`);
  }
  return found;
}"""


@pytest.mark.parametrize("locale", ["ru-RU", "en-GB"])
@pytest.mark.parametrize("who", ["anna", "dmitry"])
def test_at_320_px_nothing_stands_outside(read: Read, watch: Watch, locale: str, who: str) -> None:
    watch.expect(400, 404)
    page = read(who, locale=locale, viewport={"width": 320, "height": 640})
    for path in PATHS:
        page.goto(path)
        page.wait_for_load_state("networkidle")
        assert page.evaluate(OUTSIDE) == [], path


def test_the_partner_and_the_spans_fit_320_px_too(read: Read) -> None:
    page = read("dmitry", viewport={"width": 320, "height": 640})
    page.goto(STALLED)
    page.click("#machinery > summary")
    page.wait_for_selector("#spans table")
    assert page.evaluate(OUTSIDE) == []
    page.click(".head a[href^='/partners/']")
    page.wait_for_url("**/partners/**")
    assert page.evaluate(OUTSIDE) == []


def test_who_is_not_in_sees_pages_that_fit_320_px(read: Read, watch: Watch) -> None:
    watch.expect(403)
    page = read(who=None, viewport={"width": 320, "height": 640})
    page.goto("/signed-out/")
    assert page.evaluate(OUTSIDE) == []
    page.goto("/")
    sign_in(page, "oleg")
    page.wait_for_load_state()
    assert page.evaluate(OUTSIDE) == []


def test_at_200_percent_nothing_is_lost(read: Read, watch: Watch) -> None:
    watch.expect(400, 404)
    page = read("dmitry", viewport={"width": 640, "height": 400}, device_scale_factor=2)
    for path in PATHS:
        page.goto(path)
        page.wait_for_load_state("networkidle")
        assert page.evaluate(OUTSIDE) == [], path


def test_text_twice_as_large_stays_inside(read: Read) -> None:
    page = read(viewport={"width": 1280, "height": 800})
    page.goto(STALLED)
    page.evaluate("document.documentElement.style.setProperty('font-size', '200%')")
    assert page.evaluate(OUTSIDE) == []


def test_on_paper_stands_the_verdict_and_no_button(read: Read, faults: Place) -> None:
    page = read()
    page.goto(STALLED)
    page.emulate_media(media="print")
    expect(page.locator(".say")).to_be_visible()
    expect(page.locator("#tell")).to_be_visible()
    expect(page.locator(".rail")).to_be_visible()
    expect(page.locator(".on-paper")).to_have_text(faults.at(STALLED))
    for hidden in (".acts button", "header form", "nav"):
        expect(page.locator(hidden).first).to_be_hidden()


def test_everything_can_be_read_without_the_script(read: Read, faults: Place) -> None:
    page = read("dmitry", java_script_enabled=False)
    page.goto("/")
    page.fill("#q", SHOWCASE["stalled"])
    page.click("main button:has-text('Найти')")
    page.wait_for_url(faults.at(STALLED))
    expect(page.locator("#state")).to_contain_text("остановился")
    page.click("button[name=lang][value=en]")
    expect(page.locator("#state")).to_contain_text("Stalled")
    page.click("#machinery > summary")
    page.click("#spans a")
    expect(page.locator("main table").last).to_be_visible()
    page.goto("/")
    page.click("main a[href='/now/']")
    expect(page.locator("main")).to_contain_text("MES")
    _sign_out(page)


def _sign_out(page: Page) -> None:
    page.click("details.me summary")
    expect(page.locator("details.me button")).to_be_visible()
