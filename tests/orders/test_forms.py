"""The search box."""

import pytest

from orders.forms import MOST_BYTES, SearchForm
from orders.journey.ids import IdPatterns

PATTERNS = IdPatterns.of()


def test_what_is_typed_becomes_ids() -> None:
    form = SearchForm({"q": " ЩКВ-20398, ORD-20401\n\0"}, patterns=PATTERNS)
    assert form.is_valid(), form.errors
    assert [token.lookups for token in form.cleaned_data["q"].tokens] == [("ORD-20398",), ("ORD-20401",)]


def test_a_text_without_ids_is_valid_and_empty() -> None:
    form = SearchForm({"q": "добрый день"}, patterns=PATTERNS)
    assert form.is_valid()
    assert form.cleaned_data["q"].tokens == ()


@pytest.mark.parametrize(
    ("text", "code"), [("", "required"), (" \n ", "required"), ("я" * (MOST_BYTES // 2 + 1), "too_long")]
)
def test_an_empty_or_endless_text_is_refused(text: str, code: str) -> None:
    form = SearchForm({"q": text}, patterns=PATTERNS)
    assert not form.is_valid()
    assert form.has_error("q", code)


def test_exactly_the_limit_is_read() -> None:
    assert SearchForm({"q": "я" * (MOST_BYTES // 2)}, patterns=PATTERNS).is_valid()
