"""Grants without a PostgreSQL: what is told of what was found. tests/contract/test_access_log_postgres.py has one."""

from typing import Any

import pytest
from django.db import OperationalError, connection

from portal.access_log import grants


@pytest.fixture(autouse=True)
def stays_open(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "close", lambda: None)


def test_sqlite_knows_no_users(caplog: pytest.LogCaptureFixture) -> None:
    grants.tell()
    assert caplog.records == []


@pytest.mark.parametrize("held", [["OWNER", "UPDATE"], []])
def test_too_much_is_an_error_with_what_to_do(
    held: list[str], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(grants, "too_much", lambda: held)
    grants.tell()
    said: list[Any] = [(one.levelname, one.getMessage(), one.fields["may"]) for one in caplog.records]  # type: ignore[attr-defined]
    assert said == [("ERROR", "access_log_unprotected", held)] * bool(held)


def test_a_database_that_is_away_stops_no_start(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def away() -> list[str]:
        raise OperationalError("away")

    monkeypatch.setattr(grants, "too_much", away)
    grants.tell()
    assert [one.levelname for one in caplog.records] == ["WARNING"]
