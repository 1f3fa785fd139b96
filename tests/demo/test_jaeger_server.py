"""Running the stand-in: ports, the controls for tests, and what the recordings did not ask."""

import signal
import subprocess
import sys
import time
from typing import Any

import httpx
import pytest
from aiohttp import web

from demo.jaeger.moments import go_duration, parse_duration, parse_rfc3339
from demo.jaeger.server import StandInJaeger
from tests.demo.jaeger_spans import BEGIN, body, span

JSON = {"content-type": "application/json"}


def fill(jaeger: StandInJaeger, *spans: dict[str, Any]) -> None:
    httpx.post(f"{jaeger.otlp_url}/v1/traces", content=body(*spans), headers=JSON).raise_for_status()


def test_delay_fail_and_forget() -> None:
    with StandInJaeger() as jaeger:
        fill(jaeger, span(1, 1))
        url = f"{jaeger.query_url}/api/services"
        jaeger.delay = 0.05
        begin = time.perf_counter()
        assert httpx.get(url).json()["data"] == ["mes-api"]
        assert time.perf_counter() - begin >= 0.05
        jaeger.delay = 0
        jaeger.fail = lambda request: web.Response(status=503) if request.path == "/api/services" else None
        assert httpx.get(url).status_code == 503
        assert httpx.get(f"{jaeger.query_url}/api/v3/services").status_code == 200
        jaeger.fail = None
        jaeger.forget()
        assert httpx.get(url).json()["data"] == []


def test_many_traces_by_id_and_those_that_are_missing() -> None:
    with StandInJaeger() as jaeger:
        fill(jaeger, span(1, 1), span(2, 2))
        ids = [f"{number:032x}" for number in (1, 2, 3)]
        reply = httpx.get(f"{jaeger.query_url}/api/traces", params={"traceID": ids}).json()
        assert [trace["traceID"] for trace in reply["data"]] == [trace_id[16:] for trace_id in ids[:2]]
        assert reply["errors"] == [{"msg": "trace not found", "traceID": ids[2][16:]}]


def test_tag_operation_and_duration_in_the_legacy_search() -> None:
    with StandInJaeger() as jaeger:
        fill(jaeger, span(1, 1, order_id="A:B"), span(2, 2, order_id="A:B", length=9_000_000))
        window = {"service": "mes-api", "start": str(BEGIN // 1000), "end": str(BEGIN // 1000)}

        def found(**more: str) -> object:
            reply = httpx.get(f"{jaeger.query_url}/api/traces", params={**window, **more}).json()
            return reply["errors"] or sorted(trace["spans"][0]["spanID"][-1] for trace in reply["data"])

        assert found(tag="order_id:A:B") == ["1", "2"]
        assert found(operation="step 2") == ["2"]
        assert found(minDuration="2ms") == ["2"]
        assert found(maxDuration="2ms") == ["1"]
        assert found(tag="order_id") == [
            {"code": 400, "msg": "malformed 'tag' parameter, expecting key:value, received: order_id"}
        ]


def test_a_taken_port_is_an_error_and_leaves_nothing_behind() -> None:
    with StandInJaeger() as jaeger:
        port = int(jaeger.query_url.rpartition(":")[2])
        with pytest.raises(OSError, match="in use"):
            StandInJaeger().start(port=port)


def test_unknown_generation() -> None:
    with pytest.raises(ValueError, match="generation"):
        StandInJaeger("1.0")


def test_as_a_program_until_term() -> None:
    command = [sys.executable, "-m", "demo.jaeger", "--port", "0", "--otlp-port", "0", "--generation", "main"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as program:  # noqa: S603 - our own program
        assert program.stdout
        url = program.stdout.readline().split()[3]
        assert httpx.get(f"{url}/api/v3/services").json() == {"services": []}
        assert httpx.get(f"{url}/api/services").status_code == 404
        program.send_signal(signal.SIGTERM)
        assert program.wait(60) == 0


@pytest.mark.parametrize(("text", "length"), [("1.5s", 1_500_000_000), ("1m30s", 90_000_000_000), ("2ms", 2_000_000)])
def test_durations_as_go_writes_them(text: str, length: int) -> None:
    assert parse_duration(text) == length
    assert go_duration(length) == text


@pytest.mark.parametrize("text", ["", "1", "ms", "1 s", "1d"])
def test_what_is_no_duration(text: str) -> None:
    with pytest.raises(ValueError, match="invalid duration"):
        parse_duration(text)


def test_instants_to_the_nanosecond() -> None:
    assert parse_rfc3339("2026-11-23T14:44:00.123456789Z") == BEGIN + 123_456_789
    assert parse_rfc3339("2026-11-23T17:44:00+03:00") == BEGIN
