"""Strangers, slow clients and floods at real nginx; twenty readers behind one address are none of them."""

import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.contract import edge
from tests.contract.edge import JAEGER_HOST, PORTAL_HOST, Edge, whole
from tests.contract.edge_fixtures import Site, names, site
from tests.stopwatch import Stopwatch

__all__ = ["names", "site"]


@pytest.fixture
def alone(tmp_path: Path, names: None) -> Iterator[Edge]:
    """Run nginx with only 127.0.0.2 let in, and nothing behind it."""
    made = edge.somewhere(tmp_path)
    with edge.nginx(made, jaeger="127.0.0.1:9", networks="127.0.0.2/32 0;\n"):
        yield made


@pytest.mark.parametrize("name", [PORTAL_HOST, JAEGER_HOST])
def test_a_stranger_is_refused_whatever_he_claims(alone: Edge, name: str) -> None:
    stranger = alone.get("/login/", "X-Forwarded-For: 127.0.0.2", "X-Real-IP: 127.0.0.2", name=name)
    assert stranger.status == (403 if name == PORTAL_HOST else 302)  # from Jaeger's host to the portal's page, a 403
    refusal = f"{alone.portal_url}/jaeger-ui/refused/"
    assert stranger.status != 302 or stranger.headers["location"].startswith(refusal)
    assert alone.get("/login/", name=name, source="127.0.0.2").status in {502, 503}  # let in; nobody is behind


def test_jaeger_stays_closed_while_the_portal_is_away(alone: Edge) -> None:
    for path in ("/", "/api/services", "/static/x.js", "/trace/0123456789abcdef"):
        answer = alone.get(path, name=JAEGER_HOST, source="127.0.0.2")
        assert answer.status == 503
        assert whole(answer)
        assert answer.headers["retry-after"] == "10"


def test_slow_clients_are_let_go_and_hinder_nobody(site: Site) -> None:
    """Two hundred connections that never finish their request; others are answered meanwhile (A35)."""
    with ThreadPoolExecutor(20) as pool:
        slow = list(pool.map(lambda _: site.edge.connect(), range(200)))
    for line in slow:
        line.sendall(b"GET / HTTP/1.1\r\nHost: " + PORTAL_HOST.encode() + b"\r\nX-A: ")
    took = []
    for _ in range(40):
        with Stopwatch() as one:
            assert site.edge.get("/signed-out/").status == 200
        took.append(one.seconds)
    assert sorted(took)[38] < 1
    until = time.monotonic() + 20  # nginx gives a request's head ten seconds
    while (left := [line for line in slow if not ended(line)]) and time.monotonic() < until:
        time.sleep(0.5)
    assert left == []
    for line in slow:
        line.close()


def ended(line: socket.socket) -> bool:
    """Tell whether the other side has closed the connection, politely or not."""
    line.settimeout(0.02)
    try:
        return line.recv(1) == b""
    except TimeoutError:
        return False
    except OSError:
        return True


def test_twenty_readers_behind_one_address_are_not_hindered(site: Site) -> None:
    """Each opens a page and its twelve files at once."""
    with ThreadPoolExecutor(20) as pool:
        pages = list(pool.map(lambda _: site.edge.get("/static/css/base.css").status, range(20 * 13)))
        assert set(pages) == {200}


def flood(alone: Edge, path: str, times: int) -> bytes:
    """Send many requests on one connection, as fast as it takes them; return all that comes back."""
    ask = f"GET {path} HTTP/1.1\r\nHost: {PORTAL_HOST}\r\n\r\n".encode()
    with alone.connect(source="127.0.0.2") as line:
        line.sendall(ask * (times - 1) + ask.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n"))
        return b"".join(iter(lambda: line.recv(1 << 16), b""))


def test_a_flood_from_one_address_is_refused(alone: Edge) -> None:
    with ThreadPoolExecutor(4) as pool:  # a slow machine is allowed 200 a second, too, beside the first 600
        text = b"".join(pool.map(lambda _: flood(alone, "/static/x", 1000), range(4)))
    assert text.count(b"HTTP/1.1 429 ") + text.count(b"HTTP/1.1 502 ") == 4000
    assert 0 < text.count(b"HTTP/1.1 429 ") == text.count(b"Retry-After: 5\r\n") <= 3400


@pytest.mark.parametrize(("path", "refused"), [("/login/", True), ("/oidc/backchannel-logout/", False)])
def test_the_sign_in_has_a_limit_of_its_own_and_logouts_from_afar_have_not(
    alone: Edge, path: str, refused: bool
) -> None:
    assert (b"HTTP/1.1 429 " in flood(alone, path, 300)) is refused
