"""Probes: alive needs nothing, ready means that a request can be served; why not is told to the house alone."""

import logging
import sqlite3
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory, override_settings

from orders import wiring
from portal import ops
from portal.ops import BELIEVED, HANGING, OK, Health, Migrations, Readiness, Watch
from portal.sign_in import realm

HOUSE, STRANGER = "127.0.0.1", "203.0.113.9"


def unreached(request: HttpRequest) -> HttpResponse:
    raise AssertionError("passed on")


def ask(path: str, peer: str = HOUSE, method: str = "GET", health: Health | None = None) -> HttpResponse:
    answer = (health or Health(unreached))(RequestFactory().generic(method, path, REMOTE_ADDR=peer))
    assert isinstance(answer, HttpResponse)
    return answer


def told(checks: Mapping[str, str]) -> Health:
    health = Health(unreached)
    health.watch = Watch({name: lambda found=found: found for name, found in checks.items()})  # type: ignore[misc]
    return health


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A SQLite file that the checks take for the portal's."""
    path = tmp_path / "portal.sqlite3"
    with sqlite3.connect(path) as made:
        made.execute("PRAGMA journal_mode=WAL")
        made.execute("CREATE TABLE something (number integer)")
    made.close()
    monkeypatch.setitem(connection.settings_dict, "NAME", str(path))
    return path


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_alive_needs_neither_database_nor_session_nor_a_known_host(method: str) -> None:
    for headers in ({"host": "10.0.0.7:8300"}, {"host": "x.example"}, {"x-forwarded-proto": "http"}):
        browser = Client(headers=headers)
        with override_settings(SECURE_SSL_REDIRECT=True):
            answer = browser.generic(method, "/livez")
        assert (answer.status_code, answer.cookies) == (200, {})
        assert answer["Content-Type"] == "text/plain; charset=utf-8"
        assert answer["Cache-Control"] == "no-store, private"


@pytest.mark.parametrize("path", ["/livez", "/readyz"])
def test_probes_only_read(path: str) -> None:
    answer = ask(path, method="POST")
    assert (answer.status_code, answer["Allow"]) == (405, "GET, HEAD")


@pytest.mark.parametrize("path", ["/livez/", "/readyz/x", "/Livez", "//livez"])
def test_only_the_two_addresses_themselves_are_probes(path: str) -> None:
    with pytest.raises(AssertionError, match="passed on"):
        ask(path)


@pytest.mark.django_db
def test_a_working_portal_is_ready_and_tells_the_house_what_it_knows(file: Path) -> None:
    realm.forget()
    answer = Client(headers={"host": "10.0.0.7"}).get("/readyz", REMOTE_ADDR=HOUSE)
    said = answer.json()
    assert answer.status_code == 200
    assert said["ready"] is True
    assert said["checks"] == {"database": OK, "migrations": OK, "disk": OK}
    assert said["jaeger"] == {"breaker": "closed", "last_failure": ""}
    assert said["keycloak"] == "not_asked"
    assert isinstance(said["log_lines_dropped"], int)


def test_a_stranger_learns_yes_or_no_and_nothing_else() -> None:
    assert ask("/readyz", STRANGER, health=told({"database": OK})).content == b"ok\n"
    refused = ask("/readyz", STRANGER, health=told({"database": "disk_full"}))
    assert (refused.status_code, refused.content) == (503, b"not ready\n")
    assert b"disk_full" in ask("/readyz", HOUSE, health=told({"database": "disk_full"})).content
    with override_settings(HEALTH_NETWORKS=["203.0.113.0/24"]):
        assert b"disk_full" in ask("/readyz", STRANGER, health=told({"database": "disk_full"})).content


def test_behind_a_proxy_the_house_is_who_the_proxy_speaks_for() -> None:
    request = RequestFactory().get("/readyz", REMOTE_ADDR=HOUSE, headers={"x-forwarded-for": STRANGER})
    with override_settings(TRUSTED_PROXIES=[HOUSE]):
        answer = told({"database": "away"})(request)
    assert isinstance(answer, HttpResponse)
    assert answer.content == b"not ready\n"


def test_jaeger_and_keycloak_are_reported_and_make_nothing_unready(monkeypatch: pytest.MonkeyPatch) -> None:
    jaeger = wiring.jaeger()
    jaeger._breaker.open_for(30)
    monkeypatch.setattr(realm, "last_known", lambda: "unreachable")
    try:
        answer = ask("/readyz", health=told({"database": OK}))
    finally:
        wiring.forget()
    assert answer.status_code == 200
    assert b'"breaker": "open"' in answer.content
    assert b'"keycloak": "unreachable"' in answer.content


def test_draining_says_no_at_once_and_asks_nobody(tmp_path: Path) -> None:
    mark = tmp_path / "draining"
    health = told({"database": OK})
    with override_settings(DRAINING_FILE=str(mark)):
        assert ask("/readyz", health=health).status_code == 200
        mark.touch()
        answer = ask("/readyz", health=health)
        assert (answer.status_code, b'"draining": "yes"' in answer.content) == (503, True)
        assert ask("/livez", health=health).status_code == 200
        mark.unlink()
        assert ask("/readyz", health=health).status_code == 200


def test_a_database_that_takes_writes_is_not_written_to(file: Path) -> None:
    before = {path.name: path.read_bytes() for path in file.parent.iterdir() if not path.name.endswith("-shm")}
    assert ops.database() == OK
    after = {path.name: path.read_bytes() for path in file.parent.iterdir() if not path.name.endswith("-shm")}
    assert {name: text for name, text in after.items() if text} == {name: text for name, text in before.items() if text}


def test_a_missing_file_is_away_and_is_not_made(file: Path) -> None:
    file.unlink()
    assert ops.database() == "away"
    assert not file.exists()


def test_a_damaged_file_is_away(file: Path) -> None:
    file.write_bytes(b"no database at all" * 100)
    assert ops.database() == "away"


def test_a_locked_database_is_busy(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ops, "BUSY", 0.05)
    other = sqlite3.connect(file, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    assert ops.database() == "busy"
    other.execute("ROLLBACK")
    other.close()
    assert ops.database() == OK


class Answering:
    """A PostgreSQL that gives one answer, or raises."""

    vendor = "postgresql"
    settings_dict: Mapping[str, str] = {"NAME": "orders"}

    def __init__(self, said: object) -> None:
        self.said = said

    def cursor(self) -> "Answering":
        return self

    def __enter__(self) -> "Answering":
        return self

    def __exit__(self, *_: object) -> None: ...

    def execute(self, statement: str) -> None:
        if isinstance(self.said, Exception):
            raise self.said
        assert statement == "SHOW transaction_read_only"

    def fetchone(self) -> tuple[object]:
        return (self.said,)


@pytest.mark.parametrize(
    ("said", "found"),
    [("off", OK), ("on", "read_only"), (OperationalError("connection refused"), "away"),
     (OperationalError("FATAL: sorry, too many clients already"), "busy")],
)  # fmt: skip
def test_postgresql_is_asked_whether_it_takes_writes(said: object, found: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ops, "connection", Answering(said))
    assert ops.database() == found


@pytest.mark.django_db
def test_missing_migrations_say_no_until_they_are_applied(monkeypatch: pytest.MonkeyPatch) -> None:
    missing = [True]
    real = ops._unapplied
    assert real() is False
    monkeypatch.setattr(ops, "_unapplied", lambda: missing[0])
    migrations = Migrations()
    assert migrations() == "missing"
    missing[0] = False
    assert migrations() == OK
    missing[0] = True
    assert migrations() == OK  # nobody is asked again


def test_without_a_database_nothing_is_said_of_migrations_but_missing(file: Path) -> None:
    file.unlink()
    assert Migrations()() == "missing"
    assert not file.exists()


def test_a_disk_that_is_nearly_full_says_no(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Usage:
        total, free = 1000, 49

    with override_settings(VAR_DIR=tmp_path):
        monkeypatch.setattr("shutil.disk_usage", lambda place: Usage)
        assert ops.disk() == "4.9 % free"
        Usage.free = 50
        assert ops.disk() == OK
    with override_settings(VAR_DIR=tmp_path / "none"):
        Usage.free = 0
        assert ops.disk() == OK  # nothing of the portal's is on a disk of this machine


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def test_however_often_it_is_asked_the_database_is_tried_once_a_second() -> None:
    clock, tried = Clock(), []

    def database() -> str:
        tried.append(clock.now)
        return OK

    watch = Watch({"database": database}, clock)
    for _ in range(1_000):
        assert watch.look().ready
    assert len(tried) == 1
    clock.now += BELIEVED
    watch.look()
    assert len(tried) == 2


def test_while_a_look_hangs_the_others_are_answered_and_after_a_while_with_no() -> None:
    clock, going, stop = Clock(), threading.Event(), threading.Event()
    hangs: list[bool] = []

    def database() -> str:
        if hangs:
            going.set()
            stop.wait(20)
        return OK

    watch = Watch({"database": database}, clock)
    assert watch.look().ready
    hangs.append(True)
    clock.now += BELIEVED
    thread = threading.Thread(target=watch.look)
    thread.start()
    assert going.wait(20)
    assert watch.look().ready
    clock.now += HANGING
    assert watch.look().checks == {"database": OK, "looking": "hangs"}
    assert thread.is_alive(), "they waited for the one that hangs"
    stop.set()
    thread.join()
    assert watch.look().ready


def test_a_change_is_logged_once_with_its_reason(caplog: pytest.LogCaptureFixture) -> None:
    clock, found = Clock(), [OK]
    watch = Watch({"disk": lambda: found[0]}, clock)
    with caplog.at_level(logging.INFO, "portal.ops"):
        for said in (OK, OK, "4.0 % free", "3.9 % free", OK):
            found[0] = said
            clock.now += BELIEVED
            watch.look()
    fields: list[Any] = [vars(record)["fields"] for record in caplog.records]
    assert fields == [
        {"ready": True, "wrong": []},
        {"ready": False, "wrong": ["disk: 4.0 % free"]},
        {"ready": True, "wrong": []},
    ]
    assert not Readiness({"disk": "4.0 % free"}).ready
