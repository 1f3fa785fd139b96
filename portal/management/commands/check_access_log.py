"""`manage.py check_access_log`: is the access log as it was written? Exit code 1 where it is not."""

from argparse import ArgumentParser
from itertools import chain
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from portal.access_log.check import faults, faults_against
from portal.access_log.purge import limit
from portal.models import AccessRow

MOST_SAID = 100  # faults written out


class Command(BaseCommand):
    """Checks the seals of all rows, and the table against the copy outside."""

    help = "Checks the access log: changed, added and missing rows; with --log, against the JSON lines kept elsewhere."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the option."""
        parser.add_argument("--log", type=Path, help="a file of the portal's JSON log lines")

    def handle(self, *args: Any, log: Path | None, **options: Any) -> None:
        """Write every fault; raises CommandError where there is one."""
        found, since, compared = list(faults()), limit(timezone.now()), ""
        if log:
            compared = f"; the copy was compared from {since:%Y-%m-%d %H:%M}Z on: what is older may be gone"
            with log.open(encoding="utf-8", errors="replace") as lines:
                found = list(chain(found, faults_against(lines, since)))
        for fault in found[:MOST_SAID]:
            self.stderr.write(fault)
        if found:
            raise CommandError(f"{len(found)} faults in the access log")
        self.stdout.write(f"{AccessRow.objects.count()} rows, all as they were written{compared}")
