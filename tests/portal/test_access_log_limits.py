"""Limits: how much one person gets, exactly, whoever counts; what the page and the log say of it."""

import logging
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from threading import Barrier

import pytest
from django.db import connection
from django.test import Client
from pytest_django.fixtures import Settings
from pytest_django.plugin import DjangoDbBlocker

from portal.access_log import rows
from portal.access_log.errors import TooManyError
from portal.access_log.seldom import Seldom
from portal.models import AccessRow
from tests.orders.conftest import FakeJaeger
from tests.portal.access_rows import NOW, write
from tests.portal.signed_in import sign_in

ORDER = "/orders/ORD-20398/"
SECOND = timedelta(seconds=1)


@pytest.fixture
def anna(db: None, jaeger: FakeJaeger, settings: Settings) -> Client:
    settings.RATE_PAGES_PER_MINUTE, settings.RATE_SEARCHES_PER_MINUTE = 3, 2
    settings.RATE_EXPORTS_PER_HOUR, settings.RATE_REFRESHES_PER_MINUTE = 1, 2
    client = Client()
    sign_in(client)
    return client


def test_one_page_too_many_is_refused_with_when_to_come_back(anna: Client, jaeger: FakeJaeger) -> None:
    assert [anna.get(ORDER).status_code for _ in range(3)] == [200] * 3
    jaeger.asked.clear()
    answer = anna.get(ORDER, headers={"Accept-Language": "en"})
    assert answer.status_code == 429
    assert 0 < int(answer.headers["Retry-After"]) <= 60
    assert "Too many requests at once" in answer.content.decode()
    assert jaeger.asked == []
    assert AccessRow.objects.count() == 3


def test_a_part_and_a_program_are_told_as_well(anna: Client) -> None:
    for _ in range(3):
        anna.get(ORDER)
    part = anna.get(ORDER, headers={"HX-Request": "true"})
    assert (part.status_code, "Retry-After" in part.headers) == (429, True)
    program = anna.get("/orders/ORD-20398.json")
    assert (program.status_code, program.json()) == (429, {"schema": 1, "error": "too_many_requests"})


@pytest.mark.parametrize(
    ("path", "headers", "most"),
    [
        ("/partners/P-77/", {}, 2),
        ("/several.csv?ids=ORD-1", {}, 1),
        ("/several.json?ids=ORD-1", {}, 1),
        (ORDER, {"X-Live-Refresh": "1", "HX-Request": "true"}, 2),
    ],
)
def test_lists_files_and_refreshes_are_counted_apart(
    anna: Client, path: str, headers: dict[str, str], most: int
) -> None:
    if headers:
        anna.get(path)  # a page that nobody opened does not refresh itself
    got = [anna.get(path, headers=headers).status_code for _ in range(most + 2)]
    assert got == [200] * most + [429] * 2
    assert anna.get("/now/").status_code == 200


def test_a_long_list_counts_as_the_pages_that_it_is_worth(anna: Client, settings: Settings) -> None:
    settings.RATE_SEARCHES_PER_MINUTE = 5
    long = ",".join(f"ORD-{n}" for n in range(1, 41))
    assert anna.get(f"/several/?ids={long}").status_code == 200  # 1 + 39 // 10 = 4 of 5
    assert anna.get("/partners/P-77/").status_code == 200
    refused = anna.get("/partners/P-77/")
    assert (refused.status_code, 50 <= int(refused["Retry-After"]) <= 60) == (429, True)
    assert list(AccessRow.objects.order_by("seq").values_list("cost", flat=True)) == [4, 1]


def test_a_day_of_work_with_long_lists_is_within_the_limits(anna: Client, settings: Settings) -> None:
    settings.RATE_SEARCHES_PER_MINUTE, settings.RATE_EXPORTS_PER_HOUR = 60, 60
    numbers = [f"ORD-{n}" for n in range(1, 201)]
    way = anna.post("/search/", {"q": " ".join(numbers)})
    assert way.status_code == 302
    asks = ["", "&sort=age", "&state=STALLED", "&sort=age&state=STALLED", ""]
    assert [anna.get(way["Location"] + more).status_code for more in asks] == [200] * 5
    assert list(AccessRow.objects.order_by("seq").values_list("cost", flat=True)) == [1, 20, 1, 1, 1, 1]
    file = way["Location"].replace("/several/", "/several.csv")
    assert [anna.get(file).status_code for _ in range(10)] == [200] * 10
    other = ",".join(f"ORD-{n}" for n in range(201, 401))
    assert [anna.get(f"/several/?ids={other}&sort={sort}").status_code for sort in ("", "age")] == [200] * 2


def test_a_list_of_another_sitting_or_person_counts_in_full_again(anna: Client, settings: Settings) -> None:
    settings.RATE_SEARCHES_PER_MINUTE = 60
    address = f"/several/?ids={','.join(f'ORD-{n}' for n in range(1, 41))}"
    anna.get(address)
    for name in ("Anna Support", "Boris Support"):
        other = Client()
        sign_in(other, name=name)
        other.get(address)
    assert list(AccessRow.objects.order_by("id").values_list("cost", flat=True)) == [4, 4, 4]


def test_nobody_pays_for_another_person(anna: Client) -> None:
    for _ in range(4):
        anna.get(ORDER)
    boris = Client()
    sign_in(boris, name="Boris Support")
    assert boris.get(ORDER).status_code == 200


def test_pages_without_data_stay_open(anna: Client) -> None:
    for _ in range(4):
        anna.get(ORDER)
    assert anna.get("/help/").status_code == anna.get("/").status_code == 200


def test_a_flood_is_one_line_a_minute(anna: Client, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING, logger="portal.access_log"):
        for _ in range(8):
            anna.get("/several.csv?ids=ORD-1")
    lines = [record for record in caplog.records if record.getMessage() == "excess_rate_limit_exceeded"]
    assert len(lines) <= 1
    assert all(line.fields["limit"] == "export" for line in lines)  # type: ignore[attr-defined]


@pytest.mark.django_db
def test_the_next_one_is_free_when_the_first_is_a_minute_old(settings: Settings) -> None:
    settings.RATE_PAGES_PER_MINUTE = 2
    write(NOW)
    write(NOW + 10 * SECOND)
    with pytest.raises(TooManyError) as refused:
        write(NOW + 20.5 * SECOND)
    assert (refused.value.meter, refused.value.retry_after) == ("page", 40)
    with pytest.raises(TooManyError):
        write(NOW + 59.9 * SECOND)
    write(NOW + 60 * SECOND)
    with pytest.raises(TooManyError) as refused:
        write(NOW + 61 * SECOND)
    assert refused.value.retry_after == 9


@pytest.mark.django_db
def test_a_clock_that_went_back_locks_nobody_out(settings: Settings) -> None:
    settings.RATE_PAGES_PER_MINUTE = 1
    write(NOW)
    write(NOW - timedelta(hours=2))


def test_a_hundred_at_once_get_exactly_what_is_allowed(
    own_database: Path, settings: Settings, django_db_blocker: DjangoDbBlocker
) -> None:
    settings.RATE_PAGES_PER_MINUTE = 60
    start = Barrier(20)

    def ask(number: int) -> bool:
        with django_db_blocker.unblock():
            if number < 20:
                start.wait(20)
            try:
                write(NOW)
            except TooManyError:
                return False
            finally:
                connection.close()
        return True

    with ThreadPoolExecutor(20) as pool:
        got = list(pool.map(ask, range(100)))
    assert sum(got) == 60
    assert list(AccessRow.objects.order_by("seq").values_list("seq", flat=True)) == list(range(1, 61))


def test_every_meter_has_its_limit(settings: Settings) -> None:
    assert all(rows.limit_of(meter) > 0 for meter in (rows.PAGE, rows.SEARCH, rows.EXPORT, rows.REFRESH))
    assert rows.limit_of("") == 0


def test_seldom_lets_each_key_pass_once_in_a_while_and_forgets_the_oldest() -> None:
    seldom = Seldom(seconds=60)
    assert [seldom.is_due("a", NOW + n * 30 * SECOND) for n in range(4)] == [True, False, True, False]
    assert seldom.is_due("b", NOW)
    assert seldom.is_due("a", NOW - timedelta(hours=2)), "a clock that went back"
    for number in range(1001):
        seldom.is_due(number, NOW)
    assert seldom.is_due("b", NOW)
