"""Fixtures of the nginx contract tests: the whole edge with a Keycloak and the real Jaeger, once a module."""

import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, fields, replace
from typing import Any, NoReturn

import pytest

from demo.keycloak import StandInKeycloak
from tests.contract import edge
from tests.contract.conftest import KeycloakServer
from tests.contract.edge import Edge
from tests.contract.keycloak_sides import AdminSide
from tests.portal.browser import Browser
from tools import stack_keycloak, stack_record
from tools.stack_process import alive


@dataclass(frozen=True, slots=True)
class Site:
    """The edge, and the Keycloak that its portal believes."""

    edge: Edge
    admin: AdminSide

    def browser(self) -> Browser:
        made = Browser(self.edge.portal_url)
        made.web.verify = self.edge.ca
        return made


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, names: None) -> Iterator[Site]:
    with served(edge.somewhere(tmp_path_factory.mktemp("edge")), stand_in()) as made:
        yield made


@pytest.fixture(scope="module")
def cookie(site: Site) -> str:
    """Give the header line of somebody who is signed in as Support."""
    browser = site.browser()
    assert browser.sign_in("anna").status == 200
    return f"Cookie: __Host-session={browser.web.cookies['__Host-session']}"


@pytest.fixture(scope="module", params=["stand-in", "real"])
def each_site(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, names: None) -> Iterator[Site]:
    """Give the edge with each Keycloak in turn."""
    keycloak = stand_in() if request.param == "stand-in" else _real()
    with served(edge.somewhere(tmp_path_factory.mktemp("edge")), keycloak) as made:
        yield made


@pytest.fixture(scope="module")
def names() -> Iterator[None]:
    """Let the names of the edge lead to loopback in this process."""
    usual = socket.getaddrinfo

    def resolve(host: Any, *args: Any, **kwargs: Any) -> Any:
        return usual("127.0.0.1" if host in {edge.PORTAL_HOST, edge.JAEGER_HOST} else host, *args, **kwargs)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket, "getaddrinfo", resolve)
        yield


Started = tuple[KeycloakServer, StandInKeycloak | None]


@contextmanager
def served(made: Edge, keycloak: Started, **settings: str) -> Iterator[Site]:
    """Run the whole edge and point the realm's client at it; `settings` of the portal win."""
    server, ours = keycloak
    admin = AdminSide(replace(server, portal_url=made.portal_url))
    admin.change_client(made.portal_url)
    given = {
        "KEYCLOAK_URL": server.url,
        "KEYCLOAK_REALM": server.realm,
        "KEYCLOAK_CLIENT_ID": server.client_id,
        "KEYCLOAK_CLIENT_SECRET": server.client_secret,
        "JAEGER_URL": settings.get("JAEGER_URL") or real_jaeger(),
        "RATE_JAEGER_PER_MINUTE": "100",  # which a slow machine, too, reaches within the minute
        **settings,
    }
    try:
        with edge.nginx(made, jaeger=given["JAEGER_URL"].removeprefix("http://")), edge.portal(made, **given):
            yield Site(made, admin)
    finally:
        admin.restore()
        if ours:
            ours.stop()


def stand_in() -> Started:
    made = StandInKeycloak(client_secret=os.urandom(20).hex()).start()  # the portal refuses the known one
    realm, client_id = stack_keycloak.names()
    server = KeycloakServer(
        kind="stand-in",
        url=made.url,
        realm=realm,
        portal_url="",
        client_id=client_id,
        client_secret=made.client_secret,
        admin_user="admin",
        admin_password="admin",
    )
    return server, made


def _real() -> Started:
    record = _started().get("keycloak")
    if record is None or not alive(record["pid"], record["started"]):
        _absent("Keycloak")
    wanted = {one.name for one in fields(KeycloakServer)} - {"kind"}
    return KeycloakServer(kind="real", **{name: record[name] for name in wanted}), None  # type: ignore[literal-required]


def real_jaeger() -> str:
    """Return the address of the real Jaeger; without one the test is skipped, in CI it fails."""
    memory = _started()["jaeger"]["memory"]
    if not alive(memory["pid"], memory["started"]):
        _absent("Jaeger")
    return memory["query_url"]


def _started() -> stack_record.Record:
    return stack_record.read() or _absent("no real server")


def _absent(what: str) -> NoReturn:
    if os.environ.get("CI", "") == "true":
        pytest.fail(f"{what} is not running: in CI it must be (`make stack`)", pytrace=False)
    pytest.skip(f"{what} is not running: start it with `make stack`")
