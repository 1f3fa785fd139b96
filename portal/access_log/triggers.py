"""Triggers: what makes the access log append-only inside the database, for SQLite and for PostgreSQL.

PostgreSQL lets a DELETE pass only in a transaction that has set `portal.purge_before`, only for rows before that
instant, and never for rows of the last day. SQLite knows no such setting: its purge takes the trigger away and puts
it back within its one transaction. Who owns the table or the file can always do more; the seals then tell
(portal.access_log.chain).
"""

from typing import Final

from django.db.backends.base.base import BaseDatabaseWrapper

TABLE: Final = "portal_accessrow"
_SQLITE: Final = tuple(
    f"CREATE TRIGGER access_no_{event} BEFORE {event} ON {TABLE} BEGIN "
    "SELECT RAISE(ABORT, 'the access log is only added to'); END"
    for event in ("update", "delete")
)
_POSTGRES: Final = (
    """
CREATE OR REPLACE FUNCTION access_only_added_to() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' THEN
    IF OLD.at < nullif(current_setting('portal.purge_before', true), '')::timestamptz
       AND OLD.at < now() - interval '1 day' THEN
      RETURN OLD;
    END IF;
  END IF;
  RAISE EXCEPTION 'the access log is only added to' USING ERRCODE = 'insufficient_privilege';
END $$""",
    f"""CREATE TRIGGER access_no_change BEFORE UPDATE OR DELETE ON {TABLE}
FOR EACH ROW EXECUTE FUNCTION access_only_added_to()""",
    f"""CREATE TRIGGER access_no_truncate BEFORE TRUNCATE ON {TABLE}
FOR EACH STATEMENT EXECUTE FUNCTION access_only_added_to()""",
)
_GONE: Final = {
    "sqlite": tuple(f"DROP TRIGGER access_no_{event}" for event in ("update", "delete")),
    "postgresql": (
        f"DROP TRIGGER access_no_change ON {TABLE}",
        f"DROP TRIGGER access_no_truncate ON {TABLE}",
        "DROP FUNCTION access_only_added_to()",
    ),
}


def put(connection: BaseDatabaseWrapper) -> None:
    """Create the triggers of this database."""
    _run(connection, _SQLITE if connection.vendor == "sqlite" else _POSTGRES)


def take_away(connection: BaseDatabaseWrapper) -> None:
    """Drop them: for a migration backwards, and for SQLite's purge within its transaction."""
    _run(connection, _GONE[connection.vendor])


def _run(connection: BaseDatabaseWrapper, statements: tuple[str, ...]) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
