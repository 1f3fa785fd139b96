"""Where a sign-in may lead: a page of this site, byte for byte, and nowhere else however it is written."""

from urllib.parse import urlencode

import pytest

from portal.sign_in.next_url import own_page
from tests.portal.access_rows import write
from tests.portal.browser import Browser

pytestmark = pytest.mark.django_db

NEXT = [
    "//evil.example", "///evil.example", "/\\evil.example", "\\\\evil.example", "http://evil.example",
    "https:evil.example",
    "http:///evil.example", "javascript:alert(1)", "JaVaScRiPt:alert(1)", "data:text/html,x", "/%09/evil.example/\t",
    "\t//evil.example", "\n//evil.example", " //evil.example", "/\r\nSet-Cookie:x=1", "evil.example", "@evil.example",
    "?next=//evil.example", "#//evil.example", "/\x00", "/\u00a0/evil.example", "http://testserver@evil.example/",
    "http://testserver.evil.example/", "http://testserver/closed/", "//testserver/closed/", "/login/", "/logout/",
    "/oidc/keycloak/callback/?code=x", "/signed-out/?next=//evil.example", "/" + "x" * 5000, "", "ftp://evil.example",
    "vbscript:x", "blob:http://evil.example/x", "http:\\\\evil.example", "https:///evil.example", "http:evil.example",
    "\u2028//evil.example", "//evil.example/%2f..", "/\u0085/evil.example", "////evil.example", "http://[::1]/",
    "//[", "http://[", "/%2F/evil.example\\", "/.//\\evil.example", "https://evil.example:443/", "https://testserver:8443/",
    "HTTPS://EVIL.EXAMPLE", "//evil%E3%80%82example/\u3000", "///\\evil.example", "/\t/evil.example",
    "/\n/evil.example",
    "\\/evil.example", "/\\/evil.example", "http:/evil.example", "http:\t//evil.example", "javascript://%0aalert(1)",
    "java\tscript:alert(1)", "file:///etc/passwd", "mailto:a@evil.example", "/\ufeff/../\u2000//evil.example\x7f",
    "//user@evil.example",
    "/oidc/backchannel-logout/", "/login/?next=//evil.example", "/signed-out/", "/oidc/",
    "\x00//evil.example", "*", "..//evil.example",
    "./evil.example", "%2f%2fevil.example",
]  # fmt: skip


@pytest.mark.parametrize("wanted", NEXT)
def test_next_leads_nowhere_else(wanted: str, browser: Browser) -> None:
    page = browser.get(f"/login/?{urlencode({'next': wanted})}")
    way = browser.post(page.action(), {"username": "anna", "password": "anna"}, follow=False)
    arrived = browser.get(way.headers["location"], follow=False)
    assert (arrived.status, arrived.headers["location"]) == (302, "/")


@pytest.mark.parametrize(
    "wanted",
    [
        "/closed/?q=a%20b&x=1%262",
        "/closed/%D0%B7/?q=%FF",
        "/closed/?next=//evil.example",
        "/closed/?u=http://evil.example/",
        "/closed//x",
        "/closed/?a=1&a=2&&b=;c",
        "/closed/?at=2026-09-25T10:42:00Z",
        "/closed/a+b/?q=a+b",
    ],
)
def test_next_keeps_every_byte(wanted: str, browser: Browser) -> None:
    page = browser.get(wanted)
    way = browser.post(page.action(), {"username": "anna", "password": "anna"}, follow=False)
    arrived = browser.get(way.headers["location"], follow=False)
    assert arrived.headers["location"] == wanted


KEPT = "id=ORD-7&request=0123456789abcdef&kind=order&from=2026-09-01&to=2026-09-02&refreshes=1"


@pytest.mark.parametrize("path", ["/access-log/", "/access-log.csv"])
@pytest.mark.parametrize(
    ("query", "kept"),
    [
        (KEPT, f"?{KEPT}"),
        ("who=ivan&id=ORD-7", "?id=ORD-7"),
        ("who=ivan", ""),
        ("id=ivan@example.com&kind=ivan&from=ivan&to=ivan&refreshes=ivan&request=ivan&x=ivan&before=9", ""),
        ("id=cust-4711&kind=log", "?kind=log"),
        ("&" * 1500, ""),
    ],
)
def test_a_shared_link_to_the_access_log_keeps_its_filter_but_no_person(path: str, query: str, kept: str) -> None:
    write(username="ivan")  # even whom the log knows
    assert own_page(f"{path}?{query}") == f"{path}{kept}"
