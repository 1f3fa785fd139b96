"""check_stages: says what is wrong in the stage table, and on which line; 1 when something is."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from orders.journey.table import StageTableError, parse


class Command(BaseCommand):
    """Check a stage table before it is used."""

    help = "Check the stage table (STAGES_FILE, or the file named) and say what is wrong on which line."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the file to check."""
        parser.add_argument("file", nargs="?", default=settings.STAGES_FILE, type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        """Print the result; CommandError (exit 1) with file, line and sentence where the table is wrong."""
        file = Path(options["file"])
        try:
            table = parse(file.read_text(encoding="utf-8"))
        except StageTableError as error:
            raise CommandError(f"{file}:{error.line}: {error.sentence}") from error
        except (OSError, UnicodeDecodeError) as error:
            raise CommandError(f"{file} cannot be read: {error}") from error
        self.stdout.write(f"{file}: {len(table.stages)} stages, {len(table.services)} services, nothing wrong.")
