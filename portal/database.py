"""Why the database did not do what it was asked: full, busy or away; the same words for SQLite and PostgreSQL."""

from typing import Final

from django.db import DatabaseError, InterfaceError, InternalError, OperationalError

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
