"""Hostile data and broken neighbours, with a browser as the judge: texts stay texts, and pages say what is missing."""

import sqlite3
import time
from contextlib import closing
from typing import Any
from urllib.parse import quote

import pytest
import requests
from aiohttp import web
from playwright.sync_api import Page, expect

from demo.alexandrite.showcase import SHOWCASE
from tests.e2e.chromium import Watch
from tests.e2e.conftest import Read
from tests.e2e.places import Place
from tests.e2e.test_people import come_in
from tests.hostile.canary import TEXTS, leaks, leaks_of_database
from tests.hostile.payloads import CORPUS, RUNNING
from tests.hostile.world import sent

STALLED = f"/orders/{SHOWCASE['stalled']}/"
DONE = f"/orders/{SHOWCASE['done']}/"
BATCH = 110  # payloads an order: each is on spans of its own, and a page shows 500 spans
HOSTILE = tuple(f"ORD-6660{n}" for n in range(-(-len(CORPUS) // BATCH)))
ORACLE = """window.__xss = (what) => console.error(`a payload ran: ${what}`);
    window.alert = window.confirm = window.prompt = (what) => window.__xss(what);"""


def send(place: Place, groups: list[Any]) -> None:
    answer = requests.post(f"{place.jaeger.otlp_url}/v1/traces", json={"resourceSpans": groups}, timeout=30)
    assert answer.ok, answer.text


@pytest.fixture(scope="module")
def hostile(faults: Place) -> Place:
    """Send every payload in every place: key, value, operation, service, event, status text, number of an order."""
    at = time.time_ns() - 5 * 60 * 1_000_000_000
    for n, order_id in enumerate(HOSTILE):
        own = CORPUS[n * BATCH : (n + 1) * BATCH]
        groups = [sent([text], at=at, order_id=order_id, number=BATCH * n + m) for m, text in enumerate(own)]
        for group in groups:  # one trace an order, or there would be more traces than one look-up takes
            for m, span in enumerate(group["scopeSpans"][0]["spans"]):
                span["spanId"] = f"{int(span['traceId'], 16) * 8 + m:016x}"
                span["traceId"] = f"{0xBAD0000 + n:032x}"
        send(faults, groups)
    return faults


@pytest.fixture
def reader(read: Read) -> Page:
    """Open a page of a developer in whose browser a payload that runs is a complaint, as are dialogs and refusals."""
    page = read("dmitry")
    page.add_init_script(ORACLE)
    return page


def stayed_text(page: Page) -> bool:
    found: bool = page.evaluate(
        """() => {
          const ours = (link) => ["http:", "https:"].includes(link.protocol) && !link.host.includes("evil");
          const odd = [...document.querySelectorAll("*")].filter((one) =>
            [...one.attributes].some((a) => /^on|^hx-on|^data-hx|^style$|^srcdoc$/i.test(a.name)));
          const never = "main script, main img, main iframe, main object, main embed, main style, base";
          return document.querySelectorAll(never).length === 0 && odd.length === 0
            && [...document.querySelectorAll("a[href]")].every(ours)
            && [...document.querySelectorAll("script")].every((one) => one.src.startsWith(location.origin + "/static/"))
            && [...document.forms].every((form) => new URL(form.action).origin === location.origin);
        }"""
    )
    return found


def test_no_payload_in_a_span_becomes_markup(reader: Page, hostile: Place) -> None:
    for order_id in HOSTILE:
        reader.goto(f"/orders/{order_id}/")
        assert stayed_text(reader), order_id
        reader.click("#machinery > summary")
        reader.wait_for_selector("#spans table")
        reader.evaluate("document.querySelectorAll('#spans details').forEach((one) => { one.open = true; })")
        assert reader.locator("#spans tbody tr").count() > 2 * 90, order_id
        assert stayed_text(reader), order_id
        assert "49__xss" not in reader.locator("#spans").inner_text()  # {{ 7*7 }}
        reader.goto(f"/orders/{order_id}/spans/")
        assert stayed_text(reader), order_id
    for path in (f"/several/?ids={','.join(HOSTILE)}", "/partners/P-77/", "/"):
        reader.goto(path)
        reader.wait_for_load_state("networkidle")
        assert stayed_text(reader), path


def test_no_payload_that_is_typed_becomes_markup(reader: Page, watch: Watch) -> None:
    watch.expect(422)
    typed = [text for text in CORPUS if "\n" not in text and "\r" not in text and len(text) < 1_000]
    for n in range(0, len(typed), 60):
        reader.goto("/")
        reader.fill("#q", "\n".join(typed[n : n + 60]) + f"\n{HOSTILE[0]}\n{SHOWCASE['stalled']}")
        reader.press("#q", "Enter")
        reader.wait_for_load_state("networkidle")
        assert stayed_text(reader)
    for text in RUNNING[:: len(RUNNING) // 12]:
        reader.goto("/")
        reader.fill("#q", text)
        reader.press("#q", "Enter")
        reader.wait_for_load_state("networkidle")
        assert stayed_text(reader), text


def test_no_payload_in_an_address_becomes_markup(reader: Page, watch: Watch) -> None:
    watch.expect(400, 404)
    for text in [text for text in RUNNING if text[0] not in "/\\"][:: len(RUNNING) // 24]:
        for path in (
            f"/orders/{quote(text, safe='')}/",
            f"{STALLED}?at={quote(text)}",
            f"/{quote(text)}?{quote(text)}",
        ):
            reader.goto(path)
            assert stayed_text(reader), path


def test_the_oracle_hears_what_it_is_there_for(reader: Page, watch: Watch) -> None:
    """Not the portal's test but the judge's: a payload that runs, one that the policy refuses, an alert."""
    reader.goto("/")
    reader.evaluate("__xss('on purpose'); alert('on purpose')")
    reader.evaluate("document.body.insertAdjacentHTML('beforeend', '<img src=x onerror=__xss(1)><p style=color:red>')")
    reader.wait_for_timeout(300)
    assert not stayed_text(reader)
    said = " ".join(watch.complaints)
    assert "a payload ran: on purpose" in said
    assert "policy: script-src" in said or "policy: script-src-attr" in said
    assert "policy: style-src" in said
    watch.complaints.clear()


def test_nothing_of_a_canary_is_in_the_files_that_the_portal_keeps(reader: Page, faults: Place, watch: Watch) -> None:
    watch.expect(400, 404, 422)
    at = time.time_ns() - 5 * 60 * 1_000_000_000
    send(faults, [sent([text], at=at, order_id="ORD-66699", number=9_000 + n) for n, text in enumerate(TEXTS)])
    for path in ("/orders/ORD-66699/", "/orders/ORD-66699/spans/", "/partners/P-77/", "/orders/ORD-66699.json"):
        reader.goto(path)
        assert leaks(reader.content()) == set(), path
    reader.goto("/")
    reader.fill("#q", "\n".join(TEXTS))
    reader.press("#q", "Enter")
    reader.wait_for_load_state("networkidle")
    for text in TEXTS:
        reader.goto(f"/orders/{quote(text, safe='')}/")
        reader.goto(f"{STALLED}?{quote(text, safe='')}={quote(text, safe='')}")
    kept = [path for path in faults.var.rglob("*") if path.is_file() and "static" not in path.parts]
    names = {path.name for path in kept}
    assert {"portal.sqlite3", "portal.log"} <= names, names
    files = [path.read_bytes() for path in kept if path.name.startswith("portal.sqlite3")]
    with closing(sqlite3.connect(faults.var / "portal.sqlite3", timeout=10)) as database:
        assert leaks_of_database(database, *files) == set()
    found = {path.name: leaks(path.read_text("utf-8", "replace")) for path in kept if "sqlite3" not in path.name}
    assert {name: leak for name, leak in found.items() if leak} == {}


def test_a_foreign_page_cannot_draw_orders_into_itself(reader: Page, faults: Place, watch: Watch) -> None:
    """Jaeger's own origin is such a page: on one machine its requests even bring the portal's cookies."""
    watch.expect(403)
    target, answers = faults.at(STALLED), []
    foreign = f"""<!doctype html><title>foreign</title><iframe src="{target}"></iframe><img src="{target}">
        <script src="{faults.at("/orders/ORD-20398.json")}"></script><link rel="stylesheet" href="{target}">
        <object data="{target}"></object><embed src="{target}">"""
    faults.jaeger.fail = lambda request: (
        web.Response(text=foreign, content_type="text/html") if request.path == "/foreign" else None
    )
    reader.on("response", lambda one: answers.append((one.url.startswith(faults.url), one.status)))
    try:
        reader.goto(f"{faults.jaeger.query_url}/foreign")
        reader.evaluate("(to) => fetch(to, {mode: 'no-cors', credentials: 'include'}).then(() => 0, () => 0)", target)
        reader.wait_for_timeout(300)
    finally:
        faults.jaeger.fail = None
    drawn = [status for ours, status in answers if ours]
    assert len(drawn) >= 3  # the rest the browser blocks before anybody hears of an answer
    assert set(drawn) == {403}
    watch.complaints = [one for one in watch.complaints if one.startswith(("dialog", "answer"))]
    reader.evaluate("(to) => { location.href = to; }", target)
    expect(reader.locator("#state")).to_be_visible()


def test_jaeger_learns_no_address_of_ours(reader: Page, faults: Place) -> None:
    seen: list[str | None] = []
    reader.goto(STALLED)
    link = reader.locator(f"a[href^='{faults.jaeger.query_url}/trace/']").first.get_attribute("href")
    faults.jaeger.fail = lambda request: seen.append(request.headers.get("Referer"))
    try:
        reader.locator(f"a[href='{link}']").first.click()
        reader.wait_for_url(f"{faults.jaeger.query_url}/**")
    finally:
        faults.jaeger.fail = None
    assert seen
    assert [one for one in seen if one and faults.url in one] == []


def test_after_signing_out_nothing_is_left_and_nothing_comes_back(read: Read, faults: Place, watch: Watch) -> None:
    page = read(who=None)
    come_in(page, "anna", "/")
    page.locator("button[name=lang][value=en]").click()
    page.goto(STALLED)
    expect(page.locator("#state")).to_be_visible()
    page.locator("details.me > summary").click()
    with page.expect_response(lambda answer: answer.url.endswith("/logout/")) as gone:
        page.locator("details.me form[action='/logout/'] button").click()
    assert gone.value.all_headers()["clear-site-data"] == '"cache", "storage"'
    page.wait_for_url("**/signed-out/**")
    assert page.evaluate("document.documentElement.lang") == "en"  # the choice of language outlives the session
    assert page.evaluate("localStorage.length") == 0
    assert page.evaluate("Object.entries(sessionStorage)") == [["htmx-current-path-for-history", "/signed-out/"]]
    assert page.evaluate("caches.keys()") == []
    page.go_back()
    page.wait_for_load_state("networkidle")
    assert page.locator("#state").count() == 0
    assert SHOWCASE["stalled"] not in page.locator("body").inner_text()


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


def test_signing_out_in_one_tab_clears_every_other(read: Read, watch: Watch) -> None:
    watch.expect(401)
    page = read(who=None)
    come_in(page, "anna", STALLED)
    others = [page.context.new_page() for _ in range(2)]
    for other, path in zip(others, (STALLED, DONE), strict=True):
        other.goto(path)
        expect(other.locator("#state")).to_be_visible()
    page.locator("details.me > summary").click()
    page.locator("details.me form[action='/logout/'] button").click()
    page.wait_for_url("**/signed-out/**")
    for other in others:
        other.wait_for_url("**/signed-out/?next=*")
        assert "ORD-" not in other.locator("body").inner_text()
    assert page.url.endswith("/signed-out/")  # nobody interrupted the tab that signed out


def test_a_page_that_is_read_is_not_covered_while_it_asks(read: Read, watch: Watch) -> None:
    page = read(who=None)
    page.clock.install()
    come_in(page, "vera", DONE)
    expect(page.locator("#state")).to_be_visible()
    page.route("**/signed-in/", lambda route: route.fulfill(status=503))
    watch.expect(503)
    for _ in range(3):
        with page.expect_request("**/signed-in/"):
            page.clock.run_for(60_700)  # a clock's ticks come late, never early
        assert page.locator("html.unsure").count() == 0


def test_a_page_that_was_told_of_the_end_stays_covered_until_the_server_speaks(read: Read, watch: Watch) -> None:
    watch.expect(503)
    page = read(who=None)
    page.clock.install()
    come_in(page, "vera", DONE)
    page.route("**/signed-in/", lambda route: route.fulfill(status=503))
    with page.expect_response("**/signed-in/"):
        page.evaluate("new BroadcastChannel('session').postMessage('ended')")
    page.wait_for_timeout(300)  # as long as an answer takes to be read
    expect(page.locator("html.unsure")).to_have_count(1)
    page.unroute("**/signed-in/")
    page.clock.run_for(60_700)
    expect(page.locator("html.unsure")).to_have_count(0)


@pytest.mark.parametrize("shown", ["on the screen", "seen again", "from the browser's memory"])
def test_a_page_whose_session_has_ended_leaves_the_screen(read: Read, faults: Place, watch: Watch, shown: str) -> None:
    watch.expect(401)
    page = read(who=None)
    page.clock.install()
    come_in(page, "vera", DONE)  # it does not refresh itself
    expect(page.locator("#state")).to_be_visible()
    page.clock.run_for(61_000)
    expect(page.locator("html:not(.unsure) #state")).to_be_visible()
    with closing(sqlite3.connect(faults.var / "portal.sqlite3", timeout=10)) as database, database:
        database.execute("DELETE FROM portal_keycloaksession WHERE username = 'vera'")
    if shown == "on the screen":
        page.clock.run_for(61_000)
    elif shown == "seen again":
        page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    else:
        page.evaluate("dispatchEvent(new PageTransitionEvent('pageshow', {persisted: true}))")
    page.wait_for_url("**/signed-out/?next=*")


def test_a_page_that_nobody_vouches_for_leaves_when_its_session_must_be_over(read: Read, watch: Watch) -> None:
    page = read(who=None)
    page.clock.install()
    come_in(page, "anna", DONE)
    page.route("**/signed-in/", lambda route: route.abort("connectionrefused"))
    page.clock.run_for(120_000)
    expect(page.locator("html:not(.unsure) #state")).to_be_visible()
    page.clock.fast_forward(3_600_000)
    page.wait_for_url("**/signed-out/?next=*")
    watch.complaints = [one for one in watch.complaints if "/signed-in/" not in one]
