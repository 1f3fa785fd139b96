"""Database: why it did not do what it was asked (full, busy, away), and how deleted rows leave its files."""

import time
from typing import Final

from django.db import DatabaseError, InterfaceError, InternalError, OperationalError, connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created

PATIENCE: Final = 5  # seconds that a page waits for the database
FULL, BUSY, AWAY = "disk_full", "busy", "away"
_STATES: Final = {  # PostgreSQL's SQLSTATE
    "53100": FULL,  # disk_full
    "53300": BUSY,  # too_many_connections
    "55P03": BUSY,  # lock_not_available
    "57014": BUSY,  # query_canceled: the statement's time was up
}


def reason_of(error: BaseException) -> str:
    """Return FULL (no space left), BUSY (locked, out of connections, too slow) or AWAY (everything else)."""
    cause = error.__cause__ or error
    state = str(getattr(cause, "sqlstate", None) or "")
    text = str(error).lower()
    if state in _STATES:
        return _STATES[state]
    if "disk is full" in text or "no space left" in text:
        return FULL
    return BUSY if "locked" in text or "too many clients" in text else AWAY


def is_outage(error: BaseException | None) -> bool:
    """Return whether an error says that the database cannot serve now, and not that the code asked nonsense.

    SQLite reports a damaged file by the bare DatabaseError.
    """
    known = isinstance(error, OperationalError | InterfaceError | InternalError)
    return known or type(error) is DatabaseError


def hurry() -> None:
    """Let no statement of this process take longer than PATIENCE on PostgreSQL; SQLite's lock has its own time-out.

    For workers alone: a migration or a purge may take as long as it needs.
    """
    connection_created.connect(_hurry, dispatch_uid="portal.database")


def _hurry(sender: object, connection: BaseDatabaseWrapper, **kwargs: object) -> None:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"SET statement_timeout = '{PATIENCE}s'")


class NotForgottenError(RuntimeError):
    """Rows are deleted, and the file still holds their bytes; the message says what to do."""


def forget_for_good(*tables: str, patience: float = 5.0) -> None:
    """Take the bytes of deleted rows out of the database's files.

    SQLite overwrote them when it deleted (secure_delete); what is left stands in the write-ahead log, which is emptied
    here. PostgreSQL frees their place for new rows (VACUUM); docs/operations.md says how to be rid of them at once.

    Raises NotForgottenError where readers keep SQLite's log in use for `patience` seconds.
    """
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET statement_timeout = 0")
            for table in tables:
                cursor.execute(f"VACUUM {connection.ops.quote_name(table)}")
            return
        until = time.monotonic() + patience
        while cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]:
            if time.monotonic() > until:
                raise NotForgottenError("somebody reads the database all the time: run the command again")
            time.sleep(0.05)
