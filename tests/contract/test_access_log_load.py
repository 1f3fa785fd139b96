"""No answer without its row: under load, under kill, on a full disk; on SQLite and on PostgreSQL."""

import json
import os
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connection
from pytest_django.plugin import DjangoDbBlocker

from portal.access_log.check import faults, faults_against
from portal.models import AccessRow
from tests.contract import postgres_server
from tests.contract.conftest import IN_CI, _absent
from tests.contract.portal_under_load import LEAST, READERS, Load, Portal, Trouble, cookies, portal
from tests.portal.own_database import on, on_file

ANSWERS = 5_000
EVER = datetime(1970, 1, 1, tzinfo=UTC)


@pytest.fixture(params=["sqlite", "postgresql"])
def database(
    request: pytest.FixtureRequest, tmp_path: Path, django_db_blocker: DjangoDbBlocker
) -> Iterator[Mapping[str, str]]:
    """Give the portal's variables of a migrated database, which is the default one here as well."""
    with ExitStack() as parts:
        parts.enter_context(django_db_blocker.unblock())
        if request.param == "sqlite":
            file = tmp_path / "portal.sqlite3"
            parts.enter_context(on_file(file))
            variables = {"DATABASE_FILE": str(file)}
        else:
            where = postgres_server.binaries() or _absent("PostgreSQL is not installed")
            server = parts.enter_context(postgres_server.running(where))
            parts.enter_context(on(**server.settings()))
            variables = server.environment(postgres_server.OWNER)
        call_command("migrate", verbosity=0, interactive=False)
        yield variables


def ids_in_rows() -> set[str]:
    return set(AccessRow.objects.values_list("request_id", flat=True))


@pytest.mark.timeout(600)
def test_as_many_rows_as_answers(database: Mapping[str, str], tmp_path: Path) -> None:
    known = cookies()
    with portal(database, tmp_path / "log") as made:
        load = Load(made, known, ANSWERS // 5)
        load.run()
    assert (load.refused, load.broken) == ([], 0)
    assert len(load.shown) == AccessRow.objects.count() == len(set(load.shown))
    assert set(load.shown) == ids_in_rows()
    assert list(faults()) == []
    lines = (tmp_path / "log").read_text(encoding="utf-8").splitlines()
    assert sum('"event":"access"' in line.replace(" ", "") for line in lines) == len(load.shown)
    assert list(faults_against(lines, EVER)) == []


@pytest.mark.timeout(600)
def test_no_answer_without_its_row_when_workers_are_killed(database: Mapping[str, str], tmp_path: Path) -> None:
    known = cookies()
    with portal(database, tmp_path / "log") as made:
        load, trouble = Load(made, known, ANSWERS), Trouble(made)
        load.run(trouble)
    assert trouble.killed >= LEAST
    assert len(load.shown) >= ANSWERS
    assert set(load.shown) <= ids_in_rows()
    lost = AccessRow.objects.count() - len(load.shown)
    assert 0 <= lost <= READERS * trouble.killed, "a row more for each answer that died with its worker"
    assert list(faults()) == []
    assert list(faults_against((tmp_path / "log").read_text(encoding="utf-8").splitlines(), EVER)) == []


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """Mount a disk of 4 MiB, which takes root."""
    where = tmp_path / "disk"
    where.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", str(where)]
    if os.getuid() != 0 or subprocess.run(mount, check=False, capture_output=True).returncode:  # noqa: S603
        if IN_CI:
            pytest.fail("no disk could be mounted: in CI it must be possible")
        pytest.skip("only root may mount a small disk")
    yield where
    subprocess.run(["umount", str(where)], check=True)  # noqa: S607, S603


def test_a_full_disk(small_disk: Path, tmp_path: Path, django_db_blocker: DjangoDbBlocker) -> None:
    file = small_disk / "portal.sqlite3"
    with django_db_blocker.unblock(), on_file(file):
        call_command("migrate", verbosity=0, interactive=False)
        (cookie, *_) = cookies()
        with portal({"DATABASE_FILE": str(file)}, tmp_path / "log") as made:
            assert made.get("/closed/1", cookie)[0] == 200
            ballast = small_disk / "ballast"
            _fill(ballast)
            shown, why = _ask_until_refused(made, cookie)
            assert "disk is full" in why
            assert made.get("/help/", cookie)[0] == 200, "what shows no data still works"
            status, _, body = made.get("/orders/ORD-1.json", cookie)
            assert (status, json.loads(body)["reason"]) == (503, "disk_full")
            assert set(shown) <= ids_in_rows()
            before = AccessRow.objects.count()
            assert {made.get("/closed/2", cookie)[0] for _ in range(20)} == {503}
            assert AccessRow.objects.count() == before
            ballast.unlink()
            until = time.monotonic() + 60
            while (last := made.get("/closed/3", cookie))[0] != 200 and time.monotonic() < until:
                time.sleep(0.1)
            assert last[0] == 200, "it recovers by itself"
            assert last[1] in ids_in_rows()
        assert list(faults()) == []
        assert connection.cursor().execute("PRAGMA integrity_check").fetchone()[0] == "ok"


def _fill(ballast: Path) -> None:
    with ballast.open("wb", buffering=0) as file, suppress(OSError):
        while True:
            file.write(bytes(4096))


def _ask_until_refused(made: Portal, cookie: str) -> tuple[list[str], str]:
    """Return the request ids of what was shown while the last pages were filled, and the page that said no."""
    shown: list[str] = []
    for _ in range(2000):
        status, request_id, body = made.get("/closed/1", cookie)
        if status != 200:
            assert status == 503
            return shown, body.decode()
        shown.append(request_id)
    raise AssertionError("the disk did not become full")
