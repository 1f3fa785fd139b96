"""What a client claims of itself, through real nginx and against the portal's own socket: none of it is believed."""

import re
import sqlite3
from contextlib import closing

import pytest

from tests.contract.edge_fixtures import Site, cookie, names, site

__all__ = ["cookie", "names", "site"]

EVIL = "203.0.113.9"
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="\w+"')
# Header lines by which proxies, servers and frameworks are told where a request comes from, or what it really asks.
CLAIMS = [
    f"X-Forwarded-For: {EVIL}",
    f"X-Forwarded-For: 127.0.0.1, {EVIL}",
    f"x-forwarded-for: {EVIL}\r\nX-Forwarded-For: {EVIL}",
    f"X_Forwarded_For: {EVIL}",
    f"X-Forwarded_For: {EVIL}",
    f"X-Real-IP: {EVIL}",
    f"X_Real_IP: {EVIL}",
    f"Forwarded: for={EVIL};proto=http;host=evil.example",
    f"True-Client-IP: {EVIL}",
    f"CF-Connecting-IP: {EVIL}",
    f"X-Client-IP: {EVIL}",
    f"X-Cluster-Client-IP: {EVIL}",
    f"Remote-Addr: {EVIL}",
    f"REMOTE_ADDR: {EVIL}",
    "X-Forwarded-Proto: http",
    "X_Forwarded_Proto: http",
    "X-Forwarded-Protocol: http",
    "X-Forwarded-Ssl: off",
    "X-Forwarded-Host: evil.example",
    "X_Forwarded_Host: evil.example",
    "X-Forwarded-Server: evil.example",
    "X-Forwarded-Port: 1",
    "X-Forwarded-Prefix: /evil",
    "X-Script-Name: /evil",
    "SCRIPT_NAME: /evil",
    "PATH_INFO: /orders/",
    "X-Original-URL: /orders/",
    "X-Original-URI: /orders/",
    "X-Rewrite-URL: /orders/",
    "X-HTTP-Method-Override: DELETE",
    "X-Remote-User: anna",
    "Remote-User: anna",
    "REMOTE_USER: anna",
    "X-Forwarded-User: anna",
    "Proxy: http://evil.example/",
    "X-Request-ID: forged-by-a-client",
]


def test_there_are_enough_of_them() -> None:
    assert len(CLAIMS) >= 20


@pytest.mark.parametrize("claim", CLAIMS)
def test_a_claim_changes_nothing(site: Site, claim: str) -> None:
    """The answer is the one without the claim: https was not doubted, no other path, no host, nobody signed in."""
    plain, claimed = site.edge.get("/signed-out/"), site.edge.get("/signed-out/", claim)
    assert (plain.status, claimed.status) == (200, 200)
    assert TOKEN.sub("", claimed.text) == TOKEN.sub("", plain.text)
    assert "evil" not in str(claimed.headers)
    home = site.edge.get("/", claim)
    assert (home.status, home.headers["location"]) == (302, "/login/")
    assert "forged" not in home.headers["x-request-id"]


@pytest.mark.parametrize("claim", CLAIMS)
def test_the_access_log_holds_the_true_peer(site: Site, cookie: str, claim: str) -> None:
    order = "/orders/ORD-4711/"
    assert site.edge.get(order, cookie, claim, source="127.0.0.7").status == 404  # no spans of it, but it was asked for
    assert rows(site)[-1] == ("order", "ORD-4711", "127.0.0.7")


def rows(site: Site) -> list[tuple[str, str, str]]:
    """Return what the access log holds, oldest first: kind, ids, address."""
    with closing(sqlite3.connect(site.edge.folder / "portal.sqlite3")) as database:
        return database.execute("SELECT kind, ids, address FROM portal_accessrow ORDER BY id").fetchall()


def test_the_portal_alone_believes_its_trusted_socket_only_as_far_as_one_address(site: Site) -> None:
    """Who can open the socket is trusted; the address that counts is the last one, written by the nearest proxy."""
    host = f"Host: {site.edge.authority}"
    inside = site.edge.straight("/signed-out/", host, "X-Forwarded-Proto: https", f"X-Forwarded-For: {EVIL}, 127.0.0.1")
    outside = site.edge.straight(
        "/signed-out/", host, "X-Forwarded-Proto: https", f"X-Forwarded-For: 127.0.0.1, {EVIL}"
    )
    nonsense = site.edge.straight("/signed-out/", host, "X-Forwarded-Proto: https", "X-Forwarded-For: localhost")
    assert (inside.status, outside.status, nonsense.status) == (200, 403, 403)
