"""`manage.py purge_access_log`: removes rows of the access log older than ACCESS_LOG_DAYS; nothing else does."""

from datetime import datetime

from portal.access_log.purge import limit, purge, too_old
from portal.management.purging import PurgeCommand


class Command(PurgeCommand):
    """Removes what is too old from the access log."""

    help = "Removes rows of the access log older than ACCESS_LOG_DAYS, for good."

    def foresee(self, now: datetime) -> str:
        """Return how many rows are too old."""
        return f"{too_old(now)} rows of the access log before {limit(now):%Y-%m-%d %H:%M}Z"

    def purge(self, now: datetime) -> str:
        """Remove them."""
        return f"{purge(now)} rows of the access log before {limit(now):%Y-%m-%d %H:%M}Z"
