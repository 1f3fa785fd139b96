"""Grants: whether the database user that the portal signs in as could change the log's rows; PostgreSQL alone knows."""

import logging
from typing import Final

from django.db import Error, connection

from portal.access_log.triggers import TABLE

logger = logging.getLogger("portal.access_log")

_RIGHTS: Final = ("UPDATE", "DELETE", "TRUNCATE")
_ASKED: Final = f"""SELECT pg_has_role(relowner, 'USAGE'), {", ".join(["has_table_privilege(oid, %s)"] * len(_RIGHTS))}
  FROM pg_class WHERE oid = to_regclass(%s)"""  # noqa: S608 - own constants
_DO: Final = "let the portal sign in as a user who may only add rows: docs/operations.md, The access log"


def too_much() -> list[str]:
    """Return what this database user may do to the log beyond reading and adding, "OWNER" first.

    Empty as well where there is no such table yet, and on SQLite, which knows no users. Raises Django's database Error.
    """
    if connection.vendor != "postgresql":
        return []
    with connection.cursor() as cursor:
        cursor.execute(_ASKED, [*_RIGHTS, TABLE])
        held = cursor.fetchone() or ()
    return [right for right, has in zip(("OWNER", *_RIGHTS), held, strict=False) if has]


def tell() -> None:
    """Log what is too much, at the start of a worker; a database that does not answer stops no start."""
    try:
        found = too_much()
    except Error:
        logger.warning("the rights on the access log could not be read")
        return
    finally:
        connection.close()
    if found:
        logger.error("access_log_unprotected", extra={"fields": {"may": found, "do": _DO}})
