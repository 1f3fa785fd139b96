"""What a reader chooses: language, zone, and the moment a link leads to."""

import re
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import Page, expect

from demo.alexandrite.showcase import SHOWCASE
from tests.e2e.chromium import Watch
from tests.e2e.conftest import Read

STALLED = f"/orders/{SHOWCASE['stalled']}/"


def copied(page: Page) -> list[str]:
    found: list[str] = page.evaluate("window.copied")
    return found


def test_the_language_is_switched_in_place_and_kept(read: Read) -> None:
    page = read()
    page.goto(f"{STALLED}?at={moment(timedelta(hours=2))}")
    expect(page.locator("html")).to_have_attribute("lang", "ru")
    where = page.url
    page.click("button[name=lang][value=en]")
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page.locator("#state")).to_contain_text("Stalled")
    assert page.url == where
    page.goto("/help/")
    expect(page.locator("html")).to_have_attribute("lang", "en")


def test_zones_are_switched_and_the_readers_own_is_offered(read: Read) -> None:
    page = read(timezone_id="Asia/Yekaterinburg", locale="en-GB")
    page.goto(STALLED)
    sentence = page.locator(".say")
    expect(sentence).to_contain_text("MSK")
    page.click("button[name=zone][value=utc]")
    expect(sentence).to_contain_text("UTC")
    mine = page.locator("button[data-zone]")
    expect(mine).to_be_visible()
    mine.click()
    expect(page.locator("button[data-zone]")).to_have_attribute("aria-pressed", "true")
    expect(sentence).not_to_contain_text(re.compile("UTC(?![+])|MSK"))
    hours = page.locator("time").first.get_attribute("datetime") or ""
    assert hours.endswith("Z")


def test_a_time_tells_its_exact_instant_on_hover_and_focus(read: Read) -> None:
    page = read()
    page.goto(STALLED)
    time = page.locator(".rail time").first
    instant = time.get_attribute("datetime") or ""
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z", instant)
    expect(time).to_have_attribute("title", instant)  # what hovering shows
    page.keyboard.press("Tab")
    time.focus()
    assert instant in time.evaluate("element => getComputedStyle(element, '::after').content")


def moment(ago: timedelta) -> str:
    return f"{datetime.now(UTC) - ago:%Y-%m-%dT%H:%M:%SZ}"


def test_three_things_are_copied(read: Read) -> None:
    page = read()
    page.goto(STALLED)
    for name in ("Скопировать для тикета", "Скопировать ссылку", "Скопировать ссылку на этот момент"):
        page.get_by_role("button", name=re.compile(rf"^{name}( [cl])?$")).click()
    ticket, link, then = copied(page)
    assert SHOWCASE["stalled"] in ticket
    assert "MANUFACTURING_APPROVED" in ticket
    assert link == page.url
    assert then.startswith(f"{link}?at=")
    expect(page.locator("#said")).not_to_be_empty()


def test_a_link_to_a_moment_shows_the_order_as_it_was(read: Read) -> None:
    page = read()
    page.goto(f"{STALLED}?at={moment(timedelta(hours=26, minutes=50))}")
    expect(page.locator("#state")).not_to_contain_text("остановился")
    expect(page.locator(".banner")).to_be_visible()
    assert page.locator("[data-live]").count() == 0
    page.click(".banner a")
    assert "at" not in parse_qs(urlsplit(page.url).query)
    expect(page.locator("#state")).to_contain_text("остановился")


def test_a_moment_ahead_or_too_old_is_refused_with_the_reason(read: Read, watch: Watch) -> None:
    watch.expect(400)
    page = read(locale="en-GB")
    page.goto(f"{STALLED}?at={moment(-timedelta(hours=1))}")
    expect(page.locator("main")).to_contain_text("lies ahead")
    page.goto(f"{STALLED}?at={moment(timedelta(days=15))}")
    expect(page.locator("main")).to_contain_text("older than the 14 days")
