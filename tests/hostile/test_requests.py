"""Hostile requests through the whole site: whatever stands in path, query, form, cookie or header, no error, no echo."""
# ruff: noqa: E501 - tables of what is tried read best in rows

from typing import Any, Final
from urllib.parse import quote, unquote, urlsplit

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from tests.hostile.conftest import As
from tests.hostile.judge import check
from tests.hostile.test_telemetry import FORBIDDEN, TEXTS, some
from tests.orders.conftest import FakeJaeger

LONGEST: Final = 1_500  # characters of a text in an address or a header, as a server in front lets through
RIGHT: Final = frozenset({200, 302, 400, 401, 403, 404, 405, 413, 422})
PATHS: Final = ("/orders/{}/", "/orders/{}.json", "/orders/{}/spans/", "/partners/{}/", "/partners/{}.csv", "/models/{}/", "/{}",
    "/{}/", "/orders/{}", "/several/{}", "/help/{}", "/orders/ORD-20398/{}", "/orders/ORD-20398{}/", "/static/{}", "/oidc/{}",
    "/orders/ORD-20398/;{}", "/jaeger-ui/{}", "//{}", "/./{}", "/login/{}")  # fmt: skip
QUERIES: Final = ("/orders/ORD-20398/?at={}", "/several/?ids={}", "/several/?ids=ORD-20398,{}", "/several.csv?ids=ORD-20398,{}",
    "/several.json?ids=ORD-20398,{}&state={}", "/partners/P-77/?state={}&sort={}", "/partners/P-77.csv?sort={}", "/?{}={}",
    "/orders/ORD-20398/?{}={}", "/signed-out/?next={}", "/help/?next={}&lang={}", "/models/M-1043/?{}", "/now/?{}", "/search/?q={}",
    "/orders/ORD-20398.json?at={}&callback={}", "/oidc/keycloak/callback/?code={}&state={}", "/jaeger-ui/refused/?why={}&to={}",
    "/jaeger-ui/enter/?state={}&to={}", "/orders/ORD-20398/?at=2026-09-21T17:20:00Z&at={}")  # fmt: skip
FORMS: Final = (("/search/", "q"), ("/choose/", "next"), ("/choose/", "lang"), ("/choose/", "zone"), ("/choose/", "keys"),
    ("/oidc/backchannel-logout/", "logout_token"), ("/search/", "csrfmiddlewaretoken"), ("/help/", "q"))  # fmt: skip
COOKIES: Final = ("csrf", "django_language", "zone", "keys", "recent", "told", "session", "messages")
HEADERS: Final = ("Accept", "Accept-Language", "User-Agent", "Referer", "Origin", "Host", "X-Forwarded-For", "X-Forwarded-Host",
    "X-Forwarded-Proto", "Forwarded", "HX-Request", "HX-Current-URL", "HX-Target", "HX-Trigger", "HX-History-Restore-Request",
    "X-Live-Refresh", "X-Request-ID", "Sec-Fetch-Site", "Sec-Fetch-Mode", "If-None-Match", "If-Modified-Since", "Range",
    "X-HTTP-Method-Override", "Authorization", "Content-Type", "Cookie", "X-Original-URI", "X-CSRFToken", "X-Real-IP",
    "Transfer-Encoding", "Content-Length", "Traceparent")  # fmt: skip


OURS: list[str] = []  # pages in which nothing hostile stands: what is in them is no echo


@pytest.fixture
def inside(someone: As, jaeger: FakeJaeger) -> Client:
    client = someone("devops")
    OURS[:] = [client.get(path).content.decode() for path in ("/help/", "/nothing/", "/orders/ORD-20398/")]
    return client


def judge(answer: Any, *texts: str) -> None:
    """Demand a known status, our own markup, and that nothing was echoed as it was sent."""
    where = answer.headers.get("Location", "/")
    if answer.status_code == 301:  # one of our addresses without its last slash, and to nowhere else
        assert unquote(urlsplit(where).path) == answer.request["PATH_INFO"] + "/", where
    else:
        assert answer.status_code in RIGHT, answer.status_code
    check(answer)
    assert where.startswith(("/", "http://127.0.0.1:")), where
    assert not where.startswith(("//", "/\\")), where
    assert "Content-Security-Policy" in answer.headers
    body = answer.content.decode()
    for text in texts:
        marked = len(text) > 9 and any(mark in text for mark in FORBIDDEN)
        assert not marked or text not in body or any(text in page for page in OURS), text


def put(pattern: str, text: str, *, raw: bool) -> str:
    """Return an address with the text in it, written as a browser writes it or nearly as it is."""
    safe = "/?&=;:@<>\"'\\{}%" if raw else ""
    return pattern.replace("{}", quote(text[:LONGEST], safe=safe))


def in_header(text: str) -> str:
    """Return a text as a server may hand it on in a header: one line, bytes as latin-1."""
    return text[:LONGEST].encode().decode("latin-1").translate(dict.fromkeys((0, 10, 13), " "))


@some(20)
@given(text=TEXTS, pattern=st.sampled_from(PATHS), raw=st.booleans())
def test_in_a_path(part: int, inside: Client, text: str, pattern: str, raw: bool) -> None:
    judge(inside.get(put(pattern, text, raw=raw)), text)


@some(20)
@given(text=TEXTS, pattern=st.sampled_from(QUERIES), raw=st.booleans(), htmx=st.booleans())
def test_in_a_query(part: int, inside: Client, text: str, pattern: str, raw: bool, htmx: bool) -> None:
    judge(inside.get(put(pattern, text, raw=raw), headers={"HX-Request": "true"} if htmx else {}), text)


@some(14)
@given(text=TEXTS, form=st.sampled_from(FORMS), more=TEXTS)
def test_in_a_form(part: int, inside: Client, text: str, form: tuple[str, str], more: str) -> None:
    judge(inside.post(form[0], {form[1]: text, more[:50]: more}), text, more)


@some(2)
@given(body=st.one_of(st.binary(max_size=200), TEXTS.map(str.encode)), kind=st.sampled_from(
    ("application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "multipart/form-data", "application/json", "x", "",
     "application/x-www-form-urlencoded; charset=utf-16", "text/html; charset=x", "multipart/form-data; boundary=\0")
))  # fmt: skip
def test_in_a_body(part: int, inside: Client, body: bytes, kind: str) -> None:
    for path in ("/search/", "/choose/", "/oidc/backchannel-logout/"):
        judge(inside.generic("POST", path, body, kind))


@some(3)
@given(text=TEXTS, name=st.sampled_from(COOKIES))
def test_in_a_cookie(part: int, someone: As, inside: Client, text: str, name: str) -> None:
    kept = inside.cookies.get(name)
    inside.cookies[name] = in_header(text)[:1000]
    judge(inside.get("/now/"), text)
    judge(inside.get("/"), text)
    del inside.cookies[name]
    if kept is not None:
        inside.cookies[name] = kept.value


@some(12)
@given(
    text=TEXTS,
    name=st.sampled_from(HEADERS),
    path=st.sampled_from(("/orders/ORD-20398/", "/", "/help/", "/partners/P-77.csv")),
)
def test_in_a_header(part: int, inside: Client, text: str, name: str, path: str) -> None:
    judge(inside.get(path, headers={name: in_header(text)}), text)
