"""Retention: rows that nobody purges are told of on the page, in the log and to probes, and nothing goes red."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError
from django.test import Client
from django.utils import timezone

from portal import ops
from portal.access_log import retention as room
from portal.access_log.retention import Retention, days_overdue
from portal.ops import Health, Watch
from tests.orders.conftest import FakeJaeger
from tests.portal.access_rows import NOW, write
from tests.portal.signed_in import sign_in
from tests.portal.test_ops import ask, unreached

DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)


def warnings(caplog: pytest.LogCaptureFixture) -> list[Any]:
    return [one.fields for one in caplog.records if one.getMessage() == "access_log_not_purged"]  # type: ignore[attr-defined]


@pytest.mark.django_db
@pytest.mark.parametrize(("age", "days"), [(13.0, 0), (14.9, 0), (15.1, 2), (44.0, 31)])
def test_a_day_after_a_row_should_have_gone_it_is_overdue(age: float, days: int) -> None:
    assert days_overdue(NOW) == 0
    write(NOW)
    write(NOW - age * DAY, "p-2")
    assert days_overdue(NOW) == days


@pytest.mark.django_db
def test_it_is_said_once_an_hour(caplog: pytest.LogCaptureFixture) -> None:
    write(NOW - 20 * DAY)
    watch = Retention()
    assert watch.last_known() == {"days_overdue": None}
    for minute in range(121):
        watch.look(NOW + minute * MINUTE)
    assert [fields["days_overdue"] for fields in warnings(caplog)] == [7, 7, 7]
    assert watch.last_known() == {"days_overdue": 7}


@pytest.mark.django_db
def test_what_was_purged_in_time_is_not_worth_a_word(caplog: pytest.LogCaptureFixture) -> None:
    write(NOW - 14 * DAY)
    watch = Retention()
    watch.look(NOW)
    assert (warnings(caplog), watch.last_known()) == ([], {"days_overdue": 0})


def test_a_database_that_is_away_stops_no_probe(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def away(now: object) -> int:
        raise DatabaseError("away")

    monkeypatch.setattr(room, "days_overdue", away)
    watch = Retention()
    watch.look(NOW)
    assert watch.last_known() == {"days_overdue": None}
    assert "could not be read" in caplog.text


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("language", "words"), [("en", "should have gone 7 days ago"), ("ru", "должна была уйти 7 дней")]
)
@pytest.mark.parametrize("late", [True, False])
def test_the_page_says_it(jaeger: FakeJaeger, language: str, words: str, late: bool) -> None:
    client = Client(headers={"Accept-Language": language})
    sign_in(client, ("devops",), "Dmitry DevOps")
    write(timezone.now() - (20 if late else 10) * DAY)
    assert (words in client.get("/access-log/").content.decode()) is late


@pytest.mark.django_db
def test_readiness_reports_it_and_stays_ready(monkeypatch: pytest.MonkeyPatch) -> None:
    watch, health = Retention(), Health(unreached)
    monkeypatch.setattr(ops, "retention", watch)
    write(timezone.now() - 20 * DAY)
    health.watch = Watch({"database": lambda: "ok"}, aside=ops._look_aside)
    answer = ask("/readyz", health=health)
    assert answer.status_code == 200
    assert b'"access_log": {"days_overdue": 7}' in answer.content


def test_nothing_is_looked_at_where_the_database_is_away() -> None:
    looked: list[int] = []
    Watch({"database": lambda: "away"}, aside=lambda: looked.append(1)).look()
    assert looked == []
    Watch({"database": lambda: "ok"}, aside=lambda: looked.append(1)).look()
    assert looked == [1]
