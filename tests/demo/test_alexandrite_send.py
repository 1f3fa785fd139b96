"""Sending and living on: through the real OTLP/HTTP exporter, to a receiver on loopback that decodes it."""

import threading
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.sdk.trace import ReadableSpan

from demo.alexandrite import SHOWCASE, Live, NotAcceptedError, World, play, send
from demo.alexandrite.__main__ import main
from demo.alexandrite.world import HOUR, MINUTE

NOW = datetime(2026, 9, 26, 8, 20, tzinfo=UTC)


class Receiver(ThreadingHTTPServer):
    """Takes OTLP on /v1/traces; refuses with `answer` where that is not 200."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.answer = 200
        self.spans: list[tuple[str, str]] = []  # service and span id

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class Handler(BaseHTTPRequestHandler):
    server: Receiver

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        good = self.path == "/v1/traces" and self.server.answer == 200
        if good:
            self.server.spans += decoded(body)
        self.send_response(200 if good else 400)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class calls it so
        """Say nothing."""


def decoded(body: bytes) -> list[tuple[str, str]]:
    found = []
    for resource in ExportTraceServiceRequest.FromString(body).resource_spans:
        attributes = {one.key: one.value.string_value for one in resource.resource.attributes}
        found += [
            (attributes["service.name"], span.span_id.hex()) for scope in resource.scope_spans for span in scope.spans
        ]
    return found


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    server = Receiver()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def started(world: World) -> Live:
    live = Live(world, seed=9)
    live.start()
    return live


def ids(spans: Iterable[ReadableSpan]) -> list[str]:
    return sorted(f"{context.span_id:016x}" for span in spans if (context := span.get_span_context()))


def test_every_span_of_a_world_arrives_once(receiver: Receiver) -> None:
    world = play(world="faults", seed=5, orders=120, now=NOW)
    assert send(world, receiver.url) == len(world.spans) > 2000
    assert sorted(span_id for _, span_id in receiver.spans) == ids(world.spans)
    assert {service for service, _ in receiver.spans} == {"shop", "crm", "mes"}


def test_the_whole_path_is_taken_as_it_is(receiver: Receiver) -> None:
    world = play(world="healthy", seed=5, orders=3, now=NOW)
    assert send(world, f"{receiver.url}/v1/traces") == len(receiver.spans)


def test_spans_that_are_not_taken_are_an_error(receiver: Receiver) -> None:
    receiver.answer = 400
    with pytest.raises(NotAcceptedError):
        send(play(world="healthy", seed=5, orders=3, now=NOW), receiver.url)


def test_live_goes_on_where_the_world_stopped_without_repeating_a_span() -> None:
    world = play(world="faults", seed=5, orders=60, now=NOW)
    live = started(world)
    came = [one for hour in range(1, 5) for one in live.due(world.now + hour * HOUR)]
    assert all(world.now < one.due <= world.now + 4 * HOUR for one in came)
    new = set(ids(one.span for one in came))
    assert len(new) == len(came)
    assert not new & set(ids(world.spans))


def test_live_brings_new_orders_and_closes_old_ones() -> None:
    world = play(world="healthy", seed=5, orders=60, now=NOW)
    old = {order.order_id for order in world.orders}
    moving = {order.order_id for order in world.orders if order.state == "moving"}
    told = [one.span.attributes or {} for one in started(world).due(world.now + 72 * HOUR)]
    created = {found.get("order_id") for found in told if found.get("status") == "INITIATED"}
    closed = {found.get("order_id") for found in told if found.get("status") == "CLOSED"}
    assert len(created - old) > 8
    assert moving <= closed


def test_at_speed_sixty_an_hour_passes_in_a_minute(receiver: Receiver) -> None:
    world = play(world="healthy", seed=5, orders=150, now=NOW, days=3)
    moments = iter([world.now + MINUTE])
    live, stop = Live(world, seed=9, clock=lambda: next(moments)), OneTurn()
    live.run(receiver.url, stop, speed=60)
    hour = len(started(world).due(world.now + HOUR))
    assert len(receiver.spans) == pytest.approx(hour, rel=0.01)
    assert hour > 50


def test_a_receiver_that_was_away_gets_its_spans_when_it_is_back(receiver: Receiver) -> None:
    world = play(world="healthy", seed=5, orders=150, now=NOW, days=3)

    def clock() -> int:
        receiver.answer = 400 if stop.turns == 1 else 200
        return world.now + HOUR

    stop = OneTurn(2)
    Live(world, seed=9, clock=clock).run(receiver.url, stop)
    assert len(receiver.spans) == len(started(world).due(world.now + HOUR)) > 5


class OneTurn(threading.Event):
    """A stop that is set after so many turns, and waits for none of them."""

    def __init__(self, turns: int = 1) -> None:
        super().__init__()
        self.left, self.turns = turns, 0

    def wait(self, timeout: float | None = None) -> bool:
        self.turns += 1
        return self.turns > self.left


def test_the_command_fills_names_the_showcase_and_goes_on(
    receiver: Receiver, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["--otlp-url", receiver.url, "--orders", "30", "--live", "--speed", "60"], stop=OneTurn())
    printed = capsys.readouterr().out
    assert all((order_id in printed) == (name != "cannot_tell") for name, order_id in SHOWCASE.items())
    assert "'faults'" in printed
    assert len(receiver.spans) > 1000
