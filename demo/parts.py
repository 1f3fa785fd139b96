"""Parts: what a place is made of - processes with logs, free ports, the portal's environment and its server."""

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
READY = 60.0  # seconds that a part may take to answer
FILLED = 120.0  # seconds that a fortnight of orders may take to be played and sent
STOPS = 10.0  # seconds that a part may take to end


class NotReadyError(RuntimeError):
    """A part ended or did not answer in time."""


def free_port(wanted: int = 0) -> int:
    """Return the wanted port of 127.0.0.1, or a free one where that is taken; raise NotReadyError without any."""
    for candidate in (wanted, 0):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", candidate))
            except OSError:
                continue
            free: int = probe.getsockname()[1]
            return free
    raise NotReadyError("no free port on 127.0.0.1")


@contextmanager
def part(name: str, *command: str, env: Mapping[str, str]) -> Iterator["subprocess.Popen[bytes]"]:
    """Run one module in a process of its own, its words in NAME.log of PORTAL_VAR, and end it with this block."""
    with log_of(name, env).open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", *command], cwd=ROOT, env=env, stdout=log, stderr=log, start_new_session=True
        )
        try:
            yield process
        finally:
            process.terminate()
            try:
                process.wait(STOPS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def log_of(name: str, env: Mapping[str, str]) -> Path:
    """Return where a part's words go."""
    return Path(env["PORTAL_VAR"]) / f"{name}.log"


def wait_for(name: str, url: str, process: "subprocess.Popen[bytes]", env: Mapping[str, str]) -> None:
    """Wait until a part answers; raise NotReadyError with the place of its log where it does not."""
    until = time.monotonic() + READY
    while time.monotonic() < until:
        if process.poll() is not None:
            break
        try:
            urllib.request.urlopen(url, timeout=2).close()
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise NotReadyError(f"{name} did not start: see {log_of(name, env)}")


def wait_until_filled(filling: "subprocess.Popen[bytes]", env: Mapping[str, str]) -> None:
    """Wait until the part "alexandrite" has sent its whole past; raise NotReadyError with its words where it does not.

    The portal starts after that: what it reads of a past half sent it would believe for ten minutes.
    """
    until, log = time.monotonic() + FILLED, log_of("alexandrite", env)
    while "spans of" not in log.read_text(encoding="utf-8"):
        if filling.poll() is not None or time.monotonic() > until:
            raise NotReadyError(f"the orders were not sent: {log.read_text(encoding='utf-8')}")
        time.sleep(0.1)


def manage(*arguments: str, env: Mapping[str, str]) -> None:
    """Run one management command; raise NotReadyError with its words where it fails."""
    done = subprocess.run(
        [sys.executable, "manage.py", *arguments], cwd=ROOT, env=env, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise NotReadyError(f"manage.py {arguments[0]} failed:\n{done.stderr}")


def environment(var: Path, *, portal: str, keycloak: str, jaeger: str) -> dict[str, str]:
    """Return the environment of a demonstration: the addresses of its parts, and `var` for everything it keeps."""
    return os.environ | {
        "DJANGO_SETTINGS_MODULE": "portal.settings",
        "PORTAL_DEMO": "True",
        "PORTAL_URL": portal,
        "PORTAL_VAR": str(var),
        "KEYCLOAK_URL": keycloak,
        "JAEGER_URL": jaeger,
        "JAEGER_UI_URL": jaeger,
        "ORDER_ATTRIBUTES": "order_id,order.id",
        "STATUS_ATTRIBUTES": "status,order.status",
        "ROLE_CONTACT": os.environ.get("ROLE_CONTACT", "DevOps, 4410"),
        "PYTHONUNBUFFERED": "1",
    }


def prepare(env: Mapping[str, str]) -> None:
    """Prepare what the portal needs before it starts: database and static files."""
    manage("migrate", "--no-input", env=env)
    manage("collectstatic", "--no-input", env=env)


@contextmanager
def portal(port: int, env: Mapping[str, str]) -> Iterator["subprocess.Popen[bytes]"]:
    """Serve the portal on a port of 127.0.0.1, in what `prepare` prepared, and wait until it answers."""
    server = ("portal.serve", "--bind", f"127.0.0.1:{port}", "--workers=1", "--threads=16", "--drain=0")
    with part("portal", *server, env=env) as site:
        wait_for("portal", f"http://127.0.0.1:{port}/livez", site, env)
        yield site
