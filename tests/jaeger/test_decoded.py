"""What comes again byte for byte is not decoded again, is never taken for another, and is not kept without bound."""

import json
import sys
import threading
from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from orders.jaeger import decoded, wire_legacy, wire_v3
from orders.jaeger.decoded import Decoded
from orders.jaeger.facts import Put, wanted
from orders.jaeger.kept import LONGEST
from orders.jaeger.reading import Reading
from orders.jaeger.wire import Wire
from orders.journey.raw import unseal
from orders.journey.spans import Span
from tests.jaeger.asking import asking, find, in_turn, legacy
from tests.jaeger.faults import says

WANTED = wanted(("order_id",))


class Counting:
    """A wire that counts what it decodes; `spans` of v3 otherwise."""

    def __init__(self) -> None:
        self.decoded = 0
        self.also: Callable[[], object] = int

    def __getattr__(self, name: str) -> Any:
        return getattr(wire_v3, name)

    def spans(self, raw: msgspec.Raw, names: dict[str, Put]) -> list[Span]:
        self.decoded += 1
        self.also()
        return wire_v3.spans(raw, names)


def piece(name: str, order_id: str = "A-1", *, spans: int = 1) -> bytes:
    attributes = [{"key": "order_id", "value": {"stringValue": order_id}}]
    one = {"traceId": name * 32, "startTimeUnixNano": 1, "attributes": attributes}
    told = [one | {"spanId": f"{n + 1:016x}"} for n in range(spans)]
    return json.dumps({"scopeSpans": [{"spans": told}]}).encode()


def body(*pieces: bytes) -> bytes:
    return b'{"result":{"resourceSpans":[' + b",".join(pieces) + b"]}}"


def read(wire: Wire, kept: Decoded, *bodies: bytes, max_spans: int = 10) -> Reading:
    reading = Reading(wire, kept, max_spans=max_spans)
    for one in bodies:
        reading.add(one)
    return reading


def test_only_what_has_changed_is_decoded_again() -> None:
    wire, kept = Counting(), Decoded(WANTED)
    first = list(read(wire, kept, body(piece("1"), piece("2"))).spans())
    again = list(read(wire, kept, body(piece("1"), piece("2", spans=2))).spans())
    assert wire.decoded == 3
    assert [span.trace_id[0] for span in again] == ["1", "2", "2"]
    assert again[0] is first[0]


def test_each_question_is_answered_for_itself() -> None:
    kept = Decoded(WANTED)
    both = body(piece("1", "A-1", spans=3), piece("2", "A-2"))
    assert read(wire_v3, kept, both).carrying("order_id", ("order_id",), "A-1")[0].trace_id[0] == "1"
    assert [one.trace_id[0] for one in read(wire_v3, kept, both).carrying("order_id", ("order_id",), "A-2")] == ["2"]
    cut = read(wire_v3, kept, both, max_spans=2)
    assert (len(list(cut.spans())), cut.capped) == (2, True)
    whole = read(wire_v3, kept, both)
    assert (len(list(whole.spans())), whole.capped) == (4, False)


def test_the_client_takes_the_newer_answer() -> None:
    with asking(in_turn(says(legacy()), says(legacy()), says(legacy(spans=2)), says(legacy("B-1")))) as (jaeger, _):
        assert find(jaeger).spans[0] is find(jaeger).spans[0]
        assert len(find(jaeger).spans) == 2
        assert find(jaeger).spans == ()


def test_the_same_bytes_of_another_generation_are_another_piece() -> None:
    kept, both = Decoded(WANTED), b'{"traceID":"1","scopeSpans":[{"spans":[]}],"spans":[]}'
    kept.spans(wire_v3, both)
    before = kept.size
    kept.spans(wire_legacy, both)
    assert kept.size == 2 * before


def test_what_cannot_be_read_is_not_kept() -> None:
    kept = Decoded(WANTED)
    for _ in range(2):
        with pytest.raises(msgspec.ValidationError):
            kept.spans(wire_v3, b'{"scopeSpans":1}')
    assert kept.size == 0


def test_what_was_used_longest_ago_goes_first_when_there_is_no_room() -> None:
    wire = Counting()
    room = 2 * (decoded.PIECE + decoded.SPAN + len(piece("1")))
    kept = Decoded(WANTED, most=room)
    for name in "1213":
        kept.spans(wire, piece(name))
    assert (wire.decoded, kept.size) == (3, room)
    kept.spans(wire, piece("1"))
    assert wire.decoded == 3
    kept.spans(wire, piece("2"))
    assert wire.decoded == 4


def test_a_piece_larger_than_the_room_is_read_and_not_kept() -> None:
    kept = Decoded(WANTED, most=1_000)
    assert len(kept.spans(wire_v3, piece("1", spans=5))) == 5
    assert kept.size == 0


def test_what_nobody_asked_for_in_an_hour_is_let_go() -> None:
    now = [0.0]
    wire, kept = Counting(), Decoded(WANTED, clock=lambda: now[0])
    kept.spans(wire, piece("1"))
    kept.spans(wire, piece("2"))
    now[0] = LONGEST
    kept.spans(wire, piece("1"))
    now[0] += 1
    kept.spans(wire, piece("3"))
    kept.spans(wire, piece("1"))
    assert wire.decoded == 3
    kept.spans(wire, piece("2"))
    assert wire.decoded == 4


def test_two_that_decode_the_same_at_once_count_it_once() -> None:
    wire, kept = Counting(), Decoded(WANTED)
    together = threading.Barrier(2, timeout=5)
    wire.also = together.wait
    threads = [threading.Thread(target=kept.spans, args=(wire, piece("1"))) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (wire.decoded, kept.size) == (2, decoded.PIECE + decoded.SPAN + len(piece("1")))


def test_a_bag_opens_after_its_body_is_gone() -> None:
    sent = body(piece("1"), b" " * 10 + piece("2"))
    alone = sys.getrefcount(sent)
    (span, _) = read(wire_v3, Decoded(WANTED), sent).spans()
    assert sys.getrefcount(sent) == alone
    assert [unseal(one.value) for one in span.bag()] == ["A-1"]
