"""An error's words are shown to who reads codes, in tickets and in exports, and nobody's data with them."""

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from orders import wiring
from orders.apps import check_wiring
from orders.journey.raw import Raw
from orders.journey.spans import Attribute
from tests.journey.story import Story
from tests.orders.conftest import FakeJaeger, Get

URL = "/orders/ORD-20398/"
TOLD = "500 Internal Server Error for Анна Петрова <anna.petrova@example.com>, +7 916 123-45-67 <b>x</b>"
SHOWN = "500 Internal Server Error for ‹…›"
PERSONAL = ("Анна", "Петрова", "anna", "916", "123-45")
PAGES = (URL, f"{URL}spans/", "/orders/ORD-20398.json", "/several.csv?ids=ORD-20398", "/several.json?ids=ORD-20398")


def anew() -> None:
    wiring.vocabulary.cache_clear()
    wiring.policy.cache_clear()


@pytest.fixture(autouse=True)
def failing(jaeger: FakeJaeger) -> Iterator[None]:
    anew()
    story = Story()
    story.upto(3)
    story.hop(3, 15.5, taken=False)
    span = story.span("mes", 20, name="start production", failed=True, error_type="HttpRequestException",
                      has_error_text=True)  # fmt: skip
    bag = (Attribute("event", "exception.message", Raw(TOLD)), Attribute("span", "error_message", Raw("")))
    jaeger.spans = [*story.spans[:-1], span._replace(bag=lambda: bag)]
    yield
    anew()


@pytest.mark.parametrize("language", ["ru", "en"])
@pytest.mark.parametrize("path", PAGES)
def test_the_words_are_shown_and_nobody_s_data(get: Get, path: str, language: str) -> None:
    text = get(path, codes=True, language=language).content.decode()
    if path.endswith("json") or "json?" in path:
        text = json.dumps(json.loads(text), ensure_ascii=False)
    assert SHOWN in text
    assert "email:" in text
    assert "phone:" in text
    assert not [part for part in PERSONAL if part in text]
    assert "<b>x" not in text


def test_support_has_them_in_the_ticket_alone(get: Get) -> None:
    html = get(URL).content.decode()
    before, _, ticket = html.partition('id="ticket"')
    assert f"Ошибка (HttpRequestException): {SHOWN}" in ticket.partition("</pre>")[0]
    assert SHOWN not in before
    assert SHOWN not in ticket.partition("</pre>")[2]


def test_json_and_csv_name_type_and_text(get: Get) -> None:
    error = json.loads(get("/orders/ORD-20398.json").content)["error"]
    assert error["type"] == "HttpRequestException"
    assert error["text"].startswith(SHOWN)
    header, row = csv.reader(io.StringIO(get("/several.csv?ids=ORD-20398").content.decode("utf-8-sig")), delimiter=";")
    named = dict(zip(header, row, strict=True))
    assert (named["error_type"], named["error_text"]) == (error["type"], error["text"])


def test_without_an_error_there_is_no_line(get: Get, jaeger: FakeJaeger) -> None:
    jaeger.spans = jaeger.spans[:-1]
    assert json.loads(get("/orders/ORD-20398.json").content)["error"] is None
    assert "Ошибка (" not in get(URL).content.decode()


def test_an_operator_s_words_are_shown_too(get: Get, settings: Any, tmp_path: Path, jaeger: FakeJaeger) -> None:
    bag = (Attribute("span", "error_message", Raw("frobnicator is offline")),)
    jaeger.spans[-1] = jaeger.spans[-1]._replace(bag=lambda: bag)
    assert "‹…› is offline" in get(URL, codes=True).content.decode()
    own = tmp_path / "words.txt"
    own.write_text("# the machines\nfrobnicator\n", encoding="utf-8")
    settings.VOCABULARY_FILE = str(own)
    anew()
    assert "frobnicator is offline" in get(URL, codes=True).content.decode()


def test_a_wrong_word_stops_the_start_with_its_line(settings: Any, tmp_path: Path) -> None:
    own = tmp_path / "words.txt"
    own.write_text("good\n\nanna@example.com\n", encoding="utf-8")
    settings.VOCABULARY_FILE = str(own)
    anew()
    (message,) = check_wiring(None)
    assert f"{own}: line 3: " in message.msg
