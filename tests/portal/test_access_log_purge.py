"""Purges: what is too old goes, out of the file as well; nothing goes by a clock that jumped."""

import io
import json
import sqlite3
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.contrib.sessions.models import Session
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection
from django.test import Client
from pytest_django.fixtures import Settings

from portal import clock
from portal.access_log import triggers
from portal.access_log.check import faults, faults_against
from portal.access_log.purge import limit
from portal.access_log.trail import fields_of
from portal.clock import Clock, believe, doubt, read_clock
from portal.database import NotForgottenError, forget_for_good
from portal.management.commands.purge import Command as Purge
from portal.management.commands.purge_access_log import Command as PurgeAccessLog
from portal.models import AccessRow, ClockMark, KeycloakSession
from portal.sign_in import rows as sessions
from tests.portal.access_rows import NOW, write
from tests.portal.signed_in import sign_in

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
MARK = "ORD-777123"  # what is searched for in the files


def at(now: datetime, *, boot: str = "boot-1", up: float | None = None) -> Clock:
    """Return a clock whose machine was started an hour before NOW."""
    return Clock(now=now, boot=boot, up=(now - NOW + HOUR).total_seconds() if up is None else up)


def run(command: type[Any], clock: Clock, **options: Any) -> str:
    made, said = command(), io.StringIO()
    made.clock = lambda: clock
    call_command(made, stdout=said, **options)
    return said.getvalue().strip()


@pytest.fixture
def old_rows(own_database: Path, settings: Settings) -> Path:
    """Write an old row a day for forty days, two people in turn; the last is NOW's."""
    for day in range(40, -1, -1):
        write(NOW - day * DAY, f"p-{day % 2}", ids=f"{MARK}{day:02}")
    return own_database


def bytes_of(file: Path) -> bytes:
    return b"".join(path.read_bytes() for path in file.parent.iterdir() if path.name.startswith(file.name))


def test_what_is_too_old_goes_out_of_the_file_as_well(old_rows: Path) -> None:
    assert bytes_of(old_rows).count(MARK.encode()) >= 41
    said = run(PurgeAccessLog, at(NOW + HOUR))
    assert said == "gone: 27 rows of the access log before 2026-09-11 13:00Z"
    left = sorted(AccessRow.objects.filter(kind="order").values_list("ids", flat=True))
    assert left == [f"{MARK}{day:02}" for day in range(14)]
    found = bytes_of(old_rows)
    assert [day for day in range(41) if f"{MARK}{day:02}".encode() in found] == list(range(14))


def test_a_purge_is_in_the_log_and_the_chains_stay_whole(old_rows: Path) -> None:
    run(PurgeAccessLog, at(NOW + HOUR))
    assert sorted(AccessRow.objects.filter(kind="purge").values_list("person", flat=True)) == ["p-0", "p-1"]
    assert list(faults()) == []
    run(PurgeAccessLog, at(NOW + 5 * DAY))
    assert list(faults()) == []
    assert AccessRow.objects.filter(kind="order").count() == 10
    without_triggers(lambda: AccessRow.objects.order_by("id").first().delete())  # type: ignore[union-attr]
    assert len(list(faults())) == 1


def test_of_a_person_who_is_long_gone_nothing_stays(old_rows: Path) -> None:
    run(PurgeAccessLog, at(NOW + 20 * DAY, boot="boot-2"), clock_is_right=True)
    assert set(AccessRow.objects.values_list("kind", flat=True)) == {"purge"}
    assert list(faults()) == []
    run(PurgeAccessLog, at(NOW + 40 * DAY, boot="boot-3"), clock_is_right=True)
    assert AccessRow.objects.count() == 0
    write(NOW + 41 * DAY, "p-0")
    assert list(faults()) == []


def test_of_who_was_long_gone_and_returned_the_old_copy_says_nothing(own_database: Path) -> None:
    copy = [json.dumps(fields_of(write(NOW + day * DAY, person))) for day in range(3) for person in ("p-0", "p-1")]
    copy += [json.dumps(fields_of(write(NOW + day * DAY, "p-1"))) for day in (*range(10, 24), 37)]
    for now in (NOW + 20 * DAY, back := NOW + 40 * DAY):
        run(PurgeAccessLog, at(now), clock_is_right=True)
        assert list(faults_against(copy, limit(now))) == []
    assert not AccessRow.objects.filter(person="p-0").exists()
    copy.append(json.dumps(fields_of(write(back, "p-0"))))
    assert list(faults_against(copy, limit(back))) == list(faults()) == []
    without_triggers(AccessRow.objects.filter(kind="order").order_by("-id")[0].delete)
    assert list(faults_against(copy, limit(back))) == ["p-0: row 1 is in the copy and not in the table"]


def test_no_purge_leaves_a_hole(own_database: Path) -> None:
    write(NOW - 20 * DAY)
    write(NOW - 10 * DAY)
    write(NOW - 20 * DAY)  # the clock went back for a while
    write(NOW)
    assert run(PurgeAccessLog, at(NOW)).startswith("gone: 1 rows")
    assert list(faults()) == []
    assert AccessRow.objects.filter(kind="order").count() == 3


def test_a_dry_run_only_says_it(old_rows: Path) -> None:
    said = run(PurgeAccessLog, at(NOW + HOUR), dry_run=True)
    assert said == "would go: 27 rows of the access log before 2026-09-11 13:00Z"
    assert AccessRow.objects.count() == 41
    assert not ClockMark.objects.exists()


def test_the_trigger_is_back_after_a_purge(old_rows: Path) -> None:
    run(PurgeAccessLog, at(NOW + HOUR))
    with pytest.raises(DatabaseError, match="only added to"):
        AccessRow.objects.all().delete()


def test_a_setting_keeps_the_log_longer(old_rows: Path, settings: Settings) -> None:
    settings.ACCESS_LOG_DAYS = 30.0
    assert run(PurgeAccessLog, at(NOW)).startswith("gone: 10 rows")


def without_triggers(act: Callable[[], Any]) -> None:
    triggers.take_away(connection)
    act()
    triggers.put(connection)


JUMPS = {
    "back two hours": at(NOW - 2 * HOUR),
    "three days ahead on the same start": at(NOW + 3 * DAY, up=2 * 3600.0),
    "three days ahead after a start": at(NOW + 3 * DAY, boot="boot-2"),
    "three days ahead where nothing is known of starts": at(NOW + 3 * DAY, boot=""),
    "years ahead": at(NOW + 4000 * DAY, boot="boot-2"),
}


@pytest.mark.parametrize("jump", JUMPS)
@pytest.mark.parametrize("command", [PurgeAccessLog, Purge])
def test_nothing_goes_by_a_clock_that_jumped(old_rows: Path, jump: str, command: type[Any]) -> None:
    run(PurgeAccessLog, at(NOW + HOUR))
    write(NOW + HOUR)
    before = AccessRow.objects.count()
    with pytest.raises(CommandError, match=r"^Nothing was deleted: .* say --clock-is-right"):
        run(command, JUMPS[jump])
    with pytest.raises(CommandError):
        run(command, JUMPS[jump])
    assert AccessRow.objects.count() == before
    assert "; but " in run(command, JUMPS[jump], dry_run=True)


def test_by_hand_it_goes_all_the_same_and_the_clock_counts_as_right_from_then_on(old_rows: Path) -> None:
    believe(at(NOW))
    late = at(NOW + 9 * DAY, boot="boot-2")
    with pytest.raises(CommandError):
        run(PurgeAccessLog, late)
    assert run(PurgeAccessLog, late, clock_is_right=True).startswith("gone: 35 rows")
    assert run(PurgeAccessLog, at(NOW + 9 * DAY + HOUR, boot="boot-2", up=late.up + 3600)).startswith("gone: 1 rows")


@pytest.mark.django_db
def test_a_quiet_week_on_one_start_is_no_jump() -> None:
    believe(at(NOW))
    write(NOW)
    assert doubt(at(NOW + 7 * DAY)) == ""
    assert doubt(at(NOW + 7 * DAY + 23 * HOUR, up=(7 * DAY + HOUR).total_seconds())) == ""


@pytest.mark.django_db
def test_a_new_portal_has_nothing_to_doubt() -> None:
    assert doubt(read_clock()) == ""
    believe(read_clock())
    assert doubt(read_clock()) == ""
    assert ClockMark.objects.count() == 1
    assert str(ClockMark.objects.get()).endswith("Z")


@pytest.mark.django_db
def test_a_purge_from_ahead_is_seen_without_any_row() -> None:
    believe(at(NOW + 2 * HOUR))
    assert "went back" in doubt(at(NOW))


def test_a_machine_without_a_start_id_says_none(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(clock, "BOOT_ID", tmp_path / "none")
    assert read_clock().boot == ""


def test_everything_else_goes_by_its_own_command(old_rows: Path, settings: Settings) -> None:
    sign_in(Client(), name="Gone Support", now=NOW - 20 * DAY)
    get_user_model().objects.update(last_login=NOW - 20 * DAY)
    Session.objects.update(expire_date=NOW - 20 * DAY)
    sign_in(Client(), name="Here Support", now=NOW)
    get_user_model().objects.filter(username="here").update(last_login=NOW)
    said = run(Purge, at(NOW + HOUR / 2), dry_run=True)
    assert said == "would go: 1 sign-ins, 0 used logout tokens, 1 sessions, 0 people"
    said = run(Purge, at(NOW + HOUR / 2))
    assert said == "gone: 1 sign-ins, 0 used logout tokens, 1 sessions, 1 people"
    assert [row.username for row in KeycloakSession.objects.all()] == ["here"]
    assert b"sub-of-gone" not in bytes_of(old_rows)
    assert AccessRow.objects.count() == 41, "the access log has its own command"


def test_a_reader_who_never_ends_is_said(old_rows: Path) -> None:
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA busy_timeout = 50")
    with sqlite3.connect(old_rows) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT * FROM portal_accessrow").fetchone()
        write(NOW)
        with pytest.raises(NotForgottenError, match="run the command again"):
            forget_for_good(patience=0.1)
        reader.rollback()
    reader.close()
    forget_for_good(patience=0.1)


@pytest.mark.parametrize(("moved", "left"), [(timedelta(), ["here"]), (3 * DAY, ["gone", "here"])])
def test_a_sign_in_does_not_clear_away_by_a_clock_that_jumped(
    own_database: Path, moved: timedelta, left: list[str]
) -> None:
    right = read_clock()
    sign_in(Client(), name="Gone Support", now=right.now - 20 * DAY)
    believe(Clock(now=right.now - moved, boot=right.boot, up=right.up))
    here = get_user_model().objects.create(username="here")
    claims = {"sub": "s", "sid": "i", "preferred_username": "here", "name": "Here"}
    verified: Any = SimpleNamespace(identity=claims, access=claims)
    tokens: Any = SimpleNamespace(refresh="r", identity="i")
    sessions.open_row("key", here, verified, tokens, right.now)
    assert sorted(KeycloakSession.objects.values_list("username", flat=True)) == left
