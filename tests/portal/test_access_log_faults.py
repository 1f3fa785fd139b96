"""Faults: a full, locked, deleted or damaged database; no data is shown, the page says why, and it ends by itself."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from threading import Timer
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.test import Client
from django.utils import timezone

from portal.models import AccessRow, KeycloakSession
from tests.orders.conftest import FakeJaeger
from tests.portal.signed_in import sign_in

ORDER = "/orders/ORD-20398/"


@pytest.fixture
def anna(own_database: Path, jaeger: FakeJaeger) -> Client:
    client = Client(raise_request_exception=False, headers={"Accept-Language": "en"})
    sign_in(client)
    assert client.get(ORDER).status_code == 200
    jaeger.asked.clear()
    return client


@contextmanager
def full() -> Iterator[None]:
    """Let the database have no page more than it has, and fill those."""
    with connection.cursor() as cursor:
        pages = cursor.execute("PRAGMA page_count").fetchone()[0]
        cursor.execute(f"PRAGMA max_page_count = {pages}")
        with pytest.raises(OperationalError, match="full"):
            fill()
        yield
        cursor.execute("PRAGMA max_page_count = 1000000")


def fill() -> None:
    for number in range(10_000):
        AccessRow.objects.create(person="x", seq=number, at=timezone.now(), more=0)


def said(answer: Any) -> str:
    return str(answer.content.decode())


def test_a_full_disk_serves_no_data_says_why_and_ends_by_itself(anna: Client, jaeger: FakeJaeger) -> None:
    with full():
        for path in (ORDER, "/now/", "/partners/P-77/", "/several/?ids=ORD-1"):
            answer = anna.get(path)
            assert (answer.status_code, "Retry-After" in answer.headers) == (503, True)
            assert "disk is full" in said(answer)
            assert "Tell DevOps" in said(answer)
        assert "Диск портала заполнен" in said(anna.get(ORDER, headers={"Accept-Language": "ru"}))
        assert anna.get("/orders/ORD-20398.json").json()["reason"] == "disk_full"
        assert anna.post("/search/", {"q": "ORD-20398"}).status_code == 503
        assert jaeger.asked == []
        assert anna.get("/help/").status_code == anna.get("/").status_code == 200, "what shows no data still works"
    assert anna.get(ORDER).status_code == 200


def test_a_full_disk_keeps_nobody_out_for_not_being_seen(anna: Client) -> None:
    with full():
        KeycloakSession.objects.update(last_seen_at=timezone.now() - timedelta(minutes=5))
        assert anna.get("/help/").status_code == 200


def test_a_locked_database_is_busy(anna: Client, own_database: Path, jaeger: FakeJaeger) -> None:
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA busy_timeout = 100")
    other = sqlite3.connect(own_database, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    answer = anna.get(ORDER)
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert "database is busy" in said(answer)
    assert jaeger.asked == []
    other.execute("ROLLBACK")
    other.close()
    assert anna.get(ORDER).status_code == 200


def test_a_locked_database_is_waited_for_once(anna: Client, own_database: Path) -> None:
    KeycloakSession.objects.update(last_seen_at=timezone.now() - timedelta(minutes=5))
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA busy_timeout = 100")
    other = sqlite3.connect(own_database, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    waited: list[str] = []

    def tell(execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
        try:
            return execute(sql, *rest)
        except OperationalError:
            waited.append(sql)
            raise

    with connection.execute_wrapper(tell):
        answer = anna.get(ORDER)
    assert (answer.status_code, "database is busy" in said(answer)) == (503, True)
    assert len(waited) == 1, waited
    other.close()


def test_a_lock_that_ends_in_time_is_waited_for(anna: Client, own_database: Path) -> None:
    other = sqlite3.connect(own_database, isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    end = Timer(0.5, other.execute, ("ROLLBACK",))
    end.start()
    assert anna.get(ORDER).status_code == 200
    end.join()
    other.close()


def test_a_deleted_file_takes_no_rows(anna: Client, own_database: Path, jaeger: FakeJaeger) -> None:
    own_database.rename(own_database.with_suffix(".away"))
    assert anna.get(ORDER).status_code == 503
    assert jaeger.asked == []
    own_database.with_suffix(".away").rename(own_database)
    assert anna.get(ORDER).status_code == 200


def test_a_file_that_was_put_in_its_place_is_taken_from_the_next_request_on(
    anna: Client, own_database: Path, migrated_file: Path
) -> None:
    rows = AccessRow.objects.count()
    with sqlite3.connect(own_database) as old, sqlite3.connect(own_database.with_suffix(".new")) as new:
        old.backup(new)
    own_database.with_suffix(".new").rename(own_database)
    for other in ("-wal", "-shm"):
        Path(f"{own_database}{other}").unlink(missing_ok=True)
    assert [anna.get(ORDER).status_code for _ in range(2)] == [503, 200]
    assert AccessRow.objects.count() == rows + 1


def test_a_file_that_may_only_be_read_takes_no_rows(anna: Client, own_database: Path, jaeger: FakeJaeger) -> None:
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA query_only = 1")
    assert anna.get(ORDER).status_code == 503
    assert jaeger.asked == []


def test_a_damaged_file_is_no_500(anna: Client, own_database: Path) -> None:
    connection.close()
    with own_database.open("r+b") as file:
        file.seek(4096)
        file.write(b"\xff" * (own_database.stat().st_size - 4096))
    assert anna.get(ORDER).status_code == 503
    assert anna.get("/orders/ORD-20398.json").json()["reason"] == "away"


def test_missing_tables_are_no_500(anna: Client, own_database: Path) -> None:
    connection.close()
    own_database.unlink()
    assert anna.get(ORDER).status_code == 503
