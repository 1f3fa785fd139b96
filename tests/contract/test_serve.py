"""The real server stops without anybody noticing: nothing fails while servers and workers are replaced under load."""

import json
import os
import signal
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from portal.serve import GRACE
from tests.contract.instances import DRAIN, Balancer, Instance, environment

REQUESTS = 10_000
CANARY = "anna.canary"
ODD = (
    f"GET /{CANARY} HTTP/9.9\r\n\r\n",
    f"{CANARY}\r\n\r\n",
    f"{CANARY} / HTTP/1.1\r\nHost: x\r\n\r\n",
    f"GET /{CANARY}?q={CANARY} HTTP/1.1\r\nHost: 127.0.0.1\r\nReferer: {CANARY}\r\nUser-Agent: {CANARY}\r\n\r\n",
    f"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: {CANARY}\r\n\r\n",
    f"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: {CANARY}\r\n\r\n",
    f"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n{CANARY} x\r\n\r\n",
    f"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-A: {CANARY}\x00\r\n\r\n",
    f"GET / HTTP/1.1\r\nHost: {CANARY}.example\r\n\r\n",
    f"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-A: {CANARY * 2_000}\r\n\r\n",
    f"GET /{CANARY * 1_000} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
    f"POST /choose/ HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 99\r\n\r\n{CANARY}",
    f"GET /broken/{CANARY}/ HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
    f"GET /drop/{CANARY}/ HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
)


@pytest.fixture
def pair(tmp_path: Path) -> Iterator[list[Instance]]:
    env = environment(tmp_path)
    with ExitStack() as started:
        instances = []
        for name in ("a", "b"):
            instance = Instance(name, env, tmp_path)
            started.callback(instance.end)
            instances.append(instance)
        yield instances


@pytest.mark.timeout(600)
def test_a_rolling_restart_of_two_instances_fails_no_request(pair: list[Instance]) -> None:
    codes = []
    with Balancer(pair) as balancer:
        for instance in pair:
            instance.wait_until_ready()
        balancer.load("/signed-out/", 6)
        balancer.load("/slow/2/", 2)  # something is always under way
        while balancer.served < REQUESTS:
            codes += [instance.restart() for instance in pair]
    assert balancer.failed == []
    assert set(codes) == {0}
    words = [line["event"] for instance in pair for line in instance.lines()]
    assert words.count("draining") == len(codes)
    assert "uncaught_exception" not in words


def test_workers_replaced_by_a_hangup_fail_no_request(pair: list[Instance]) -> None:
    alone, other = pair
    other.stop()
    with Balancer([alone]) as balancer:
        alone.wait_until_ready()
        balancer.load("/signed-out/", 4)
        balancer.load("/slow/1/", 2)
        for _ in range(3):
            alone.process.send_signal(signal.SIGHUP)
            wanted = balancer.served + 700
            while balancer.served < wanted:
                time.sleep(0.1)
    assert balancer.failed == []
    assert len({line["pid"] for line in alone.lines() if line["event"] == "request"}) >= 4


def test_what_is_under_way_ends_and_what_comes_later_is_refused(pair: list[Instance]) -> None:
    alone = pair[0]
    with Balancer(pair):
        alone.wait_until_ready()
    with Balancer([alone]) as balancer:
        balancer.load("/slow/9/", 1)
        time.sleep(0.5)
        began = time.monotonic()
        alone.process.send_signal(signal.SIGTERM)
        while alone.status("/readyz") == 200:  # for DRAIN seconds it answers still
            time.sleep(0.05)
        assert alone.status("/readyz") == 503
        assert alone.status("/livez") == 200
        assert alone.process.wait(60) == 0
        assert DRAIN + 2 < time.monotonic() - began < DRAIN + GRACE
    assert len(balancer.failed) < balancer.served
    with pytest.raises(ConnectionRefusedError):
        alone.status("/livez")


def test_the_servers_own_words_are_lines_too_and_quote_no_request(pair: list[Instance]) -> None:
    alone = pair[0]
    with Balancer(pair):
        alone.wait_until_ready()
    for odd in ODD:
        with socket.create_connection(("127.0.0.1", alone.port), timeout=5) as client:
            client.sendall(odd.encode())
            client.shutdown(socket.SHUT_WR)
            while client.recv(65_536):
                pass
    alone.stop()
    assert CANARY not in alone.log.read_text(encoding="ascii")
    lines = alone.lines()  # every line of it is JSON
    assert {"gunicorn.error", "portal.request", "django.request"} <= {line["logger"] for line in lines}
    assert [line["exception"] for line in lines if line["logger"] == "django.request"] == ["ZeroDivisionError"]


@pytest.mark.parametrize("reader", ["sleeps", "is gone"])
def test_a_log_that_nobody_reads_holds_up_no_request(pair: list[Instance], reader: str) -> None:
    alone = pair[0]
    alone.stop()
    read, write = os.pipe()
    alone.process = alone.begun(write)
    os.close(write)
    with Balancer([alone]) as balancer:
        alone.wait_until_ready()
        if reader == "is gone":
            os.close(read)
        statuses = {alone.status("/signed-out/") for _ in range(600)}  # 64 kB of pipe take some 250 lines
        lost = json.loads(alone.body("/readyz"))["log_lines_dropped"]
    assert statuses == {200}
    assert balancer.failed == []
    assert (lost > 100) is (reader == "is gone")  # the others wait in memory
    began = time.monotonic()
    assert alone.stop() == 0
    assert time.monotonic() - began < DRAIN + GRACE, "it waited for whoever does not read"
    if reader == "sleeps":
        os.close(read)
