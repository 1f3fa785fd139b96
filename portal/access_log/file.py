"""File: a SQLite file that was deleted or replaced under an open connection takes rows that nobody will ever read."""

from pathlib import Path
from typing import Any, Final

from django.db import OperationalError
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created

_SEEN: Final = "portal_file"  # on each open connection: device and inode of its file, None where there is none


def must_be_there(connection: BaseDatabaseWrapper) -> None:
    """Raise OperationalError unless the file that this connection writes to still stands under its name.

    Databases without a file pass. Costs one stat.
    """
    if connection.vendor != "sqlite" or (connection.connection is None):
        return
    seen: tuple[int, int] | None = getattr(connection, _SEEN, None)
    if seen is not None and seen != _identity(connection):
        raise OperationalError("the database file was deleted or replaced")


def _remember(sender: object, connection: BaseDatabaseWrapper, **kwargs: Any) -> None:
    if connection.vendor == "sqlite":
        setattr(connection, _SEEN, _identity(connection))


def _identity(connection: BaseDatabaseWrapper) -> tuple[int, int] | None:
    name = str(connection.settings_dict["NAME"])
    if ":memory:" in name or "mode=memory" in name:
        return None
    try:
        found = Path(name).stat()
    except OSError:
        return (0, 0)
    return (found.st_dev, found.st_ino)


connection_created.connect(_remember, dispatch_uid="portal.access_log.file")
