"""The stand-in's pages: where deep links land, what is marked there, and that foreign text stays text."""

import re
from collections.abc import Iterator
from urllib.parse import urlencode

import html5lib
import httpx
import pytest

from demo.jaeger.server import StandInJaeger
from tests.demo.jaeger_spans import BEGIN, body, span

EVIL = '"><script>alert(1)</script>'
JSON = {"content-type": "application/json"}


@pytest.fixture(scope="module")
def jaeger() -> Iterator[StandInJaeger]:
    with StandInJaeger() as running:
        spans = [
            span(1, 0xA, order_id="ORD-1", **{EVIL: EVIL}) | {"name": EVIL},
            span(1, 0xB, order_id="ORD-1") | {"parentSpanId": f"{0xA:016x}", "status": {"code": 2, "message": EVIL}},
            span(2, 0xC, order_id="ORD-1") | {"links": [{"traceId": f"{1:032x}", "spanId": f"{0xA:016x}"}]},
            span(3, 0xD) | {"parentSpanId": f"{0xE:016x}"},
            span(3, 0xE) | {"parentSpanId": f"{0xD:016x}"},
        ]
        httpx.post(f"{running.otlp_url}/v1/traces", content=body(*spans, service=EVIL), headers=JSON).raise_for_status()
        yield running


def page(jaeger: StandInJaeger, path: str, status: int = 200) -> str:
    reply = httpx.get(jaeger.query_url + path)
    assert (reply.status_code, reply.headers["content-type"]) == (status, "text/html; charset=utf-8")
    assert "default-src 'none'" in reply.headers["content-security-policy"]
    parsed = html5lib.HTMLParser(strict=False, namespaceHTMLElements=False).parse(reply.text)
    assert parsed.find(".//script") is None
    assert parsed.find(".//*[@style]") is None
    assert "stand-in" in "".join(parsed.find(".//header").itertext())
    return reply.text


def test_the_named_span_is_open_and_marked(jaeger: StandInJaeger) -> None:
    text = page(jaeger, f"/trace/{1:032x}?uiFind={0xB:016x}")
    rows = re.findall(r'<li class="([^"]*)" id="(\w+)"><details( open)?>', text)
    assert rows == [("d0", f"{0xA:016x}", ""), ("d1 found failed", f"{0xB:016x}", " open")]


def test_any_length_and_case_of_a_trace_id_lands(jaeger: StandInJaeger) -> None:
    assert page(jaeger, "/trace/1") == page(jaeger, f"/trace/{1:032X}")


def test_a_cycle_of_parents_loses_no_span(jaeger: StandInJaeger) -> None:
    assert page(jaeger, "/trace/3").count("<details") == 2


def test_a_set_of_traces(jaeger: StandInJaeger) -> None:
    text = page(jaeger, f"/trace/{1:032x}...{2:032x}?cohort={1:032x}&cohort={2:032x}&cohort={9:032x}")
    assert text.count("<section>") == 2
    assert f"Trace {9:032x} is not here." in text


def test_a_span_leads_to_what_it_links_to(jaeger: StandInJaeger) -> None:
    assert f'href="/trace/{1:032x}?uiFind={0xA:016x}"' in page(jaeger, "/trace/2")


def test_search_by_tags_with_or_without_a_service(jaeger: StandInJaeger) -> None:
    window = {"start": BEGIN // 1000, "end": BEGIN // 1000 + 1, "tags": '{"order_id": "ORD-1"}'}
    for service in ({}, {"service": EVIL}, {"service": "__all_services__"}):
        assert page(jaeger, f"/search?{urlencode(window | service)}").count("<article>") == 2
    assert "No traces found" in page(jaeger, f"/search?{urlencode(window | {'service': 'nobody'})}")


def test_what_cannot_be_read_says_so(jaeger: StandInJaeger) -> None:
    assert "invalid length for TraceID" in page(jaeger, "/trace/zz", 400)
    assert "malformed" in page(jaeger, "/search?tags={", 400)
    assert "is not here" in page(jaeger, "/trace/99", 404)
    assert "0 traces" in page(jaeger, "/trace/...", 404)


def test_the_index_says_its_version(jaeger: StandInJaeger) -> None:
    assert 'JAEGER_VERSION = {"gitCommit": "", "gitVersion": "v2.20.0"' in page(jaeger, "/")


def test_the_style_sheet_is_served(jaeger: StandInJaeger) -> None:
    reply = httpx.get(f"{jaeger.query_url}/static/stand-in.css")
    assert reply.headers["content-type"].startswith("text/css")
    assert "prefers-color-scheme: dark" in reply.text
