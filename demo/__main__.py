"""`make demo`: the portal with a simulated Alexandrite and stand-ins of Jaeger and Keycloak, on this machine alone.

Ctrl-C stops everything. Ports: PORTAL_PORT, KEYCLOAK_PORT, JAEGER_PORT, OTLP_PORT; one that is taken is replaced.
"""

import os
import signal
import sys
from contextlib import ExitStack
from pathlib import Path
from threading import Event

from demo.alexandrite.showcase import SHOWCASE
from demo.parts import ROOT, NotReadyError, environment, free_port, part, portal, prepare, wait_for, wait_until_filled

VAR = Path(os.environ.get("PORTAL_VAR", ROOT / "var" / "demo"))
PEOPLE = (("anna", "Support"), ("dmitry", "DevOps"), ("vera", "Developer"), ("oleg", "no role: sees who gives one"))
SHOWN = ("stalled", "failed", "slow", "on_time", "done", "went_back", "waiting_for_person")


def port(name: str, usual: int) -> int:
    """Return the port of a variable, or the usual one, or a free one where that is taken."""
    return free_port(int(os.environ.get(name, usual)))


def step(text: str) -> None:
    """Say what is going on."""
    print(f"  {text}", flush=True)


def run(stop: Event) -> None:
    """Start every part, say where they are, and wait until told to stop."""
    VAR.mkdir(parents=True, exist_ok=True)
    site, keycloak = port("PORTAL_PORT", 8300), port("KEYCLOAK_PORT", 8180)
    query, otlp = port("JAEGER_PORT", 16686), port("OTLP_PORT", 4318)
    address = f"http://127.0.0.1:{site}"
    env = environment(VAR, portal=address, keycloak=f"http://127.0.0.1:{keycloak}", jaeger=f"http://127.0.0.1:{query}")
    with ExitStack() as parts:
        step("a stand-in Jaeger and a stand-in Keycloak")
        jaeger = parts.enter_context(
            part("jaeger", "demo.jaeger", "--port", str(query), "--otlp-port", str(otlp), env=env)
        )
        people = parts.enter_context(
            part("keycloak", "demo.keycloak", "--port", str(keycloak), "--portal-url", address, env=env)
        )
        wait_for("jaeger", f"http://127.0.0.1:{query}/api/v3/services", jaeger, env)
        step("a fortnight of orders")
        platform = ("demo.alexandrite", "--otlp-url", f"http://127.0.0.1:{otlp}", "--live")
        filling = parts.enter_context(part("alexandrite", *platform, env=env))
        prepare(env)
        wait_until_filled(filling, env)
        step("the portal")
        parts.enter_context(portal(site, env))
        wait_for("keycloak", f"http://127.0.0.1:{keycloak}/realms/alexandrite", people, env)
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
