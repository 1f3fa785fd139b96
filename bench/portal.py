"""The portal as it runs in production, gunicorn's threads and SQLite, on a core of its own, with people signed in."""

import logging
import os
import secrets
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import django

from bench import machine, traces
from demo.parts import free_port, wait_for

ROOT: Final = Path(__file__).resolve().parent.parent
THREADS: Final = 64
# glibc's own ways keep what one large answer took, thread by thread; docs/operations.md names the same for production.
MEMORY: Final = {"MALLOC_ARENA_MAX": "1", "MALLOC_MMAP_THRESHOLD_": "65536", "MALLOC_TRIM_THRESHOLD_": "65536"}


@dataclass(frozen=True, slots=True)
class Portal:
    """A running portal."""

    url: str
    worker: int  # the process id of its one worker
    database: Path

    def recorded(self) -> int:
        """Return how many answers stand in the access log."""
        with closing(sqlite3.connect(self.database)) as connection:
            (found,) = connection.execute("SELECT count(*) FROM portal_accessrow").fetchone()
        return int(found)


def environment(var: Path, upstream: str) -> dict[str, str]:
    """Return the settings of a production-like portal whose data lies in `var`."""
    return {
        "DJANGO_SETTINGS_MODULE": "portal.settings",
        "PORTAL_DEMO": "False",
        "PORTAL_URL": f"http://127.0.0.1:{free_port()}",
        "PORTAL_VAR": str(var),
        "SECRET_KEY": secrets.token_urlsafe(64),
        "PSEUDONYM_KEYS": secrets.token_urlsafe(32),
        "KEYCLOAK_CLIENT_SECRET": secrets.token_urlsafe(32),
        "KEYCLOAK_RECHECK_SECONDS": "86400",  # there is no Keycloak to ask
        "JAEGER_URL": upstream,
        "RATE_PAGES_PER_MINUTE": "1000000",  # twenty readers ask as fast as they are answered
        "RATE_SEARCHES_PER_MINUTE": "1000000",
        "JAEGER_SERVICES": ",".join(traces.SERVICES),
        **MEMORY,
    }


def prepare(people: int) -> list[str]:
    """Make database and static files, sign so many people in, and a DevOps after them; return each one's cookies.

    A cookie text is all that a first page sets.
    """
    django.setup()
    logging.disable(logging.WARNING)  # of this process: the portal that is measured has its own log
    from django.conf import settings
    from django.core.management import call_command
    from django.test import Client

    from tests.portal.signed_in import sign_in

    call_command("migrate", interactive=False, verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    cookies = []
    for number in range(people + 1):
        client = Client()
        sign_in(client, ("support",) if number < people else ("devops",), name=f"Reader{number} Support")
        client.get("/help/", headers={"host": urlsplit(settings.PORTAL_URL).netloc})  # the first page sets the others
        assert settings.SESSION_COOKIE_NAME in client.cookies
        cookies.append("; ".join(f"{name}={morsel.value}" for name, morsel in client.cookies.items()))
    return cookies


@contextmanager
def running(log: Path) -> Iterator[Portal]:
    """Run the portal of this process's environment on its core; its words go to `log`."""
    url = os.environ["PORTAL_URL"]
    command = [sys.executable, "-m", "portal.serve", "--bind", url.removeprefix("http://"),
               "--workers=1", f"--threads={THREADS}", "--drain=0"]  # fmt: skip
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, machine.PORTAL_CORE)
    with log.open("ab") as words:
        process = subprocess.Popen(command, cwd=ROOT, stdout=words, stderr=words)
        os.sched_setaffinity(0, before)
        try:
            wait_for("portal", f"{url}/no-such-page", process, os.environ)
            yield Portal(url, machine.children(process.pid)[0], Path(os.environ["PORTAL_VAR"]) / "portal.sqlite3")
        finally:
            process.terminate()
            process.wait(30)
