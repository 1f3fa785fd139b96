"""What the log says of a call to Jaeger that failed: which service, how, how long; nothing that came or was asked."""

import json
import logging
from contextlib import suppress
from typing import Any

import pytest

from orders.jaeger.errors import JaegerError, TooSlow
from tests.jaeger import faults
from tests.jaeger.asking import LONG, SHORT, asking, find, legacy
from tests.jaeger.faults import Asked, says
from tests.jaeger.test_faults import FAULTS

CANARY = "Maria Petrova, petrova@mail.test"
FIELDS = {"kind", "service", "ms"}


def lines(caught: pytest.LogCaptureFixture) -> list[dict[str, Any]]:
    found = [one for one in caught.records if one.getMessage() == "jaeger_call_failed"]
    assert {(one.name, one.levelno, one.args) for one in found} <= {("orders.jaeger.failures", logging.WARNING, ())}
    assert not any(one.exc_info for one in found)
    return [one.__dict__["fields"] for one in found]


@pytest.mark.parametrize("fault", FAULTS)
def test_every_failed_call_has_its_line(fault: str, caplog: pytest.LogCaptureFixture) -> None:
    answer, error = FAULTS[fault]
    deadlines = SHORT if error is TooSlow else LONG
    with asking(answer, **deadlines) as (jaeger, _), pytest.raises(error):
        find(jaeger)
    if fault == "service required":  # a question to find out what this storage is
        assert lines(caplog) == []
        return
    (line,) = lines(caplog)
    assert line.keys() == FIELDS
    assert line["service"] == "crm"
    assert line["kind"] in {"Unreachable", "TooSlow", "Unexpected", "Oversized", "NotSpoken", "Busy", "Refused"}
    assert 0 <= line["ms"] < 20_000
    assert error is not TooSlow or line["ms"] >= 1_000


@pytest.mark.parametrize("status", [200, 400, 401, 404, 500, 503])
def test_nothing_that_came_or_was_asked_is_in_the_line(status: int, caplog: pytest.LogCaptureFixture) -> None:
    body = json.dumps({"data": CANARY, "errors": [{"code": status, "msg": CANARY}]}).encode()
    with asking(says(body, status, f"text/{CANARY}"), services=(CANARY, "crm"), id_pattern=".*") as (jaeger, _):
        with suppress(JaegerError):
            find(jaeger, CANARY)
        with pytest.raises(JaegerError):
            jaeger.trace("1" * 32, start=0, end=1)
    found = lines(caplog)
    assert found or status == 404
    assert [line for line in found if "Petrova" in str(line | {"service": ""})] == []


def test_a_service_that_only_jaeger_named_is_not_named(caplog: pytest.LogCaptureFixture) -> None:
    def answer(asked: Asked, sock: Any) -> None:
        names = json.dumps({"data": [CANARY], "errors": None}).encode()
        says(names if asked.path.endswith("services") else b"", 200 if asked.path.endswith("services") else 401)(
            asked, sock
        )

    with asking(answer, services=()) as (jaeger, _), pytest.raises(JaegerError):
        find(jaeger)
    assert [line["service"] for line in lines(caplog)] == [""]


def test_a_part_that_is_missing_is_one_line_and_what_came_is_none(caplog: pytest.LogCaptureFixture) -> None:
    def answer(asked: Asked, sock: Any) -> None:
        says(legacy())(asked, sock) if asked.params["service"] == "mes" else faults.reset(asked, sock)

    with asking(answer, services=("crm", "mes")) as (jaeger, _):
        assert find(jaeger).missing
    assert [(line["kind"], line["service"]) for line in lines(caplog)] == [("Unreachable", "crm")]


def test_an_open_breaker_adds_no_lines(caplog: pytest.LogCaptureFixture) -> None:
    with asking(says(b"", 503)) as (jaeger, server):
        for n in range(30):
            with pytest.raises(JaegerError):
                find(jaeger, f"A-{n}")
        assert 10 <= len(lines(caplog)) == len(server.asked) / 2  # each was asked twice


def test_finding_out_what_speaks_and_which_services_it_knows_have_lines_too(caplog: pytest.LogCaptureFixture) -> None:
    with asking(says(b"", 503), generation="auto") as (jaeger, _), pytest.raises(JaegerError):
        jaeger.generation()
    with asking(says(b"{", 200), services=()) as (jaeger, _), pytest.raises(JaegerError):
        jaeger.services()
    assert [line["kind"] for line in lines(caplog)] == ["Unreachable", "Unexpected"]
