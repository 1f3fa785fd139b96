"""`python -m demo.keycloak`: the stand-in Keycloak by itself, until Ctrl-C."""

import argparse
import signal
import threading

from demo.keycloak.server import ADMIN_PASSWORD, CLIENT_SECRET, PORTAL_URL, StandInKeycloak


def main() -> None:
    """Start, say where, wait for Ctrl-C or TERM, stop."""
    parser = argparse.ArgumentParser(prog="python -m demo.keycloak", description=__doc__)
    parser.add_argument("--port", type=int, default=8180)
    parser.add_argument("--portal-url", default=PORTAL_URL, help="where the portal is, as a browser writes it")
    parser.add_argument("--client-secret", default=CLIENT_SECRET)
    parser.add_argument("--admin-password", default=ADMIN_PASSWORD)
    chosen = parser.parse_args()
    keycloak = StandInKeycloak(chosen.portal_url.rstrip("/"), chosen.client_secret, chosen.admin_password)
    done = threading.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, lambda *_: done.set())
    keycloak.start(chosen.port)
    print(f"Stand-in Keycloak: {keycloak.url}/realms/{keycloak.realm.name}", flush=True)
    done.wait()
    keycloak.stop()


if __name__ == "__main__":
    main()
