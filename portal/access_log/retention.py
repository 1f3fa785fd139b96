"""Retention: whether rows stay longer than they may, which happens where nobody runs the purge."""

import logging
from datetime import datetime, timedelta
from typing import Final

from django.db import DatabaseError
from django.db.models import Min

from portal.access_log.purge import limit
from portal.access_log.seldom import Seldom
from portal.models import AccessRow

logger = logging.getLogger("portal.access_log")

SLACK: Final = timedelta(days=1)  # a purge may miss its hour


class Retention:
    """What this process last found; it looks at most once a minute and warns at most once an hour."""

    def __init__(self) -> None:
        self._looks, self._words = Seldom(seconds=60), Seldom(seconds=3600)
        self._overdue: int | None = None

    def look(self, now: datetime) -> None:
        """Look at the oldest row; a database that cannot be read changes nothing that is known."""
        if not self._looks.is_due("", now):
            return
        try:
            self._overdue = days_overdue(now)
        except DatabaseError:
            logger.warning("the age of the access log's oldest row could not be read")
            return
        if self._overdue and self._words.is_due("", now):
            fields = {"days_overdue": self._overdue, "do": "run manage.py purge_access_log by a timer"}
            logger.warning("access_log_not_purged", extra={"fields": fields})

    def last_known(self) -> dict[str, int | None]:
        """Return by how many days the oldest row is overdue, 0 for none, None where nobody looked yet."""
        return {"days_overdue": self._overdue}


def days_overdue(now: datetime) -> int:
    """Return by how many days, begun ones counted, the oldest row is older than rows may become; 0 within a day."""
    oldest, least = AccessRow.objects.aggregate(at=Min("at"))["at"], limit(now)
    return (least - oldest).days + 1 if oldest is not None and oldest < least - SLACK else 0


retention: Final = Retention()
