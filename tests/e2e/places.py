"""Places: a portal under gunicorn beside a stand-in Jaeger full of a played world and a stand-in Keycloak."""

import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from subprocess import Popen

from demo.jaeger.server import StandInJaeger
from demo.keycloak.server import StandInKeycloak
from demo.parts import NotReadyError, environment, free_port, log_of, part, portal

FILLED = 120.0  # seconds that a world may take to be played and sent


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """One running portal with its neighbours; they run in this process, so that a test can break them."""

    url: str
    jaeger: StandInJaeger
    keycloak: StandInKeycloak

    def at(self, path: str) -> str:
        """Return the address of a path of the portal."""
        return self.url + path


@contextmanager
def place(world: str, var: Path, *, storage: str = "memory", orders: int = 600) -> Iterator[Place]:
    """Start everything on free ports, all that is kept in `var`, the world going on live; stop it with the block.

    A `storage` of "badger" has to be asked service by service, so that a part of an answer can be missing.
    Raises NotReadyError where a part does not come up.
    """
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    with ExitStack() as parts:
        jaeger = parts.enter_context(StandInJaeger(storage=storage))
        keycloak = StandInKeycloak(url).start()
        parts.callback(keycloak.stop)
        env = environment(var, portal=url, keycloak=keycloak.url, jaeger=jaeger.query_url)
        platform = ("--otlp-url", jaeger.otlp_url, "--world", world, "--orders", str(orders), "--live")
        filling = parts.enter_context(part("alexandrite", "demo.alexandrite", *platform, env=env))
        parts.enter_context(portal(port, env))
        _wait_until_filled(filling, log_of("alexandrite", env))
        yield Place(url=url, jaeger=jaeger, keycloak=keycloak)


def _wait_until_filled(filling: "Popen[bytes]", log: Path) -> None:
    until = time.monotonic() + FILLED
    while "spans of" not in log.read_text(encoding="utf-8"):
        if filling.poll() is not None or time.monotonic() > until:
            raise NotReadyError(f"the world was not played: {log.read_text(encoding='utf-8')}")
        time.sleep(0.1)
