"""Every way in which Jaeger, or what stands before it, can fail: named, and within the hard deadline + 0.5 s."""

import gzip
import socket
import threading

import pytest

from orders.jaeger.client import Jaeger
from orders.jaeger.config import JaegerConfig
from orders.jaeger.errors import Busy, JaegerError, NotFound, Refused, TooSlow, Unexpected, Unreachable
from orders.journey.spans import Missing
from tests.jaeger import faults
from tests.jaeger.asking import LONG, SHORT, WINDOW, asking, by_service, find, in_turn, legacy
from tests.jaeger.faults import Answer, Asked, says, serving
from tests.stopwatch import Stopwatch

BOMB = gzip.compress(b" " * 50_000_000)
DEEP = b'{"data":' + b"[" * 200_000 + b"]" * 200_000 + b"}"
FAULTS = {
    "reset": (faults.reset, Unreachable),
    "half a body": (faults.half, Unreachable),
    "a bad chunk": (faults.bad_chunk, Unexpected),
    "not HTTP": (faults.not_http, Unexpected),
    "drip": (faults.drip, TooSlow),
    "head, then silence": (faults.silence, TooSlow),
    "late": (faults.late(3, says(legacy())), TooSlow),
    "endless": (faults.endless, Unexpected),
    "too long, said at once": (lambda asked, sock: sock.sendall(faults.head(200, 10**12)), Unexpected),
    "500": (says(b'{"data":null,"errors":[{"code":500,"msg":"boom"}]}', 500), Unexpected),
    "502": (says(b"", 502), Unreachable),
    "503": (says(b"away", 503, "text/plain"), Unreachable),
    "504": (says(b"", 504), Unreachable),
    "429": (says(b"", 429, Retry_After="5"), Busy),
    "401": (says(b"missing tenant header", 401, "text/plain"), Refused),
    "403": (says(b"", 403), Refused),
    "400": (says(b'{"data":null,"errors":[{"code":400,"msg":"bad"}]}', 400), Refused),
    "service required": (says(b'{"errors":[{"code":400,"msg":"parameter \'service\' is required"}]}', 400), Refused),
    "204": (says(b"", 204), Unexpected),
    "HTML with 200": (says(b"<html>Sign in", 200, "text/html"), Unexpected),
    "HTML without saying so": (says(b"\n <!DOCTYPE html>"), Unexpected),
    "404, not Jaeger's": (says(b"404 page not found", 404, "text/plain"), Unexpected),
    "redirect": (says(b"", 302, Location="http://169.254.169.254/"), Unexpected),
    "redirect without scheme": (says(b"", 308, Location="//localhost/"), Unexpected),
    "gzip bomb": (says(BOMB, Content_Encoding="gzip"), Unexpected),
    "not JSON": (says(b'{"data":[{'), Unexpected),
    "empty": (says(b""), Unexpected),
    "null": (says(b"null"), Unexpected),
    "a list": (says(b"[]"), Unexpected),
    "null data": (says(b'{"data":null}'), Unexpected),
    "a byte order mark": (says(b'\xef\xbb\xbf{"data":[]}'), Unexpected),
    "NaN": (says(legacy().replace(b'"duration": 5', b'"duration": NaN')), Unexpected),
    "5,000 digits": (says(legacy().replace(b'"duration": 5', b'"duration": ' + b"9" * 5000)), Unexpected),
    "beyond float": (says(legacy().replace(b'"duration": 5', b'"duration": 1e999')), Unexpected),
    "deep": (says(DEEP), Unexpected),
    "bad UTF-8": (says(legacy("\xff").replace(b"\\u00ff", b"\xff\xfe")), Unexpected),
    "a bad trace id": (says(legacy(trace="../../etc")), Unexpected),
    "a bad span id": (says(legacy().replace(b'"spanID": "0', b'"spanID": "x')), Unexpected),
}


@pytest.mark.parametrize(("answer", "error"), FAULTS.values(), ids=FAULTS.keys())
def test_a_fault_is_named_in_time(answer: Answer, error: type[JaegerError]) -> None:
    deadlines = SHORT if error is TooSlow else LONG
    with asking(answer, max_bytes=4_000_000, **deadlines) as (jaeger, server):
        with Stopwatch() as took, pytest.raises(error):
            find(jaeger)
        assert took.seconds < deadlines["hard_deadline"] + 0.5
        assert jaeger.health().last_reason == error.reason
        assert len(server.asked) == (2 if error is Unreachable else 1)  # connection errors and 502-504 are asked again


def test_nobody_listens() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{taken.getsockname()[1]}"
        jaeger = Jaeger(JaegerConfig(base_url=url, **LONG))
        with Stopwatch() as took:
            for ask in (lambda: find(jaeger), jaeger.generation, jaeger.services):
                with pytest.raises(Unreachable):
                    ask()
        assert took.seconds < 1.5
        assert jaeger.health().generation == ""
        jaeger.close()


def test_a_second_attempt_may_succeed() -> None:
    with asking(in_turn(says(b"", 503), says(legacy()))) as (jaeger, server):
        assert find(jaeger).whole
    assert len(server.asked) == 2


@pytest.mark.parametrize("first", [says(b"", 503), faults.reset])
def test_no_second_attempt_when_little_time_is_left(first: Answer) -> None:
    late, four = faults.late(2.5, first), 4.0  # seconds, of which 40 % are too little for another attempt
    with asking(late, soft_deadline=four, hard_deadline=four) as (jaeger, server), pytest.raises(Unreachable):
        find(jaeger)
    assert len(server.asked) == 1


@pytest.mark.parametrize(
    ("broken", "reason"),
    [
        (faults.reset, "unreachable"),
        (faults.drip, "too_slow"),
        (says(b"", 403), "refused"),
        (says(b"<html>", 200, "text/html"), "unexpected"),
        (says(b"{", 200), "unexpected"),
        (says(b"", 429), "busy"),
    ],
)
def test_one_of_four_gives_the_other_three(broken: Answer, reason: str) -> None:
    good = {name: says(legacy(service=name, trace=name[0] * 32)) for name in ("a", "b", "c")}
    soon, late = 2.0, 9.0  # the other three have two seconds
    answer = by_service(**good, shop=broken)
    with asking(answer, services=("a", "b", "shop", "c"), soft_deadline=soon, hard_deadline=late) as (jaeger, _):
        with Stopwatch() as took:
            found = find(jaeger)
        assert took.seconds < soon + 0.8
    assert {span.service for span in found.spans} == {"a", "b", "c"}
    assert found.missing == (Missing(service="shop", reason=reason),)
    assert not found.whole
    assert 0 < found.took < late


def test_after_the_soft_deadline_the_first_to_come_is_the_answer() -> None:
    told = threading.Event()

    def wrong(asked: Asked, sock: socket.socket) -> None:
        faults.late(0.5, says(b"", 500))(asked, sock)
        told.set()

    def right(asked: Asked, sock: socket.socket) -> None:
        told.wait(8)
        faults.late(0.5, says(legacy()))(asked, sock)

    answer = by_service(a=right, b=faults.drip, c=wrong)
    with asking(answer, services=("a", "b", "c"), soft_deadline=0.4, hard_deadline=9.0) as (jaeger, _):
        found = find(jaeger)
    assert len(found.spans) == 1
    assert {one.service: one.reason for one in found.missing} == {"b": "too_slow", "c": "unexpected"}


def test_of_several_errors_the_most_telling_is_raised() -> None:
    answer = by_service(a=faults.drip, b=says(b"", 403), c=says(b"", 500))
    with (
        asking(answer, services=("a", "b", "c"), soft_deadline=2.0, hard_deadline=2.0) as (jaeger, _),
        pytest.raises(Refused),
    ):
        find(jaeger)


def test_more_spans_than_the_cap_are_cut_and_said() -> None:
    with asking(says(legacy(spans=50)), max_spans=20) as (jaeger, _):
        found = find(jaeger)
        assert len(found.spans) == 20
        assert found.capped
        assert jaeger.trace("1" * 32, **WINDOW).capped


def test_what_comes_after_the_cap_is_not_decoded() -> None:
    answer = by_service(a=says(legacy(spans=20)), b=says(legacy(trace="2" * 32)))
    with asking(answer, services=("a", "b"), max_spans=20) as (jaeger, _):
        found = find(jaeger)
    assert len(found.spans) == 20
    assert found.capped


def test_an_answer_over_the_cap_on_bytes_is_said_beside_the_others() -> None:
    answer = by_service(a=says(legacy()), b=says(b" " * 20_000))
    with asking(answer, services=("a", "b"), max_bytes=10_000) as (jaeger, _):
        found = find(jaeger)
    assert found.capped
    assert found.missing == (Missing(service="b", reason="unexpected"),)


def test_errors_beside_the_data_are_both_told() -> None:
    body = legacy().replace(b'"errors": null', b'"errors": [{"code": 500, "msg": "shard"}]')
    with asking(says(body)) as (jaeger, _):
        assert len(find(jaeger).spans) == 1
        assert find(jaeger).missing == (Missing(service="", reason="unexpected"),)
        assert jaeger.trace("1" * 32, **WINDOW).missing == (Missing(service="", reason="unexpected"),)


def test_no_trace_is_not_found() -> None:
    with asking(says(b'{"data":[]}')) as (jaeger, _), pytest.raises(NotFound):
        jaeger.trace("1" * 32, **WINDOW)


def test_the_answer_to_another_question_is_not_taken() -> None:
    with asking(says(legacy(trace="2" * 32))) as (jaeger, _), pytest.raises(NotFound):
        jaeger.trace("1" * 32, **WINDOW)
    with asking(says(legacy("A-10"))) as (jaeger, _):
        assert find(jaeger).spans == ()


def test_services_that_are_not_names_are_unexpected() -> None:
    with asking(says(b'{"data":[1]}'), services=()) as (jaeger, _), pytest.raises(Unexpected):
        jaeger.services()


def test_only_what_was_configured_is_sent() -> None:
    settings = {
        "headers": (("X-Team", "support"),),
        "tenant": "alexandrite",
        "basic": ("portal", "geheim"),
        "services": ("a&service=b",),
    }
    with asking(says(legacy()), **settings) as (jaeger, server):
        find(jaeger)
    (asked,) = server.asked
    assert asked.params == {
        "start": "1795444000000000",
        "end": "1795445000000000",
        "limit": "200",
        "tags": '{"order_id": "A-1"}',
        "service": "a&service=b",
    }
    expected = {"accept-encoding": "identity", "x-team": "support", "x-tenant": "alexandrite"}
    assert asked.headers.items() >= expected.items()
    assert asked.headers["authorization"] == "Basic cG9ydGFsOmdlaGVpbQ=="


def test_a_path_before_the_api_and_a_bearer_token() -> None:
    with serving(says(legacy())) as server:
        config = JaegerConfig(base_url=server.url + "/jaeger/", generation="legacy", services=("a",), bearer="t0ken")
        jaeger = Jaeger(config)
        find(jaeger)
        jaeger.close()
    assert server.asked[0].path == "/jaeger/api/traces"
    assert server.asked[0].headers["authorization"] == "Bearer t0ken"
    assert "t0ken" not in repr(config)


def test_a_closed_connection_between_two_look_ups_is_not_seen() -> None:
    with asking(says(legacy())) as (jaeger, _):
        assert find(jaeger).whole
        assert find(jaeger).whole
