"""Purging: what the commands that delete have in common: a look at the clock first, a dry run, a word at the end."""

from abc import abstractmethod
from argparse import ArgumentParser
from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from portal.clock import Clock, believe, doubt, read_clock
from portal.database import NotForgottenError


class PurgeCommand(BaseCommand):
    """Deletes what is too old, unless the clock cannot be believed."""

    clock: Callable[[], Clock] = staticmethod(read_clock)
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the two options."""
        parser.add_argument("--dry-run", action="store_true", help="say what would go and delete nothing")
        parser.add_argument("--clock-is-right", action="store_true", help="you have looked at the clock: delete by it")

    def handle(self, *args: Any, dry_run: bool, clock_is_right: bool, **options: Any) -> None:
        """Delete; raises CommandError, with nothing deleted, where the clock may have jumped."""
        clock = self.clock()
        why = doubt(clock)
        if why and not clock_is_right and not dry_run:
            raise CommandError(f"Nothing was deleted: it is {clock.now:%Y-%m-%d %H:%M}Z here, and {why}. "
                               "If the time is right, say --clock-is-right.")  # fmt: skip
        if dry_run:
            self.stdout.write(f"would go: {self.foresee(clock.now)}" + (f"; but {why}" if why else ""))
            return
        try:
            gone = self.purge(clock.now)
        except (DatabaseError, NotForgottenError) as error:
            raise CommandError(str(error)) from error
        believe(clock)
        self.stdout.write(f"gone: {gone}")

    @abstractmethod
    def foresee(self, now: datetime) -> str:
        """Return what would go, in words."""

    @abstractmethod
    def purge(self, now: datetime) -> str:
        """Delete, and return what went, in words."""
