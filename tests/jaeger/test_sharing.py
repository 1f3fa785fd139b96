"""Many look-ups at once: one breaker, one pause, one flight for equal questions, few seats; what each one spent."""

import socket
import threading

import pytest

from orders.jaeger import spent
from orders.jaeger.client import Jaeger
from orders.jaeger.config import JaegerConfig
from orders.jaeger.errors import Busy, Refused, Unexpected
from tests.jaeger.asking import asking, find, held, legacy
from tests.jaeger.faults import Asked, says, serving


def test_the_breaker_opens_and_one_probe_closes_it() -> None:
    now = [0.0]
    healthy = threading.Event()

    def answer(asked: Asked, sock: socket.socket) -> None:
        (says(legacy()) if healthy.is_set() else says(b"", 500))(asked, sock)

    with serving(answer) as server:
        jaeger = Jaeger(JaegerConfig(base_url=server.url, generation="legacy", services=("a",)), clock=lambda: now[0])
        for _ in range(10):
            with pytest.raises(Unexpected):
                find(jaeger)
        with pytest.raises(Busy):
            find(jaeger)
        assert jaeger.health().breaker == "open"
        assert len(server.asked) == 10
        now[0] = 10.0
        assert jaeger.health().breaker == "half_open"
        healthy.set()
        assert find(jaeger).spans
        assert jaeger.health().breaker == "closed"
        jaeger.close()


def test_a_pause_that_jaeger_asks_for_is_kept() -> None:
    with asking(says(b"", 429, Retry_After="3600")) as (jaeger, server):
        for _ in range(3):
            with pytest.raises(Busy):
                find(jaeger)
    assert len(server.asked) == 1


def test_identical_look_ups_are_asked_once() -> None:
    found, begun, gate = [], threading.Semaphore(0), threading.Event()

    def look_up(jaeger: Jaeger) -> None:
        begun.release()
        found.append(find(jaeger))

    with asking(held(gate)) as (jaeger, server):
        threads = [threading.Thread(target=look_up, args=(jaeger,)) for _ in range(8)]
        for thread in threads:
            thread.start()
        for _ in threads:
            begun.acquire()
        threading.Event().wait(0.5)  # from there to the flight that they share
        gate.set()
        for thread in threads:
            thread.join()
    assert len(server.asked) == 1
    assert len({id(one) for one in found}) == 1
    assert len(found) == 8


def test_too_many_look_ups_are_busy_and_the_next_is_not() -> None:
    gate = threading.Event()
    with asking(held(gate), max_in_flight=1) as (jaeger, server):
        thread = threading.Thread(target=find, args=(jaeger, "B-1"))
        thread.start()
        while not server.asked:
            threading.Event().wait(0.01)
        with pytest.raises(Busy):
            find(jaeger)
        gate.set()
        thread.join()
        assert find(jaeger).spans


def test_what_a_caller_spent_is_counted_with_its_second_attempts() -> None:
    first_answers = iter([says(b"", 503)])

    def answer(asked: Asked, sock: socket.socket) -> None:
        next(first_answers, says(legacy()))(asked, sock)

    with asking(answer) as (jaeger, _):
        with spent.counted() as mine:
            assert (mine.seconds, mine.lookups, mine.retries) == (0, 0, 0)
            find(jaeger)
            first = mine.seconds
            with spent.counted() as inner:
                find(jaeger, "A-2")
            find(jaeger)
        find(jaeger)
    assert (mine.lookups, mine.retries) == (2, 1)
    assert (inner.lookups, inner.retries) == (1, 0)
    assert mine.seconds > first > 0.05  # the pause before the second attempt is part of it
    assert spent.current() is None


def test_a_look_up_that_fails_is_spent_too() -> None:
    with asking(says(b"", 400)) as (jaeger, _), spent.counted() as mine, pytest.raises(Refused):
        find(jaeger)
    assert mine.lookups == 1
