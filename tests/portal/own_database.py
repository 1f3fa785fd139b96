"""A SQLite file of the test's own, set up as in production: WAL, immediate transactions, several connections."""

import shutil
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection, connections
from pytest_django.plugin import DjangoDbBlocker

OPTIONS: dict[str, Any] = {
    "transaction_mode": "IMMEDIATE",
    "timeout": 30,  # seconds: many threads at once wait for each other on a busy machine
    "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA secure_delete=ON;",
}


def on_file(file: Path) -> AbstractContextManager[None]:
    """Let the default database be this SQLite file."""
    return on(NAME=str(file), OPTIONS=OPTIONS, CONN_MAX_AGE=None)


@contextmanager
def on(**changed: object) -> Iterator[None]:
    """Let the default database be another one, in this thread and in those that begin now."""
    usual, settings = connections["default"], connections.settings["default"]
    before = dict(settings)
    settings.update(changed)
    connections["default"] = connections.create_connection("default")
    try:
        yield
    finally:
        connection.close()
        settings.clear()
        settings.update(before)
        connections["default"] = usual


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory, django_db_blocker: DjangoDbBlocker) -> Path:
    file: Path = tmp_path_factory.mktemp("database") / "empty.sqlite3"
    with django_db_blocker.unblock(), on_file(file):
        call_command("migrate", verbosity=0, interactive=False)
    return file


@pytest.fixture
def own_database(tmp_path: Path, migrated_file: Path, django_db_blocker: DjangoDbBlocker) -> Iterator[Path]:
    """Give the path of a file with all tables and triggers that is the default database during the test."""
    file = tmp_path / "portal.sqlite3"
    shutil.copy(migrated_file, file)
    with django_db_blocker.unblock(), on_file(file):
        yield file
