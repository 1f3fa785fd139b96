"""Accessibility: axe finds nothing on any page and state, in both languages, light and dark."""

from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from demo.alexandrite.showcase import SHOWCASE
from tests.e2e.chromium import Watch, sign_in
from tests.e2e.conftest import Read
from tests.e2e.places import Place

LOOKS = [(locale, scheme) for locale in ("ru-RU", "en-GB") for scheme in ("light", "dark")]
STALLED = f"/orders/{SHOWCASE['stalled']}/"
PAGES = (
    "/",
    "/now/",
    "/help/",
    "/nowhere/",
    "/orders/ORD-99999/",
    f"{STALLED}?at=2031-01-01T00:00:00Z",
    f"/several/?ids={SHOWCASE['stalled']},ORD-99999,{SHOWCASE['done']}",
    *(f"/orders/{order_id}/" for name, order_id in SHOWCASE.items() if name != "cannot_tell"),
)
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa", "best-practice"]
axe = Axe()


def problems(page: Page) -> list[str]:
    """Return what axe objects to, with the elements."""
    found = axe.run(page, options={"runOnly": {"type": "tag", "values": TAGS}, "resultTypes": ["violations"]})
    return [
        f"{one['id']}: {node['target']} {node['failureSummary']}"
        for one in found.response["violations"]
        for node in one["nodes"]
    ]


@pytest.mark.timeout(600, func_only=True)
@pytest.mark.parametrize(("locale", "scheme"), LOOKS)
def test_every_page_of_support(read: Read, watch: Watch, locale: str, scheme: str) -> None:
    watch.expect(400, 404)
    page = read(locale=locale, color_scheme=scheme)
    found = {path: problems(page) for path in PAGES if _open(page, path)}
    assert {path: said for path, said in found.items() if said} == {}


@pytest.mark.parametrize(("locale", "scheme"), LOOKS)
def test_what_developers_and_those_outside_see(read: Read, watch: Watch, locale: str, scheme: str) -> None:
    watch.expect(403)
    page = read("dmitry", locale=locale, color_scheme=scheme)
    for name in ("failed", "stalled"):
        _open(page, f"/orders/{SHOWCASE[name]}/")
        page.click("#machinery > summary")
        page.wait_for_selector("#spans table")
        page.locator("#spans details summary").first.click()
        assert problems(page) == [], name
    page.click(".head a[href^='/partners/']")
    page.wait_for_load_state("networkidle")
    page.click("details.me summary")
    assert problems(page) == []
    outside = read(who=None, locale=locale, color_scheme=scheme)
    _open(outside, "/signed-out/")
    assert problems(outside) == []
    outside.goto("/")
    sign_in(outside, "oleg")
    outside.wait_for_load_state("networkidle")
    assert problems(outside) == []


@pytest.mark.parametrize(("locale", "scheme"), LOOKS)
def test_what_cannot_be_told(read: Read, silent: Place, locale: str, scheme: str) -> None:
    for who in ("anna", "dmitry"):
        page = read(who, at=silent, locale=locale, color_scheme=scheme)
        _open(page, f"/orders/{SHOWCASE['cannot_tell']}/")
        assert page.locator(".verdict.unknown").count() == 1
        assert problems(page) == []


def test_on_a_narrow_screen(read: Read, watch: Watch) -> None:
    watch.expect(400, 404)
    page = read(viewport={"width": 320, "height": 640})
    opened: Callable[[str], bool] = lambda path: _open(page, path)  # noqa: E731
    found = {path: problems(page) for path in PAGES[:8] if opened(path)}
    assert {path: said for path, said in found.items() if said} == {}


def _open(page: Page, path: str) -> bool:
    page.goto(path)
    page.wait_for_load_state("networkidle")
    return True
