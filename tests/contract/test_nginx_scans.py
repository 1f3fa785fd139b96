"""nginx of deploy/ and the portal behind it as scanners see them from outside: sslyze, and the MDN HTTP Observatory."""

import os
from collections.abc import Iterator

import pytest

from tests.contract import edge
from tests.contract.edge import JAEGER_HOST, PORTAL_HOST, Edge
from tests.contract.edge_fixtures import names, served, stand_in
from tools import scan

__all__ = ["names"]

CEILING = 140  # what 1.4.8 gives a host whose HSTS is not preloaded, as an internal one's cannot be
BARE = CEILING - 5 - 5  # a page without cookies and without scripts has none to be praised for
ADDRESS = "127.84.43.80"  # a loopback address of our own: others may hold ports 80 and 443 of 127.0.0.1

pytestmark = pytest.mark.allow_hosts(["127.0.0.1", ADDRESS])


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


@pytest.fixture(scope="module")
def whole_edge(tmp_path_factory: pytest.TempPathFactory, names: None) -> Iterator[Edge]:
    """Run the whole edge where the Observatory looks: on ports 80 and 443. In CI nothing that it lacks is excused."""
    lacks = scan.why_no_observatory()
    if lacks and os.environ.get("CI", "") == "true":
        pytest.fail(f"the Observatory {lacks}", pytrace=False)
    if lacks:
        pytest.skip(f"the Observatory {lacks}")
    made = Edge(tmp_path_factory.mktemp("edge"), 80, 443, ADDRESS)
    nobody = "http://127.0.0.1:9"
    with served(
        made, stand_in(), JAEGER_URL=nobody, KEYCLOAK_URL="https://keycloak.alexandrite.test"
    ):  # as in the policy
        yield made


@pytest.mark.parametrize(
    ("host", "path", "status", "score"),
    [(PORTAL_HOST, "/signed-out/", 200, CEILING), (JAEGER_HOST, "/api/services", 401, BARE)],
)
def test_the_observatory_gives_its_highest_score(
    whole_edge: Edge, host: str, path: str, status: int, score: int
) -> None:
    """Asked of a page of the portal's own and of one of nginx's: `/` leads on to Keycloak, with headers not ours."""
    assert whole_edge.get(path, name=host).status == status
    found = scan.observatory(f"{host}{path}", ADDRESS, whole_edge.ca)
    assert [name for name, one in found["tests"].items() if not one["pass"]] == []
    assert (found["scan"]["grade"], found["scan"]["score"]) == ("A+", score)


def test_a_page_that_is_not_there_has_the_same_headers(whole_edge: Edge) -> None:
    """The Observatory takes no 404: it is compared with the page that was judged."""
    page, absent, hidden = (whole_edge.get(path) for path in ("/signed-out/", "/nothing/", "/livez"))
    assert (absent.status, hidden.status) == (404, 404)
    judged = edge.OWN - {"x-request-id", "cache-control"}
    assert {name: absent.headers[name] for name in judged} == {name: page.headers[name] for name in judged}
    assert edge.whole(absent)
    assert edge.whole(hidden)
