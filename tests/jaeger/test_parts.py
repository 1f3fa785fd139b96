"""The small parts: configuration, breaker, links, TLS, quiet."""

import gc
import ssl
from urllib.parse import parse_qsl, urlsplit

import httpx
import pytest

from orders.jaeger.breaker import Breaker
from orders.jaeger.config import JaegerConfig
from orders.jaeger.errors import Busy
from orders.jaeger.links import LONGEST, Links
from orders.jaeger.quiet import Quiet
from orders.jaeger.transport import Written, tls
from orders.journey.spans import SECOND

LINKS = Links("https://jaeger.example/ui/")


@pytest.mark.parametrize("url", ["", "jaeger", "ftp://x", "http://", "http://a:b@x", "http://x?y=1", "http://x#y"])
def test_an_address_that_cannot_work_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="base_url"):
        JaegerConfig(base_url=url)


def test_nonsense_is_refused() -> None:
    with pytest.raises(ValueError, match="order_attributes"):
        JaegerConfig(base_url="http://x", order_attributes=())
    with pytest.raises(ValueError, match="soft_deadline"):
        JaegerConfig(base_url="http://x", soft_deadline=9)


def test_https_trusts_the_system_or_the_bundle_and_http_nobody() -> None:
    secure = tls(JaegerConfig(base_url="https://x"))
    assert secure.verify_mode == ssl.CERT_REQUIRED
    assert secure.check_hostname
    assert tls(JaegerConfig(base_url="http://x")).get_ca_certs() == []
    with pytest.raises(FileNotFoundError):
        tls(JaegerConfig(base_url="https://x", ca_bundle="/nowhere.pem"))


def test_a_written_address_is_an_address() -> None:
    text = "http://jaeger:16686/api/v3/traces?query.attributes=%7B%22order_id%22%3A%20%22ORD-1%22%7D"
    written = Written(text)
    assert str(written) == text
    assert (written.host, written.port, written.path) == ("jaeger", 16686, "/api/v3/traces")
    assert written == httpx.URL(text)


def test_the_breaker() -> None:
    now = [0.0]
    breaker = Breaker(lambda: now[0])
    for good in [True] * 5 + [False] * 4:
        breaker.record(good=good)
    assert breaker.state == "closed"
    breaker.record(good=False)
    assert breaker.state == "open"
    breaker.record(good=True)  # one that was under way does not close it
    with pytest.raises(Busy) as error:
        breaker.admit()
    assert error.value.retry_after == 10.0
    now[0] = 10.0
    assert breaker.state == "half_open"
    breaker.admit()
    with pytest.raises(Busy):  # one probe only
        breaker.admit()
    breaker.record(good=False)
    now[0] = 20.0
    breaker.admit()
    breaker.record(good=True)
    assert breaker.state == "closed"
    breaker.admit()


def test_the_breaker_forgets() -> None:
    now = [0.0]
    breaker = Breaker(lambda: now[0])
    for _ in range(20):
        breaker.record(good=False)
        now[0] += 4.0
    assert breaker.state == "closed"


def test_the_breaker_counts_only_the_calls_of_its_window() -> None:
    now = [0.0]
    breaker = Breaker(lambda: now[0])
    for moment, bad, good in ((0.0, 9, 0), (40.0, 1, 11)):
        now[0] = moment
        for outcome in [True] * good + [False] * bad:
            breaker.record(good=outcome)
    assert breaker.state == "closed"


def test_a_good_probe_wipes_the_slate() -> None:
    now = [0.0]
    breaker = Breaker(lambda: now[0])
    for _ in range(10):
        breaker.record(good=False)
    now[0] = 10.0
    breaker.admit()
    for good in [True] * 10 + [False]:
        breaker.record(good=good)
    assert breaker.state == "closed"


@pytest.mark.parametrize(("asked", "kept"), [(5.0, 5.0), (3600.0, 30.0), (-1.0, 0.0)])
def test_the_breaker_keeps_a_pause_within_reason(asked: float, kept: float) -> None:
    now = [0.0]
    breaker = Breaker(lambda: now[0])
    breaker.open_for(asked)
    now[0] = kept
    assert breaker.state == "half_open"


def test_links_to_a_trace_and_a_span() -> None:
    assert LINKS.trace("ABC" + "0" * 29) == "https://jaeger.example/ui/trace/abc" + "0" * 29
    assert LINKS.trace("0" * 16 + "c0ffee00000000aa") == "https://jaeger.example/ui/trace/c0ffee00000000aa"
    assert LINKS.span("c0ffee00000000aa", "B1").endswith("/trace/c0ffee00000000aa?uiFind=00000000000000b1")
    with pytest.raises(ValueError, match="not a trace id"):
        LINKS.trace("../../x")


def test_link_to_a_search() -> None:
    for service in ("", "mes&limit=1"):
        url = urlsplit(LINKS.search("order_id", 'A-1"&я', start=SECOND, end=2 * SECOND + 1, service=service))
        params = dict(parse_qsl(url.query, strict_parsing=True))
        assert url.path == "/ui/search"
        assert params.pop("service", "") == service
        assert params == {
            "start": "1000000",
            "end": "2000001",
            "lookback": "custom",
            "limit": "200",
            "tags": '{"order_id":"A-1\\"&я"}',
        }


def test_link_to_a_set_of_traces() -> None:
    a, b, c = "1" * 32, "2" * 32, "3" * 32
    assert LINKS.traces([a, a]) == LINKS.trace(a)
    assert LINKS.traces([a, b, c]) == f"https://jaeger.example/ui/trace/{a}...{b}?cohort={a}&cohort={b}&cohort={c}"
    assert len(LINKS.traces([f"{n:032x}" for n in range(2**70, 2**70 + 500)])) <= LONGEST


def test_quiet_ends_with_the_last_one_out() -> None:
    quiet = Quiet()
    with quiet:
        with quiet:
            pass
        assert not gc.isenabled()
    assert gc.isenabled()
    gc.disable()
    try:
        with quiet:
            pass
        assert not gc.isenabled()
    finally:
        gc.enable()
