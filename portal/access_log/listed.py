"""Listed: the rows of the log as its page and its CSV file show them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from django.utils.translation import gettext_lazy, pgettext_lazy

from orders.journey.spans import SECOND
from orders.wording.times import iso
from portal.models import AccessRow

COLUMNS: Final = ("at", "user_name", "person", "roles", "what", "form", "ids", "further_entries", "address", "session",
                  "request_id", "seq", "mac", "more_rows")  # fmt: skip
KIND_WORDS: Final = {
    "order": pgettext_lazy("access", "an order"),
    "spans": pgettext_lazy("access", "an order's events"),
    "now": pgettext_lazy("access", "orders on the home page"),
    "search": pgettext_lazy("access", "a search"),
    "list": pgettext_lazy("access", "a list of orders"),
    "partner": pgettext_lazy("access", "a partner's orders"),
    "model": pgettext_lazy("access", "a model's orders"),
    "customer": pgettext_lazy("access", "a customer's orders"),
    "jaeger": pgettext_lazy("access", "Jaeger"),
    "log": pgettext_lazy("access", "the access log"),
    "purge": pgettext_lazy("access", "old rows removed"),
    "other": pgettext_lazy("access", "something else"),
}
FORM_WORDS: Final = {
    "html": "",
    "part": "",
    "refresh": gettext_lazy("live refresh"),
    "json": "JSON",
    "csv": "CSV",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One row as the page shows it."""

    at: int  # nanoseconds
    username: str
    person: str
    roles: str
    what: str
    form: str
    ids: tuple[str, ...]
    more: int
    address: str
    request_id: str


def line_of(row: AccessRow) -> Line:
    """Return a row's line."""
    return Line(
        at=instant_of(row.at),
        username=row.username,
        person=row.person,
        roles=row.roles.replace(" ", ", "),
        what=str(KIND_WORDS.get(row.kind, row.kind)),
        form=str(FORM_WORDS.get(row.form, row.form)),
        ids=tuple(row.ids.split()),
        more=row.more,
        address=row.address,
        request_id=row.request_id,
    )


def instant_of(at: datetime) -> int:
    """Return an instant in nanoseconds, exactly."""
    since = at - datetime(1970, 1, 1, tzinfo=UTC)
    return (since.days * 86_400 + since.seconds) * SECOND + since.microseconds * 1_000


def file_rows(rows: Iterable[AccessRow], left_out: int) -> list[list[object]]:
    """Return the header and a line for each row, for CSV; `left_out` is how many rows more would fit."""
    lines = ([iso(instant_of(row.at)), row.username, row.person, row.roles, row.kind, row.form, row.ids, row.more,
              row.address, row.session, row.request_id, row.seq, row.mac, left_out] for row in rows)  # fmt: skip
    return [list(COLUMNS), *lines]
