"""Plain http to real nginx: pages lead to https, programs learn that nothing is there; nobody behind it is needed."""

import socket
from collections.abc import Iterator

import pytest

from tests.contract import edge
from tests.contract.edge import JAEGER_HOST, PORTAL_HOST, Answer, Edge
from tests.contract.edge_fixtures import names

__all__ = ["names"]


@pytest.fixture(scope="module")
def front(tmp_path_factory: pytest.TempPathFactory, names: None) -> Iterator[Edge]:
    made = edge.somewhere(tmp_path_factory.mktemp("front"))
    with edge.nginx(made, jaeger="127.0.0.1:9"):
        yield made


def ask(front: Edge, name: str, method: str, path: str, accept: str) -> Answer:
    head = [f"{method} {path} HTTP/1.1", f"Host: {name}", f"Accept: {accept}", "Connection: close"]
    with socket.create_connection((front.address, front.http), timeout=10) as line:
        line.sendall(("\r\n".join(head) + "\r\n\r\n").encode())
        return edge.read(line, method)


PAGES = [
    "/",
    "/orders/ORD-1/?a=b",
    "/trace/0123456789abcdef",
    "/search?service=crm",
    "/apis",
    "/api/traces/1",
    "/a.json.html",
]
CHROMIUM = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8,application/json;q=0.1"


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize("path", PAGES)
def test_a_page_leads_to_https(front: Edge, path: str, method: str) -> None:
    for name in (PORTAL_HOST, JAEGER_HOST):
        answer = ask(front, name, method, path, CHROMIUM)
        assert (answer.status, answer.headers["location"]) == (301, f"https://{name}{front.suffix}{path}")


PROGRAMS = [
    ("GET", "/orders/ORD-1.json", "*/*"),
    ("GET", "/several.csv?ids=ORD-1", "*/*"),
    ("GET", "/orders/ORD-1%2EJSON", "*/*"),
    ("GET", "/orders/ORD-1/", "application/json"),
    ("POST", "/api/traces", "*/*"),
    ("GET", "/api/traces/1", "application/json"),
    ("GET", "/static/js/portal.js", "*/*"),
    ("GET", "/oidc/keycloak/callback/?code=x&state=y", "text/html"),
    ("GET", "/jaeger-ui/redeem/?ticket=x", "text/html"),
    ("POST", "/oidc/backchannel-logout/", "*/*"),
    ("POST", "/search/", "text/html"),
    ("DELETE", "/orders/ORD-1/", "*/*"),
]


@pytest.mark.parametrize(("method", "path", "accept"), PROGRAMS)
def test_a_program_is_led_nowhere(front: Edge, method: str, path: str, accept: str) -> None:
    for name in (PORTAL_HOST, JAEGER_HOST):
        answer = ask(front, name, method, path, accept)
        assert answer.status == 404
        assert "location" not in answer.headers
