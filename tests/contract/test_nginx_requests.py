"""Requests that are not what they seem, through real nginx: other hosts, two readings of one request."""

import socket

import pytest

from tests.contract import edge
from tests.contract.edge import JAEGER_HOST, PORTAL_HOST, Answer, whole
from tests.contract.edge_fixtures import Site, names, site

__all__ = ["names", "site"]

# --- Host ---

HOSTS = {
    "another": b"GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n",
    "another's port": b"GET / HTTP/1.1\r\nHost: evil.example:443\r\n\r\n",
    "none": b"GET / HTTP/1.1\r\n\r\n",
    "empty": b"GET / HTTP/1.1\r\nHost:\r\n\r\n",
    "two, the second another": b"GET / HTTP/1.1\r\nHost: HERE\r\nHost: evil.example\r\n\r\n",
    "two, the first another": b"GET / HTTP/1.1\r\nHost: evil.example\r\nHost: HERE\r\n\r\n",
    "two alike": b"GET / HTTP/1.1\r\nHost: HERE\r\nHost: HERE\r\n\r\n",
    "an address": b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
    "another as absolute URI": b"GET https://evil.example/ HTTP/1.1\r\nHost: HERE\r\n\r\n",
    "with a path": b"GET / HTTP/1.1\r\nHost: HERE/evil\r\n\r\n",
    "with a space": b"GET / HTTP/1.1\r\nHost: HERE evil\r\n\r\n",
    "with a user": b"GET / HTTP/1.1\r\nHost: evil@HERE\r\n\r\n",
    "a longer name": b"GET / HTTP/1.1\r\nHost: HERE.evil.example\r\n\r\n",
    "with NUL": b"GET / HTTP/1.1\r\nHost: HERE\x00.evil\r\n\r\n",
    "HTTP/1.0 without": b"GET / HTTP/1.0\r\n\r\n",
}


@pytest.mark.parametrize("raw", HOSTS.values(), ids=HOSTS)
def test_another_host_is_refused(site: Site, raw: bytes) -> None:
    answer = site.edge.send(raw.replace(b"HERE", PORTAL_HOST.encode()))
    assert answer.status == 400
    assert whole(answer)


def test_a_host_beside_an_absolute_uri_is_not_believed(site: Site) -> None:
    absolute = f"GET https://{PORTAL_HOST}/ HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n"
    answer = site.edge.send(absolute.encode())
    assert (answer.status, answer.headers["location"]) == (302, "/login/")


def test_no_link_is_made_of_the_host(site: Site) -> None:
    odd = f"GET / HTTP/1.1\r\nHost: {PORTAL_HOST.upper()}:1\r\nConnection: close\r\n\r\n"
    answer = site.edge.send(odd.encode(), name=JAEGER_HOST)
    assert answer.headers["location"] == "/login/"
    assert ":1/" not in str(answer.headers)


def test_another_name_gets_no_certificate(site: Site) -> None:
    with pytest.raises(OSError, match=r"unrecognized|UNRECOGNIZED"):
        site.edge.connect("evil.example")


def test_http_leads_to_https_and_another_host_to_nothing(site: Site) -> None:
    def ask(host: str) -> Answer:
        with socket.create_connection(("127.0.0.1", site.edge.http), timeout=10) as line:
            line.sendall(f"GET /orders/ORD-1/?a=b HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode())
            return edge.read(line)

    answer = ask(PORTAL_HOST)
    assert (answer.status, answer.headers["location"]) == (301, f"{site.edge.portal_url}/orders/ORD-1/?a=b")
    assert "strict-transport-security" not in answer.names
    assert ask("evil.example").status == 0


# --- Two readings of one request. HERE is the host, SECOND a request that must never be answered. ---

SECOND = b"GET /orders/ORD-666/ HTTP/1.1\r\nHost: HERE\r\n\r\n"
POST = b"POST /choose/ HTTP/1.1\r\nHost: HERE\r\n"
CHUNKED = b"Transfer-Encoding: chunked\r\n"
SMUGGLED = {
    "CL.TE": POST + b"Content-Length: 4\r\n" + CHUNKED + b"\r\n0\r\n\r\n" + SECOND,
    "TE.CL": POST + CHUNKED + b"Content-Length: 3\r\n\r\n5\r\nabcde\r\n0\r\n\r\n" + SECOND,
    "two lengths": POST + b"Content-Length: 0\r\nContent-Length: 5\r\n\r\nabcde" + SECOND,
    "two lengths alike": POST + b"Content-Length: 5\r\nContent-Length: 5\r\n\r\nabcde" + SECOND,
    "a list of lengths": POST + b"Content-Length: 5, 5\r\n\r\nabcde" + SECOND,
    "length +5": POST + b"Content-Length: +5\r\n\r\nabcde" + SECOND,
    "length -1": POST + b"Content-Length: -1\r\n\r\n" + SECOND,
    "length 0x5": POST + b"Content-Length: 0x5\r\n\r\nabcde" + SECOND,
    "length 5 with a tail": POST + b"Content-Length: 5 5\r\n\r\nabcde" + SECOND,
    "length beyond 64 bits": POST + b"Content-Length: 99999999999999999999\r\n\r\n" + SECOND,
    "empty length": POST + b"Content-Length:\r\n\r\n" + SECOND,
    "space before the colon": POST + b"Content-Length : 5\r\n\r\nabcde" + SECOND,
    "TE with a space before the colon": POST + b"Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n" + SECOND,
    "TE xchunked": POST + b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n" + SECOND,
    "TE chunked, identity": POST + b"Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n" + SECOND,
    "TE identity, chunked": POST + b"Transfer-Encoding: identity, chunked\r\n\r\n0\r\n\r\n" + SECOND,
    "TE twice": POST + CHUNKED + b"Transfer-Encoding: identity\r\n\r\n0\r\n\r\n" + SECOND,
    "TE with a vertical tab": POST + b"Transfer-Encoding: \x0bchunked\r\n\r\n0\r\n\r\n" + SECOND,
    "TE folded": POST + b"Transfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n" + SECOND,
    "a folded header": b"GET / HTTP/1.1\r\nHost: HERE\r\nX-A: b\r\n c\r\n\r\n" + SECOND,
    "folded before any header": b"GET / HTTP/1.1\r\n X-A: b\r\nHost: HERE\r\n\r\n" + SECOND,
    "TE in HTTP/1.0": POST.replace(b"1.1", b"1.0") + CHUNKED + b"\r\n0\r\n\r\n" + SECOND,
    "chunk size with a sign": POST + CHUNKED + b"\r\n+5\r\nabcde\r\n0\r\n\r\n" + SECOND,
    "chunk size 0x5": POST + CHUNKED + b"\r\n0x5\r\nabcde\r\n0\r\n\r\n" + SECOND,
    "chunk size beyond 64 bits": POST + CHUNKED + b"\r\nfffffffffffffffff\r\nabcde\r\n0\r\n\r\n" + SECOND,
    "chunk size is no number": POST + CHUNKED + b"\r\nxyz\r\nabcde\r\n0\r\n\r\n" + SECOND,
    "chunk longer than its size": POST + CHUNKED + b"\r\n3\r\nabcde\r\n0\r\n\r\n" + SECOND,
    "a bare CR in a header": b"GET / HTTP/1.1\r\nHost: HERE\r\nX-A: b\rX-B: c\r\n\r\n" + SECOND,
    "NUL in a header": b"GET / HTTP/1.1\r\nHost: HERE\r\nX-A: b\x00c\r\n\r\n" + SECOND,
    "NUL in the path": b"GET /\x00 HTTP/1.1\r\nHost: HERE\r\n\r\n" + SECOND,
    "a space in the path": b"GET /a b HTTP/1.1\r\nHost: HERE\r\n\r\n" + SECOND,
    "HTTP/2 preface": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "HTTP/0.9": b"GET /\r\n",
}
# Odd, but with one reading only: the odd line is dropped or understood, and what goes on has nginx's own shape.
ONE_READING = {
    "a header without a colon": b"GET / HTTP/1.1\r\nHost: HERE\r\nX-A\r\nConnection: close\r\n\r\n",
    "HTTP/1.2": b"GET / HTTP/1.2\r\nHost: HERE\r\nConnection: close\r\n\r\n",
    "bare line feeds": b"GET / HTTP/1.1\nHost: HERE\nConnection: close\n\n",
}


@pytest.mark.parametrize("raw", SMUGGLED.values(), ids=SMUGGLED)
def test_a_request_with_two_readings_ends_the_connection(site: Site, raw: bytes) -> None:
    answer = site.edge.send(raw.replace(b"HERE", PORTAL_HOST.encode()))
    assert answer.status in {400, 0}
    assert answer.status == 0 or (answer.headers["connection"] == "close" and whole(answer))


@pytest.mark.parametrize("raw", ONE_READING.values(), ids=ONE_READING)
def test_an_odd_request_with_one_reading_is_an_ordinary_one(site: Site, raw: bytes) -> None:
    answer = site.edge.send(raw.replace(b"HERE", PORTAL_HOST.encode()))
    assert (answer.status, answer.headers["location"]) == (302, "/login/")
