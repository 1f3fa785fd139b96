"""Hostile data and broken neighbours, with a browser as the judge: texts stay texts, and pages say what is missing."""

import json
import time

import pytest
import requests
from aiohttp import web
from playwright.sync_api import Page, expect

from demo.alexandrite.showcase import SHOWCASE
from tests.e2e.chromium import Watch
from tests.e2e.conftest import Read
from tests.e2e.places import Place

STALLED = f"/orders/{SHOWCASE['stalled']}/"
HOSTILE = "ORD-66601"
PAYLOADS = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(2)>",
    "\"'><svg onload=alert(3)>",
    "javascript:alert(4)",
    "{{ 7*7 }}{% debug %}",
    '" hx-get="/now/" hx-trigger="load" x="',
    "</pre></textarea></title><script>alert(5)</script>",
    "\u202egnp.exe\u0000",
)


def _send(place: Place, payload: str, number: int) -> None:
    """Send a span that carries a payload wherever a text can stand."""
    now = time.time_ns() - 5 * 60 * 1_000_000_000 - number * 1_000_000
    words = {"order_id": HOSTILE, "status": payload, payload: payload, "model_id": payload, "customer_id": payload}
    words |= {"external_partner_id": payload, "error_message": payload, "messaging.destination.name": payload}
    attributes = [{"key": key, "value": {"stringValue": value}} for key, value in words.items()]
    event = {"name": payload, "timeUnixNano": str(now), "attributes": attributes}
    span = {
        "traceId": f"{0xABC000 + number:032x}",
        "spanId": f"{0xABC000 + number:016x}",
        "name": payload,
        "kind": 4,
        "startTimeUnixNano": str(now - 1_000_000),
        "endTimeUnixNano": str(now),
        "attributes": attributes,
        "events": [event],
        "status": {"code": 2, "message": payload},
    }
    resource = {"attributes": [{"key": "service.name", "value": {"stringValue": payload}}]}
    body = {"resourceSpans": [{"resource": resource, "scopeSpans": [{"spans": [span]}]}]}
    headers = {"Content-Type": "application/json"}
    sent = requests.post(f"{place.jaeger.otlp_url}/v1/traces", json.dumps(body), headers=headers, timeout=10)
    assert sent.ok, sent.text


@pytest.fixture(scope="module")
def hostile(faults: Place) -> Place:
    for number, payload in enumerate(PAYLOADS):
        _send(faults, payload, number)
    return faults


def stayed_text(page: Page) -> bool:
    found: bool = page.evaluate(
        "() => document.querySelectorAll('main script, main img, main svg[onload], [onerror], [onload]').length === 0"
        " && [...document.querySelectorAll('a[href]')].every(link => !link.href.startsWith('javascript:'))"
        " && document.querySelectorAll('[hx-get=\"/now/\"]').length === 0"
    )
    return found


def test_nothing_in_a_span_becomes_markup(read: Read, hostile: Place) -> None:
    page = read("dmitry")
    page.goto(f"/orders/{HOSTILE}/")
    page.wait_for_load_state("networkidle")
    assert stayed_text(page)
    page.click("#machinery > summary")
    page.wait_for_selector("#spans table")
    for summary in page.locator("#spans details summary").all():
        summary.click()
    assert stayed_text(page)
    assert "49" not in page.locator("#spans").inner_text().split()
    page.goto(f"/several/?ids={HOSTILE}")
    assert stayed_text(page)


def test_nothing_that_is_typed_becomes_markup(read: Read, watch: Watch) -> None:
    watch.expect(400, 404, 422)
    page = read()
    for payload in PAYLOADS[:-1]:
        page.goto("/")
        page.fill("#q", payload)
        page.press("#q", "Enter")
        page.wait_for_load_state("networkidle")
        found = "() => document.querySelectorAll('main script, main img, [onerror], [onload]').length"
        assert page.evaluate(found) == 0
    page.goto("/orders/%3Cscript%3Ealert(1)%3C%2Fscript%3E/")
    page.goto(f"{STALLED}?at=%3Cimg%20src=x%20onerror=alert(1)%3E")
    expect(page.locator("h1")).to_be_visible()


def test_no_page_is_left_in_the_browser(read: Read) -> None:
    page = read("dmitry")
    page.goto(STALLED)
    page.click("#machinery > summary")
    page.wait_for_selector("#spans table")
    page.goto("/")
    page.wait_for_load_state("networkidle")
    assert page.evaluate("localStorage.length") == 0
    assert page.evaluate("Object.entries(sessionStorage)") == [["htmx-current-path-for-history", "/"]]
    assert page.evaluate("caches.keys()") == []
    cookies = {cookie.get("name"): cookie for cookie in page.context.cookies()}
    assert all(cookie.get("httpOnly") for name, cookie in cookies.items())


def test_while_jaeger_is_down_pages_say_what_was_known(read: Read, faults: Place, watch: Watch) -> None:
    watch.expect(503)
    page = read()
    page.goto(STALLED)
    expect(page.locator("#state")).to_contain_text("остановился")
    faults.jaeger.fail = lambda request: web.json_response({"errors": []}, status=503)
    try:
        page.goto(STALLED)
        expect(page.locator(".banner[role=alert]")).to_contain_text("Показано то, что было известно на")
        expect(page.locator("#state")).to_contain_text("Состояние неизвестно")
        page.goto("/orders/ORD-20400/")
        expect(page.locator("h1")).to_have_text("Сейчас ничего не известно")
        page.goto("/")
        expect(page.locator("#q")).to_be_visible()
    finally:
        faults.jaeger.fail = None
    page.wait_for_timeout(10_500)  # the client leaves a broken Jaeger alone for ten seconds
    page.goto(STALLED)
    expect(page.locator("#state")).to_contain_text("остановился")


def test_one_service_missing_is_said_by_name(read: Read, silent: Place) -> None:
    page = read(at=silent)
    silent.jaeger.fail = lambda request: (
        web.json_response({"errors": []}, status=503) if "crm" in request.path_qs else None
    )
    try:
        page.goto(f"/orders/{SHOWCASE['cannot_tell']}/")
        expect(page.locator(".banner[role=alert]")).to_contain_text("CRM")
    finally:
        silent.jaeger.fail = None
