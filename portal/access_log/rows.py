"""Rows: one answer is counted against its limit, sealed and written, all in one transaction; `now` is an argument."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from typing import Any, Final

from django.conf import settings
from django.db import DatabaseError, connection, transaction

from portal.access_log import chain, file
from portal.access_log.errors import NotRecordedError, TooManyError
from portal.access_log.triggers import TABLE
from portal.database import reason_of
from portal.models import AccessRow

PAGE, SEARCH, EXPORT, REFRESH, JAEGER = "page", "search", "export", "refresh", "jaeger"
_WINDOWS: Final[Mapping[str, int]] = {PAGE: 60, SEARCH: 60, EXPORT: 3600, REFRESH: 60, JAEGER: 60}  # seconds
_COLUMNS: Final = ("person", "seq", "at", "username", "roles", "session", "kind", "form", "meter", "cost", "ids",
                   "more", "address", "request_id", "mac")  # fmt: skip
_NOT_YET: Final = datetime(1970, 1, 1, tzinfo=UTC)
_IDS: Final = 10  # so many ids in a list count as one search more: a list shows as much as that many pages
_STANDING: Final = f"""SELECT
  (SELECT coalesce(sum(cost), 0) FROM {TABLE} WHERE person = %s AND meter = %s AND at > %s AND at <= %s), seq, mac
  FROM {TABLE} WHERE person = %s ORDER BY seq DESC LIMIT 1"""  # noqa: S608 - own constants
_INSERT: Final = f"INSERT INTO {TABLE} ({', '.join(_COLUMNS)}) VALUES ({', '.join(['%s'] * len(_COLUMNS))})"  # noqa: S608 - table and columns are named here


@dataclass(slots=True, kw_only=True)
class Entry:
    """What a row says; `seq`, `at` and `mac` are filled in when it is written."""

    person: str
    username: str
    roles: str
    session: str
    kind: str
    form: str
    meter: str
    ids: str
    more: int
    address: str
    request_id: str
    cost: int = 1
    seq: int = 0
    at: datetime = _NOT_YET
    mac: str = ""


def limit_of(meter: str) -> int:
    """Return how many answers of a meter one person gets in its window; 0 for a meter without a limit."""
    limits = {
        PAGE: settings.RATE_PAGES_PER_MINUTE,
        SEARCH: settings.RATE_SEARCHES_PER_MINUTE,
        EXPORT: settings.RATE_EXPORTS_PER_HOUR,
        REFRESH: settings.RATE_REFRESHES_PER_MINUTE,
        JAEGER: settings.RATE_JAEGER_PER_MINUTE,
    }
    return int(limits.get(meter, 0))


def write(entry: Entry, now: datetime) -> None:
    """Write the row of an answer that is about to be given at `now`, and fill in its number, time and seal.

    Counting and writing happen under the database's own lock (SQLite has one writer, PostgreSQL a lock for each
    person), so that no number of workers gives one answer too many.

    Raises TooManyError where the person's limit is reached, NotRecordedError where there is no row for any reason.
    """
    try:
        file.must_be_there(connection)
        with transaction.atomic():
            lock(entry.person)
            append(entry, now)
    except DatabaseError as error:
        raise NotRecordedError(reason_of(error)) from error


def lock(person: str) -> None:
    """Hold back every other row of this person until the transaction ends; SQLite has one writer anyway."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_lock_of(person)])


def append(entry: Entry, now: datetime) -> None:
    """Count, seal and write within a transaction that holds the person's lock; raises TooManyError."""
    since, until = (_stored(now + timedelta(seconds=_WINDOWS.get(entry.meter, 0) * way)) for way in (-1, 1))
    with connection.cursor() as cursor:
        cursor.execute(_STANDING, [entry.person, entry.meter, since, until, entry.person])
        count, seq, before = cursor.fetchone() or (0, 0, "")
        limit = limit_of(entry.meter)
        if limit and count >= limit:
            raise TooManyError(entry.meter, _wait(entry, now, limit))
        entry.seq, entry.at = seq + 1, now
        entry.mac = chain.seal(entry, before, chain.current_key())
        values = [getattr(entry, name) for name in _COLUMNS]
        values[2] = _stored(now)
        cursor.execute(_INSERT, values)


def opened(entry: Entry, now: datetime) -> bool:
    """Return whether the person opened in this sitting what a page now says it asks for by itself.

    Raises NotRecordedError where the rows cannot be read.
    """
    mine = AccessRow.objects.filter(person=entry.person, meter__in=(PAGE, SEARCH), session=entry.session)
    try:
        return mine.filter(kind=entry.kind, ids=entry.ids, at__gt=now - timedelta(days=1)).exists()
    except DatabaseError as error:
        raise NotRecordedError(reason_of(error)) from error


def cost_of(entry: Entry, now: datetime) -> int:
    """Return how many answers this one counts for: a list once more for every ten ids it shows.

    Anything else counts once, and so does a list that the person opened in this sitting: sorted, filtered or opened
    again it shows nothing new. Raises NotRecordedError where the rows cannot be read.
    """
    whole = 1 + entry.ids.count(" ") // _IDS if (entry.kind, entry.meter) == ("list", SEARCH) else 1
    return 1 if whole > 1 and opened(entry, now) else whole


def _wait(entry: Entry, now: datetime, limit: int) -> int:
    """Return after how many seconds, rounded up, the next answer is free: when the row that fills it is too old."""
    window = timedelta(seconds=_WINDOWS[entry.meter])
    mine = AccessRow.objects.filter(person=entry.person, meter=entry.meter, at__gt=now - window, at__lte=now + window)
    spent, oldest = 0, now
    for oldest, cost in mine.order_by("-at").values_list("at", "cost")[:limit]:  # noqa: B007 - the last one counts
        spent += cost
        if spent >= limit:
            break
    return max(1, min(_WINDOWS[entry.meter], math.ceil((oldest + window - now).total_seconds())))


def _stored(at: datetime) -> Any:
    return connection.ops.adapt_datetimefield_value(at)


def _lock_of(person: str) -> int:
    """Return the number of a person's lock in PostgreSQL: 63 bits of a hash; two that meet only wait for each other."""
    return int.from_bytes(blake2b(person.encode(), digest_size=8, person=b"access-log").digest()) >> 1
