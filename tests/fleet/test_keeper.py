"""The snapshot of other orders: taken in the background, shared, at most 30 s old, and bounded."""

import threading
import time
from dataclasses import replace
from typing import Any

import pytest

from orders.fleet.keeper import FRESH, REMEMBERED, SHORTEST, SLOT, Keeper
from orders.fleet.ledger import Ledger
from orders.fleet.recall import AGE, ORDERS, Recall
from orders.jaeger.errors import Unreachable
from orders.journey.spans import MINUTE, SECOND, Answer, Missing, Span
from tests.fleet.fake import FakeJaeger
from tests.journey.story import RETENTION, TABLE, Story, at

NOW = at(583)


class Clock:
    """A clock that stands until it is told to move."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> int:
        return self.now


def moved(story: Story, minute: float) -> list[Span]:
    """Return a story's spans, told from a minute on, in traces of its own."""
    shift, own = round(minute * MINUTE), f"{int(story.order_id[4:]):016x}"
    return [s._replace(start=s.start + shift, end=s.end + shift, trace_id=own + s.trace_id[16:]) for s in story.spans]


def passing(order_id: str, minute: float) -> list[Span]:
    """Return an order that passed all stages, from a minute on."""
    story = Story(order_id)
    story.upto(6)
    return moved(story, minute)


def stopped(order_id: str, minute: float) -> list[Span]:
    """Return an order whose production never started, approved 15 minutes after a minute."""
    story = Story(order_id)
    story.upto(3)
    story.hop(3, 15.1, taken=False)
    return moved(story, minute)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def jaeger() -> FakeJaeger:
    spans = [span for n in range(30) for span in passing(f"ORD-{n}", 550 - n * 15)]
    return FakeJaeger([*spans, *(s for n in range(3) for s in stopped(f"ORD-9{n}", 400 + n))])


def keeper(jaeger: FakeJaeger, clock: Clock, **more: object) -> Keeper:
    return Keeper(jaeger, TABLE, clock=clock, retention=RETENTION, **more)  # type: ignore[arg-type]


def test_a_whole_turn_knows_who_passes_and_who_is_stuck_alike(jaeger: FakeJaeger, clock: Clock) -> None:
    fleet = keeper(jaeger, clock).settle(10)

    assert fleet is not None
    assert fleet.passing(3, at(0), NOW) > 20
    assert {stuck.order_id for stuck in fleet.stuck} == {"ORD-90", "ORD-91", "ORD-92"}
    assert {stuck.cause for stuck in fleet.stuck} == {"published-never-consumed"}
    assert not fleet.holes("mes", at(0), NOW).found
    assert fleet.filled_since == NOW - RETENTION


def test_a_page_gets_the_snapshot_while_it_is_fresh_and_asks_no_more(jaeger: FakeJaeger, clock: Clock) -> None:
    kept = keeper(jaeger, clock)
    kept.settle(10)
    asked = len(jaeger.asked)
    clock.now += 10 * SECOND

    assert kept.snapshot(wait=0) is not None
    assert len(jaeger.asked) == asked


def test_the_past_is_asked_for_once(jaeger: FakeJaeger, clock: Clock) -> None:
    kept = keeper(jaeger, clock)
    kept.settle(10)
    first = len(jaeger.asked)
    clock.now += FRESH + SECOND

    kept.settle(10)

    assert len(jaeger.asked) - first == len(TABLE.statuses)
    assert first > 50 * len(TABLE.statuses)


def test_what_is_too_old_is_not_shown(jaeger: FakeJaeger, clock: Clock) -> None:
    kept = keeper(jaeger, clock)
    kept.settle(10)
    clock.now += FRESH + SECOND
    jaeger.broken = Unreachable("refused")

    assert kept.snapshot(wait=5) is None


def test_a_broken_jaeger_gives_none_at_once_and_heals(jaeger: FakeJaeger, clock: Clock) -> None:
    kept = keeper(jaeger, clock)
    jaeger.broken = Unreachable("refused")
    started = time.monotonic()

    assert kept.snapshot(wait=5) is None
    assert time.monotonic() - started < 4

    jaeger.broken = None
    assert kept.settle(10) is not None


def test_a_service_that_was_not_asked_spoils_the_snapshot(jaeger: FakeJaeger, clock: Clock) -> None:
    jaeger.missing = (Missing(service="mes", reason="too_slow"),)

    assert keeper(jaeger, clock).settle(10) is None


def test_one_turn_at_a_time_whoever_asks(jaeger: FakeJaeger, clock: Clock) -> None:
    kept = keeper(jaeger, clock)
    threads = [threading.Thread(target=lambda: kept.snapshot(wait=10)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    kept.settle(10)

    windows = [window for window in jaeger.asked if window[0] == "status"]
    assert len(windows) == len(set(windows))


def test_once_closed_it_drops_what_waits_and_begins_nothing(
    jaeger: FakeJaeger, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    kept = keeper(jaeger, clock)
    begun, go_on, newest = threading.Event(), threading.Event(), jaeger.newest

    def slow(*arguments: Any, **window: Any) -> Answer:
        begun.set()
        go_on.wait(5)
        return newest(*arguments, **window)

    jaeger.newest = slow  # type: ignore[method-assign]
    kept.renew()
    assert begun.wait(5)
    kept.close()
    go_on.set()

    assert kept.settle(5) is None
    asked = len(jaeger.asked)
    assert asked < len(TABLE.statuses)
    assert kept.snapshot(wait=0.01) is None
    assert len(jaeger.asked) == asked
    assert caplog.records == []


def test_a_window_that_holds_too_much_is_made_shorter(clock: Clock) -> None:
    busy = FakeJaeger(s for n in range(60) for s in passing(f"ORD-{n}", 560 - n / 10))

    fleet = keeper(busy, clock, limit=20).settle(20)

    assert fleet is not None
    assert any(end - start < SLOT for _, _, start, end in busy.asked)
    for windows in fleet.covered.values():
        assert all(stop > start for start, stop in windows)


def test_what_is_cut_even_in_the_shortest_window_covers_nothing(clock: Clock) -> None:
    story = Story()
    burst = [story.status(0, 583 - n / 100, trace=n + 1) for n in range(30)]

    fleet = keeper(FakeJaeger(burst), clock, limit=5).settle(20)

    assert fleet is not None
    assert not any(start <= NOW - SHORTEST and end >= NOW for start, end in fleet.covered.get(0, ()))


def test_an_order_that_cannot_be_looked_at_is_not_called_stuck(jaeger: FakeJaeger, clock: Clock) -> None:
    def find(attribute: str, value: str, *, start: int, end: int) -> Answer:
        raise Unreachable("gone")

    jaeger.find = find  # type: ignore[method-assign]

    fleet = keeper(jaeger, clock).settle(10)

    assert fleet is not None
    assert fleet.stuck == ()


def test_a_defect_is_not_swallowed(jaeger: FakeJaeger, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[threading.ExceptHookArgs] = []
    monkeypatch.setattr(threading, "excepthook", seen.append)
    jaeger.broken = ZeroDivisionError("a defect")  # type: ignore[assignment]

    assert keeper(jaeger, clock).snapshot(wait=5) is None
    until = time.monotonic() + 5
    while not seen and time.monotonic() < until:
        time.sleep(0.01)
    assert seen[0].exc_type is ZeroDivisionError


def test_the_ledger_forgets_what_is_old_and_corrects_clocks() -> None:
    ledger = Ledger(TABLE)
    for n in range(30):
        story = Story(f"ORD-{n}")
        story.status(1, n)
        sent = story.hop(1, n + 0.1, taken=False)
        story.span("mes", n - 4.9, parent=sent, kind="consumer", operation="process", destination="orders.submitted")
        ledger.absorb([s._replace(trace_id=f"{n:016x}{s.trace_id[16:]}") for s in story.spans])

    fleet = ledger.fleet(taken_at=NOW, filled_since=0)
    assert 4 * MINUTE < fleet.shifts["mes"] <= 5 * MINUTE

    ledger.trim(at(10))
    assert set(ledger.fleet(taken_at=NOW, filled_since=0).trips) == {f"ORD-{n}" for n in range(10, 30)}


def test_the_ledger_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("orders.fleet.ledger.MOST_SPANS", 10)
    monkeypatch.setattr("orders.fleet.ledger.PAIRS", 5)
    ledger = Ledger(TABLE)
    story = Story()
    for n in range(20):
        sent = story.hop(1, n, taken=False)
        story.span("mes", n + 0.1, parent=sent, kind="consumer", operation="process")
    ledger.absorb(story.spans)

    ledger.trim(0)

    assert sum(len(ends) for ends in ledger.fleet(taken_at=NOW, filled_since=0).ends.values()) == 10


def test_what_was_known_last_is_recalled_with_its_age() -> None:
    recall = Recall()
    story = Story()
    story.upto(2)
    answer = Answer(spans=tuple(story.spans), asked_at=NOW)
    recall.keep("ORD-1", answer)
    recall.keep("ORD-2", Answer(spans=answer.spans, truncated=True, asked_at=NOW))

    found = recall.last("ORD-1", NOW + MINUTE)

    assert found is not None
    assert (found.known_at, found.whole) == (NOW, False)
    assert recall.last("ORD-1", NOW + AGE + 1) is None
    assert recall.last("ORD-2", NOW) is None


def test_recall_is_bounded_by_orders_and_spans(monkeypatch: pytest.MonkeyPatch) -> None:
    recall = Recall()
    spans = (Story().status(0, 0),)
    for n in range(ORDERS + 5):
        recall.keep(f"ORD-{n}", Answer(spans=spans, asked_at=NOW))
    assert recall.last("ORD-4", NOW) is None
    assert recall.last("ORD-5", NOW) is not None

    monkeypatch.setattr("orders.fleet.recall.SPANS", 2)
    recall.keep("ORD-X", Answer(spans=spans * 3, asked_at=NOW))
    assert recall.last("ORD-5", NOW) is None
    assert recall.last("ORD-X", NOW) is not None


def test_what_is_too_old_to_be_recalled_is_not_kept_either() -> None:
    recall, spans = Recall(), (Story().status(0, 0),)
    recall.keep("ORD-1", Answer(spans=spans, asked_at=NOW))
    recall.keep("ORD-2", Answer(spans=spans, asked_at=NOW + AGE + 1))
    assert list(recall._answers) == ["ORD-2"]


def test_where_nobody_says_a_status_the_message_it_sets_off_is_searched(jaeger: FakeJaeger, clock: Clock) -> None:
    table = replace(TABLE, services=tuple(replace(s, instrumented=s.code != "shop") for s in TABLE.services))

    Keeper(jaeger, table, clock=clock, retention=RETENTION).settle(20)

    asked = {(attribute, value) for attribute, value, _, _ in jaeger.asked if attribute != "order_id"}
    assert ("messaging.destination.name", "orders.submitted") in asked
    assert ("status", "SUBMITTED") not in asked
    assert ("status", "INITIATED") in asked


def test_the_past_is_asked_for_again_bit_by_bit(jaeger: FakeJaeger, clock: Clock) -> None:
    kept = keeper(jaeger, clock)
    kept.settle(10)
    jaeger.spans += passing("ORD-777", -3000)
    asked = len(jaeger.asked)
    for _ in range(60):
        clock.now += REMEMBERED + SECOND
        kept.settle(10)

    fleet = kept.settle(10)

    assert fleet is not None
    assert "ORD-777" in fleet.trips
    assert len(jaeger.asked) - asked < 60 * (3 * len(TABLE.statuses) + 12)


def test_who_asks_for_the_past_waits_for_it(jaeger: FakeJaeger, clock: Clock) -> None:
    gate = threading.Event()
    ask = jaeger.newest

    def newest(attribute: str, value: str, *, start: int, end: int, limit: int) -> Answer:
        if end < NOW - 12 * 60 * MINUTE:
            gate.wait(20)
        return ask(attribute, value, start=start, end=end, limit=limit)

    jaeger.newest = newest  # type: ignore[method-assign]
    kept = keeper(jaeger, clock)

    soon = kept.snapshot(wait=5)
    short = kept.snapshot(wait=0.05, since=at(0) - RETENTION // 2)
    gate.set()
    whole = kept.snapshot(wait=10, since=at(0) - RETENTION // 2)

    assert soon is not None
    assert short is not None
    assert whole is not None
    assert soon.filled_since > at(0) - RETENTION // 2
    assert short.filled_since == soon.filled_since
    assert whole.filled_since == NOW - RETENTION


def test_a_clock_is_judged_by_its_newest_pairs() -> None:
    ledger = Ledger(TABLE)

    def pair(n: int, minute: float, behind: float) -> None:
        story = Story(f"ORD-{n}")
        sent = story.hop(1, minute, taken=False)
        story.span("mes", minute + 0.1 - behind, parent=sent, kind="consumer", operation="process")
        ledger.absorb([s._replace(trace_id=f"{n:016x}{s.trace_id[16:]}") for s in story.spans])

    for n in range(500):
        pair(n, 10_000 + n, 0)
    for n in range(600):
        pair(1000 + n, n, 5)

    assert ledger.fleet(taken_at=NOW, filled_since=0).shifts == {}


def test_who_else_is_stuck_is_waited_for_once(jaeger: FakeJaeger, clock: Clock) -> None:
    gate = threading.Event()
    ask = jaeger.find

    def find(attribute: str, value: str, *, start: int, end: int) -> Answer:
        gate.wait(20)
        return ask(attribute, value, start=start, end=end)

    jaeger.find = find  # type: ignore[method-assign]
    kept = keeper(jaeger, clock)

    kept.snapshot(wait=10)
    early = kept.snapshot(wait=0.1, since=at(0))
    gate.set()
    whole = kept.snapshot(wait=10, since=at(0))

    assert early is not None
    assert whole is not None
    assert (early.learned, early.stuck) == (False, ())
    assert whole.learned
    assert len(whole.stuck) == 3
