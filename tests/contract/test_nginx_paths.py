"""Paths, methods and sizes through real nginx: what is closed stays closed, what is hidden is not there."""

import hashlib
import re
from base64 import b64encode

import pytest

from tests.contract.edge import PORTAL_HOST, whole
from tests.contract.edge_fixtures import Site, cookie, names, site

__all__ = ["cookie", "names", "site"]

CLOSED = ["/orders/ORD-1/", "/orders/ORD-1/spans/", "/partners/P-1/", "/jaeger-ui/refused/", "/access-log/"]
BENT = [
    lambda path: "/" + path,
    lambda path: "/." + path,
    lambda path: "/x/.." + path,
    lambda path: path.replace("/", "//"),
    lambda path: path + ";x",
    lambda path: path.rstrip("/") + ";x/",
    lambda path: "/%2e" + path,
    lambda path: path.replace("/", "/%2e/", 2),
    lambda path: "/%2f" + path.lstrip("/"),
    lambda path: path.rstrip("/") + "%2f",
    lambda path: path.rstrip("/") + "%00/",
    lambda path: path.rstrip("/") + "./",
    lambda path: path.rstrip("/") + "%20/",
    lambda path: path.upper(),
    lambda path: path.replace("o", "%6f", 1),
    lambda path: path.replace("o", "%256f", 1),
    lambda path: path.replace("/", "\\"),
    lambda path: path + "#x",
    lambda path: path + "?x",
    lambda path: "/static/../" + path.lstrip("/"),
    lambda path: "/static/..%2f" + path.lstrip("/"),
    lambda path: "/login/../" + path.lstrip("/"),
    lambda path: "/signed-out/..;/" + path.lstrip("/"),
]


@pytest.mark.parametrize("path", CLOSED)
@pytest.mark.parametrize("bend", range(len(BENT)))
def test_a_bent_path_opens_nothing(site: Site, path: str, bend: int) -> None:
    answer = site.edge.get(BENT[bend](path))
    assert answer.status in {302, 400, 404}
    if answer.status == 302:
        assert answer.headers["location"].startswith("/login/")


HIDDEN = [
    "/metrics", "/metrics/", "//metrics", "/./metrics", "/%6detrics", "/METRICS", "/x/../metrics", "/livez", "/readyz",
    "/readyz/", "/healthz/watcher", "/.git/config", "/.git/HEAD", "/static/.git/config", "/.env", "/static/..%2f.env",
    "/%2egit/config", "/static/js/portal.js.map", "/static/css/base.css.map", "/server-status", "/nginx_status",
    "/manage.py", "/static/", "/static/css/", "/admin/", "/-/", "/-/400",
]  # fmt: skip


@pytest.mark.parametrize("path", HIDDEN)
def test_what_is_not_for_outside_is_not_there(site: Site, cookie: str, path: str) -> None:
    """Not even for somebody who is signed in."""
    answer = site.edge.get(path, cookie)
    assert answer.status in {400, 404}
    assert whole(answer)


@pytest.mark.parametrize(
    "method", ["TRACE", "TRACK", "CONNECT", "DEBUG", "PROPFIND", "PUT", "DELETE", "PATCH", "OPTIONS"]
)
def test_no_other_method_is_answered(site: Site, cookie: str, method: str) -> None:
    answer = site.edge.get("/orders/ORD-1/", cookie, "X-Canary: mirrored", method=method)
    assert answer.status in {400, 403, 405}
    assert "mirrored" not in answer.text
    assert whole(answer)


# --- Sizes, and pages of nginx's own ---


def test_too_much_is_refused_with_a_page(site: Site) -> None:
    long_path, long_line = site.edge.get("/?" + "a" * 9000), site.edge.get("/", "X-A: " + "a" * 9000)
    many = site.edge.get("/", *(f"X-{at}: {'a' * 4000}" for at in range(12)))
    body = site.edge.get("/search/", f"Content-Length: {2 * 1024 * 1024}", method="POST")
    assert [answer.status for answer in (long_path, long_line, many, body)] == [414, 400, 400, 413]
    assert all(whole(answer) and 'lang="en"' in answer.text for answer in (long_path, long_line, many, body))


def test_a_hundred_thousand_russian_letters_are_let_through(site: Site) -> None:
    """Each is six bytes in a form; what is refused is refused by the portal, for want of a token."""
    form = "q=" + "%D1%8F" * 100_000
    head = f"POST /search/ HTTP/1.1\r\nHost: {PORTAL_HOST}\r\nConnection: close\r\nContent-Length: {len(form)}\r\n"
    form_type = "Content-Type: application/x-www-form-urlencoded\r\n\r\n"
    assert site.edge.send((head + form_type + form).encode()).status == 403


def test_the_portals_headers_are_not_doubled(site: Site, cookie: str) -> None:
    for path in ("/", "/signed-out/", "/nothing/", "/orders/ORD-1/", "/static/css/base.css"):
        answer = site.edge.get(path, cookie)
        doubled = {name for name in answer.names if answer.names.count(name) > 1} - {"set-cookie"}
        assert doubled == set(), path
        assert answer.names.count("content-security-policy") == 1


def test_every_script_is_what_its_page_says(site: Site) -> None:
    """As collected, under its hashed name, through nginx: a browser would run nothing else."""
    scripts = re.findall(r'<script src="([^"]+)" integrity="sha384-([^"]+)"', site.edge.get("/signed-out/").text)
    assert len(scripts) >= 2
    for address, said in scripts:
        served = site.edge.get(address).text.encode()
        assert b64encode(hashlib.sha384(served).digest()).decode() == said
