"""The quick looks before the detectors: where one sees nothing, the detector behind it would have found nothing."""

import re
import sys
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orders.privacy import (
    detect_counts,
    detect_dates,
    detect_network,
    detect_numbers,
    detect_secrets,
    free_text,
    shapes,
)
from orders.privacy.checks import is_address
from orders.privacy.normal import normal
from orders.privacy.pieces import Work
from tests.privacy import texts_score, texts_seen
from tests.privacy.corpus import Corpus
from tests.privacy.masking import free_text as installed
from tests.privacy.test_detectors import FORMS

Look = Callable[[str], object]


def holds(hint: tuple[str, ...] | re.Pattern[str]) -> Look:
    if isinstance(hint, tuple):
        return lambda text: any(word in text.lower() for word in hint)
    return lambda text: hint.search(Work(text).digits())


def month_and_year(text: str) -> object:
    return any(stem in text.lower() for stem in detect_dates._STEMS) and detect_dates._YEAR.search(text)


def announced(text: str) -> bool:
    found = detect_secrets._ANNOUNCED.finditer(text)
    return any(one["name"].lower().replace("-", "_") in detect_secrets.SECRETS for one in found)


def ipv6(text: str) -> bool:
    return ":" in text and any(is_address(one) for one in re.findall(r"[\w:.%]{3,100}", text, re.ASCII) if ":" in one)


COUNTS = detect_counts
PAIRS: list[tuple[Look, Look]] = [
    *((holds(hint), regex.search) for _, hint, regex, _ in detect_numbers.DETECTORS),
    *((holds(hint), regex.search) for hint, regex in detect_dates._IN_DIGITS),
    *((month_and_year, regex.search) for regex in detect_dates._IN_WORDS),
    (detect_dates._MAY_BE_CLOCK.search, detect_dates._CLOCK.search),
    (detect_numbers._MAY_BE_IBAN.search, detect_numbers._IBAN.search),
    (COUNTS._DECIMAL.search, lambda text: COUNTS._VERSION.search(text) or COUNTS._SHORT.search(text)),
    (COUNTS._MAY_BE_AMOUNT.search, lambda text: COUNTS._AMOUNT.search(text) or COUNTS._LENGTH.search(text)),
    (COUNTS._DIALLED.search, COUNTS._TELEPHONE.search),
    (COUNTS._SEVEN.search, lambda text: re.search(r"\d(?:\D{0,3}\d){6}", text)),
    (detect_network._TWO_COLONS.search, ipv6),
    (free_text._MAY_BE_TRACE.search, free_text._TRACE.search),
    (installed().judge.ids.search, installed().judge.own_ids.search),
    (installed().judge.ids.search, installed().judge.customers.search),
    (holds(shapes.BEGINNINGS), shapes._STATEMENT.search),
    (holds(detect_secrets.NAMED), announced),
]
CORPUS = [sample.text for sample in Corpus(11).texts((*texts_score.PERSONAL, *texts_seen.PERSONAL), 20)]
PIECES = [*CORPUS, *(form for forms in FORMS.values() for form in forms), *texts_seen.CLEAN, *texts_score.CLEAN,
          *detect_secrets.SECRETS, "=", ":", "ınsert into", "1h30m", "PT5M", "1.5", "v1.2", "12 % ", "::", "фe80::1",
          "span=1234567890123456", "широта 5.5", "55°45'21\"", "select 1 from", "2026-09-25T10:42:00Z", "12.03.85",
          "31/12/99", "::1", "cust-1042"]  # fmt: skip
TEXTS = st.lists(st.sampled_from(PIECES) | st.text("0123456789 +-().:/°abfe=,", max_size=20), max_size=4).map("".join)


@settings(max_examples=400, deadline=None)
@given(TEXTS)
def test_nothing_is_behind_a_look_that_sees_nothing(text: str) -> None:
    plain, _ = normal(text)
    for number, (look, finds) in enumerate(PAIRS):
        assert look(plain) or not finds(plain), number


@pytest.mark.parametrize("number", range(len(PAIRS)))
def test_each_look_sees_something_that_the_detector_finds(number: int) -> None:
    look, finds = PAIRS[number]
    texts = [normal(text)[0] for text in PIECES] + [f"{name}=x" for name in detect_secrets.SECRETS]
    assert any(look(text) and finds(text) for text in texts)
    assert not any(finds(text) and not look(text) for text in texts)
    assert not all(look(text) for text in texts)


def test_every_name_of_a_secret_is_seen() -> None:
    assert all(holds(detect_secrets.NAMED)(name) for name in detect_secrets.SECRETS)


def test_the_normal_form_has_no_digits_but_those_of_ascii() -> None:
    digits = "".join(filter(str.isdecimal, map(chr, range(sys.maxunicode))))
    for at in range(0, len(digits), 100):
        assert re.fullmatch(r"[0-9]*", normal(digits[at : at + 100])[0])
