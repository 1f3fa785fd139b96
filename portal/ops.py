"""Is this process alive, and should it be sent requests: /livez and /readyz, for probes and balancers.

Both are answered before host names, redirects, sessions and the database are looked at: a probe comes by address, over
plain HTTP, without a cookie. Whoever asks learns yes or no; why is told to HEALTH_NETWORKS alone.

Ready means: not draining, the database takes writes, its migrations are applied, the disks are not nearly full. Jaeger
and Keycloak are reported from what this process already knows and never make it unready: the portal is what explains
their outage. Nor do rows of the access log that nobody purges.
"""

import logging
import shutil
import sqlite3
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from django.conf import settings
from django.db import Error as DatabaseFault
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, JsonResponse
from django.http.response import HttpResponseBase
from django.utils import timezone

from orders import wiring
from portal import log_output
from portal.access_log.retention import retention
from portal.database import reason_of
from portal.logs import LIVEZ, READYZ
from portal.network import client_address, inside, networks_of
from portal.sign_in import realm

logger = logging.getLogger("portal.ops")

OK: Final = "ok"
TEXT: Final = "text/plain; charset=utf-8"
LEAST_FREE: Final = 0.05  # of a disk; below it the portal asks to be relieved while it can still write
BELIEVED: Final = 1.0  # seconds: however often it is asked, the database is tried no more often than this
HANGING: Final = 10.0  # seconds: a look that takes longer than this is itself a reason
BUSY: Final = 1.0  # seconds that a look waits for SQLite's lock


@dataclass(frozen=True, slots=True)
class Readiness:
    """Whether requests should come here; `checks` says "ok" or why not, by the name of what was looked at."""

    checks: Mapping[str, str]

    @property
    def ready(self) -> bool:
        """Whether every check is ok."""
        return all(found == OK for found in self.checks.values())


class Watch:
    """Looks at what readiness stands on, at most once in BELIEVED seconds, one thread at a time.

    Arguments: the checks by name, each returning "ok" or a reason and raising nothing; a monotonic clock in seconds;
    what else to look at where all is well, which makes nothing unready and raises nothing.
    """

    def __init__(
        self,
        checks: Mapping[str, Callable[[], str]],
        clock: Callable[[], float] = time.monotonic,
        aside: Callable[[], None] | None = None,
    ) -> None:
        self._checks = checks
        self._clock = clock
        self._aside = aside
        self._looking = threading.Lock()
        self._last = Readiness({"start": "not looked yet"})
        self._at = -HANGING

    def look(self) -> Readiness:
        """Return the readiness of this moment; the last known one while another thread looks."""
        if self._clock() - self._at >= BELIEVED and self._looking.acquire(blocking=False):
            try:
                self._renew()
            finally:
                self._looking.release()
        if self._clock() - self._at >= HANGING:
            return Readiness({**self._last.checks, "looking": "hangs"})
        return self._last

    def _renew(self) -> None:
        found = Readiness({name: check() for name, check in self._checks.items()})
        if found.ready != self._last.ready:
            wrong = [f"{name}: {why}" for name, why in found.checks.items() if why != OK]
            level = logging.INFO if found.ready else logging.ERROR
            logger.log(level, "readiness_changed", extra={"fields": {"ready": found.ready, "wrong": wrong}})
        if found.ready and self._aside:
            self._aside()
        self._last, self._at = found, self._clock()


class Health:
    """Middleware: answers /livez and /readyz, GET and HEAD; stands before everything that can refuse a request."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response
        self.watch = Watch({"database": database, "migrations": Migrations(), "disk": disk}, aside=_look_aside)
        self.networks = networks_of("HEALTH_NETWORKS", settings.HEALTH_NETWORKS)

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer a probe; pass everything else on."""
        if request.path_info not in {LIVEZ, READYZ}:
            return self.get_response(request)
        if request.method not in {"GET", "HEAD"}:
            return HttpResponseNotAllowed(["GET", "HEAD"])
        if request.path_info == LIVEZ:
            return HttpResponse("ok\n", content_type=TEXT)
        return self._readyz(request)

    def _readyz(self, request: HttpRequest) -> HttpResponse:
        found = Readiness({"draining": OK if not is_draining() else "yes"})
        if found.ready:  # an instance that is about to stop asks its database no more
            found = self.watch.look()
        status = 200 if found.ready else 503
        if inside(client_address(request), self.networks):
            return JsonResponse({"ready": found.ready, "checks": dict(found.checks), **reported()}, status=status)
        return HttpResponse("ok\n" if found.ready else "not ready\n", status=status, content_type=TEXT)


def _look_aside() -> None:
    retention.look(timezone.now())


def is_draining() -> bool:
    """Return whether this instance is about to stop: portal.serve, or an operator, put the file DRAINING_FILE there."""
    return bool(settings.DRAINING_FILE) and Path(settings.DRAINING_FILE).exists()


def database() -> str:
    """Return "ok" where the database can be read and written, without writing to it; else why not.

    SQLite is opened anew, and never made: a file that was deleted under the open connections counts as away.
    """
    file = database_file()
    try:
        if file:
            return _try_sqlite(file)
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1" if connection.vendor == "sqlite" else "SHOW transaction_read_only")
            return "read_only" if cursor.fetchone() == ("on",) else OK
    except (DatabaseFault, sqlite3.Error) as error:
        return reason_of(error)


def database_file() -> Path | None:
    """Return where SQLite keeps the database; None with PostgreSQL, and in memory."""
    name = str(connection.settings_dict["NAME"])
    return Path(name) if connection.vendor == "sqlite" and "memory" not in name.partition("?")[2] + name[:9] else None


def _try_sqlite(file: Path) -> str:
    with closing(sqlite3.connect(f"{file.absolute().as_uri()}?mode=rw", uri=True, timeout=BUSY)) as opened:
        opened.execute("BEGIN IMMEDIATE")  # takes the write lock, so it fails where no write could be made
        opened.execute("SELECT count(*) FROM sqlite_master")
        opened.execute("ROLLBACK")
    return OK


class Migrations:
    """Whether every migration of this code is applied; once they are, they stay so, and nobody is asked again."""

    def __init__(self) -> None:
        self._applied = False

    def __call__(self) -> str:
        """Return "ok", "missing", or why the database did not say."""
        try:
            self._applied = self._applied or (database() == OK and not _unapplied())
        except DatabaseFault as error:
            return reason_of(error)
        return OK if self._applied else "missing"


def _unapplied() -> bool:
    executor = MigrationExecutor(connection)
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def disk() -> str:
    """Return "ok", or how much is still free of the fullest disk that the portal writes to."""
    file = database_file()
    places = {Path(settings.VAR_DIR), *([file.parent] if file else [])}
    try:
        found = [shutil.disk_usage(place) for place in places if place.is_dir()]
    except OSError as error:
        return type(error).__name__
    free = min((usage.free / usage.total for usage in found), default=1.0)  # none: PostgreSQL, and nothing of ours here
    return OK if free >= LEAST_FREE else f"{100 * free:.1f} % free"


def reported() -> dict[str, object]:
    """Return what this process knows of others without asking them, and how many log lines it had to drop."""
    jaeger = wiring.jaeger().health()
    return {
        "jaeger": {"breaker": jaeger.breaker, "last_failure": jaeger.last_reason},
        "keycloak": realm.last_known(),
        "access_log": retention.last_known(),
        "log_lines_dropped": log_output.dropped(),
    }
