"""Trail: from a request to its row, and to the same line in the JSON log, where a copy lives outside."""

import logging
from collections.abc import Iterable
from datetime import datetime

from django.http import HttpRequest

from portal.access_log import rows
from portal.access_log.errors import NotRecordedError
from portal.access_log.routes import Route, form_of, ids_of, meter_of
from portal.access_log.rows import REFRESH, Entry
from portal.logs import request_id
from portal.network import client_address
from portal.sign_in.middleware import portal_user

logger = logging.getLogger("portal.access_log")


def record(request: HttpRequest, *, what: str, ids: Iterable[str], now: datetime, meter: str = "") -> None:
    """Write that the signed-in person is about to be shown `what` (a kind of portal.access_log.routes) of `ids`.

    `meter` names the limit it counts against, "" for none. What among `ids` is no id is counted and not kept. No such
    row is a live refresh, whatever the request says of itself: nobody looks here whether it was opened before.

    Raises NotRecordedError where the row could not be written (then nothing may be shown), TooManyError where the
    person's limit is reached.
    """
    form = form_of(request)
    _write(_entry(request, what, ids, "part" if form == REFRESH else form, meter), now)


def record_route(request: HttpRequest, route: Route, kwargs: dict[str, object], now: datetime) -> None:
    """Write the row of a view that is about to be called; raises as `record` does.

    That a page asks by itself is its own claim, and such rows are hidden from the log's page at first: it is believed
    only of what was opened before.
    """
    form = form_of(request)
    entry = _entry(request, route.kind, route.asked(request, kwargs), form, meter_of(route, form))
    if form == REFRESH and not rows.opened(entry, now):
        entry.form, entry.meter = "part", meter_of(route, "part")
    entry.cost = rows.cost_of(entry, now)
    _write(entry, now)


def _write(entry: Entry, now: datetime) -> None:
    rows.write(entry, now)
    logger.info("access", extra={"fields": fields_of(entry)})


def fields_of(entry: Entry) -> dict[str, object]:
    """Return the row as the fields of its line; the line itself names the request.

    `manage.py check_access_log --log` compares them with the table.
    """
    return {
        "person": entry.person,
        "seq": entry.seq,
        "at": f"{entry.at:%Y-%m-%dT%H:%M:%S.%f}Z",
        "username": entry.username,
        "roles": entry.roles.split(),
        "session": entry.session,
        "what": entry.kind,
        "form": entry.form,
        "ids": entry.ids.split(),
        "more": entry.more,
        "address": entry.address,
        "mac": entry.mac,
    }


def _entry(request: HttpRequest, what: str, asked: Iterable[str], form: str, meter: str) -> Entry:
    person, row = portal_user(request), getattr(request, "keycloak_row", None)
    if person is None:
        raise NotRecordedError("nobody")
    ids, more = ids_of(asked)
    return Entry(
        person=person.sub,
        username=person.username,
        roles=" ".join(sorted(person.roles)),
        session=row.session_hash[:16] if row else "",
        kind=what,
        form=form,
        meter=meter,
        ids=ids,
        more=more,
        address=client_address(request)[:45],
        request_id=request_id()[:64],
    )
