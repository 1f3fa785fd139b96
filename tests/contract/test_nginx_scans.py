"""nginx of deploy/ and the portal behind it as scanners see them from outside: sslyze, and the MDN HTTP Observatory."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.contract import edge
from tests.contract.edge import JAEGER_HOST, PORTAL_HOST, Edge
from tests.contract.edge_fixtures import names, served, stand_in
from tools import scan

__all__ = ["names"]

CEILING = 140  # what 1.4.8 gives a host whose HSTS is not preloaded, as an internal one's cannot be
ADDRESS = "127.84.43.80"  # a loopback address of our own: others may hold ports 80 and 443 of 127.0.0.1

pytestmark = [pytest.mark.timeout(180), pytest.mark.allow_hosts(["127.0.0.1", ADDRESS])]


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Edge]:
    """Run nginx without anything behind it: TLS is its own affair."""
    made = edge.somewhere(tmp_path_factory.mktemp("edge"))
    with edge.nginx(made, jaeger="127.0.0.1:9"):
        yield made


@pytest.mark.parametrize("host", [PORTAL_HOST, JAEGER_HOST])
def test_tls_is_mozillas_intermediate(alone: Edge, host: str) -> None:
    assert scan.tls(host, f"127.0.0.1:{alone.https}", alone.ca) == ""


def test_the_newest_tls_is_spoken(alone: Edge) -> None:
    with alone.connect() as line:
        assert line.version() == "TLSv1.3"


@pytest.mark.skipif(bool(scan.why_no_observatory()), reason=scan.why_no_observatory())
def test_the_observatory_gives_its_highest_score(tmp_path: Path, names: None) -> None:
    """Asked of a page that is the portal's own: `/` leads on to Keycloak, whose headers are not ours."""
    made = Edge(tmp_path, 80, 443, ADDRESS)
    with served(made, stand_in(), KEYCLOAK_URL="https://keycloak.alexandrite.test"):  # as the policy names it
        found = scan.observatory(f"{PORTAL_HOST}/signed-out/", ADDRESS, made.ca)
    assert [name for name, one in found["tests"].items() if not one["pass"]] == []
    assert (found["scan"]["grade"], found["scan"]["score"]) == ("A+", CEILING)
