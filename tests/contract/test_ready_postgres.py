"""Readiness on a real PostgreSQL: it takes writes, it takes none, it is gone, it is back."""

import os
from collections.abc import Iterator

import pytest
from django.db.utils import ConnectionHandler
from pytest_django.plugin import DjangoDbBlocker

from portal import ops
from tests.contract import postgres_server
from tests.contract.postgres_server import OWNER, PostgresServer


@pytest.fixture(scope="module")
def server(django_db_blocker: DjangoDbBlocker) -> Iterator[PostgresServer]:
    where = postgres_server.binaries()
    if where is None:
        if os.environ.get("CI") == "true":
            pytest.fail("PostgreSQL is not installed")
        pytest.skip("PostgreSQL is not installed")
    with postgres_server.running(where) as made, django_db_blocker.unblock():
        yield made


def test_what_postgresql_can_do_is_what_readiness_says(server: PostgresServer, monkeypatch: pytest.MonkeyPatch) -> None:
    connection = ConnectionHandler({"default": server.settings()})["default"]
    monkeypatch.setattr(ops, "connection", connection)

    def said() -> str:
        found = ops.database()
        connection.close_if_unusable_or_obsolete()  # as Django does at the end of each request
        return found

    assert said() == ops.OK
    server.run(f"ALTER ROLE {OWNER} SET default_transaction_read_only = on")
    connection.close()
    assert said() == "read_only"
    server.run(f"ALTER ROLE {OWNER} RESET default_transaction_read_only")
    connection.close()
    assert said() == ops.OK
    server.stop()
    assert [said(), said()] == ["away", "away"]
    server.start()
    assert said() == ops.OK
    assert ops.disk() == ops.OK
    connection.close()
