"""Purge: removes rows of the log that are older than they may become, and says so in the log itself.

Every person who loses rows gets a row of kind "purge" at the end of their chain: it names the last number that went and
its seal, so that a check can tell what a purge took from what somebody else did. Where nothing but such rows is left of
a person, they go as well. Rows go from the beginning of a chain alone: no purge leaves a hole.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Max, Min, QuerySet

from portal.access_log import rows, triggers
from portal.access_log.filters import PURGE
from portal.access_log.rows import Entry
from portal.database import forget_for_good
from portal.models import AccessRow

LEAST: Final = timedelta(days=1)  # PostgreSQL's trigger keeps the last day whatever it is told


def limit(now: datetime) -> datetime:
    """Return the instant before which rows are too old."""
    return now - max(timedelta(days=settings.ACCESS_LOG_DAYS), LEAST)


def too_old(now: datetime) -> int:
    """Return how many rows are too old at `now`."""
    return AccessRow.objects.filter(at__lt=limit(now)).count()


def purge(now: datetime) -> int:
    """Remove the rows that are too old at `now`, for good; return how many went.

    One transaction for each person, so that nobody's page waits for long. Raises DatabaseError where this database
    user may not (PostgreSQL's portal user may only add), NotForgottenError where the file still holds their bytes.
    """
    count = sum(_purge_of(person, limit(now), now) for person in _people(limit(now)))
    if count:
        forget_for_good(triggers.TABLE)
    return count


def _people(before: datetime) -> Iterator[str]:
    old = AccessRow.objects.filter(at__lt=before)
    yield from list(old.values_list("person", flat=True).distinct().order_by("person"))


def _purge_of(person: str, before: datetime, now: datetime) -> int:
    mine = AccessRow.objects.filter(person=person)
    with transaction.atomic():
        rows.lock(person)
        first_kept = mine.filter(at__gte=before).aggregate(seq=Min("seq"))["seq"]
        going = mine.filter(seq__lt=first_kept) if first_kept else mine
        last = going.aggregate(seq=Max("seq"))["seq"]
        if last is None:
            return 0
        if first_kept or going.exclude(kind=PURGE).exists():
            rows.append(_mark(mine.get(seq=last)), now)
        return _delete(mine.filter(seq__lte=last), before)


def _mark(last: AccessRow) -> Entry:
    """Return the row that says up to where a person's rows went."""
    return Entry(
        person=last.person, username=last.username, roles="", session="", kind=PURGE, form="", meter="",
        ids=f"{last.seq} {last.mac}", more=0, address="", request_id="",
    )  # fmt: skip


def _delete(going: QuerySet[AccessRow], before: datetime) -> int:
    """Remove rows past the triggers: see portal.access_log.triggers."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('portal.purge_before', %s, true)", [before.isoformat()])
        return going.delete()[0]
    triggers.take_away(connection)
    count = going.delete()[0]
    triggers.put(connection)
    return count
