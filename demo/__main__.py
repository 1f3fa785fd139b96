"""`make demo`: the portal with a simulated Alexandrite and stand-ins of Jaeger and Keycloak, on this machine alone.

Ctrl-C stops everything. Ports: PORTAL_PORT, KEYCLOAK_PORT, JAEGER_PORT, OTLP_PORT; one that is taken is replaced.
"""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from threading import Event

from demo.alexandrite.showcase import SHOWCASE

ROOT = Path(__file__).resolve().parent.parent
VAR = Path(os.environ.get("PORTAL_VAR", ROOT / "var" / "demo"))
PEOPLE = (("anna", "Support"), ("dmitry", "DevOps"), ("vera", "Developer"), ("oleg", "no role: sees who gives one"))
SHOWN = ("stalled", "failed", "slow", "on_time", "done", "went_back", "waiting_for_person")
READY = 60.0  # seconds that a part may take to answer
STOPS = 10.0  # seconds that a part may take to end


class NotReadyError(RuntimeError):
    """A part of the demo ended or did not answer in time."""


def port(name: str, usual: int) -> int:
    """Return the port of a variable, or the usual one, or a free one where that is taken."""
    wanted = int(os.environ.get(name, usual))
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
    """Run one part in a process of its own, its words in var/demo/NAME.log, and end it with this block."""
    with (VAR / f"{name}.log").open("wb") as log:
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


def wait_for(name: str, url: str, process: "subprocess.Popen[bytes]") -> None:
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
    raise NotReadyError(f"{name} did not start: see {VAR / (name + '.log')}")


def wait_until_said(name: str, words: str, process: "subprocess.Popen[bytes]") -> None:
    """Wait until a part's log holds some words; raise NotReadyError where it does not in time."""
    log, until = VAR / f"{name}.log", time.monotonic() + READY
    while words not in log.read_text(encoding="utf-8"):
        if process.poll() is not None or time.monotonic() > until:
            raise NotReadyError(f"{name} did not start: see {log}")
        time.sleep(0.1)


def manage(*arguments: str, env: Mapping[str, str]) -> None:
    """Run one management command; raise NotReadyError with its words where it fails."""
    done = subprocess.run(
        [sys.executable, "manage.py", *arguments], cwd=ROOT, env=env, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise NotReadyError(f"manage.py {arguments[0]} failed:\n{done.stderr}")


def step(text: str) -> None:
    """Say what is going on."""
    print(f"  {text}", flush=True)


def run(stop: Event) -> None:
    """Start every part, say where they are, and wait until told to stop."""
    VAR.mkdir(parents=True, exist_ok=True)
    portal, keycloak = port("PORTAL_PORT", 8300), port("KEYCLOAK_PORT", 8180)
    query, otlp = port("JAEGER_PORT", 16686), port("OTLP_PORT", 4318)
    address = f"http://127.0.0.1:{portal}"
    env = os.environ | {
        "PORTAL_DEMO": "True",
        "PORTAL_URL": address,
        "PORTAL_VAR": str(VAR),
        "KEYCLOAK_URL": f"http://127.0.0.1:{keycloak}",
        "JAEGER_URL": f"http://127.0.0.1:{query}",
        "JAEGER_UI_URL": f"http://127.0.0.1:{query}",
        "ORDER_ATTRIBUTES": "order_id,order.id",
        "STATUS_ATTRIBUTES": "status,order.status",
        "ROLE_CONTACT": os.environ.get("ROLE_CONTACT", "DevOps, 4410"),
        "PYTHONUNBUFFERED": "1",
    }
    with ExitStack() as parts:
        step("a stand-in Jaeger and a stand-in Keycloak")
        jaeger = parts.enter_context(
            part("jaeger", "demo.jaeger", "--port", str(query), "--otlp-port", str(otlp), env=env)
        )
        people = parts.enter_context(
            part("keycloak", "demo.keycloak", "--port", str(keycloak), "--portal-url", address, env=env)
        )
        wait_for("jaeger", f"http://127.0.0.1:{query}/api/v3/services", jaeger)
        step("a fortnight of orders")
        platform = ("demo.alexandrite", "--otlp-url", f"http://127.0.0.1:{otlp}", "--live")
        orders = parts.enter_context(part("alexandrite", *platform, env=env))
        step("the portal")
        manage("migrate", "--no-input", env=env)
        manage("collectstatic", "--no-input", env=env)
        server = ("gunicorn", "portal.wsgi", "--bind", f"127.0.0.1:{portal}", "--worker-class", "gthread",
                  "--threads", "16", "--no-control-socket")  # fmt: skip
        wait_until_said("alexandrite", "orders sent to", orders)
        site = parts.enter_context(part("portal", *server, env=env))
        wait_for("keycloak", f"http://127.0.0.1:{keycloak}/realms/alexandrite", people)
        wait_for("portal", f"{address}/signed-out/", site)
        greet(address, query)
        stop.wait()
        print("\nstopping", flush=True)


def greet(address: str, query: int) -> None:
    """Say where everything is, who may come in, and what is worth a look."""
    print(f"\nOrder Journey is at  {address}\n\nSign in as")
    for name, role in PEOPLE:
        print(f"  {name:<8} password {name:<8} {role}")
    print("\nOrders worth a look")
    for name in SHOWN:
        print(f"  {SHOWCASE[name]}  {name.replace('_', ' ')}")
    print(f"\nThe stand-in Jaeger: http://127.0.0.1:{query}   Logs: {VAR}\nCtrl-C stops everything.", flush=True)


def main() -> int:
    """Run the demo until Ctrl-C or TERM."""
    stop = Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    print("Starting", flush=True)
    try:
        run(stop)
    except NotReadyError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
