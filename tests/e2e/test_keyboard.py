"""Keyboard only: the single keys by their place, the order of Tab, and a focus that is always seen."""

import re

from playwright.sync_api import Page, expect

from demo.alexandrite.showcase import SHOWCASE
from tests.e2e.conftest import Read
from tests.e2e.places import Place

STALLED = f"/orders/{SHOWCASE['stalled']}/"
SEVERAL = f"/several/?ids={SHOWCASE['stalled']},{SHOWCASE['done']},{SHOWCASE['on_time']}"
MOST_STOPS = 120
# What has the focus, and whether an outline, or a change of its own, shows it.
FOCUSED = """() => {
  const element = document.activeElement;
  if (!element || element === document.body) return null;
  const style = getComputedStyle(element), box = element.getBoundingClientRect();
  const outlined = (style) => style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
  const around = element.closest(".find");
  return {
    name: `${element.tagName} ${element.id || element.name || element.textContent.trim().slice(0, 30)}`,
    seen: outlined(style) || (around !== null && outlined(getComputedStyle(around))),
    inside: box.width > 0 && box.right > 0 && box.left < innerWidth && box.bottom > 0 && box.top < innerHeight,
    place: [Math.round(box.top + scrollY), Math.round(box.left)],
  };
}"""


def russian(page: Page, code: str, key: str, *, shift: bool = False) -> None:
    """Press a key as a Russian layout sends it: the place of the Latin letter, another letter."""
    page.evaluate(
        "([code, key, shift]) => (document.activeElement ?? document.body).dispatchEvent("
        "new KeyboardEvent('keydown', {code, key, shiftKey: shift, bubbles: true, cancelable: true}))",
        [code, key, shift],
    )


def test_the_whole_way_without_a_mouse(read: Read, faults: Place) -> None:
    page = read()
    page.goto("/help/")
    page.keyboard.press("/")
    page.keyboard.type(f"{SHOWCASE['stalled']} {SHOWCASE['done']} {SHOWCASE['on_time']}")
    page.keyboard.press("Enter")
    page.wait_for_url("**/several/**")
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("k")
    expect(page.locator("[data-row]").nth(1)).to_be_focused()
    page.keyboard.press("Enter")
    page.wait_for_url(faults.at(f"/orders/{SHOWCASE['done']}/"))
    page.keyboard.press("c")
    page.keyboard.press("l")
    ticket, link = page.evaluate("window.copied")
    assert SHOWCASE["done"] in ticket
    assert link == page.url
    page.keyboard.press("Shift+Slash")
    page.wait_for_url(faults.at("/help/"))


def test_keys_go_by_their_place_whatever_the_layout(read: Read, faults: Place) -> None:
    page = read()
    page.goto(SEVERAL)
    russian(page, "KeyJ", "о")
    expect(page.locator("[data-row]").first).to_be_focused()
    russian(page, "Slash", ".")
    expect(page.locator("#find")).to_be_focused()
    page.goto(STALLED)
    russian(page, "KeyC", "с")
    assert len(page.evaluate("window.copied")) == 1
    russian(page, "Slash", ",", shift=True)
    page.wait_for_url(faults.at("/help/"))


def test_keys_are_letters_where_one_types_and_can_be_switched_off(read: Read) -> None:
    page = read()
    page.goto(SEVERAL)
    page.focus("#find")
    page.keyboard.type("jk?/c")
    assert page.input_value("#find") == "jk?/c"
    page.goto("/help/")
    page.click("button[name=keys][value=off]")
    page.goto(SEVERAL)
    page.keyboard.press("j")
    expect(page.locator("[data-row]").first).not_to_be_focused()


def stops(page: Page) -> list[dict[str, object]]:
    found: list[dict[str, object]] = []
    for _ in range(MOST_STOPS):
        page.keyboard.press("Tab")
        stop = page.evaluate(FOCUSED)
        if stop is None or (found and stop == found[0]):
            break
        found.append(stop)
    return found


def test_tab_reaches_everything_in_reading_order_and_the_focus_is_seen(read: Read) -> None:
    for who, path in (("anna", "/"), ("anna", SEVERAL), ("anna", STALLED), ("dmitry", STALLED), ("anna", "/help/")):
        page = read(who, reduced_motion="reduce")
        page.goto(path)
        page.wait_for_load_state("networkidle")
        page.evaluate("document.activeElement?.blur()")
        found = stops(page)
        if path != "/":  # there the box has the focus from the first
            assert re.match("A .*содержани", str(found[0]["name"])), found[0]
        assert [stop["name"] for stop in found if not stop["seen"]] == []
        assert [stop["name"] for stop in found if not stop["inside"]] == []
        reachable = page.locator("main a[href]:visible, main button:visible").count()
        assert len(found) > reachable


def test_the_skip_link_leads_past_the_bar(read: Read) -> None:
    page = read()
    page.goto(STALLED)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('main') !== null")
