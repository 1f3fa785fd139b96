"""Words that may be shown: how the file is read, what is made of them, and that no name is among them."""

import re
from collections.abc import Iterator
from importlib import import_module

import pytest

from orders.privacy.checks import words_of
from orders.privacy.vocabulary import Vocabulary, VocabularyError
from tests.privacy import texts_score, texts_seen
from tests.privacy.masking import VOCABULARY, vocabulary

LOCALES = ("ru_RU", "en_US", "en_GB", "en_AU", "en_CA", "en_IE", "en_NZ", "en_IN", "uk_UA", "de_DE", "de_AT",
           "fr_FR", "es_ES",
           "it_IT", "pl_PL", "cs_CZ", "nl_NL", "sv_SE", "no_NO", "fi_FI", "da_DK", "pt_BR", "bg_BG", "tr_TR",
           "az_AZ", "hy_AM",
           "ro_RO", "hu_HU", "lt_LT", "lv_LV", "et_EE", "sk_SK", "sl_SI", "hr_HR", "uz_UZ", "ka_GE", "en_PH",
           "de_CH", "fr_CH",
           "es_MX")  # fmt: skip
NO_DATA = ("formats", "zip", "phone", "postcode", "languages", "country", "countries")
# Words that begin every other sentence and are also half of a town ("New York" is not: it stays masked).
EVERYDAY = frozenset({"The", "An", "Is", "It", "On", "One", "No", "Can", "Bad", "Too", "More", "Must", "None",
           "Each", "All",
                      "For", "But"})  # fmt: skip
CONSTANTS = frozenset({"POST", "NONE", "TRUE", "UNKNOWN", "FROM", "INTO", "WITH", "DONE", "FULL"})
ADDRESS_WORDS = words_of(
    "street road avenue lane apartment suite улица улицы проспект переулок шоссе дом дома квартира квартиры корпус"
    " подъезд этаж город область район посёлок деревня ул кв пер просп обл"
)


def test_a_file_is_words_phrases_and_comments() -> None:
    words = Vocabulary.parse("\ufeff# comment\nprice   # another\nC#\n\nBad  Gateway\nBad Request\nnode.js\nx-death\n")
    assert words.words == {"price", "C#", "node.js", "x-death"}
    assert words.phrase_at("a Bad Gateway", 2, "Bad") == "Bad Gateway"
    assert words.phrase_at("Bad Gateways", 0, "Bad") == ""
    assert words.phrase_at("node.js", 0, "node") == "node.js"
    assert not words.knows("Bad")


def test_more_words_are_added_to_those_that_are_there() -> None:
    both = Vocabulary.parse("price\nBad Gateway").with_words("mesh\nBad Request\nOut there")
    assert both.knows("price")
    assert both.knows("mesh")
    assert set(both.phrases["Bad"]) == {"Bad Gateway", "Bad Request"}
    assert both.phrases["Out"] == ("Out there",)


@pytest.mark.parametrize(
    ("line", "why"),
    [("ivan@example.ru", "no word"), ("x" * 65, "64"), ("a b c d e f g h i", "8 words"), ("tel12345",
    "five digits"), ("-", "no word"),
     ("a\u202eb", "no word")],
)  # fmt: skip
def test_a_bad_line_is_named(line: str, why: str) -> None:
    with pytest.raises(VocabularyError, match=rf"line 3: .*{why}") as error:
        Vocabulary.parse(f"good\n# x\n{line}\n")
    assert error.value.line == 3
    with pytest.raises(VocabularyError, match="50000"):
        Vocabulary.parse("x\n" * 50_001)


@pytest.mark.parametrize(
    "word",
    ["price", "price_state", "PRICE_STATE", "PriceState", "priceState2", "price16", "_price_state", "Price_state"],
)
def test_names_made_of_words_are_known(word: str) -> None:
    assert Vocabulary.parse("price\nstate").knows(word)


@pytest.mark.parametrize(
    "word",
    [
        "Price",
        "PRICE",
        "pricestate",
        "price_ivan",
        "PriceIvan",
        "price12345",
        "p1",
        "16",
        "_",
        "PriceState12345",
        "ценаState",
    ],
)
def test_others_are_not(word: str) -> None:
    assert not Vocabulary.parse("price\nstate\np").knows(word)


def test_a_name_that_is_made_of_words_has_an_end() -> None:
    words = Vocabulary.parse("price\nstate")
    assert words.knows("price_" * 21)
    assert not words.knows("price_" * 22)


def _names() -> Iterator[str]:
    for locale in LOCALES:
        for kind in ("person", "address"):
            try:
                provider = import_module(f"faker.providers.{kind}.{locale}").Provider
            except ModuleNotFoundError:
                continue
            for attribute, value in vars(provider).items():
                if not attribute.startswith("__") and not any(part in attribute for part in NO_DATA):
                    yield from _texts(value)


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str) and "{{" not in value:
        yield from re.findall(r"[^\W\d_]{2,}", value)
    elif isinstance(value, dict):
        yield from _texts([*value, *value.values()])
    elif isinstance(value, list | tuple | set):
        for one in value:
            yield from _texts(one)


def test_no_word_with_a_capital_is_a_name_a_town_or_a_street() -> None:
    names = set(_names())
    assert len(names) > 20_000
    capital = {word for word in vocabulary().words if word[0].isupper() and not word.isupper()}
    assert (capital & names) - EVERYDAY == set()
    shouted = {word for word in vocabulary().words if word.isupper() and len(word) >= 4}
    assert (shouted & {name.upper() for name in names}) - CONSTANTS == set()


def test_no_word_is_a_part_of_an_address() -> None:
    assert vocabulary().words & ADDRESS_WORDS == set()


def test_the_file_says_where_its_words_come_from_and_lists_each_once() -> None:
    lines = VOCABULARY.read_text(encoding="utf-8").splitlines()
    words = [line for line in lines if line and not line.startswith("#")]
    assert len(words) == len(set(words))
    assert sum(line.startswith("# --- ") for line in lines) >= 8


def test_the_texts_of_the_score_are_not_those_of_the_vocabulary() -> None:
    def bare(text: str) -> str:
        return re.sub(r"\{\w+\}|\W+", " ", text).casefold().strip()

    seen = {bare(text) for text in (*texts_seen.CLEAN, *texts_seen.PERSONAL)}
    score = {bare(text) for text in (*texts_score.CLEAN, *texts_score.PERSONAL)}
    assert seen & score == set()
    held_out = len(texts_score.PERSONAL) / (len(texts_score.PERSONAL) + len(texts_seen.PERSONAL))
    assert held_out >= 0.3
    for text in score:
        words = set(text.split())
        assert all(len(words & set(other.split())) <= 0.8 * len(words | set(other.split())) for other in seen), text
