"""Every request has an id on its answer and in its lines; its own line names the route and never what was typed."""

import re
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory, override_settings

from orders.jaeger import spent
from portal import logs
from portal.logs import HEADER, RequestId, ids_of, request_id, trace_id, traced_by
from tests.portal.log_catcher import Caught, caught
from tests.portal.signed_in import sign_in

pytestmark = [pytest.mark.urls("tests.portal.broken_urls"), pytest.mark.django_db]
CANARY = "anna.canary"
TRACE, SPAN = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"


@pytest.fixture
def log(tmp_path: Path) -> Iterator[Caught]:
    with caught(tmp_path / "log") as found:
        yield found


@pytest.fixture
def browser() -> Client:
    return Client(raise_request_exception=False, headers={"host": "127.0.0.1"})


@pytest.mark.parametrize("path", ["/400/", "/403/", "/404/", "/405/", "/429/", "/500/", "/503/", "/500.json", "/",
                                  "/signed-out/", "/livez", "/readyz", "/static/none.css", "/nowhere/"])  # fmt: skip
def test_every_answer_says_its_requests_id(browser: Client, path: str) -> None:
    first, second = browser.get(path)[HEADER], browser.get(path)[HEADER]
    assert re.fullmatch("[0-9a-f]{16}", first)
    assert first != second


@pytest.mark.parametrize("path", ["/500/", "/503/"])
def test_the_page_of_a_failure_shows_the_id_under_which_it_is_in_the_log(
    browser: Client, log: Caught, path: str
) -> None:
    answer = browser.get(path)
    (line,) = log.named("request")
    assert f" · {answer[HEADER]}</p>" in answer.content.decode()
    assert line["request_id"] == answer[HEADER]


def test_an_exceptions_line_and_its_requests_line_have_the_same_ids(browser: Client, log: Caught) -> None:
    browser.get("/500/")
    fault, request = (line for line in log.lines if line["logger"] in {"django.request", "portal.request"})
    assert (fault["exception"], fault["frames"][-1].partition(" ")[2]) == ("RuntimeError", "fail")
    assert (fault["request_id"], fault["trace_id"]) == (request["request_id"], request["trace_id"])
    assert "broken on purpose" not in log.text
    assert (request["level"], request["status"]) == ("WARNING", 500)


def test_a_requests_line_names_route_method_status_and_person(browser: Client, log: Caught) -> None:
    sign_in(browser)
    browser.get("/help/")
    (line,) = log.named("request")
    kept = {name: line[name] for name in ("level", "logger", "route", "method", "status", "user")}
    assert kept == {"level": "INFO", "logger": "portal.request", "route": "orders:help", "method": "GET",
                    "status": 200, "user": "sub-of-anna"}  # fmt: skip
    assert line["ms"] > 0
    assert "Anna" not in log.text


def test_a_requests_line_tells_what_it_spent_in_jaeger(log: Caught) -> None:
    def answer(request: HttpRequest) -> HttpResponse:
        with spent.one_look_up():
            counting = spent.current()
            assert counting is not None
            counting.retried()
            time.sleep(0.02)
        return HttpResponse()

    RequestId(answer)(RequestFactory().get("/"))
    (line,) = log.named("request")
    assert (line["jaeger_lookups"], line["jaeger_retries"]) == (1, 1)
    assert 20 <= line["jaeger_ms"] <= line["ms"]


def test_nothing_that_was_typed_is_in_the_log(browser: Client, log: Caught) -> None:
    names = ("user-agent", "x-request-id", "traceparent", "x-forwarded-for", "accept-language", "origin", "accept")
    said = dict.fromkeys(names, CANARY) | {"referer": f"http://127.0.0.1/{CANARY}", "cookie": f"{CANARY}={CANARY}"}
    paths = ("/", "/nowhere/", "/500/", "/orders/", "/400/", "/403/", "/signed-out/", "/livez", "/choose/", "/login/")
    for path in paths:
        for address in (f"{path}?q={CANARY}", f"{path}{CANARY}/"):
            browser.get(address, headers=said)
            browser.post(address, {"q": CANARY, CANARY: "1"}, headers=said)
    browser.generic(CANARY.upper(), "/")
    browser.get("/", headers={"host": f"{CANARY}.example"})
    browser.get("/", headers={"host": f"{CANARY}\r\nforged"})
    assert CANARY not in log.text.lower()
    assert len(log.named("request")) > 40
    assert {line["method"] for line in log.named("request")} == {"GET", "POST", "other"}


def test_probes_and_files_have_no_line(browser: Client, log: Caught) -> None:
    for path in ("/livez", "/readyz", "/static/css/base.css", "/static/none.css"):
        browser.get(path).close()
    assert log.named("request") == []


def test_an_id_is_believed_from_a_trusted_proxy_alone(browser: Client) -> None:
    said = {"x-request-id": "f00dfeed-0123456789"}
    assert browser.get("/signed-out/", headers=said)[HEADER] != "f00dfeed-0123456789"
    with override_settings(TRUSTED_PROXIES=["127.0.0.1"]):
        assert browser.get("/signed-out/", headers=said)[HEADER] == "f00dfeed-0123456789"
        for odd in (
            "short",
            "x" * 65,
            "with space in it",
            "f00dfeed\r\nforged: 1",
            "f00dfeed;0123456789",
            "идентификатор",
        ):
            assert re.fullmatch("[0-9a-f]{16}", browser.get("/signed-out/", headers={"x-request-id": odd})[HEADER])


@pytest.mark.parametrize(
    ("traceparent", "trace"),
    [
        (f"00-{TRACE}-{SPAN}-01", TRACE),
        (f"cc-{TRACE}-{SPAN}-01", TRACE),
        (f"cc-{TRACE}-{SPAN}-01-what-the-future-will-be-like", TRACE),
        (f"00-{TRACE}-{SPAN}-01-more", ""),
        (f"cc-{TRACE}-{SPAN}-01.more", ""),
        (f"ff-{TRACE}-{SPAN}-01", ""),
        (f"00-{'0' * 32}-{SPAN}-01", ""),
        (f"00-{TRACE}-{'0' * 16}-01", ""),
        (f"00-{TRACE.upper()}-{SPAN}-01", ""),
        (f"00-{TRACE}-{SPAN}-1", ""),
        (f"00-{TRACE}-{SPAN}", ""),
        (f"0-{TRACE}-{SPAN}-01", ""),
        (f" 00-{TRACE}-{SPAN}-01", ""),
        (f"00-{TRACE}-{SPAN}-01\n", ""),
        (f"00-{TRACE}-{SPAN}-٠١", ""),
        ("", ""),
    ],
)
def test_a_traceparent_is_read_as_w3c_says(traceparent: str, trace: str) -> None:
    assert traced_by(traceparent) == trace
    given = (
        RequestFactory().get("/", headers={"traceparent": traceparent}) if traceparent else RequestFactory().get("/")
    )
    assert (ids_of(given).trace == trace) is bool(trace)
    assert re.fullmatch("[0-9a-f]{32}", ids_of(given).trace)


def test_ids_are_there_during_a_request_and_gone_after_it() -> None:
    seen: list[tuple[str, str]] = []

    def answer(request: HttpRequest) -> HttpResponse:
        seen.append((request_id(), trace_id()))
        return HttpResponse()

    def fail(request: HttpRequest) -> HttpResponse:
        raise RuntimeError

    request = RequestFactory().get("/", headers={"traceparent": f"00-{TRACE}-{SPAN}-01"})
    response = RequestId(answer)(request)
    assert seen == [(response[HEADER], TRACE)]
    with pytest.raises(RuntimeError):
        RequestId(fail)(request)
    assert (request_id(), trace_id(), logs.Ids()) == ("", "", ("", ""))
