"""The servers that every contract test meets: the stand-in and the real ones, the same test on each.

`make stack` starts the real ones; JAEGER_URL and OTLP_URL put any other running Jaeger in their place. Outside
CI a server that is not there skips its tests; in CI it fails them.
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import NoReturn

import pytest

from demo.jaeger.server import StandInJaeger
from demo.keycloak.server import StandInKeycloak
from tools import stack_keycloak, stack_record
from tools.stack_process import alive, choose_port

HERE = Path(__file__).parent
IN_CI = os.environ.get("CI", "") == "true"
GIVEN = bool(os.environ.get("JAEGER_URL") and os.environ.get("OTLP_URL"))
JAEGERS = ["given"] if GIVEN else ["stand-in", "memory", "badger"]


@dataclass(frozen=True, slots=True, kw_only=True)
class JaegerServer:
    """A Jaeger to be asked: base URLs without a slash at the end; OTLP is posted to `otlp_url` + /v1/traces.

    The real ones keep what earlier tests and runs sent: use ids of your own in each test.
    """

    kind: str  # "stand-in", "memory", "badger" or "given"
    query_url: str
    otlp_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class KeycloakServer:
    """A Keycloak with the realm of deploy/keycloak: its addresses and its secrets.

    The realm lets in the portal at `portal_url`: a test that needs redirects or back-channel logout serves there.
    """

    kind: str  # "stand-in" or "real"
    url: str
    realm: str
    portal_url: str
    client_id: str
    client_secret: str = field(repr=False)
    admin_user: str  # of the realm `master`, client admin-cli, password grant
    admin_password: str = field(repr=False)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark everything in this folder: the usual run leaves it out."""
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.contract)


@pytest.fixture(scope="session", params=JAEGERS)
def jaeger_server(request: pytest.FixtureRequest) -> Iterator[JaegerServer]:
    """Give each Jaeger in turn: the stand-in, the real one on either storage, or only the one that was given."""
    kind: str = request.param
    if kind == "stand-in":
        with StandInJaeger(generation="2.20") as jaeger:
            yield JaegerServer(kind=kind, query_url=jaeger.query_url, otlp_url=jaeger.otlp_url)
    elif kind == "given":
        query_url, otlp_url = os.environ["JAEGER_URL"].rstrip("/"), os.environ["OTLP_URL"].rstrip("/")
        yield JaegerServer(kind=kind, query_url=query_url, otlp_url=otlp_url)
    else:
        record = _started()["jaeger"][kind]
        _demand(record, f"Jaeger ({kind})")
        yield JaegerServer(kind=kind, query_url=record["query_url"], otlp_url=record["otlp_url"])


@pytest.fixture(scope="session", params=["stand-in", "real"])
def keycloak_server(request: pytest.FixtureRequest) -> Iterator[KeycloakServer]:
    """Give each Keycloak in turn: the stand-in, then the real one."""
    yield from _real_keycloak() if request.param == "real" else _stand_in_keycloak()


def _real_keycloak() -> Iterator[KeycloakServer]:
    record = _started().get("keycloak") or _absent("Keycloak is not running")
    _demand(record, "Keycloak")
    wanted = {one.name for one in fields(KeycloakServer)} - {"kind"}
    yield KeycloakServer(kind="real", **{name: record[name] for name in wanted})  # type: ignore[literal-required]


def _stand_in_keycloak() -> Iterator[KeycloakServer]:
    portal_url = f"http://127.0.0.1:{choose_port('PORTAL_PORT', 8301)}"
    realm, client_id = stack_keycloak.names()
    keycloak = StandInKeycloak(portal_url=portal_url, admin_password="admin").start()
    yield KeycloakServer(
        kind="stand-in",
        url=keycloak.url,
        realm=realm,
        portal_url=portal_url,
        client_id=client_id,
        client_secret=keycloak.client_secret,
        admin_user="admin",
        admin_password="admin",
    )
    keycloak.stop()


def _started() -> stack_record.Record:
    return stack_record.read() or _absent("no real server is running")


def _demand(server: stack_record.Server, name: str) -> None:
    if not alive(server["pid"], server["started"]):
        _absent(f"{name} has ended since it was started")


def _absent(what: str) -> NoReturn:
    if IN_CI:
        pytest.fail(f"{what}: in CI it must be there (`make stack`)", pytrace=False)
    pytest.skip(f"{what}: start it with `make stack`")
