"""File: a SQLite file that was deleted or replaced under an open connection takes rows that nobody will ever read."""

from pathlib import Path
from typing import Any, Final

from django.db import OperationalError
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created

_SEEN: Final = "portal_file"  # on each open connection: device and inode of its file, None where there is none

_NO_FILE: Final = (0, 0)


def must_be_there(connection: BaseDatabaseWrapper) -> None:
    """Raise OperationalError unless the file that this connection writes to still stands under its name.

    Where another file stands there (a backup put back), the next request opens that one. Where none does, the
    connection stays: a new one would make an empty file. Databases without a file pass. Costs one stat.
    """
    if connection.vendor != "sqlite" or (connection.connection is None):
        return
    seen: tuple[int, int] | None = getattr(connection, _SEEN, None)
    now = _identity(connection)
    if seen is None or seen == now:
        return
    if now != _NO_FILE:
        connection.close()
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
        return _NO_FILE
    return (found.st_dev, found.st_ino)


connection_created.connect(_remember, dispatch_uid="portal.access_log.file")
