"""The order page while Jaeger fails in every way: it says what is missing, in time, and nothing is left unhandled."""

import json
import socket
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from pytest_django.fixtures import Settings

from orders import wiring
from orders.fleet.keeper import Keeper
from tests.jaeger import faults
from tests.jaeger.faults import Answer, Asked, Server, says, serving
from tests.jaeger.test_faults import BOMB
from tests.orders.conftest import FakeKeeper
from tests.portal.signed_in import sign_in
from tests.stopwatch import Stopwatch

ORDER = "ORD-104417"
SOFT, HARD = 2.0, 3.0  # seconds in which a busy machine, too, brings what is not broken
IN_TIME = HARD + 0.5
STAGE = "Оформление"
UNREACHABLE, TOO_SLOW = "Jaeger недоступен.", "Jaeger не ответил вовремя."
UNREADABLE, BUSY = (
    "Ответ Jaeger прочитать не удалось.",
    "Jaeger перегружен или не отвечал; через несколько секунд его спросят снова.",
)

Take = Callable[[], tuple[HttpResponse, str, float]]


def order_of(service: str) -> bytes:
    """Return the legacy answer that holds one order, created a minute ago."""
    trace = service.encode().hex().rjust(32, "0")
    tags = [{"key": key, "type": "string", "value": v} for key, v in (("order_id", ORDER), ("status", "INITIATED"))]
    one = {"traceID": trace, "spanID": "1".rjust(16, "0"), "operationName": "create order", "processID": "p1",
           "startTime": time.time_ns() // 1000 - 60_000_000, "duration": 5_000, "tags": tags}  # fmt: skip
    data = {"traceID": trace, "spans": [one], "processes": {"p1": {"serviceName": service}}}
    return json.dumps({"data": [data], "errors": None}).encode()


def good(asked: Asked, sock: socket.socket) -> None:
    says(order_of(asked.params["service"]))(asked, sock)


FAULTS: dict[str, tuple[Answer, str]] = {
    "reset": (faults.reset, UNREACHABLE),
    "half a body": (faults.half, UNREACHABLE),
    "drip": (faults.drip, TOO_SLOW),
    "500": (says(b'{"data":null,"errors":[{"code":500,"msg":"boom"}]}', 500), UNREADABLE),
    "503": (says(b"away", 503, "text/plain"), UNREACHABLE),
    "429": (says(b"", 429, Retry_After="5"), BUSY),
    "HTML with 200": (says(b"<html>Sign in", 200, "text/html"), UNREADABLE),
    "bad JSON": (says(b'{"data":[{'), UNREADABLE),
    "bomb": (says(BOMB, Content_Encoding="gzip"), UNREADABLE),
    "redirect": (says(b"", 302, Location="http://127.0.0.1:9/"), UNREADABLE),
}
EACH = pytest.mark.parametrize("fault", FAULTS)


@pytest.fixture
def upstream(settings: Settings) -> Iterator[Server]:
    """Run a server on loopback as this portal's Jaeger; it answers well until it is told otherwise."""
    with serving(good) as server:
        settings.JAEGER_URL, settings.JAEGER_GENERATION = server.url, "legacy"
        settings.JAEGER_SERVICES = ["shop", "crm", "mes", "press"]
        settings.PAGE_SOFT_SECONDS, settings.PAGE_HARD_SECONDS = SOFT, HARD
        wiring.forget()
        yield server
        jaeger: Any = wiring.lookup().jaeger
        jaeger.close()
        wiring.forget()


@pytest.fixture
def alone(upstream: Server) -> Iterator[None]:
    """Keep the snapshot of other orders out: its questions would be counted by the breaker too."""
    keeper: Any = FakeKeeper(None)
    lookup = replace(wiring.lookup(), keeper=keeper)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(wiring, "lookup", lambda: lookup)
        yield


@pytest.fixture
def take(db: None, client: Client) -> Take:
    """Open the order page as Support: the answer, its text, and the seconds it took."""
    sign_in(client)
    client.get("/orders/no/such/page/")  # whatever is made once is not what is timed

    def taken() -> tuple[HttpResponse, str, float]:
        with Stopwatch() as took:
            answer: Any = client.get(f"/orders/{ORDER}/")
        return answer, answer.content.decode(), took.seconds

    return taken


@EACH
def test_nothing_known_and_a_fault(fault: str, upstream: Server, alone: None, take: Take) -> None:
    upstream.answer, reason = FAULTS[fault]
    answer, text, took = take()
    assert answer.status_code == 503
    assert reason in text
    assert took < IN_TIME


@EACH
def test_what_was_known_is_shown_with_its_age(fault: str, upstream: Server, alone: None, take: Take) -> None:
    answer, text, _ = take()
    assert (answer.status_code, STAGE in text, "banner" in text) == (200, True, False)
    upstream.answer, reason = FAULTS[fault]
    answer, text, took = take()
    assert answer.status_code == 200
    assert STAGE in text
    assert f"{reason} Показано то, что было известно на" in text
    assert took < IN_TIME


def test_nobody_listens(settings: Settings, upstream: Server, take: Take) -> None:
    with socket.socket() as taken:  # and kept: let go, the port could be given to somebody who listens
        taken.bind(("127.0.0.1", 0))
        settings.JAEGER_URL = f"http://127.0.0.1:{taken.getsockname()[1]}"
        wiring.forget()
        answer, text, took = take()
        assert answer.status_code == 503
        assert UNREACHABLE in text
        assert took < IN_TIME
        settled()


@EACH
def test_one_of_four_fails(fault: str, upstream: Server, alone: None, take: Take) -> None:
    bad = FAULTS[fault][0]
    upstream.answer = lambda asked, sock: (bad if asked.params["service"] == "crm" else good)(asked, sock)
    answer, text, took = take()
    assert answer.status_code == 200
    assert STAGE in text
    assert "Не пришли данные: CRM. Показано то, что есть." in text
    assert took < SOFT + 0.5


def test_a_snapshot_that_never_comes_holds_no_page_up(upstream: Server, take: Take) -> None:
    upstream.answer = faults.drip
    answer, text, took = take()
    assert answer.status_code == 503
    assert TOO_SLOW in text
    assert took < IN_TIME
    settled()


def settled() -> None:
    """Wait for the snapshot's own questions: they may not outlive the test."""
    keeper = wiring.lookup().keeper
    assert isinstance(keeper, Keeper)
    keeper.settle(10)
    keeper._pool.shutdown()
