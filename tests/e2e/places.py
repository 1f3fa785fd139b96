"""Places: a portal under gunicorn beside a stand-in Jaeger full of a played world and a stand-in Keycloak."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from demo.jaeger.server import StandInJaeger
from demo.keycloak.server import StandInKeycloak
from demo.parts import environment, free_port, part, portal, prepare, wait_until_filled

LIMITS = {"RATE_PAGES_PER_MINUTE": "10000", "RATE_SEARCHES_PER_MINUTE": "10000"}  # one person is all tests in turn


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """One running portal with its neighbours; they run in this process, so that a test can break them."""

    url: str
    jaeger: StandInJaeger
    keycloak: StandInKeycloak
    var: Path  # everything that the portal keeps, its log too

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
        env = environment(var, portal=url, keycloak=keycloak.url, jaeger=jaeger.query_url) | LIMITS
        platform = ("--otlp-url", jaeger.otlp_url, "--world", world, "--orders", str(orders), "--live")
        filling = parts.enter_context(part("alexandrite", "demo.alexandrite", *platform, env=env))
        prepare(env)
        wait_until_filled(filling, env)
        parts.enter_context(portal(port, env))
        yield Place(url=url, jaeger=jaeger, keycloak=keycloak, var=var)
