"""How the stand-in finds and forgets: one span satisfies all, whole traces, newest first, bounded, quick."""

from typing import Any

from demo.jaeger.otlp import Export, ResourceSpans, from_json
from demo.jaeger.store import Query, Store
from tests.demo.jaeger_spans import body, span


def groups(*spans: dict[str, Any], service: str = "mes-api") -> list[ResourceSpans]:
    return from_json(body(*spans, service=service))


def ids(store: Store, query: Query) -> list[int]:
    return [int(trace.trace_id, 16) for trace in store.search(query)]


def test_all_conditions_hold_on_one_span() -> None:
    store = Store(10)
    store.add(
        groups(span(1, 1, order_id="A"), span(1, 2, status="SHIPPED"), span(2, 3, order_id="A", status="SHIPPED"))
    )
    assert ids(store, Query(attributes=(("order_id", "A"), ("status", "SHIPPED")))) == [2]
    assert ids(store, Query(attributes=(("order_id", "A"),), service="crm-api")) == []


def test_newest_arrival_first_and_the_limit_is_exact() -> None:
    store = Store(10)
    for number in (3, 1, 2):
        store.add(groups(span(number, number, order_id="A")))
    store.add(groups(span(3, 9, order_id="A")))  # a late span leaves its trace where it is
    assert ids(store, Query(attributes=(("order_id", "A"),))) == [2, 1, 3]
    assert ids(store, Query(attributes=(("order_id", "A"),), limit=2)) == [2, 1]


def test_a_late_span_makes_an_old_trace_findable() -> None:
    store = Store(10)
    for number in (1, 2, 3):
        store.add(groups(span(number, number, status="OK" if number != 2 else "ERROR")))
    store.add(groups(span(2, 8, status="OK")))
    assert ids(store, Query(attributes=(("status", "OK"),))) == [3, 2, 1]


def test_window_and_duration_are_a_spans() -> None:
    store = Store(10)
    store.add(groups(span(1, 1, start=1_000, length=500), span(2, 2, start=2_000, length=50)))
    assert ids(store, Query(start=1_500, end=2_000)) == [2]
    assert ids(store, Query(shortest=100)) == [1]
    assert ids(store, Query(longest=100)) == [2]


def test_the_oldest_trace_makes_room_and_leaves_no_trace_in_the_index() -> None:
    store = Store(2)
    for number in (1, 2, 3):
        store.add(groups(span(number, number, order_id=f"ORD-{number}")))
    assert list(store.traces) == [f"{2:032x}", f"{3:032x}"]
    assert ids(store, Query(attributes=(("order_id", "ORD-1"),))) == []
    assert ("order_id", "ORD-1") not in store._index


def test_a_span_sent_again_is_kept_once() -> None:
    store = Store(10)
    assert [store.add(groups(span(1, 1, order_id="A"))) for _ in range(2)] == [1, 0]


def test_a_resource_without_a_name_gets_one_of_jaegers() -> None:
    store = Store(10)
    nameless = groups(span(1, 1))
    nameless[0].resource.attributes.clear()
    store.add([*nameless, *groups(span(2, 2), service="")])
    assert store.services() == ["missing-service-name", "empty-service-name"]


def test_an_export_without_spans_is_nothing() -> None:
    assert Store(1).add(Export().resource_spans) == 0
