"""The table of ASVS requirements: each once, with evidence that exists; the threat model: each attack, likewise."""

import re
from collections import Counter
from collections.abc import Iterator

import pytest

from tests.architecture.source import ROOT

# ASVS 5.0.0: every requirement of the level; "1.2.1-3,5" stands for 1.2.1, 1.2.2, 1.2.3 and 1.2.5.
LEVELS = {
    "1": """1.2.1-5 1.3.1-2 1.5.1 2.1.1 2.2.1-2 2.3.1 3.2.1-2 3.3.1 3.4.1-2 3.5.1-3 4.1.1 4.4.1 5.2.1-2 5.3.1-2 6.1.1
        6.2.1-8 6.3.1-2 6.4.1-2 7.2.1-4 7.4.1-2 8.1.1 8.2.1-2 8.3.1 9.1.1-3 9.2.1 10.4.1-5 11.3.1-2 11.4.1 12.1.1
        12.2.1-2 13.4.1 14.2.1 14.3.1 15.1.1 15.2.1 15.3.1""",
    "2": """1.1.1-2 1.2.6-9 1.3.3-11 1.4.1-3 1.5.2 2.1.2-3 2.2.3 2.3.2-4 2.4.1 3.3.2-4 3.4.3-6 3.5.4-5 3.7.1-2 4.1.2-3
        4.2.1 4.3.1-2 4.4.2-4 5.1.1 5.2.3 5.4.1-3 6.1.2-3 6.2.9-12 6.3.3-4 6.4.3-4 6.5.1-5 6.6.1-3 6.8.1-4 7.1.1-3
        7.3.1-2 7.4.3-5 7.5.1-2 7.6.1-2 8.1.2 8.2.3 8.4.1 9.2.2-4 10.1.1-2 10.2.1-2 10.3.1-4 10.4.6-11 10.5.1-5
        10.6.1-2 10.7.1-3 11.1.1-2 11.2.1-3 11.3.3 11.4.2-4 11.5.1 11.6.1 12.1.2-3 12.3.1-4 13.1.1 13.2.1-5 13.3.1-2
        13.4.2-5 14.1.1-2 14.2.2-4 14.3.2-3 15.1.2-3 15.2.2-3 15.3.2-7 16.1.1 16.2.1-5 16.3.1-4 16.4.1-3 16.5.1-3
        17.1.1 17.2.1-4 17.3.1-2""",
}
HOW_MANY = {"1": 70, "2": 183}
ASVS, THREATS, SECURITY = (ROOT / "docs" / f"{name}.md" for name in ("asvs", "threats", "security"))
STATES = ("met", "not applicable", "open")
COUNTED = re.compile(r"^\| (1|2|3, chosen) \| (\d+) \| (\d+) \| (\d+) \| (\d+) \|$", re.MULTILINE)
ROW = re.compile(r"^\| (\d+\.\d+\.\d+) \| ([123]) \| ([^|]+) \| ([^|]+) \| ([^|]+) \|$", re.MULTILINE)
ATTACK = re.compile(r"^\| ([AR]\d+) \| ([^|]+) \| ([^|]+) \| ([^|]+) \| ([^|]+) \|$", re.MULTILINE)
NAMED = re.compile(r"`((?:tests|docs|portal|orders|deploy|static|templates|tools)/[\w./-]+|\w+\.toml)(?:::(\w+))?`")


def requirements(level: str) -> set[str]:
    """Return the ids of a level."""
    return {
        f"{section}.{number}"
        for section, ranges in re.findall(r"(\d+\.\d+)\.(\S+)", LEVELS[level])
        for first, last in re.findall(r"(\d+)(?:-(\d+))?", ranges)
        for number in range(int(first), int(last or first) + 1)
    }


def rows() -> list[tuple[str, ...]]:
    """Return (id, level, what, how, evidence) of the table's rows."""
    return ROW.findall(ASVS.read_text(encoding="utf-8"))


def state_of(how: str) -> str:
    """Return the state that a row begins with, "" for none."""
    return next((state for state in STATES if how == state or how.startswith(f"{state}: ")), "")


def in_order(ids: list[str]) -> list[str]:
    return sorted(ids, key=lambda one: [int(part) for part in one.split(".")])


def missing_evidence(text: str) -> Iterator[str]:
    """Yield every file that is named and not there, and every test that its file does not define."""
    for path, test in NAMED.findall(text):
        file = ROOT / path
        if not file.exists():
            yield path
        elif test and not re.search(rf"^(?:async )?def {test}\(", file.read_text(encoding="utf-8"), re.MULTILINE):
            yield f"{path}::{test}"


@pytest.mark.parametrize("level", LEVELS)
def test_every_requirement_of_the_level_is_there(level: str) -> None:
    assert len(requirements(level)) == HOW_MANY[level]
    assert {one for one, its_level, *_ in rows() if its_level == level} == requirements(level)


def test_each_is_there_once_and_in_order() -> None:
    ids = [one for one, *_ in rows()]
    assert ids == in_order(ids)
    assert len(set(ids)) == len(ids)
    lines = ASVS.read_text(encoding="utf-8").splitlines()
    assert len([line for line in lines if re.match(r"\| \d+\.", line)]) == len(ids), "a row has another form"


def test_each_says_how_it_stands_and_why() -> None:
    wrong = [one for one, _, _, how, _ in rows() if not state_of(how) or how in {"not applicable", "open"}]
    assert wrong == []
    assert [one for one, _, what, _, _ in rows() if not 0 < len(what.split()) <= 9] == []


def test_what_is_met_has_evidence() -> None:
    assert [one for one, _, _, how, found in rows() if state_of(how) == "met" and not NAMED.search(found)] == []


def test_the_counts_at_the_top_are_those_of_the_table() -> None:
    counts = Counter((level, state_of(how)) for _, level, _, how, _ in rows())
    for level, *told in COUNTED.findall(ASVS.read_text(encoding="utf-8")):
        found = [counts[level[0], state] for state in STATES]
        assert [int(one) for one in told] == [sum(found), *found], level
    assert len(COUNTED.findall(ASVS.read_text(encoding="utf-8"))) == 3


@pytest.mark.parametrize("document", [ASVS, THREATS, SECURITY], ids=lambda path: path.name)
def test_all_evidence_exists(document: object) -> None:
    text = (ROOT / "docs" / str(getattr(document, "name", ""))).read_text(encoding="utf-8")
    assert len(NAMED.findall(text)) > 5
    assert list(missing_evidence(text)) == []


def test_every_attack_has_a_defence_a_test_and_what_remains() -> None:
    table = ATTACK.findall(THREATS.read_text(encoding="utf-8"))
    assert [number for number, *_ in table] == [*(f"A{n}" for n in range(1, 51)), *(f"R{n}" for n in range(1, 11))]
    assert [number for number, _, defence, _, left in table if len(defence) < 10 or not left.strip()] == []
    assert [number for number, _, _, tests, _ in table if "::" not in tests] == []
