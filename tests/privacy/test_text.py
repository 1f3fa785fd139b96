"""Names, cells and links that are safe to show."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orders.journey.ids import IdPatterns
from orders.journey.raw import Raw
from orders.privacy.text import csv_safe, error_type, operation, service_name, visible

PATTERNS = IdPatterns.of()


@pytest.mark.parametrize(
    "name",
    ["POST /api/orders/{id}", "publish orders.created", "OrderService.calculatePrice", "HTTP GET",
     "orders:created:mes process",
     "GET /orders/ORD-20398", "calculate_price", "SELECT orders", "deliver <generated>", "basket", "v2/upload"],
)  # fmt: skip
def test_operations_that_look_like_operations_are_shown(name: str) -> None:
    assert operation(Raw(name), PATTERNS) == name


@pytest.mark.parametrize(
    "name",
    ["", "Заказ Иванова", "mail ivan@example.ru", "GET /clients/79123456789",
     "call 8-912-345-67-89", "GET /c/912-345-67",
     "Ivan Petrov", "GET /orders/cust-104217", "ORD-1234567890123", "a b c d e", "a\u202eb", "a\n", 7, None,
     "x" * 300, "a  b"],
)  # fmt: skip
def test_operations_that_may_hold_more_are_masked(name: object) -> None:
    assert operation(Raw(name), PATTERNS) is None


def test_an_installation_without_ids_of_its_own_masks_every_long_number() -> None:
    assert operation(Raw("GET /orders/ORD-20398"), IdPatterns.of({"order": (), "partner": (), "model": ()})) is None


def test_names_and_codes_are_identifiers() -> None:
    assert (service_name("crm-api"), error_type("java.lang.IllegalState$1"), error_type("504")) == (
        *("crm-api", "java.lang.IllegalState$1", "504"),
    )
    for text in ("Иван", "a b", "", "x" * 129, "a@b", "1234567", "user_79123456789", "<b>"):
        assert service_name(text) is error_type(text) is None


def test_what_cannot_be_seen_is_written_out() -> None:
    assert visible("Заказ № 5 — «ok» 📦 é漢") == "Заказ № 5 — «ok» 📦 é漢"
    assert visible("a\u202eb\u200b\x00\n\ud800\U000e0041\xad\u2028") == (
        r"a\u202eb\u200b\u0000\u000a\ud800\U000e0041\u00ad\u2028"
    )
    assert visible("1\xa0000\u202f5") == "1\xa0000\u202f5"


@pytest.mark.parametrize(
    "text", ["=1+1", "+7", "-1", "@x", "\tx", "\rx", "\n=1", "\0", "＝1", "＋1", "－1", "＠a", " =1", "\xa0=1", "'x"]
)
def test_a_cell_is_no_formula(text: str) -> None:
    assert csv_safe(text) == f"'{text}"


@given(st.text())
def test_any_text_is_a_safe_cell_and_can_be_read_back(text: str) -> None:
    out = io.StringIO()
    csv.writer(out, delimiter=";").writerow([csv_safe(text.replace("\r", ""))])
    (row,) = csv.reader(io.StringIO(out.getvalue(), newline=""), delimiter=";")
    assert not row[0].startswith(tuple("=+-@\t\r\0＝＋－＠"))
    assert row[0].removeprefix("'") in {text.replace("\r", ""), text.replace("\r", "").removeprefix("'")}


def test_numbers_and_nothing_stay_what_they_are() -> None:
    assert (csv_safe(-5), csv_safe(1.5), csv_safe(None), csv_safe("ORD-1")) == ("-5", "1.5", "", "ORD-1")
