"""The score in small: the figures hold, and they can fail."""

import random
from pathlib import Path

import pytest

from tests.privacy import figures, texts_score
from tests.privacy.corpus import Corpus
from tests.privacy.figures import rows, table
from tests.privacy.masking import mask
from tests.privacy.score import legibility, recall, survives


def test_the_figures_hold() -> None:
    found = rows(30, seed=7, rounds=3, keys=5_000)
    assert len(found) > 20
    assert [row for row in found if not row[3]] == []


def test_a_masking_that_does_nothing_or_too_much_is_found_out() -> None:
    samples = list(Corpus(1).texts(texts_score.PERSONAL, 20))
    assert all(score.share < 0.05 for score in recall(samples, lambda text: text).values())
    assert all(score.share == 1 for score in recall(samples, lambda text: "").values())
    nothing = legibility(texts_score.CLEAN, lambda text: "‹…›", random.Random(1), rounds=1)
    assert nothing.lost == nothing.words
    assert len(nothing.altered) == nothing.own
    assert nothing.understood == 0


@pytest.mark.parametrize(
    ("item", "masked", "own", "missed"),
    [
        ("Иванов", "for ванов", "for ", True),
        ("Ivanov", "for IVAN", "for ", True),
        ("Order", "order failed", "order failed", False),
        ("+7 912 345 67 89", "‹phone:0c4e29a7f7› 45 67 89", "", True),
        ("+7 912 345 67 89", "‹phone:0c4e29a7f7›", "", False),
        ("Phonard", "‹phone:0c4e29a7f7›", "", False),
        ("ba09::9685:dd4a:6427:b1a3", "from ‹ip:db8e07d01c› and ‹mac:5dd4a60ae1›", "", False),  # six digits by chance
        ("ba09::9685:dd4a:6427:b1a3", "from ‹ip:db8e07d01c› and 5dd4a60ae1", "", True),
        ("ba09::9685:dd4a:6427:b1a3", "from ‹5dd4a60ae1›", "", True),
    ],
)
def test_a_fragment_is_a_miss(item: str, masked: str, own: str, missed: bool) -> None:
    assert survives(item, masked, own) is missed


def test_the_same_seed_makes_the_same_corpus() -> None:
    first, again = ([sample.text for sample in Corpus(3).texts(texts_score.PERSONAL, 5)] for _ in range(2))
    assert first == again
    assert mask(first[0]) != first[0]


def test_the_table_is_written_between_its_marks(tmp_path: Path) -> None:
    page = tmp_path / "masking.md"
    page.write_text(f"before\n{figures.BEGIN}\nold\n{figures.END}\nafter\n", encoding="utf-8")
    figures.write(table([("a", "≥ 1", "2", True), ("b", "", "3", True), ("c", "0", "1", False)]), page)
    text = page.read_text(encoding="utf-8")
    assert "| a | ≥ 1 | 2 | yes |\n| b |  | 3 |  |\n| c | 0 | 1 | **no** |" in text
    assert "\nold\n" not in text
    assert text.endswith("after\n")
