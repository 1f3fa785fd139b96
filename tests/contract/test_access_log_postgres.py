"""The access log on a real PostgreSQL: who may do what to it, exact limits, purges, a server that falls and returns."""

import io
import json
import re
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from pytest_django.fixtures import Settings
from pytest_django.plugin import DjangoDbBlocker

from portal.access_log import grants
from portal.access_log.check import faults
from portal.access_log.errors import NotRecordedError, TooManyError
from portal.database import PATIENCE
from portal.models import AccessRow
from tests.architecture.source import ROOT
from tests.contract import postgres_server
from tests.contract.conftest import _absent
from tests.contract.portal_under_load import cookies, portal
from tests.contract.postgres_server import OWNER, PORTAL, PostgresServer
from tests.portal.access_rows import write
from tests.portal.own_database import on
from tests.stopwatch import Stopwatch

DAY = timedelta(days=1)


@pytest.fixture(scope="module")
def server(django_db_blocker: DjangoDbBlocker) -> Iterator[PostgresServer]:
    """Run a server with the tables, and with the portal's own user as docs/operations.md says."""
    where = postgres_server.binaries() or _absent("PostgreSQL is not installed")
    with postgres_server.running(where) as made:
        with django_db_blocker.unblock(), on(**made.settings()):
            call_command("migrate", verbosity=0, interactive=False)
        made.run(f"CREATE ROLE {PORTAL} LOGIN")
        made.run(*documented_grants(), user=OWNER)
        yield made


@pytest.fixture(autouse=True)
def unblocked(server: PostgresServer, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    with django_db_blocker.unblock():
        yield
        server.run(
            "ALTER TABLE portal_accessrow DISABLE TRIGGER USER",
            "TRUNCATE portal_accessrow, portal_clockmark",
            "ALTER TABLE portal_accessrow ENABLE TRIGGER USER",
            user=OWNER,
        )


def documented_grants() -> list[str]:
    text = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    (block,) = re.findall(r"```sql\n(.*?)```", text, re.DOTALL)
    return [statement for statement in block.split(";\n") if statement.strip()]


@contextmanager
def as_user(server: PostgresServer, user: str) -> Iterator[None]:
    with on(**server.settings(user)):
        yield


CHANGES = [
    "UPDATE portal_accessrow SET ids = 'ORD-1'",
    "DELETE FROM portal_accessrow",
    "TRUNCATE portal_accessrow",
]
WAYS_ROUND = [
    "DROP TRIGGER access_no_change ON portal_accessrow",
    "ALTER TABLE portal_accessrow DISABLE TRIGGER access_no_change",
    "DROP TABLE portal_accessrow",
    "SET session_replication_role = 'replica'",
    "CREATE OR REPLACE FUNCTION access_only_added_to() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN OLD; END'",
    "SET portal.purge_before = '2999-01-01'; DELETE FROM portal_accessrow",
]


@pytest.mark.parametrize("statement", CHANGES + WAYS_ROUND)
def test_the_portals_user_may_only_add(server: PostgresServer, statement: str) -> None:
    with as_user(server, PORTAL):
        write(datetime.now(UTC) - 30 * DAY)
        with pytest.raises(DatabaseError), connection.cursor() as cursor:
            cursor.execute(statement)
        assert AccessRow.objects.count() == 1


@pytest.mark.parametrize("statement", CHANGES)
def test_the_owner_is_stopped_by_the_trigger(server: PostgresServer, statement: str) -> None:
    with as_user(server, OWNER):
        write(datetime.now(UTC) - 30 * DAY)
        with pytest.raises(DatabaseError, match="only added to"), connection.cursor() as cursor:
            cursor.execute(statement)
        assert AccessRow.objects.count() == 1


def test_a_worker_says_when_its_user_may_do_more_than_add(
    server: PostgresServer, caplog: pytest.LogCaptureFixture
) -> None:
    with as_user(server, PORTAL):
        assert grants.too_much() == []
        grants.tell()
    assert caplog.records == []
    for right in ("UPDATE", "DELETE", "TRUNCATE"):
        server.run(f"GRANT {right} ON portal_accessrow TO {PORTAL}", user=OWNER)
        with as_user(server, PORTAL):
            assert grants.too_much() == [right]
        server.run(f"REVOKE {right} ON portal_accessrow FROM {PORTAL}", user=OWNER)
    for user in (OWNER, "postgres"):
        with as_user(server, user):
            assert grants.too_much() == ["OWNER", "UPDATE", "DELETE", "TRUNCATE"]
            grants.tell()
    assert [(one.levelname, one.getMessage()) for one in caplog.records] == [("ERROR", "access_log_unprotected")] * 2


def test_nothing_lets_the_last_day_go(server: PostgresServer) -> None:
    with as_user(server, OWNER):
        write(datetime.now(UTC) - timedelta(hours=23))
        with pytest.raises(DatabaseError, match="only added to"), connection.cursor() as cursor:
            cursor.execute("SET portal.purge_before = '2999-01-01'; DELETE FROM portal_accessrow")


def test_a_purge_is_the_owners(server: PostgresServer) -> None:
    now, said = datetime.now(UTC), io.StringIO()
    with as_user(server, PORTAL):
        for day in range(40, -1, -1):
            write(now - day * DAY, f"p-{day % 2}")
        with pytest.raises(CommandError, match="permission denied"):
            call_command("purge_access_log")
        assert AccessRow.objects.count() == 41
        call_command("purge", stdout=said)
    with as_user(server, OWNER):
        call_command("purge_access_log", stdout=said)
        assert "gone: 27 rows of the access log" in said.getvalue()
        assert AccessRow.objects.filter(kind="order").count() == 14
        assert list(faults()) == []
        with pytest.raises(DatabaseError, match="only added to"):
            AccessRow.objects.all().delete()


def test_a_hundred_at_once_get_exactly_what_is_allowed(
    server: PostgresServer, settings: Settings, django_db_blocker: DjangoDbBlocker
) -> None:
    settings.RATE_PAGES_PER_MINUTE = 60
    start, now = Barrier(20), datetime.now(UTC)

    def ask(number: int) -> bool:
        with django_db_blocker.unblock():
            if number < 20:
                start.wait(20)
            try:
                write(now)
            except TooManyError:
                return False
            finally:
                connection.close()
        return True

    with as_user(server, PORTAL):
        with ThreadPoolExecutor(20) as pool:
            got = list(pool.map(ask, range(100)))
        assert sum(got) == AccessRow.objects.count() == 60
        assert list(faults()) == []


def test_people_do_not_wait_for_each_other(server: PostgresServer) -> None:
    with as_user(server, PORTAL), ExitStack() as parts:
        parts.enter_context(transaction.atomic())
        write(datetime.now(UTC), "p-1")  # holds the person's lock until the block ends
        with ThreadPoolExecutor(1) as pool:
            pool.submit(_alone, lambda: write(datetime.now(UTC), "p-2")).result(60)


def test_a_lock_that_does_not_end_is_no_row(server: PostgresServer) -> None:
    with as_user(server, PORTAL), ExitStack() as parts:
        parts.enter_context(transaction.atomic())
        write(datetime.now(UTC), "p-1")
        with ThreadPoolExecutor(1) as pool, pytest.raises(NotRecordedError) as refused:
            pool.submit(_alone, lambda: _impatient("p-1")).result(60)
    assert refused.value.reason == "busy"


def _impatient(person: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 200")
    write(datetime.now(UTC), person)


def _alone(act: Callable[[], Any]) -> None:
    try:
        act()
    finally:
        connection.close()


def test_a_page_does_not_wait_for_ever(server: PostgresServer, tmp_path: Path) -> None:
    with as_user(server, PORTAL):
        known = cookies()[0]
        with portal(server.environment(), tmp_path / "log") as made:
            with transaction.atomic():
                write(datetime.now(UTC), "sub-of-reader0")  # holds the lock that the page needs
                with Stopwatch() as took:
                    status, _, body = made.get("/orders/ORD-1.json", known)
            assert (status, json.loads(body)["reason"]) == (503, "busy")
            assert PATIENCE - 0.5 <= took.seconds < PATIENCE + 3
            assert made.get("/closed/1", known)[0] == 200


def test_a_server_that_falls_and_returns(server: PostgresServer, tmp_path: Path) -> None:
    with as_user(server, PORTAL):
        known = cookies()[0]
        connection.close()
    with portal(server.environment(), tmp_path / "log") as made:
        before = [made.get(f"/closed/{n}", known) for n in range(10)]
        assert {status for status, _, _ in before} == {200}
        server.stop("immediate")
        try:
            status, _, body = made.get("/orders/ORD-1.json", known)
            assert (status, json.loads(body)["reason"]) == (503, "away")
            status, _, body = made.get("/closed/x", known)
            assert (status, "database does not take anything in" in body.decode()) == (503, True)
            assert {made.get("/closed/x", known)[0] for _ in range(20)} == {503}
        finally:
            server.start()
        until = time.monotonic() + 60
        while made.get("/closed/y", known)[0] != 200 and time.monotonic() < until:
            time.sleep(0.1)
        after = [made.get(f"/closed/{n}", known) for n in range(40)]
        assert {status for status, _, _ in after} == {200}, "each thread takes up a new connection by itself"
    with as_user(server, PORTAL):
        rows = set(AccessRow.objects.values_list("request_id", flat=True))
        assert {request_id for _, request_id, _ in before + after} <= rows
        assert list(faults()) == []
