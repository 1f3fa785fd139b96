"""The log's page: for DevOps alone, filtered, paged, a file that no spreadsheet runs; it repeats nobody's typing."""

import csv
import html
import io
import re
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client

from portal.access_log import views
from portal.access_log.listed import COLUMNS, FORM_WORDS, KIND_WORDS, instant_of
from portal.access_log.routes import KINDS
from tests.orders.conftest import FakeJaeger
from tests.portal.access_rows import NOW, write
from tests.portal.signed_in import sign_in

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def dmitry(jaeger: FakeJaeger) -> Client:
    client = Client(headers={"Accept-Language": "en"})
    sign_in(client, ("devops",), "Dmitry DevOps")
    return client


def shown(client: Client, query: str = "") -> list[str]:
    """Return the ids of the rows on the page, newest first."""
    page = client.get(f"/access-log/?{query}").content.decode()
    return re.findall(r"<td><a [^>]*>(ORD-\d+|P-\d+|c-[0-9a-f]+)</a></td>", page)


@pytest.mark.parametrize("roles", [("support",), ("developer",), ("developer", "support")])
@pytest.mark.parametrize("path", ["/access-log/", "/access-log.csv", "/access-log/?who=ivan@example.com"])
def test_it_is_for_devops_alone(path: str, roles: tuple[str, ...]) -> None:
    client = Client(headers={"Accept-Language": "en"})
    sign_in(client, roles)
    answer = client.get(path)
    assert answer.status_code == 403
    assert "This page is not open to you" in answer.content.decode()
    assert "ivan" not in answer.content.decode()


def test_devops_find_it_and_others_see_no_way_to_it(dmitry: Client) -> None:
    assert b'href="/access-log/"' in dmitry.get("/help/").content
    anna = Client()
    sign_in(anna)
    assert b"access-log" not in anna.get("/help/").content


def test_a_look_at_it_is_on_it(dmitry: Client) -> None:
    assert "the access log" in dmitry.get("/access-log/").content.decode()


@pytest.fixture
def rows(dmitry: Client) -> Client:
    write(NOW - 2 * DAY, "p-1", ids="ORD-1")
    write(NOW - DAY, "p-1", ids="ORD-1 ORD-22", kind="list", meter="search")
    write(NOW - DAY + timedelta(hours=10), "p-2", ids="P-7", kind="partner", form="csv", meter="export")
    write(NOW, "p-2", ids="ORD-22", form="refresh", meter="refresh")
    write(NOW, "p-2", ids="ORD-2", request_id="0011223344556677")
    return dmitry


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["ORD-2", "P-7", "ORD-1"]),
        ("who=name-of-p-2", ["ORD-2", "P-7"]),
        ("who=p-1", ["ORD-1"]),
        ("who=Name-Of-P-2", ["ORD-2", "P-7"]),
        ("request=0011223344556677", ["ORD-2"]),
        ("request=0011223344556677&who=p-1", []),
        ("id=ORD-2", ["ORD-2", "ORD-2"]),  # the second is this very look
        ("kind=order", ["ORD-2", "ORD-1"]),
        ("kind=files", ["P-7"]),
        ("refreshes=1", ["ORD-2", "ORD-22", "P-7", "ORD-1"]),
        ("to=2026-09-24", ["ORD-1"]),  # the company's day: 23:59 MSK is 20:59 UTC
        ("from=2026-09-25&to=2026-09-25", ["ORD-2", "P-7"]),
        ("from=nonsense&kind=nonsense&before=x", ["ORD-2", "P-7", "ORD-1"]),
    ],
)
def test_filters(rows: Client, query: str, found: list[str]) -> None:
    assert [one for one in shown(rows, query) if one] == found


def test_a_row_of_several_numbers_is_found_by_each(rows: Client) -> None:
    for number in ("ORD-1", "ORD-22"):
        page = rows.get(f"/access-log/?id={number}").content.decode()
        assert ">ORD-1</a> <a " in page
        assert ">ORD-22</a></td>" in page


def test_a_person_and_a_number_lead_to_their_rows_within_the_filter(rows: Client) -> None:
    page = rows.get("/access-log/?kind=order&from=2026-09-01").content.decode()
    links = {html.unescape(one) for one in re.findall(r'href="/access-log/\?([^"]+)"', page)}
    assert "id=ORD-1&kind=order&from=2026-09-01" in links
    assert "who=name-of-p-1&kind=order&from=2026-09-01" in links
    assert shown(rows, "who=name-of-p-1&kind=order&from=2026-09-01") == ["ORD-1"]


def test_a_request_that_is_none_is_said_and_not_repeated(rows: Client) -> None:
    page = rows.get("/access-log/?request=ivan@example.com").content.decode()
    assert "no such person, number or request" in page
    assert "ivan" not in page


def test_what_was_not_understood_is_said_and_not_repeated(rows: Client) -> None:
    page = rows.get("/access-log/?who=ivan@example.com&id=cust-4711&x=ivan@example.com").content.decode()
    assert "The log knows no such person, number or request" in page
    assert "ivan" not in page
    assert "4711" not in page


def test_pages(rows: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(views, "ON_A_PAGE", 2)
    first = rows.get("/access-log/?kind=order").content.decode()
    assert "Older" not in first
    rows.get("/now/")
    page = rows.get("/access-log/").content.decode()
    (older,) = re.findall(r'href="(/access-log/\?before=\d+)">Older', page)
    assert [*re.findall(r"<td><a [^>]*>(ORD-\d|P-\d)</a></td>", rows.get(older).content.decode())] == ["ORD-2"]
    assert "Newest" in rows.get(older).content.decode()


def test_the_file(rows: Client) -> None:
    write(NOW, "p-3", username="=cmd|' /C calc'!A0", ids="ORD-9")
    answer = rows.get("/access-log.csv?kind=order")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="access-log.csv"'
    header, first, *_ = csv.reader(io.StringIO(answer.content.decode().removeprefix("\ufeff")))
    assert tuple(header) == COLUMNS
    assert first[:2] == ["2026-09-25T12:00:00Z", "'=cmd|' /C calc'!A0"]
    assert first[-1] == "0"


def test_a_file_that_is_cut_says_so(rows: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(views, "IN_A_FILE", 1)
    lines = list(csv.reader(io.StringIO(rows.get("/access-log.csv?kind=order").content.decode())))
    assert (len(lines), lines[1][-1]) == (2, "1")


def test_the_file_speaks_russian(rows: Client) -> None:
    text = rows.get("/access-log.csv", headers={"Accept-Language": "ru"}).content.decode()
    assert text.startswith("\ufeffat;user_name;")


def test_what_people_wrote_is_text(rows: Client) -> None:
    write(NOW, "p-4", username="<script>alert(1)</script>")
    page = rows.get("/access-log/").content.decode()
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in page


def test_many_numbers_are_folded_away_and_further_entries_counted(rows: Client) -> None:
    write(NOW, "p-5", ids=" ".join(f"ORD-{n}" for n in range(30)), more=2)
    page = rows.get("/access-log/?who=p-5").content.decode()
    assert "30 numbers" in page
    assert "and 2 entries that are no numbers" in page
    assert "ORD-29" in page


def test_every_kind_and_form_has_its_word() -> None:
    assert KIND_WORDS.keys() == set(KINDS)
    assert FORM_WORDS.keys() == {"html", "part", "refresh", "json", "csv"}


def test_instants_are_exact() -> None:
    assert instant_of(datetime(2026, 9, 25, 12, 0, 0, 123456, UTC)) == 1_790_337_600_123_456_000
