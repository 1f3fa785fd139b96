"""A wrong stage table or setting stops the start, and says where it is wrong."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from orders import wiring
from orders.apps import check_wiring


@pytest.fixture(autouse=True)
def anew() -> Iterator[None]:
    wiring.forget()
    yield
    wiring.forget()


def test_what_is_shipped_is_right() -> None:
    assert check_wiring(None) == []


def test_a_wrong_table_is_named_with_its_line(settings: Any, tmp_path: Path) -> None:
    wrong = tmp_path / "stages.toml"
    wrong.write_text(Path(settings.STAGES_FILE).read_text(encoding="utf-8").replace('limit = "2 h"', 'limit = "soon"'))
    settings.STAGES_FILE = str(wrong)

    messages = [message.msg for message in check_wiring(None)]

    assert any("limit" in text and "line" in text for text in messages), messages


@pytest.mark.parametrize(
    ("name", "value", "place"),
    [
        ("STAGES_FILE", "/nowhere/stages.toml", "/nowhere/stages.toml"),
        ("ID_PATTERNS", {"order": ["(a+)+"]}, "_ID_PATTERNS"),
        ("PSEUDONYM_KEYS", [], "PSEUDONYM_KEYS"),
        ("JAEGER_URL", "ftp://jaeger", "JAEGER_"),
    ],
)
def test_a_setting_that_cannot_work_is_named(settings: Any, name: str, value: object, place: str) -> None:
    setattr(settings, name, value)

    assert any(place in message.msg for message in check_wiring(None))
