"""Filters: what the log's page may be asked for, read from its address; what cannot be read is no filter."""

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final
from urllib.parse import urlencode

from django.core.exceptions import TooManyFieldsSent
from django.db.models import Q, QuerySet
from django.http import QueryDict

from orders.wording.times import Zone
from portal.access_log.routes import KINDS, is_id
from portal.access_log.rows import REFRESH
from portal.models import AccessRow

FILES: Final = "files"  # of the kinds to choose from: whatever left as CSV or JSON
PURGE: Final = "purge"
_REQUEST: Final = re.compile(r"[0-9a-f]{16}|[0-9a-f]{32}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")  # or a UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """What is wanted: empty fields want everything. `before` (a row's number) goes on where a page ended."""

    who: str = ""  # a user name or Keycloak's id that the log knows
    id: str = ""
    request: str = ""  # a request id, as pages of errors show it
    kind: str = ""
    first: date | None = None
    last: date | None = None
    refreshes: bool = False
    before: int | None = None

    def query(self, **changed: object) -> str:
        """Return the filter as a query without a question mark, some fields `changed` (None or "" drops one)."""
        fields = {"who": self.who, "id": self.id, "request": self.request, "kind": self.kind, "from": self.first,
                  "to": self.last, "refreshes": 1 if self.refreshes else "", **changed}  # fmt: skip
        return urlencode({name: str(value) for name, value in fields.items() if value})


def filter_of(asked: QueryDict) -> Filter:
    """Return the filter in a query; nothing of it is repeated on the page that was not understood."""
    kind, before = asked.get("kind", ""), asked.get("before", "")
    request = asked.get("request", "").strip()
    wanted, who = asked.get("id", "").strip(), asked.get("who", "").strip()[:255]
    return Filter(
        who=who if who and _people(who).exists() else "",
        id=wanted if is_id(wanted) else "",
        request=request if _REQUEST.fullmatch(request) else "",
        kind=kind if kind in {*KINDS, FILES} else "",
        first=_day(asked.get("from", "")),
        last=_day(asked.get("to", "")),
        refreshes=asked.get("refreshes") == "1",
        before=int(before) if before.isascii() and before.isdecimal() and len(before) < 18 else None,
    )


def unread_of(asked: QueryDict, read: Filter) -> bool:
    """Return whether a person, number or request was asked for that the log does not know."""
    read_of = {"who": read.who, "id": read.id, "request": read.request}
    return any(asked.get(name, "").strip() and not found for name, found in read_of.items())


def shared(query: str) -> str:
    """Return of a query what may wait in a session while its reader signs in: all that is understood but the person.

    Who that is only the database can tell, and it is not asked by strangers.
    """
    try:
        asked = QueryDict(query, mutable=True)
    except TooManyFieldsSent:
        return ""
    asked.pop("who", None)
    return filter_of(asked).query()


def rows_of(wanted: Filter, zone: Zone) -> QuerySet[AccessRow]:
    """Return the rows that fit, newest first; days begin and end in the reader's zone."""
    found = _people(wanted.who) if wanted.who else AccessRow.objects.all()
    if wanted.id:
        inside = Q(ids__startswith=f"{wanted.id} ") | Q(ids__endswith=f" {wanted.id}")
        found = found.filter(Q(ids=wanted.id) | inside | Q(ids__contains=f" {wanted.id} "))
    found = found.filter(request_id=wanted.request) if wanted.request else found
    found = found.filter(**_days(wanted, zone))
    if wanted.kind == FILES:
        found = found.filter(form__in=("csv", "json"))
    else:
        found = found.filter(kind=wanted.kind) if wanted.kind else found.exclude(kind=PURGE)
    if not wanted.refreshes:
        found = found.exclude(form=REFRESH)
    return found.order_by("-id")


def _people(who: str) -> QuerySet[AccessRow]:
    return AccessRow.objects.filter(Q(username__iexact=who) | Q(person__iexact=who))


def _days(wanted: Filter, zone: Zone) -> dict[str, datetime]:
    limits = {}
    if wanted.first:
        limits["at__gte"] = datetime.combine(wanted.first, time(), zone.info)
    if wanted.last:
        limits["at__lt"] = datetime.combine(wanted.last + timedelta(days=1), time(), zone.info)
    return limits


def _day(text: str) -> date | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if 2000 <= day.year < 2100 else None
