"""The plan of a look-up: which generation, with or without a service, what is remembered, what is refused unsent."""

import asyncio
import json
import os
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from orders.jaeger.client import Jaeger
from orders.jaeger.config import JaegerConfig
from orders.jaeger.errors import BadId, Refused, TooSlow, Unexpected
from tests.jaeger import faults
from tests.jaeger.asking import WINDOW, asking, find, held, legacy
from tests.jaeger.faults import Answer, Asked, says, serving
from tests.stopwatch import Stopwatch

PROBED = says(b'{"error":{"httpCode":400,"message":"query.startTimeMin and query.startTimeMax are required"}}', 400)
NONE_V3 = says(b'{"error":{"httpCode":404,"message":"No traces found"}}', 404, "text/plain")
REQUIRED = says(b'{"error":{"httpCode":500,"message":"service Name must be set"}}', 500, "text/plain")
UNKNOWN = says(b"404 page not found\n", 404, "text/plain")


def otlp(**attributes: str) -> bytes:
    told = [{"key": key, "value": {"stringValue": value}} for key, value in attributes.items()]
    span = {"traceId": "1" * 32, "spanId": "2" * 16, "startTimeUnixNano": "1795444500000000000", "attributes": told}
    return json.dumps({"result": {"resourceSpans": [{"scopeSpans": [{"spans": [span]}]}]}}).encode()


def v3(search: Answer, *, services: Answer | None = None) -> Answer:
    """Answer as a second-generation server."""

    def answer(asked: Asked, sock: object) -> None:
        paths = {"/api/v3/trace-summaries": PROBED, "/api/v3/services": services or says(b'{"services":["b","a",""]}')}
        paths["/api/v3/traces"] = search
        paths.get(asked.path, UNKNOWN)(asked, sock)  # type: ignore[arg-type]

    return answer


def needs_service(asked: Asked, sock: object) -> None:
    (NONE_V3 if "query.serviceName" in asked.params else REQUIRED)(asked, sock)  # type: ignore[arg-type]


def searches(asked: list[Asked]) -> list[str]:
    return [one.params.get("query.serviceName", "-") for one in asked if one.path == "/api/v3/traces"]


def test_one_search_without_a_service_where_the_storage_can() -> None:
    with asking(v3(says(otlp(order_id="A-1"))), generation="auto", services=()) as (jaeger, server):
        assert len(find(jaeger).spans) == 1
        assert find(jaeger).whole
    assert [one.path for one in server.asked] == ["/api/v3/trace-summaries", "/api/v3/traces", "/api/v3/traces"]


def test_a_storage_that_needs_a_service_is_remembered_and_asked_service_by_service() -> None:
    with asking(v3(needs_service), generation="auto", services=()) as (jaeger, server):
        assert find(jaeger).spans == ()
        assert sorted(searches(server.asked)) == ["-", "a", "b"]
        find(jaeger)
        assert sorted(searches(server.asked)) == ["-", "a", "a", "b", "b"]


def test_configured_services_are_not_asked_for() -> None:
    with asking(UNKNOWN, services=("b", "a")) as (jaeger, server):
        assert jaeger.services() == ("b", "a")
    assert server.asked == []


def test_a_loop_that_never_asked_ends_too() -> None:
    async def nothing() -> int:
        return 1

    with asking(UNKNOWN) as (jaeger, _):
        assert jaeger._transport.submit(nothing).result(5) == 1


def test_both_can_be_set() -> None:
    with asking(v3(needs_service), generation="v3", serviceless="yes") as (jaeger, _), pytest.raises(Refused):
        find(jaeger)
    with asking(v3(needs_service), generation="v3", serviceless="no", services=("x",)) as (jaeger, server):
        find(jaeger)
    assert searches(server.asked) == ["x"]


def test_what_was_detected_is_forgotten_after_a_while() -> None:
    now = [0.0]
    with serving(v3(needs_service)) as server:
        jaeger = Jaeger(JaegerConfig(base_url=server.url, services=("x",)), clock=lambda: now[0])
        find(jaeger)
        now[0] = 601.0
        find(jaeger)
        jaeger.close()
    assert searches(server.asked) == ["-", "x", "-", "x"]
    assert sum(one.path == "/api/v3/trace-summaries" for one in server.asked) == 2


def test_a_server_that_was_replaced_by_the_next_generation_is_noticed() -> None:
    new = threading.Event()
    old = {"/api/traces": says(legacy())}

    def answer(asked: Asked, sock: object) -> None:
        (v3(says(otlp(order_id="A-1"))) if new.is_set() else old.get(asked.path, UNKNOWN))(asked, sock)  # type: ignore[arg-type]

    with asking(answer, generation="auto") as (jaeger, _):
        find(jaeger)
        assert jaeger.health().generation == "legacy"
        new.set()
        assert len(find(jaeger).spans) == 1
        assert jaeger.health().generation == "v3"


def test_a_server_that_speaks_neither_is_unexpected() -> None:
    with asking(says(b"<html>", 200, "text/html"), generation="auto") as (jaeger, _), pytest.raises(Unexpected):
        find(jaeger)
    with asking(says(b"", 401), generation="auto") as (jaeger, _), pytest.raises(Refused):
        jaeger.generation()
    with asking(says(b'{"summaries":[]}'), generation="auto") as (jaeger, _):
        assert jaeger.generation() == "v3"
    with (
        asking(says(b'{"error":{"httpCode":400,"message":"query.start_time_min required"}}', 400), generation="v3") as (
            jaeger,
            _,
        ),
        pytest.raises(Unexpected),
    ):
        find(jaeger)


def test_all_names_of_the_order_id_are_searched_and_merged() -> None:
    def search(asked: Asked, sock: object) -> None:
        (name,) = json.loads(asked.params["query.attributes"])
        says(otlp(**{name: "A-1"}).replace(b"2" * 16, b"%016d" % (*names, "model_id").index(name)))(asked, sock)  # type: ignore[arg-type]

    names = ("order_id", "auftrag", "bestellung")
    with asking(v3(search), generation="v3", order_attributes=names) as (jaeger, server):
        found = find(jaeger)
        assert len(searches(server.asked)) == 3
        jaeger.find("model_id", "M-1", **WINDOW)
        assert len(searches(server.asked)) == 4
    assert {span.span_id[-1] for span in found.spans} == set("012")
    assert all(span.facts.order_ids == ("A-1",) for span in found.spans)


def test_the_newest_are_asked_for_once_and_the_limit_is_said() -> None:
    with asking(v3(says(otlp(status="SHIPPED"))), generation="v3") as (jaeger, server):
        found = jaeger.newest("status", "SHIPPED", **WINDOW, limit=1)
        assert found.truncated
        assert not jaeger.newest("status", "SHIPPED", **WINDOW, limit=2).truncated
    assert server.asked[0].params["query.searchDepth"] == "1"


def test_the_window_is_widened_to_whole_seconds() -> None:
    with asking(v3(NONE_V3), generation="v3") as (jaeger, server):
        found = jaeger.find("order_id", "A-1", start=WINDOW["start"] + 1, end=WINDOW["end"] - 1)
    assert (found.start, found.end) == (WINDOW["start"], WINDOW["end"])
    assert server.asked[0].params["query.startTimeMin"] == "2026-11-23T14:26:40Z"


@pytest.mark.parametrize("value", ["", ".*", "A|B", "A 1", "А-1", "A-1\n", "x" * 65, "../x", '"', "A&b=c", "٣"])
def test_what_cannot_be_an_id_is_never_sent(value: str) -> None:
    with asking(says(legacy())) as (jaeger, server):
        with pytest.raises(BadId):
            jaeger.find("order_id", value, **WINDOW)
        with pytest.raises(BadId):
            jaeger.trace(value, **WINDOW)
    assert server.asked == []


@pytest.mark.parametrize("trace_id", ["..", "%2e%2e", "1" * 15, "1" * 17, "1" * 31 + "/", "１" * 16, "1" * 32 + "\n"])
def test_what_cannot_be_a_trace_id_is_never_sent(trace_id: str) -> None:
    with asking(says(legacy())) as (jaeger, server), pytest.raises(BadId):
        jaeger.trace(trace_id, **WINDOW)
    assert server.asked == []


def test_more_services_than_may_be_asked_are_said() -> None:
    many = says(json.dumps({"services": [f"s{n:04}" for n in range(5_000)]}).encode())
    with asking(v3(NONE_V3, services=many), generation="v3", serviceless="no", services=(), max_services=3) as (
        jaeger,
        server,
    ):
        assert find(jaeger).capped
    assert sorted(searches(server.asked)) == ["s0000", "s0001", "s0002"]


def test_a_jaeger_without_services_has_no_traces() -> None:
    nothing = v3(NONE_V3, services=says(b'{"services":[]}'))
    with asking(nothing, generation="v3", serviceless="no", services=()) as (jaeger, _):
        assert find(jaeger).whole


def test_services_that_cannot_be_had_end_the_look_up() -> None:
    refusing = v3(NONE_V3, services=says(b"", 403))
    with asking(refusing, generation="v3", serviceless="no", services=()) as (jaeger, _), pytest.raises(Refused):
        find(jaeger)


def test_it_may_be_closed_twice_and_used_again() -> None:
    with asking(says(legacy())) as (jaeger, _):
        jaeger.close()
        assert find(jaeger).spans
        jaeger.close()
        jaeger.close()
        assert find(jaeger).spans


def test_closing_drops_what_is_under_way() -> None:
    with serving(faults.silence) as server, ThreadPoolExecutor() as pool:
        config = JaegerConfig(
            base_url=server.url, generation="legacy", services=("crm",), soft_deadline=9, hard_deadline=9
        )
        jaeger = Jaeger(config)
        waiting = pool.submit(find, jaeger)
        while not server.asked:
            time.sleep(0.01)
        jaeger.close()
        with pytest.raises(TooSlow):
            waiting.result(5)


def test_a_forked_child_has_its_own_loop() -> None:
    with asking(says(legacy())) as (jaeger, _):
        find(jaeger)
        old, thread, client = jaeger._transport._loop, jaeger._transport._thread, jaeger._transport._client
        assert old is not None
        assert thread is not None
        assert client is not None
        jaeger._transport._pid = os.getpid() + 1  # as if this were the child
        jaeger.close()
        assert find(jaeger).spans
        assert jaeger._transport._loop is not old
        asyncio.run_coroutine_threadsafe(client.aclose(), old).result(5)
        old.call_soon_threadsafe(old.stop)
        thread.join(5)
        old.close()


def test_a_loop_that_hangs_does_not_hold_the_caller() -> None:
    go_on = threading.Event()
    with asking(says(legacy()), soft_deadline=1.2, hard_deadline=1.2) as (jaeger, _):
        find(jaeger)
        loop = jaeger._transport._loop
        assert loop is not None
        loop.call_soon_threadsafe(go_on.wait, 20)
        with Stopwatch() as took, pytest.raises(TooSlow):
            find(jaeger, "B-1")
        assert took.seconds < 1.2 + 0.5
        go_on.set()
        asyncio.run_coroutine_threadsafe(asyncio.sleep(0), loop).result(10)


def unasked() -> Any:
    raise AssertionError("it is asked already")


def test_waiting_for_anothers_look_up_ends_too() -> None:
    gate = threading.Event()
    with asking(held(gate)) as (jaeger, server):
        thread = threading.Thread(target=find, args=(jaeger,))
        thread.start()
        while not server.asked:
            time.sleep(0.01)
        with pytest.raises(TooSlow):
            jaeger._answers.share(("order_id", "A-1", *WINDOW.values(), 200), unasked, patience=0.01)
        gate.set()
        thread.join()
