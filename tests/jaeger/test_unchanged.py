"""What comes again byte for byte is not read again; anything else is, and nothing that failed is kept."""

from typing import Any

import pytest

from orders.jaeger import unchanged
from orders.jaeger.breaker import Breaker
from orders.jaeger.client import Jaeger
from orders.jaeger.reading import Reading
from orders.journey.spans import SECOND, Missing
from tests.jaeger.asking import WINDOW, asking, find, in_turn, legacy
from tests.jaeger.faults import Answer, says

NONE = b'{"data":[]}'


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """Return the bodies that are read, as they are."""
    bodies: list[bytes] = []
    add = Reading.add

    def noted(self: Reading, body: bytes, *, alone: bool = False) -> int:
        bodies.append(body)
        return add(self, body, alone=alone)

    monkeypatch.setattr(Reading, "add", noted)
    return bodies


def by_service(**answers: Answer) -> Answer:
    return lambda asked, sock: answers[asked.params["service"]](asked, sock)


def later(jaeger: Jaeger, seconds: int) -> Any:
    return jaeger.find("order_id", "A-1", start=WINDOW["start"], end=WINDOW["end"] + seconds * SECOND)


def test_the_same_bytes_are_read_once(read: list[bytes]) -> None:
    with asking(by_service(crm=says(legacy()), mes=says(NONE)), services=("crm", "mes")) as (jaeger, server):
        first, again = find(jaeger), later(jaeger, 60)
    assert (len(read), len(server.asked)) == (2, 4)
    assert again.spans is first.spans
    assert again.end == first.end + 60 * SECOND


def test_what_is_new_is_read_and_known_from_then_on(read: list[bytes]) -> None:
    longer = says(legacy(spans=2))
    with asking(in_turn(says(legacy()), longer, longer)) as (jaeger, _):
        assert [len(find(jaeger).spans) for _ in range(3)] == [1, 2, 2]
    assert read == [legacy(), legacy(spans=2)]


def test_another_question_is_answered_for_itself(read: list[bytes]) -> None:
    with asking(says(legacy())) as (jaeger, _):
        assert not find(jaeger).truncated
        assert find(jaeger, "B-1").spans == ()
        assert jaeger.newest("order_id", "A-1", **WINDOW, limit=1).truncated
        assert jaeger.newest("external_partner_id", "A-1", **WINDOW, limit=1).spans == ()
    assert len(read) == 4


def test_an_answer_with_a_gap_is_not_kept(read: list[bytes]) -> None:
    left = [503, 503, 200, 200]  # of mes; a 503 is asked once more

    def mes(asked: Any, sock: Any) -> None:
        says(legacy(service="mes", trace="2" * 32), left.pop(0))(asked, sock)

    with asking(by_service(crm=says(legacy()), mes=mes), services=("crm", "mes")) as (jaeger, _):
        assert find(jaeger).missing == (Missing(service="mes", reason="unreachable"),)
        assert [len(find(jaeger).spans), len(find(jaeger).spans)] == [2, 2]
    assert len(read) == 1 + 2


def test_that_a_service_has_nothing_is_part_of_what_is_known(read: list[bytes]) -> None:
    nothing = says(b'{"error":{"httpCode":404,"message":"No traces found"}}', 404)
    some = says(b'{"result":{"resourceSpans":[]}}')

    def answer(asked: Any, sock: Any) -> None:
        (some if asked.params["query.serviceName"] == "crm" else nothing)(asked, sock)

    settings = {"generation": "v3", "serviceless": "no", "services": ("crm", "mes")}
    with asking(answer, **settings) as (jaeger, _):
        assert [find(jaeger).whole, find(jaeger).whole] == [True, True]
    assert len(read) == 1


def test_what_is_large_is_read_every_time(read: list[bytes], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unchanged, "LARGEST", len(legacy()) - 1)
    with asking(says(legacy())) as (jaeger, _):
        assert find(jaeger)
        assert find(jaeger)
    assert len(read) == 2


def test_the_breaker_counts_what_was_not_read_as_well(monkeypatch: pytest.MonkeyPatch) -> None:
    counted: list[bool] = []
    monkeypatch.setattr(Breaker, "record", lambda self, *, good: counted.append(good))
    with asking(says(legacy())) as (jaeger, _):
        assert find(jaeger)
        assert find(jaeger)
    assert counted == [True, True]


def test_where_nobody_was_asked_nothing_is_known_and_nothing_breaks() -> None:
    with asking(says(NONE), services=()) as (jaeger, _):
        assert [find(jaeger).spans, find(jaeger).spans] == [(), ()]
