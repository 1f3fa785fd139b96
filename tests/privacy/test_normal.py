"""One form of a text: what cannot be seen, what is written otherwise, what is too long."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orders.privacy.normal import LONGEST, normal
from orders.privacy.pieces import TAKEN


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("Иван\u200bов", "Иванов"),
        ("\u202eабв\u202c", "абв"),
        ("И\u0336в\u0336", "Ив"),
        ("й и\u0306", "й й"),
        ("＋7 ９12", "+7 912"),
        ("٩١٢", "912"),
        ("ivan%40example.ru", "ivan@example.ru"),
        ("%252B7", "+7"),
        ("a%0d%0ab", "a b"),
        ("a\x00\x01b\tc", "ab c"),
        ("a\xa0b\u2028c", "a b c"),
        ("‹…› ‹email:0c4e29a7f7›", "‹…› ‹email:0c4e29a7f7›"),
        ("100 %", "100 %"),
        ("%" + "25" * 9 + "40", ""),
        ("%ff", "\ufffd"),
    ],
)
def test_every_writing_has_one_form(text: str, plain: str) -> None:
    assert normal(text) == (plain, False)


def test_a_long_text_is_cut_between_words() -> None:
    plain, cut = normal("word " * 1_000)
    assert cut
    assert len(plain) <= LONGEST
    assert set(plain.split()) == {"word"}
    assert normal("x" * 100_000) == ("", True)
    assert normal("\ufdfa" * 400)[1]  # one character that is eighteen


@given(st.text())
def test_a_form_has_no_other(text: str) -> None:
    plain, _ = normal(text)
    assert normal(plain)[0] == plain
    assert TAKEN not in plain
