"""recognise, resolve, near: what is an id, what is mended, what is believed."""

import sys
import time
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orders.journey.ids import (
    CORRECTIONS,
    MOST_CHARACTERS,
    MOST_IDS,
    IdPatterns,
    Token,
    near,
    recognise,
    resolve,
)

PATTERNS = IdPatterns.of()
TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"


def tokens(text: str, patterns: IdPatterns = PATTERNS) -> tuple[Token, ...]:
    return recognise(text, patterns).tokens


def only(text: str, patterns: IdPatterns = PATTERNS) -> Token:
    (token,) = tokens(text, patterns)
    return token


@pytest.mark.parametrize(
    ("typed", "candidate", "corrections"),
    [
        ("ЩКВ-20398", "ORD-20398", "keyboard_layout"),
        ("сгые-1042", "cust-1042", "keyboard_layout"),
        ("З-77", "P-77", "keyboard_layout"),
        ("Р-77", "P-77", "look_alike"),
        ("ОRD-2О398", "ORD-20398", "look_alike"),
        ("ОРД-20398", "ORD-20398", "transliteration"),
        ("ΟРД-20398", "ORD-20398", "look_alike transliteration"),
        ("ORD-２０３９８", "ORD-20398", "digits"),
        ("ＯRD-20398", "ORD-20398", "look_alike"),
        ("ord-20398", "ORD-20398", "case"),
        ("щRD-20398", "ORD-20398", "keyboard_layout"),
        ("оrD-20398", "ORD-20398", "look_alike case"),
        ("ORD 20 398", "ORD-20398", "spaces"),
        ("ORD-2 0 3 9 8", "ORD-20398", "spaces"),
        ("ORD–20398", "ORD-20398", "dash"),
        ("ORD_20398", "ORD-20398", "dash"),
        ("ORD20398", "ORD-20398", "dash"),
        ("ORD-20-398", "ORD-20398", "dash"),
        ("ORD-20.398", "ORD-20398", "punctuation"),
        ("ORD-20,398", "ORD-20398", "punctuation"),
        ("ORD：20398", "ORD-20398", "punctuation"),
        ("O\u200bRD-20\u00ad398", "ORD-20398", "invisible"),
        ("ORD-20\u00a0398", "ORD-20398", "spaces"),
        ("20398", "ORD-20398", "prefix"),
        ("20\u2028398", "ORD-20", "prefix"),
        ("#20398", "ORD-20398", "prefix"),
        ("20 398", "ORD-20398", "spaces prefix"),
        ("2O398", "ORD-20398", "look_alike prefix"),
        ("pfrfp 20398", "ORD-20398", "prefix"),
        ("P 77", "P-77", "spaces"),
    ],
)
def test_what_is_mended_is_a_candidate_and_says_so(typed: str, candidate: str, corrections: str) -> None:
    token = tokens(typed)[0]
    assert (token.id, token.candidates[0]) == ("", candidate)
    assert token.corrections == tuple(corrections.split())


@pytest.mark.parametrize(
    "text", ["ORD-20398", "«ORD-20398»", "order:ORD-20398.", "Re: (ORD-20398)", "https://p/orders/ORD-20398/?a=1"]
)
def test_an_id_that_stands_there_is_exact(text: str) -> None:
    token = only(text)
    assert (token.exact, token.id, token.as_typed, token.corrections) == (True, "ORD-20398", "ORD-20398", ())


@pytest.mark.parametrize(
    ("text", "kind", "first"),
    [
        ("M-1043", "model", "M-1043"),
        ("модель 1043", "model", "M-1043"),
        ("клиент 104217", "customer", "cust-104217"),
        ("партнёра 1204", "partner", "P-1204"),
        ("http://p/partners/1204/", "partner", "P-1204"),
        ("/orders/20398.json", "order", "ORD-20398"),
        ("http://j/search?tags=%7B%22order_id%22%3A%22ORD-20398%22%7D", "order", "ORD-20398"),
    ],
)
def test_kinds(text: str, kind: str, first: str) -> None:
    token = only(text)
    assert (token.kinds, token.lookups[0]) == ((kind,), first)
    assert token.personal == (kind == "customer")


@pytest.mark.parametrize(
    ("text", "trace", "span"),
    [
        (f"http://j:16686/trace/{TRACE}?uiFind=F067AA0BA902B7", TRACE, "00f067aa0ba902b7"),
        ("jaeger/trace/a3ce929d0e0e4736", "0000000000000000a3ce929d0e0e4736", ""),
        (TRACE.upper(), TRACE, ""),
        ("a3ce929d0e0e4736", "0000000000000000a3ce929d0e0e4736", ""),
        (f"00-{TRACE}-00f067aa0ba902b7-01", TRACE, "00f067aa0ba902b7"),
    ],
)
def test_traces(text: str, trace: str, span: str) -> None:
    token = only(text)
    assert (token.kinds, token.id, token.span) == (("trace",), trace, span)


def test_a_trace_id_with_something_invisible_in_it_is_only_a_candidate() -> None:
    token = only(TRACE[:9] + "\u200b" + TRACE[9:])
    assert (token.id, token.candidates, token.corrections) == ("", (TRACE,), ("invisible",))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "foo bar",
        "/trace/0",
        "0" * 32,
        "1234567890123456",
        "2200 1234 5678 9010",
        "+7 912 345-67-89",
        "8 (495) 123-45-67",
        "тел. 123456",
        "25.09.2026 10:42",
        "2026-09-21T10:42:11Z",
        "15 000 руб.",
        "$1,234.50",
        "ann.20398@example.com",
        "Date: Mon, 21 Sep 2026 10:42:11 +0300",
        "у нас 2 заказа и 305 позиций",
        "по заказу 20398 дней назад",
        "заказ от 25.09",
        "болт M 10 и гайка",
        "123456789012345",
        "заказ 123456789012345",
        "ORD-123456789012345",
        "ORD-OOO",
        "ПРИМЕР",
        "http://x/orders/new",
    ],
)
def test_what_is_no_id(text: str) -> None:
    assert [token for token in tokens(text) if token.kinds] == []


def test_a_list_keeps_order_counts_duplicates_and_keeps_what_is_no_id() -> None:
    found = tokens("20401; ORD-20398\nfoo\tORD-20398, ord-20398 20401 и 20407 123456789012345")
    assert [(t.as_typed, t.count) for t in found] == [
        *(("20401", 2), ("ORD-20398", 2), ("foo", 1), ("ord-20398", 1), ("20407", 1)),
    ]
    assert found[2].kinds == found[2].lookups == ()


def test_corrections_of_folded_duplicates_are_all_told() -> None:
    token = only("ord-20398, ORD_20398")
    assert (token.count, token.corrections) == (2, ("case", "dash"))


def test_a_table_with_names_is_a_list_too() -> None:
    found = tokens("20398\tИванов\n20401\tПетров\n7\tСидоров")
    assert [t.lookups[0] for t in found if t.kinds] == ["ORD-20398", "ORD-20401"]


def test_numbers_in_a_sentence_need_a_word_before_them() -> None:
    text = "Клиент ждёт 5 лет. По заказам 20398, 20401 и 20407 нет ответа, а в 305 кабинете тоже. Спасибо"
    assert [t.lookups[0] for t in tokens(text)] == ["ORD-20398", "ORD-20401", "ORD-20407"]


def test_more_than_can_be_read_is_cut_and_said() -> None:
    many = recognise("\n".join(f"ORD-{n}" for n in range(1, MOST_IDS + 3)), PATTERNS)
    assert (len(many.tokens), many.cut) == (MOST_IDS, True)
    assert recognise(" " * MOST_CHARACTERS + "ORD-1", PATTERNS).cut
    assert recognise("1," * 2000, PATTERNS).cut
    assert not recognise("ORD-1", PATTERNS).cut


@pytest.mark.parametrize(
    ("typed", "exist", "state", "id_"),
    [
        ("ORD-20398", "ORD-20398", "exact", "ORD-20398"),
        ("ORD-20398", "ORD-20389", "not_found", ""),
        ("ORD-020398", "ORD-20398", "corrected", "ORD-20398"),
        ("ORD-020398", "ORD-020398 ORD-20398", "exact", "ORD-020398"),
        ("ORD 020398", "ORD-020398 ORD-20398", "ambiguous", ""),
        ("ORD-20 398", "ORD-20398", "corrected", "ORD-20398"),
        ("ORD-20 398", "ORD-20", "ambiguous", ""),
        ("ORD-20\u00a0398", "ORD-20 ORD-20398", "corrected", "ORD-20398"),
        ("ORD-2039 8", "ORD-20398 ORD-2039", "ambiguous", ""),
        ("ORD-2039 8", "ORD-2039", "ambiguous", ""),
        ("ORD-20398 12 foo bar baz", "ORD-20398", "corrected", "ORD-20398"),
        ("ORD-2039б", "ORD-20396", "corrected", "ORD-20396"),
        ("ORD-2039б", "ORD-2039", "ambiguous", ""),
        ("ЩКВ-2039б", "ORD-2039", "corrected", "ORD-2039"),
        ("101 102", "ORD-101 ORD-102", "ambiguous", ""),
        ("foo, 20398", "ORD-20398", "not_found", ""),
    ],
)
def test_exactly_one_hit_is_believed(typed: str, exist: str, state: str, id_: str) -> None:
    found = resolve(tokens(typed)[0], exist.split().__contains__)
    assert (found.state, found.id) == (state, id_)
    assert bool(found.corrections) == (state == "corrected")
    assert bool(found.options) == (state == "ambiguous")


def test_known_width_pads_lost_zeros() -> None:
    patterns = IdPatterns.of({"order": r"ORD-\d{8}"})
    token = only("ORD-20398", patterns)
    assert (token.id, token.candidates, token.corrections) == ("", ("ORD-00020398",), ("zeros",))
    assert only("20398", patterns).candidates == ("ORD-00020398",)


def test_bare_digits_can_be_the_whole_id() -> None:
    patterns = IdPatterns.of({"order": (r"\d{8}", r"ORD-\d{1,4}")})
    assert only("00020398", patterns).id == "00020398"
    assert tokens("заказ 12345, 20398", patterns) == tokens("заказ 12345, 20398", patterns)


def test_patterns_without_a_shape_are_mended_by_words() -> None:
    patterns = IdPatterns.of({"order": r"[A-Z]{2}\d{4}-[A-Z]", "partner": "[0-9a-f]{16}"})
    assert only("see AB1234-C.", patterns).id == "AB1234-C"
    assert (only("ab1234-c", patterns).candidates, only("ФИ1234-С", patterns).corrections) == (
        ("AB1234-C",),
        ("keyboard_layout",),
    )
    assert only("АВ1234-С", patterns).candidates == ("AB1234-C", "FD1234-C")
    assert tokens("заказ 12345", patterns) == ()
    assert only("a3ce929d0e0e4736", patterns).kinds == ("partner", "trace")


def test_near_is_one_slip_away() -> None:
    slips = near("ORD-20398", PATTERNS)
    assert slips[0] == "ORD-02398"
    assert {"ORD-20389", "ORD-2039", "ORD-203988", "ORD-20397", "ORD-020398"} <= set(slips)
    assert "ORD-20398" not in slips
    assert all(PATTERNS.is_id("order", slip) for slip in slips)
    assert near("foo", PATTERNS) == ()


HOSTILE = (
    *("ORD-", "0", " 1", "О", "ORD 1", "1,", "a@", "/orders/", "http://", "a.", "заказ ", "ЩКВ-2б", "\u200b", "#"),
    *("1 000 ", "Received:\n ", "\n", "> ", "ORD-1 ", "+7 ", "8", "1.1.", ", ", "1\t", "заказ 1 ", "заказ #", "1б"),
    *("f", "00-", "№ "),
)


def least(do: Callable[[], object]) -> float:
    """Return the processor time of the quickest of five goes, seconds."""
    took = []
    for _ in range(5):
        start = time.thread_time()
        do()
        took.append(time.thread_time() - start)
    return min(took)


@pytest.mark.parametrize("piece", HOSTILE)
def test_hostile_texts_take_no_time(piece: str) -> None:
    """Measured against a plain walk through the text, for a slow machine is slow at both: 14 times twenty walks."""
    text = (piece * 10_000)[:10_000]
    walks = least(lambda: [sum(map(ord, text)) for _ in range(20)])
    most = 25 if sys.gettrace() is None else 125  # coverage's tracer costs several times the work
    assert least(lambda: recognise(text, PATTERNS)) < most * walks


ALPHABET = st.one_of(
    st.text(max_size=60),
    st.text("ORDordЩКВщквОРД-–_ 0123456789бюзЗlI,.;\n№#\u200b\u00a0", max_size=60),
    st.lists(st.sampled_from([*HOSTILE, "ORD-20398", "20 398", "P-7", "cust-1", TRACE, "/trace/", "?uiFind=1"])).map(
        "".join
    ),
)


@settings(max_examples=400, deadline=None)
@given(ALPHABET)
def test_any_text_gives_only_ids_that_fit_their_pattern(text: str) -> None:
    for token in recognise(text, PATTERNS).tokens:
        for found in token.lookups:
            assert set(token.kinds) & {*PATTERNS.kinds_of(found), *(["trace"] if len(found) == 32 else [])}
        assert bool(token.candidates) == bool(token.corrections)
        assert set(token.corrections) <= set(CORRECTIONS)
        assert len(token.candidates) <= 8
        assert not token.exact or token.id == token.as_typed or token.kinds == ("trace",)
