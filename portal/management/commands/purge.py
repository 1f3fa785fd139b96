"""`manage.py purge`: removes everything else that the portal keeps and that has run out; not the access log."""

from datetime import datetime

from portal.database import forget_for_good
from portal.management.purging import PurgeCommand
from portal.sign_in import rows


class Command(PurgeCommand):
    """Removes sessions, used logout tokens and people that have run out."""

    help = "Removes what has run out (sessions, used logout tokens, people long gone), for good; not the access log."

    def foresee(self, now: datetime) -> str:
        """Return how many of each have run out."""
        return _said({what: found.count() for what, found in rows.run_out(now).items()})

    def purge(self, now: datetime) -> str:
        """Remove them."""
        gone = rows.purge(now)
        forget_for_good(*rows.TABLES)
        return _said(gone)


def _said(counts: dict[str, int]) -> str:
    return ", ".join(f"{count} {what}" for what, count in counts.items())
