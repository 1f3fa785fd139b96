"""The main way: sign in, type a number, read the verdict, and follow a claim to its row and its span in Jaeger."""

import re
from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import expect

from demo.alexandrite.showcase import SHOWCASE
from tests.e2e.chromium import sign_in
from tests.e2e.conftest import Read
from tests.e2e.places import Place


def test_from_sign_in_to_the_span(read: Read, faults: Place) -> None:
    page = read(who=None)
    page.goto("/")
    sign_in(page, "dmitry")
    page.fill("#q", SHOWCASE["stalled"])
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/orders/{SHOWCASE['stalled']}/")
    expect(page.locator("#state")).to_contain_text("Заказ остановился")
    page.locator(".say a").first.click()
    row = page.locator(page.evaluate("location.hash"))
    expect(row).to_be_in_viewport()
    link = row.locator("a[href*='/trace/']").first
    span = parse_qs(urlsplit(str(link.get_attribute("href"))).query)["uiFind"][0]
    link.click()
    page.wait_for_url(f"{faults.jaeger.query_url}/trace/**")
    expect(page.locator(f"[id='{span}']")).to_have_count(1)
    expect(page.locator("main")).to_contain_text(re.compile("mes|crm|shop"))


def test_support_too_is_one_click_from_the_span_of_each_claim(read: Read, faults: Place) -> None:
    page = read(viewport={"width": 320, "height": 640})
    page.goto(f"/orders/{SHOWCASE['stalled']}/")
    links = page.get_by_role("link", name="в Jaeger", exact=True)
    expect(page.locator(".say").get_by_role("link", name="в Jaeger", exact=True)).to_have_count(2)
    for box in (one.bounding_box() for one in links.all()):
        assert box is not None
        assert min(box["width"], box["height"]) >= 24
    links.first.click()
    page.wait_for_url(f"{faults.jaeger.query_url}/trace/**")
