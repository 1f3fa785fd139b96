"""The search: pasted lists, mended numbers, and what could not be found."""

from pathlib import Path

from playwright.sync_api import expect

from demo.alexandrite.showcase import SHOWCASE
from tests.e2e.chromium import Watch
from tests.e2e.conftest import Read
from tests.e2e.places import Place

MAIL = f"Добрый день!\nГде {SHOWCASE['stalled']}, {SHOWCASE['done']} и\nORD-99999?\nСпасибо, Иван, +7 900 123-45-67"


def test_a_pasted_message_gives_one_row_an_order_in_its_order(read: Read, faults: Place) -> None:
    page = read()
    page.goto("/")
    page.fill("#q", MAIL)
    page.press("#q", "Enter")
    page.wait_for_url("**/several/**")
    assert page.url == faults.at(f"/several/?ids={SHOWCASE['stalled']},{SHOWCASE['done']},ORD-99999")
    expect(page.locator("[data-row]")).to_have_text([SHOWCASE["stalled"], SHOWCASE["done"], "ORD-99999"])
    expect(page.locator("tbody tr").nth(2)).to_contain_text("данных")


def test_a_mangled_number_is_mended_and_said_once(read: Read, faults: Place) -> None:
    page = read()
    page.goto("/")
    page.fill("#q", "щкв 2О398")  # typed in the Russian layout, with the letter О for a zero
    page.press("#q", "Enter")
    page.wait_for_url(faults.at(f"/orders/{SHOWCASE['stalled']}/"))
    said = page.locator("[role=status].banner")
    expect(said).to_contain_text("щкв 2О398")
    expect(said).to_contain_text(SHOWCASE["stalled"])
    page.reload()
    expect(said).to_have_count(0)


def test_a_number_without_data_is_said_to_have_none(read: Read, watch: Watch) -> None:
    watch.expect(404)
    page = read(locale="en-GB")
    page.goto("/")
    page.fill("#q", "ORD-99999")
    page.press("#q", "Enter")
    expect(page.locator("h1")).to_have_text("No data for ORD-99999")
    expect(page.locator("main")).to_contain_text("may exist")


def test_text_without_a_number_is_answered_with_how_numbers_look(read: Read) -> None:
    page = read()
    page.goto("/")
    page.fill("#q", "где мой заказ")
    page.press("#q", "Enter")
    expect(page.locator("main")).to_contain_text("ORD-20398")


def test_a_partner_has_its_orders_and_a_file_of_them(read: Read, tmp_path: Path) -> None:
    page = read()
    page.goto(f"/orders/{SHOWCASE['stalled']}/")
    page.click(".head a[href^='/partners/']")
    page.wait_for_url("**/partners/**")
    rows = page.locator("tbody tr").count()
    assert rows
    file = tmp_path / "orders.csv"
    with page.expect_download() as download:
        page.click("a[href*='.csv']")
    download.value.save_as(file)
    lines = file.read_bytes().decode("utf-8").splitlines()
    assert lines[0].startswith("\ufeff")
    assert ";" in lines[0]
    assert len(lines) == rows + 1


def test_the_csv_of_an_english_reader_has_commas(read: Read, tmp_path: Path) -> None:
    page = read(locale="en-GB")
    page.goto(f"/several/?ids={SHOWCASE['stalled']},ORD-99999")
    with page.expect_download() as download:
        page.click("a[href*='.csv']")
    download.value.save_as(tmp_path / "orders.csv")
    head = (tmp_path / "orders.csv").read_text(encoding="utf-8-sig").splitlines()[0]
    assert "," in head
    assert ";" not in head
