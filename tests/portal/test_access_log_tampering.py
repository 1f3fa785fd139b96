"""Tampering: what the database refuses, and what the seals tell of whoever got round that."""

import io
import json
import random
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.utils import timezone
from pytest_django.fixtures import Settings

from portal.access_log import triggers
from portal.access_log.check import faults, faults_against
from portal.access_log.trail import fields_of
from portal.models import AccessRow
from tests.portal.access_rows import NOW, entry, write

PEOPLE, EACH = 5, 12
COLUMNS = ("at", "username", "roles", "session", "kind", "form", "meter", "cost", "ids", "more", "address",
           "request_id", "mac", "seq", "person")  # fmt: skip


@pytest.fixture
def chains(db: None) -> list[str]:
    """Write rows of several people in turn and return their lines in the log."""
    return lines_from(NOW)


def lines_from(start: datetime) -> list[str]:
    return [
        json.dumps(fields_of(write(start + timedelta(seconds=turn), f"p-{n}", ids=f"ORD-{turn}")))
        for turn in range(EACH)
        for n in range(PEOPLE)
    ]


@pytest.mark.parametrize("statement", ["UPDATE portal_accessrow SET ids = 'ORD-1'", "DELETE FROM portal_accessrow"])
def test_the_database_refuses_changes(chains: list[str], statement: str) -> None:
    triggers.put(connection)
    with (
        pytest.raises(DatabaseError, match="only added to"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)
    assert AccessRow.objects.count() == PEOPLE * EACH


def test_what_was_written_is_whole(chains: list[str]) -> None:
    assert list(faults()) == []
    assert list(faults_against(chains, NOW)) == []


def change(dice: random.Random) -> str:
    row = dice.choice(list(AccessRow.objects.all()))
    column = dice.choice(COLUMNS)
    value: Any = getattr(row, column)
    if column == "at":
        value += timedelta(microseconds=dice.choice((-1, 1, 60_000_000)))
    elif isinstance(value, int):
        value += dice.randrange(100, 200)
    else:
        value = f"{value}x"
    AccessRow.objects.filter(pk=row.pk).update(**{column: value})
    return f"{column} of {row.person} {row.seq}"


def take_out(dice: random.Random) -> str:
    seq = dice.randrange(1, EACH)  # not the last: that is the copy's to tell
    AccessRow.objects.filter(person=f"p-{dice.randrange(PEOPLE)}", seq=seq).delete()
    return f"without {seq}"


def take_the_beginning(dice: random.Random) -> str:
    upto = dice.randrange(1, EACH)
    AccessRow.objects.filter(person=f"p-{dice.randrange(PEOPLE)}", seq__lte=upto).delete()
    return f"without the first {upto}"


def put_in(dice: random.Random) -> str:
    row = dice.choice(list(AccessRow.objects.all()))
    person = dice.choice((row.person, "p-new"))
    seq = EACH + 1 if person == row.person else 1
    row.pk, row.person, row.seq = None, person, seq
    row.save(force_insert=True)
    return f"a copy of {row.seq} at the end of {person}"


def swap(dice: random.Random) -> str:
    person, first = f"p-{dice.randrange(PEOPLE)}", dice.randrange(1, EACH)
    one, two = (AccessRow.objects.get(person=person, seq=first + step) for step in (0, 1))
    AccessRow.objects.filter(pk=one.pk).update(seq=1000)
    AccessRow.objects.filter(pk=two.pk).update(seq=first)
    AccessRow.objects.filter(pk=one.pk).update(seq=first + 1)
    return f"{first} and the next of {person} swapped"


TAMPERS: tuple[Callable[[random.Random], str], ...] = (change, take_out, take_the_beginning, put_in, swap)


def test_a_thousand_tampers_are_a_thousand_found(chains: list[str]) -> None:
    dice = random.Random(20260925)
    missed = []
    for number in range(1000):
        point = transaction.savepoint()
        what = TAMPERS[number % len(TAMPERS)](dice)
        if not list(faults()):
            missed.append(what)
        transaction.savepoint_rollback(point)
    assert missed == []


def test_what_is_missing_is_named(chains: list[str]) -> None:
    AccessRow.objects.filter(person="p-1", seq__in=(3, 4)).delete()
    assert list(faults()) == ["p-1: rows 3 to 4 are missing"]


def test_an_end_that_was_cut_off_is_found_by_the_copy(chains: list[str]) -> None:
    AccessRow.objects.filter(person="p-1", seq__gt=EACH - 3).delete()
    AccessRow.objects.filter(person="p-2").delete()
    assert list(faults()) == []
    assert len(list(faults_against(chains, NOW))) == 3 + EACH


def test_a_row_that_was_written_anew_with_the_key_is_found_by_the_copy(chains: list[str]) -> None:
    AccessRow.objects.filter(person="p-1", seq=EACH).delete()
    write(NOW, "p-1", ids="ORD-777")
    assert list(faults()) == []
    assert list(faults_against(chains, NOW)) == [f"p-1: row {EACH} is another one in the copy"]


def test_a_line_that_does_not_say_when_is_compared(db: None) -> None:
    line = json.dumps(fields_of(entry()) | {"at": "some day", "seq": 1})
    assert list(faults_against([line], NOW)) == ["p-1: row 1 is in the copy and not in the table"]


def test_seals_of_an_earlier_key_hold(settings: Settings, db: None) -> None:
    write()
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "another" * 10
    write()
    assert list(faults()) == []
    settings.SECRET_KEY_FALLBACKS = []
    assert len(list(faults())) == 1


def test_the_command_says_it_and_fails(db: None, tmp_path: Path) -> None:
    said = io.StringIO()
    copy = tmp_path / "portal.log"
    chains = lines_from(timezone.now() - timedelta(hours=1))
    copy.write_text("\n".join(["not json", "[]", '{"event": "request"}', *chains]), encoding="utf-8")
    call_command("check_access_log", log=copy, stdout=said)
    assert said.getvalue().startswith(f"{PEOPLE * EACH} rows, all as they were written; the copy was compared from ")
    copy.write_text(json.dumps(json.loads(chains[0]) | {"seq": EACH + 1}), encoding="utf-8")
    with pytest.raises(CommandError, match="1 faults"):
        call_command("check_access_log", log=copy, stderr=io.StringIO())
    AccessRow.objects.filter(person="p-1", seq=3).update(ids="ORD-1")
    wrong = io.StringIO()
    with pytest.raises(CommandError, match="1 faults"):
        call_command("check_access_log", stderr=wrong)
    assert wrong.getvalue().strip() == "p-1: row 3 is not as it was written, or the one before it is not"


def test_the_helper_writes_what_it_is_told(db: None) -> None:
    assert entry(ids="ORD-5").ids == "ORD-5"
