"""Rows for the access log's tests."""

from datetime import UTC, datetime

from portal.access_log import rows
from portal.access_log.rows import Entry

NOW = datetime(2026, 9, 25, 12, 0, tzinfo=UTC)


def entry(person: str = "p-1", **changed: object) -> Entry:
    """Return a row's contents: an order's page, unless `changed`."""
    usual = {
        "username": f"name-of-{person}", "roles": "support", "session": "0123456789abcdef", "kind": "order",
        "form": "html", "meter": rows.PAGE, "ids": "ORD-20398", "more": 0, "address": "10.8.0.7",
        "request_id": "00112233aabbccdd",
    }  # fmt: skip
    return Entry(person=person, **(usual | changed))  # type: ignore[arg-type]


def write(now: datetime = NOW, person: str = "p-1", **changed: object) -> Entry:
    """Write a row and return what was written."""
    made = entry(person, **changed)
    rows.write(made, now)
    return made
