"""Addresses bent out of shape: another spelling of a closed page opens nothing, and no address leads off the site."""
# ruff: noqa: E501 - tables of what is tried read best in rows

from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from django.core.handlers.wsgi import WSGIRequest
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from pytest_django.fixtures import Settings
from whitenoise.middleware import WhiteNoiseMiddleware

from tests.hostile.conftest import As
from tests.hostile.payloads import CORPUS
from tests.hostile.routes import address
from tests.hostile.test_access import TABLE
from tests.orders.conftest import FakeJaeger

SPELLINGS = ("/{p}", "//{p}", "///{p}", "/./{p}", "/x/../{p}", "/{p};x", "/{p};.css", "/{p}/.", "/{p}/..", "/{p}%2f", "/%2f{p}",
    "/{p}%00", "/{p}.", "/{p}/", "/{P}", "/{p}%20", "/%20{p}", "/{p}?", "/{p}#x", "/{p}/x", "/static/../{p}", "/static/..%2f{p}",
    "/static/%2e%2e/{p}", "/login/../{p}", "/login/..;/{p}", "/signed-out/../{p}", "/oidc/keycloak/callback/..%2f{p}", "/\\{p}",
    "/{p}\\", "/%5c{p}", "/%252f{p}", "/login//{p}", "/{p}.json", "/{p}.css", "/{p}~", "/{p}%09", "/{p}%0d%0a", "/\u2044{p}",
    "/livez/../{p}", "/livez;/{p}", "/{p}/livez", "http://testserver/{p}", "http://evil.example/{p}", "/login/?/{p}",
    "/choose/%2e%2e/{p}")  # fmt: skip
AWAY = (
    "//", "///", "/\\",
    "//evil.example", "///evil.example", "////evil.example", "/\\evil.example", "\\\\evil.example", "\\/evil.example", "https:evil",
    "http://evil.example", "https://evil.example/", "http:///evil.example", "http:/evil.example", "HTTP://EVIL.EXAMPLE", "//evil",
    "javascript:__xss(1)", "JavaScript:__xss(1)", "java\tscript:x", " javascript:x", "data:text/html,x", "vbscript:x", "blob:x",
    "/\t/evil.example", "/\n/evil.example", "/\r\n/evil.example", "\t//evil.example", " //evil.example", "\x00//evil.example",
    "/\x00/evil.example", "/%09/evil.example\t", "evil.example", "@evil.example", ".evil.example", ":80", "?//evil.example",
    "#//evil.example", "http://testserver@evil.example/", "http://testserver.evil.example/", "http://evil.example#testserver",
    "http://evil.example\\@testserver/", "//testserver@evil.example", "//evil.example/%2f..", "/%2f/evil.example\r", "//[::1]/",
    "http://[::ffff:7f00:1]/", "http://2130706433/", "ftp://evil.example", "file:///etc/passwd", "ws://evil.example", "//\u3002evil",
    "/\u2028/evil.example", "\u2028//evil.example", "/\u00a0/evil.example", "/\u0085/evil.example", "//evil\u3002example",
    "http:\\\\evil.example", "http:\\evil.example", "https:///\\evil.example", "//%65vil.example", "///\\evil.example", "/.//evil.x\\",
    "//evil.example:443", "//evil.example?x=/help/", "//evil.example/help/", "mailto:x@evil.example", "tel:1", "x" * 5000,
)  # fmt: skip


@pytest.mark.parametrize("route", [route for route in TABLE if TABLE[route].get("GET", "").startswith("sign-in")])
def test_another_spelling_of_a_closed_page_opens_nothing(route: str, someone: As, jaeger: FakeJaeger) -> None:
    path = address(route).lstrip("/")
    stranger, support = someone("anonymous"), someone("support")
    for spelling in SPELLINGS:
        bent = spelling.replace("{p}", path.rstrip("/")).replace("{P}", path.upper())
        for text in (bent, bent.encode().decode("latin-1")):
            answer: Any = stranger.get(text)
            where = answer.headers.get("Location", "")
            assert answer.status_code in {301, 302, 400, 404, 200 if bent.startswith("/login") else 404}, text
            assert where.startswith("/") or answer.status_code not in {301, 302} or "/auth?" in where, (text, where)
            assert not where.startswith(("//", "/\\")), (text, where)
            assert b"P-77" not in answer.content.replace(path.encode(), b"")
            inside: Any = support.get(text)
            assert inside.status_code != 200 or "spans" not in route or "spans" not in bent.lower(), text
    assert all(asked in {("order_id", "ORD-20398"), ("external_partner_id", "P-77"), ("model_id", "M-1043")}
        for asked in jaeger.asked)  # fmt: skip


@pytest.mark.parametrize("away", AWAY, ids=ascii)
def test_no_address_leads_off_the_site(away: str, someone: As) -> None:
    client = someone("support")
    for answer in (
        client.post("/choose/", {"next": away, "lang": "en"}),
        client.get("/login/", {"next": away}),
        client.get("/jaeger-ui/enter/", {"to": away, "state": "x"}),
    ):
        where = answer.headers["Location"]
        assert where.startswith(("/", "http://127.0.0.1:")) and not where.startswith(("//", "/\\")), where  # noqa: PT018
    out = someone("anonymous")
    page: Any = out.get("/signed-out/", {"next": away})
    assert b'href="/login/"' in page.content
    for header in ("HX-Current-URL", "Referer"):
        sent = away.encode().decode("latin-1").translate(dict.fromkeys((0, 10, 13), " "))
        led: Any = out.get("/help/", headers={header: sent, "HX-Request": "true"})
        assert led.headers["HX-Redirect"] == "/login/", header


@pytest.mark.parametrize("order_id", ["ORD-\u0661\u0662\u0663", "ORD-\uff11\uff12", "\uff2fRD-1", "ORD\u200b-20398", "\u202e89302-DRO", "ORD-20398\u0301",
    "ORD-20398\n", "ORD-20398\x00", "\u041eRD-20398", "ORD-20398%0a", "ord-20398", "ORD-20398 ", "ORD\u201020398", "ORD-" + "1" * 10_000])  # fmt: skip
def test_what_only_looks_like_a_number_is_no_address(order_id: str, someone: As, jaeger: FakeJaeger) -> None:
    for form in ("/orders/{}/", "/orders/{}.json", "/orders/{}/spans/"):
        assert someone("devops").get(form.replace("{}", quote(order_id))).status_code == 404
    assert jaeger.asked == []


@pytest.mark.django_db  # a response that is closed looks at its connections
@pytest.mark.parametrize("slash", ["/", "%2f", "\\", "%5c", "%252f", "/./", "//"])
def test_no_file_but_the_collected_ones_is_served(slash: str, tmp_path: Path, settings: Settings) -> None:
    root, secret = tmp_path / "static", tmp_path / "secret.txt"
    (root / "css").mkdir(parents=True)
    (root / "css" / "a.css").write_text("a{}")
    secret.write_text("KEY")
    (root / "link.txt").symlink_to(secret)
    settings.STATIC_ROOT, settings.WHITENOISE_AUTOREFRESH, settings.WHITENOISE_USE_FINDERS = str(root), False, False
    serve = WhiteNoiseMiddleware(lambda request: HttpResponse("the site", status=404))
    right = asked(serve, "/static/css/a.css")
    assert (right.status_code, b"".join(right.streaming_content)) == (200, b"a{}")
    right.close()
    up = f"..{slash}"
    for path in (f"css{slash}", "", "css", f"{up}secret.txt", f"css{slash}{up}{up}secret.txt", f"{up * 9}etc{slash}passwd",
                 f"css{slash}a.css%00", f"{secret}", f"{slash}{secret}", ".git/config", f"css{slash}.{slash}..{slash}..{slash}secret.txt",
                 *CORPUS[:60]):  # fmt: skip
        answer = asked(serve, f"/static/{path}")
        assert answer.status_code == 404, path
        assert b"KEY" not in answer.content


def asked(serve: Any, path: str) -> Any:
    environ = RequestFactory().get("/").META | {"PATH_INFO": path.encode().decode("latin-1")}
    request: HttpRequest = WSGIRequest(environ)
    return serve(request)


def test_django_itself_opens_nothing_by_a_host_of_its_own(someone: As) -> None:
    for host in (
        "evil.example",
        "testserver@evil.example",
        "testserver:80@evil",
        "testserver/x",
        "testserver\\x",
        "",
        "[::1",
    ):
        answer: Any = someone("support").get("/help/", headers={"host": host})
        assert answer.status_code == 400 or host == "", host
        assert host == "" or host.encode() not in answer.content
    assert isinstance(someone("support"), Client)
