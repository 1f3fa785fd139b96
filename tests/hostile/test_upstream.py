"""What can be asked of Jaeger in somebody's name: one value under each name, below one address, and nothing else."""

import json
import re
from collections.abc import Iterator
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orders.jaeger.client import Jaeger
from orders.jaeger.config import JaegerConfig
from orders.jaeger.errors import BadId, JaegerError
from orders.jaeger.links import Links
from tests.hostile.test_telemetry import TEXTS, some
from tests.jaeger.faults import Server, says, serving

LEGACY, V3 = b'{"data":[],"errors":null}', b'{"result":{"resourceSpans":[]}}'
START, END = 1_790_000_000 * 10**9, 1_790_000_600 * 10**9
IDS = st.one_of(
    TEXTS, st.text("abcdef0123456789.%/?#&=", max_size=34), st.from_regex(r"[A-Za-z0-9._-]{1,70}", fullmatch=True)
)
PATHS = re.compile(r"/api/(services|v3/services|traces|v3/traces|v3/trace-summaries|(v3/)?traces/[0-9a-f]{1,32})")


@pytest.fixture
def upstream() -> Iterator[Server]:
    """Run a server that answers every question alike; it fails on a name that comes twice."""
    with serving(says(LEGACY)) as server:
        yield server


@pytest.fixture(params=["legacy", "v3"])
def jaeger(request: pytest.FixtureRequest, upstream: Server) -> Iterator[Jaeger]:
    upstream.answer = says(LEGACY if request.param == "legacy" else V3)
    made = Jaeger(JaegerConfig(base_url=upstream.url, generation=request.param, services=("mes",), max_in_flight=8))
    yield made
    made.close()


@some(1)
@given(value=IDS, attribute=st.sampled_from(("order_id", "external_partner_id", "model_id", "customer_id")))
def test_a_value_is_asked_for_as_it_is_or_not_at_all(
    part: int, jaeger: Jaeger, upstream: Server, value: str, attribute: str
) -> None:
    upstream.asked.clear()
    try:
        jaeger.find(attribute, value, start=START, end=END)
    except BadId:
        assert upstream.asked == []
        return
    except JaegerError:
        assert upstream.asked, "refused before it was asked"
    for asked in upstream.asked:
        assert PATHS.fullmatch(asked.path), asked.path
        told = asked.params.get("tags") or asked.params["query.attributes"]
        assert json.loads(told) == {attribute: value}
        assert asked.params.get("service", asked.params.get("query.serviceName", "mes")) == "mes"


@some(1)
@given(trace_id=IDS)
def test_a_trace_id_leads_to_a_trace_or_nowhere(part: int, jaeger: Jaeger, upstream: Server, trace_id: str) -> None:
    upstream.asked.clear()
    try:
        jaeger.trace(trace_id, start=START, end=END)
    except BadId:
        assert upstream.asked == []
        return
    except JaegerError:
        pass
    assert {asked.path.rpartition("/")[2].zfill(32) for asked in upstream.asked} == {trace_id.lower().zfill(32)}
    assert all(PATHS.fullmatch(asked.path) for asked in upstream.asked)


@some(1)
@given(text=TEXTS, trace_id=st.from_regex(r"[0-9a-f]{16,32}", fullmatch=True))
def test_a_deep_link_stays_at_jaeger(part: int, text: str, trace_id: str) -> None:
    links = Links("https://jaeger.example")
    for address in (links.search(text or "x", text, start=START, end=END, service=text), links.trace(trace_id)):
        assert address.startswith("https://jaeger.example/")
        assert re.fullmatch(r"[!-~]+", address)
        assert "<" not in address
        assert '"' not in address
    told = dict(pair.split("=") for pair in links.search("k", text, start=START, end=END).partition("?")[2].split("&"))
    assert json.loads(unquote(told["tags"])) == {"k": text}
    for odd in (text, "..", "%2e%2e", "1" * 33, "x"):
        if not re.fullmatch(r"[0-9a-fA-F]{1,32}", odd):
            with pytest.raises(ValueError, match="not a trace id"):
                links.trace(odd)


def test_a_redirect_leads_nowhere(upstream: Server) -> None:
    with serving(says(LEGACY)) as inside:
        for status in (301, 302, 303, 307, 308):
            for where in (
                f"{inside.url}/x",
                inside.url.removeprefix("http:"),
                "http://169.254.169.254/latest/meta-data/",
            ):
                upstream.answer = says(b"", status, Location=where)
                jaeger = Jaeger(JaegerConfig(base_url=upstream.url, generation="legacy", services=("mes",)))
                with pytest.raises(JaegerError):
                    jaeger.find("order_id", "ORD-1", start=START, end=END)
                jaeger.close()
        assert inside.asked == []
