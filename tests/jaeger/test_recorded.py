"""The recordings: every answer decoded or refused by name; the spans read back equal the spans sent."""

from collections.abc import Iterator

import pytest

from orders.jaeger import wire_v3
from orders.jaeger.client import Jaeger
from orders.jaeger.config import JaegerConfig
from orders.jaeger.decoded import Decoded
from orders.jaeger.errors import JaegerError, NotFound
from orders.jaeger.facts import wanted
from orders.jaeger.reading import Reading
from orders.jaeger.replies import answer
from orders.journey.spans import Missing
from tests.jaeger.faults import serving
from tests.jaeger.recorded import NAMES, Recorded, Recording, load, replay, same

READS_NAMES = {"legacy services", "v3 services", "legacy operations"}


def read(one: Recorded, recording: Recording) -> str:
    """Return what became of an answer: "names", "spans" (all as they were sent), or the error's name."""
    try:
        body = answer(one.reply, one.wire)
        if one.ask in READS_NAMES:
            assert one.wire.service_names(body)
            return "names"
        reading = Reading(one.wire, Decoded(wanted(("order_id",))), max_spans=20_000)
        reading.add(body)
    except JaegerError as error:
        return type(error).__name__
    for span in reading.spans():
        assert same(span, recording.sent[span.key]), (recording.name, one.ask, span)
        assert {one["key"] for one in recording.sent[span.key]["attributes"]} <= {each.key for each in span.bag()}
    return "spans"


def test_every_answer_of_the_eight_servers_is_decoded_or_refused_by_name() -> None:
    became = [read(one, load(name)) for name in NAMES for one in load(name).answers]
    report = {name: became.count(name) for name in set(became)}
    assert len(became) == 8 * 133 == 1064, report
    assert set(became) == {"names", "spans", "NotFound", "NotSpoken", "Refused", "ServiceRequired", "Unexpected"}
    assert became.count("spans") == 505


def test_what_is_refused_as_unexpected_is_what_the_client_never_asks() -> None:
    refused = {one.ask for name in NAMES for one in load(name).answers if read(one, load(name)) == "Unexpected"}
    assert refused == {
        "legacy operations with kinds", "v3 operations", "v3 summaries", "v3 summaries, none", "v3 depth 0",
        "legacy limit 0", "legacy limit 10,000,000", "v3 depth 10,000,000", "legacy end before start",
    }  # fmt: skip


@pytest.fixture(params=NAMES)
def recording(request: pytest.FixtureRequest) -> Recording:
    return load(request.param)


@pytest.fixture
def jaeger(recording: Recording) -> Iterator[Jaeger]:
    with serving(replay(recording)) as server:
        services = ("crm-api", "mes-api")  # the two that every search was recorded for
        client = Jaeger(JaegerConfig(base_url=server.url, limit=20, services=services, id_pattern=r"[\w.*-]+"))
        yield client
        client.close()


def test_the_generation_is_detected(jaeger: Jaeger, recording: Recording) -> None:
    assert jaeger.generation() == ("legacy" if "2.13" in recording.name else "v3")
    assert jaeger.health().generation == jaeger.generation()


def test_services_are_discovered(recording: Recording) -> None:
    with serving(replay(recording)) as server:
        client = Jaeger(JaegerConfig(base_url=server.url))
        assert client.services() == ("batch", "crm-api", "mes-api", "shop-api") == client.services()
        client.close()
    assert len(server.asked) == 2  # the probe, and the services once


@pytest.mark.parametrize(
    ("order_id", "traces"),
    [
        ("ORD-2001", {"01", "02", "03"}),
        ("ORD-2002", {"aa"}),  # of 64 bits: short in the legacy API
        ("ORD.2001", {"0a"}),  # Elasticsearch reads a regular expression and answers with three orders
        ("ORD.*", set()),  # and here with ten
        ("ord-2001", {"0d"}),
        ("ORD-9999", set()),
        ("42", {"14"}),  # sent as a number
        ("ORD-2006", {"1e"}),
        ("ORD-2007", {"28"}),
        ("ORD-2008", {"29"}),
        ("ORD-2009", {"2a"}),
        ("ORD-2010", {"32", "33", "34", "35", "36"}),
    ],
)
def test_an_order_is_found_in_all_its_traces_and_no_other(
    jaeger: Jaeger, recording: Recording, order_id: str, traces: set[str]
) -> None:
    found = jaeger.find("order_id", order_id, **recording.window)
    assert {span.trace_id[-2:] for span in found.spans} == traces
    assert found.whole
    assert {span.key for span in found.spans} == {key for key in recording.sent if key[0][-2:] in traces}
    assert len({span.key for span in found.spans}) == len(found.spans)
    assert (found.start, found.end) == (recording.window["start"], recording.window["end"])


def test_a_trace_is_read_by_either_form_of_its_id(jaeger: Jaeger, recording: Recording) -> None:
    for written in ("c0ffee00000000aa", "0000000000000000C0FFEE00000000AA"):
        (span,) = jaeger.trace(written, **recording.window).spans
        assert span.trace_id == "0000000000000000c0ffee00000000aa"
    with pytest.raises(NotFound):
        jaeger.trace("f" * 32, **recording.window)


def test_a_server_that_ignores_attributes_leaks_no_other_order(recording: Recording) -> None:
    """What 2.13 answers to a v3 search holds other orders' traces: read as v3, none of them is the order's."""
    body = recording.reply("v3 snake_case search, none, crm-api")
    if body.status == 404:
        return
    reading = Reading(wire_v3, Decoded(wanted(("order_id",))), max_spans=20_000)
    assert reading.add(body.body) > 5
    assert reading.carrying("order_id", ("order_id",), "ORD-9999") == ()
    assert {span.facts.order_ids for span in reading.carrying("order_id", ("order_id",), "42")} == {("42",)}


def test_a_limit_that_is_reached_is_said(recording: Recording) -> None:
    with serving(replay(recording)) as server:
        services = ("mes-api",)
        client = Jaeger(JaegerConfig(base_url=server.url, services=services, serviceless="no", limit=5))
        assert client.find("order_id", "ORD-2010", **recording.window).truncated
        assert not client.find("order_id", "ORD-2001", **recording.window).truncated
        client.close()


def test_a_service_that_is_not_known_any_more_is_named(recording: Recording) -> None:
    with serving(replay(recording)) as server:
        client = Jaeger(JaegerConfig(base_url=server.url, services=("crm-api", "batch"), serviceless="no"))
        found = client.find("order_id", "ORD-2001", **recording.window)  # not recorded for the batch
        client.close()
    assert found.missing == (Missing(service="batch", reason="unexpected"),)
    assert {span.trace_id[-2:] for span in found.spans} == {"01"}
