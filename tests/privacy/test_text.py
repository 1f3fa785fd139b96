"""Characters that cannot be seen, and cells that are safe to open."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orders.privacy.text import csv_safe, visible


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
