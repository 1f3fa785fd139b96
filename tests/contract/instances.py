"""Two instances of the portal and a balancer between them that knows nothing but /readyz, and never tries twice."""

import http.client
import itertools
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from demo.parts import free_port
from portal import serve

DRAIN: Final = 5.0  # seconds that an instance goes on answering after it has said that it is not ready
PROBES: Final = 0.2  # seconds between two probes
READY: Final = 60.0  # seconds that an instance may take to start


class Instance:
    """One server on a port of its own."""

    def __init__(self, name: str, env: Mapping[str, str], var: Path) -> None:
        self.port = free_port()
        self.ready = False
        self.log = var / f"{name}.log"
        self._env = env
        self.process = self._started()

    def _started(self) -> "subprocess.Popen[bytes]":
        with self.log.open("ab") as log:
            return self.begun(log.fileno())

    def begun(self, stderr: int) -> "subprocess.Popen[bytes]":
        """Start a server whose words go to a file descriptor."""
        command = serve.command(f"127.0.0.1:{self.port}", workers=1, threads=16, drain=DRAIN)
        return subprocess.Popen(command, env=self._env, stderr=stderr)  # noqa: S603 - our own server

    def status(self, path: str, timeout: float = 30) -> int:
        """Return the status of an answer that came whole; raises OSError or HTTPException where none did."""
        return self._ask(path, timeout)[0]

    def body(self, path: str) -> bytes:
        """Return what was answered."""
        return self._ask(path, 30)[1]

    def _ask(self, path: str, timeout: float) -> tuple[int, bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        try:
            connection.request("GET", path, headers={"Connection": "close"})
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()

    def probe(self) -> None:
        """Ask /readyz once."""
        try:
            self.ready = self.status("/readyz", timeout=4) == 200
        except (OSError, http.client.HTTPException):
            self.ready = False

    def wait_until_ready(self) -> None:
        """Wait for the balancer to see it."""
        until = time.monotonic() + READY
        while not self.ready:
            assert time.monotonic() < until, self.log.read_text()
            time.sleep(0.05)

    def stop(self) -> int:
        """Ask the server to stop and return its exit code, after DRAIN and what is under way."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(60)

    def end(self) -> None:
        """Stop it where it still runs, at once."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGQUIT)
            self.process.wait(60)

    def restart(self) -> int:
        """Stop it, start it anew, wait until it is ready; return the exit code of the old one."""
        code = self.stop()
        self.ready = False
        self.process = self._started()
        self.wait_until_ready()
        return code

    def lines(self) -> list[dict[str, Any]]:
        """Return what it logged."""
        return [json.loads(line) for line in self.log.read_text(encoding="ascii").splitlines()]


class Balancer:
    """Sends each request to the next instance that was ready at its last probe; what fails has failed."""

    def __init__(self, instances: list[Instance]) -> None:
        self.failed: list[str] = []
        self.served = 0
        self._instances = instances
        self._turn = itertools.count()
        self._lock = threading.Lock()
        self._over = threading.Event()
        self._threads = [threading.Thread(target=self._probe, args=(one,)) for one in instances]

    def __enter__(self) -> "Balancer":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        for thread in self._threads:
            thread.join()

    def load(self, path: str, threads: int) -> None:
        """Begin to ask for a page without a pause, until the balancer is left."""
        added = [threading.Thread(target=self._ask, args=(path,)) for _ in range(threads)]
        self._threads += added
        for thread in added:
            thread.start()

    def _probe(self, instance: Instance) -> None:
        while not self._over.wait(PROBES):
            instance.probe()

    def _ask(self, path: str) -> None:
        while not self._over.is_set():
            ready = [one for one in self._instances if one.ready]
            try:
                status = ready[next(self._turn) % len(ready)].status(path)
                trouble = "" if status == 200 else f"{path}: {status}"
            except (OSError, http.client.HTTPException, ZeroDivisionError) as error:
                trouble = f"{path}: {error!r}"
            with self._lock:
                self.served += 1
                if trouble:
                    self.failed.append(trouble)


def environment(var: Path) -> dict[str, str]:
    """Return the environment of an instance that keeps everything in `var`, its database made."""
    env = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "tests.contract.serve_settings",
        "PORTAL_DEMO": "True",
        "LOG_FORMAT": "json",
        "PORTAL_VAR": str(var),
        "JAEGER_URL": "http://127.0.0.1:9",
    }
    subprocess.run([sys.executable, "manage.py", "migrate", "-v0"], env=env, check=True)
    return env
