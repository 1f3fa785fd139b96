"""A portal under gunicorn with two workers, people signed in, and many requests at once: for faults under load."""

import http.client
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from django.conf import settings
from django.test import Client

from demo.parts import free_port
from tests.portal.signed_in import sign_in

PEOPLE, READERS = 8, 8
LEAST = 3  # workers that have to die, however fast the machine is
UNLIMITED = {f"RATE_{name}": "1000000" for name in
             ("PAGES_PER_MINUTE", "SEARCHES_PER_MINUTE", "EXPORTS_PER_HOUR", "REFRESHES_PER_MINUTE")}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Portal:
    """A running portal: its port and its process."""

    port: int
    process: "subprocess.Popen[bytes]"

    def workers(self) -> list[int]:
        """Return the process ids of the workers that live now."""
        found = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text(encoding="ascii")
        return [int(pid) for pid in found.split()]

    def get(self, path: str, cookie: str) -> tuple[int, str, bytes]:
        """Return status, request id and body of one answer; raises OSError or HTTPException without one."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request("GET", path, headers={"Cookie": cookie, "Accept-Language": "en"})
            answer = connection.getresponse()
            return answer.status, answer.headers.get("X-Request-ID", ""), answer.read()
        finally:
            connection.close()


def cookies() -> list[str]:
    """Sign people in on the default database and return their cookies."""
    found = []
    for number in range(PEOPLE):
        client = Client()
        sign_in(client, name=f"Reader{number} Support")
        found.append(f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}")
    return found


@contextmanager
def portal(database: Mapping[str, str], log: Path) -> Iterator[Portal]:
    """Serve the portal with two workers on a database; its words go to `log`."""
    port = free_port()
    env = {**os.environ, "DJANGO_SETTINGS_MODULE": "tests.contract.parallel_settings", "PORTAL_DEMO": "True",
           "PORTAL_URL": f"http://127.0.0.1:{port}", "LOG_FORMAT": "json", "KEYCLOAK_RECHECK_SECONDS": "86400",
           "PORTAL_VAR": str(log.parent), "JAEGER_URL": "http://127.0.0.1:9", **UNLIMITED, **database}  # fmt: skip
    command = [sys.executable, "-m", "gunicorn", "-c", "/dev/null", "-b", f"127.0.0.1:{port}", "-w2", "--threads=4",
               "--worker-class=gthread", "--no-control-socket", "portal.wsgi"]  # fmt: skip
    with log.open("ab") as words, subprocess.Popen(command, env=env, stdout=words, stderr=words) as process:  # noqa: S603
        try:
            made = Portal(port, process)
            _wait(made)
            yield made
        finally:
            process.terminate()


def _wait(made: Portal) -> None:
    for _ in range(900):
        try:
            if made.get("/signed-out/", "")[0] == 200:
                return
        except OSError:
            time.sleep(0.1)
    raise AssertionError("gunicorn did not start")


@dataclass
class Load:
    """Readers who ask until `enough` answers with data have come, and enough trouble; what came, by request id."""

    made: Portal
    cookies: Sequence[str]
    enough: int
    shown: list[str] = field(default_factory=list)  # request ids of answers with data
    refused: list[tuple[int, bytes]] = field(default_factory=list)
    broken: int = 0
    calm: threading.Event = field(default_factory=threading.Event)  # there will be no more trouble

    def run(self, trouble: "Trouble | None" = None) -> None:
        """Ask, with the trouble going on beside it; returns when enough have come."""
        readers = [threading.Thread(target=self._read, args=(n,)) for n in range(READERS)]
        for reader in readers:
            reader.start()
        while trouble is not None and (len(self.shown) < self.enough or trouble.killed < LEAST):
            trouble.strike()
        self.calm.set()
        for reader in readers:
            reader.join(300)

    def _read(self, number: int) -> None:
        turn = 0
        while len(self.shown) < self.enough or not self.calm.is_set():
            turn += 1
            try:
                status, request_id, body = self.made.get(f"/closed/{turn}", self.cookies[number % len(self.cookies)])
            except (OSError, http.client.HTTPException):
                self.broken += 1
                time.sleep(0.02)
                continue
            if status == 200:
                self.shown.append(request_id)
            else:
                self.refused.append((status, body))


class Trouble:
    """Kills a worker, with no word of warning, every three seconds."""

    def __init__(self, made: Portal) -> None:
        self.made, self.killed = made, 0

    def strike(self) -> None:
        """Wait, then kill the worker that has lived longest."""
        time.sleep(3)
        for pid in self.made.workers()[:1]:
            os.kill(pid, signal.SIGKILL)
            self.killed += 1
