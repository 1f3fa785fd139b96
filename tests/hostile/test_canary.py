"""Somebody's data pushed in wherever data can come in: nothing of it in any answer, log line or byte of the database."""
# ruff: noqa: E501 - tables of what is tried read best in rows

import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

import pytest
import requests
from aiohttp import web
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from pytest_django.fixtures import Settings

from demo.jaeger.server import StandInJaeger
from orders import wiring
from tests.hostile.canary import CANARIES, MESSAGE, TEXTS, leaks, leaks_of_database
from tests.hostile.conftest import As
from tests.hostile.routes import ORDER, address
from tests.hostile.test_access import TABLE
from tests.hostile.world import NAMES, sent
from tests.journey.story import CODES, at
from tests.portal.log_catcher import Caught, caught

NOW: Final = at(600)
WHO: Final = ("devops", *(pytest.param(who, marks=pytest.mark.hostile) for who in ("support", "developer")))
SKIPPED: Final = {"logout/"}  # its answer is a redirect without a word of ours, and it would end the session
Fail = Callable[[web.Request], web.StreamResponse | None]


def journey(order_id: str) -> dict[str, Any]:
    """Return OTLP JSON of an order that reached four statuses, from a customer whose number is a canary."""
    spans = []
    for n, code in enumerate(CODES[:4]):
        own = {"order_id": order_id, "status": code, "external_partner_id": "P-77", "model_id": "M-1043"}
        own["customer_id"] = CANARIES["e-mail"]
        spans.append(
            {"traceId": f"{0xC0DE00 + n:032x}", "spanId": f"{n + 1:016x}", "name": f"order status {code}", "kind": 1,
             "startTimeUnixNano": str(at(n * 5)), "endTimeUnixNano": str(at(n * 5) + 10**9),
             "attributes": [{"key": key, "value": {"stringValue": value}} for key, value in own.items()]}
        )  # fmt: skip
    service = {"attributes": [{"key": "service.name", "value": {"stringValue": "mes"}}]}
    return {"resource": service, "scopeSpans": [{"spans": spans}]}


@pytest.fixture
def logged(tmp_path: Path) -> Iterator[Caught]:
    """Return what the logging configuration of production writes meanwhile."""
    with caught(tmp_path / "log") as lines:
        yield lines


@pytest.fixture
def nest(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[StandInJaeger]:
    """Run a Jaeger in which canaries stand in every place of an order's spans."""
    monkeypatch.setattr(wiring, "clock", lambda: NOW)
    with StandInJaeger() as jaeger:
        settings.JAEGER_URL = settings.JAEGER_UI_URL = jaeger.query_url
        settings.PAGE_SOFT_SECONDS = settings.PAGE_HARD_SECONDS = 20  # a busy machine is no fault
        groups = [journey(ORDER), *(sent(TEXTS[n:] + TEXTS[:n], at=at(20 + n), number=n) for n in range(len(TEXTS)))]
        for name in NAMES:  # each name with each canary
            groups += [sent([text], at=at(50), number=100 + n, names=(name,)) for n, text in enumerate(TEXTS)]
        body, kind = json.dumps({"resourceSpans": groups}), {"Content-Type": "application/json"}
        assert requests.post(f"{jaeger.otlp_url}/v1/traces", body, headers=kind, timeout=10).ok
        wiring.forget()
        yield jaeger
        shut()
        wiring.forget()


def shut() -> None:
    lookup: Any = wiring.lookup()
    lookup.keeper.settle(10)
    lookup.keeper._pool.shutdown()
    lookup.jaeger.close()


def words_of(answer: Any) -> str:
    """Return everything that leaves with an answer: headers, cookies, content."""
    cookies = "\n".join(cookie.value for cookie in answer.cookies.values())
    return "\n".join(
        [*(f"{name}: {value}" for name, value in answer.headers.items()), cookies, answer.content.decode()]
    )


def sweep(client: Client) -> Iterator[tuple[str, set[str]]]:
    """Ask every address in every form and yield where something of a canary came out."""
    for route in TABLE.keys() - SKIPPED:
        query = TABLE[route].get("query", "")
        for language in ("ru", "en"):
            for more in ({}, {"HX-Request": "true"}, {"Accept": "application/json"}):
                path = address(route) + (f"?{query}" if query else "")
                answer = client.get(path, headers={"Accept-Language": language, **more})
                assert answer.status_code < 500, path
                if found := leaks(words_of(answer)):
                    yield f"{path} {language} {more}", found


def kept() -> set[str]:
    """Return what of the canaries is in the database: its rows, its bytes, and the sessions when they are opened."""
    held: sqlite3.Connection = connection.connection
    opened = json.dumps([one.get_decoded() for one in Session.objects.all()], default=str, ensure_ascii=False)
    return leaks_of_database(held, held.serialize()) | leaks(opened)


@pytest.mark.parametrize("who", WHO)
def test_no_page_shows_a_canary(who: str, someone: As, nest: StandInJaeger, logged: Caught) -> None:
    client = someone(who)
    assert b"MANUFACTURING" in client.get(f"/orders/{ORDER}.json").content, "the nest holds no order"
    assert dict(sweep(client)) == {}
    assert leaks(logged.text) == set()
    assert kept() == set()


EACH_TIME: Final = ("500", "another shape")
FAULTS: Final[dict[str, Fail]] = {
    "500": lambda _: web.json_response({"errors": [{"code": 500, "msg": MESSAGE}]}, status=500),
    "503 in words": lambda _: web.Response(text=MESSAGE, status=503),
    "400 by name": lambda _: web.json_response({"error": {"httpCode": 400, "message": MESSAGE}}, status=400),
    "HTML": lambda _: web.Response(text=f"<html>{MESSAGE}", content_type="text/html"),
    "broken JSON": lambda _: web.Response(text='{"data":[{"' + MESSAGE, content_type="application/json"),
    "another shape": lambda _: web.json_response({"data": MESSAGE, "result": MESSAGE}),
    "a trace of nonsense": lambda _: web.json_response(
        {"data": [{"traceID": MESSAGE, "spans": [{"spanID": MESSAGE}]}]}
    ),
    "services": lambda _: web.json_response({"data": list(TEXTS), "services": list(TEXTS)}),
    "errors beside data": lambda _: web.json_response({"data": [], "errors": [{"code": 500, "msg": MESSAGE}]}),
    "redirect": lambda _: web.Response(status=302, headers={"Location": "/x?" + CANARIES["e-mail"]}),
    "header": lambda _: web.Response(
        status=429, headers={"Retry-After": CANARIES["e-mail"], "Server": CANARIES["card"]}
    ),
}


@pytest.mark.parametrize(
    "fault", [pytest.param(fault, marks=[] if fault in EACH_TIME else pytest.mark.hostile) for fault in FAULTS]
)
def test_no_fault_shows_a_canary(fault: str, someone: As, nest: StandInJaeger, logged: Caught) -> None:
    nest.fail = FAULTS[fault]
    client, found = someone("devops"), {}
    for path in (
        f"/orders/{ORDER}/",
        f"/orders/{ORDER}/spans/",
        f"/orders/{ORDER}.json",
        "/partners/P-77.csv",
        "/now/",
    ):
        if leak := leaks(words_of(client.get(path))):
            found[path] = leak
    client.post("/search/", {"q": MESSAGE + " cust-17 ORD-20398"})
    assert found == {}
    assert leaks(logged.text) == set()
    assert kept() == set()


def test_nothing_that_is_typed_is_kept_or_logged(someone: As, nest: StandInJaeger, logged: Caught) -> None:
    client, found = someone("support"), {}
    for text in (
        *TEXTS,
        MESSAGE,
        f"{MESSAGE}\n{ORDER}",
        f"{ORDER} ORD-20399 {MESSAGE}",
        f"{CANARIES['e-mail']};{ORDER}",
    ):
        if text == CANARIES["passport"]:
            continue  # two bare numbers and nothing else are a list of orders, looked for and recorded as such
        answer = client.post("/search/", {"q": text})
        headers = "\n".join([*answer.headers.values(), *(cookie.value for cookie in answer.cookies.values())])
        if leak := leaks(headers):
            found[text] = leak
        if answer.status_code == 302:
            found[answer["Location"]] = leaks(words_of(client.get(answer["Location"])))
    found = {where: leak for where, leak in found.items() if leak}
    assert found == {}
    assert leaks(logged.text) == set()
    assert kept() == set()


ADDRESSES: Final = ("/orders/{}/", "/orders/{}.json", "/partners/{}/", "/partners/{}.csv", "/models/{}/", "/{}", "/search/?q={}",
    f"/orders/{ORDER}/?at={{}}", f"/orders/{ORDER}/?q={{}}", "/several/?ids={}", f"/several/?ids={ORDER},{{}}",
    f"/several.csv?ids={ORDER},{{}}", "/partners/P-77/?state={}&sort={}", "/help/?{}", "/now/?x={}", f"/orders/{ORDER}/spans/?at={{}}",
    "/login/?next=/orders/{}/", "/login/?next=/help/%3Fq%3D{}", "/signed-out/?next=/partners/{}/", "/jaeger-ui/refused/?why={}",
    "/access-log/?id={}&who={}", "/access-log.csv?id={}&who={}", "/oidc/keycloak/callback/?code={}&state={}&error={}&error_description={}")  # fmt: skip


@pytest.mark.hostile
@pytest.mark.parametrize("who", ["anonymous", "no_role", "developer"])
def test_nothing_in_an_address_or_a_header_is_echoed_kept_or_logged(
    who: str, someone: As, nest: StandInJaeger, logged: Caught
) -> None:
    client, found = someone(who), {}
    for text in TEXTS:
        told = quote(text, safe="")
        for pattern in ADDRESSES:
            answer = client.get(pattern.replace("{}", told))
            if leak := leaks(words_of(answer)):
                found[pattern] = leak
        for name in (
            "User-Agent",
            "Referer",
            "HX-Current-URL",
            "X-Forwarded-For",
            "X-Request-ID",
            "Traceparent",
            "Origin",
        ):
            value = (
                "http://testserver/?" + told
                if name in {"Referer", "HX-Current-URL"}
                else text.encode().decode("latin-1")
            )
            answer = client.get("/partners/P-77/", headers={name: value, "HX-Request": "true"})
            if leak := leaks(words_of(answer)):
                found[name] = leak
    assert found == {}
    assert leaks(logged.text) == set()
    assert kept() == set()


def test_a_failing_view_tells_nobody(someone: As, logged: Caught, monkeypatch: pytest.MonkeyPatch) -> None:
    from orders import actions

    def fail(**known: object) -> None:
        local = MESSAGE
        raise RuntimeError(f"{local} {known}")

    for name in ("look_up_order", "look_up_many", "look_up_by", "look_up_recent", "resolve_all"):
        monkeypatch.setattr(actions, name, fail)
    client, answers = someone("developer"), []
    for route in TABLE.keys() - SKIPPED:
        query = TABLE[route].get("query", "")
        answers.append(client.get(address(route) + (f"?{query}" if query else "")))
    answers.append(client.post("/search/", {"q": MESSAGE}))
    assert sum(answer.status_code == 500 for answer in answers) >= 12
    assert {found for answer in answers for found in leaks(words_of(answer))} == set()
    assert leaks(logged.text) == set()
    assert "RuntimeError" in logged.text


@pytest.mark.parametrize("kind", CANARIES)
def test_the_search_for_canaries_finds_each_in_every_dress(kind: str) -> None:
    text = CANARIES[kind]
    if kind == "IP":
        assert leaks(f"x {text} y")
        return
    from django.core import signing

    for dressed in (text, quote(text), json.dumps(text), signing.dumps([text]), text.upper(),
                    signing.dumps([text], compress=True), text.encode("ascii", "xmlcharrefreplace").decode()):  # fmt: skip
        assert leaks(f"x {dressed} y"), dressed


def test_a_canary_is_found_in_a_row_and_in_what_a_row_left_behind_and_no_seal_is_taken_for_one() -> None:
    with closing(sqlite3.connect(":memory:")) as database:
        database.execute("PRAGMA secure_delete = OFF")
        database.execute("CREATE TABLE rows (address TEXT, seal TEXT)")
        database.execute("INSERT INTO rows VALUES ('127.0.0.1', '147258abcdef0123')")
        assert leaks_of_database(database, database.serialize()) == set()
        database.execute("INSERT INTO rows VALUES (?, '147258abcdef0123')", (CANARIES["card, bare"],))
        assert leaks_of_database(database)
        database.execute("DELETE FROM rows")
        assert leaks_of_database(database) == set()
        database.execute("INSERT INTO rows VALUES ('ORD-1', ?)", (CANARIES["phone, bare"],))
        database.execute("DELETE FROM rows")
        assert leaks_of_database(database, database.serialize())
