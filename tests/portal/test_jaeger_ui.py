"""The door to Jaeger's UI without nginx: who gets a pass, what ends it, and that nobody but nginx can ask."""

import time
from collections.abc import Callable
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from django.core import signing
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import Settings

from portal.jaeger_ui.asked import asked_of
from portal.models import AccessRow, KeycloakSession
from tests.portal.signed_in import sign_in

pytestmark = pytest.mark.django_db

JAEGER = "jaeger.example"
TRACE = "0123456789abcdef0123456789abcdef"


@pytest.fixture(autouse=True)
def two_hosts(settings: Settings) -> None:
    settings.PORTAL_URL, settings.JAEGER_UI_URL = "http://testserver", f"http://{JAEGER}"
    settings.ALLOWED_HOSTS = ["testserver", JAEGER]
    settings.TRUSTED_PROXIES = ["127.0.0.1"]


@pytest.fixture
def nginx() -> Client:
    """Ask as nginx does for the Jaeger host; it is another browser jar than the portal's, as in a browser."""
    return Client(SERVER_NAME=JAEGER, headers={"X-Original-URI": "/search"})


def enter(nginx: Client, client: Client) -> None:
    """Go the whole way: start, enter, redeem."""
    started = nginx.get("/jaeger-ui/start/")
    ticket = client.get(urlsplit(started.headers["location"])._replace(scheme="", netloc="").geturl())
    assert ticket.headers["location"].startswith(f"http://{JAEGER}/jaeger-ui/redeem/?"), ticket.headers
    redeemed = nginx.get(ticket.headers["location"].removeprefix(f"http://{JAEGER}"))
    assert redeemed.headers["location"] == f"http://{JAEGER}/search"


def check(nginx: Client, uri: str = "/search") -> tuple[int, str]:
    answer = nginx.get("/jaeger-ui/check/", headers={"X-Original-URI": uri})
    return answer.status_code, answer.headers.get("X-Refused", "")


def test_the_whole_way(nginx: Client, client: Client) -> None:
    sign_in(client)
    assert check(nginx) == (401, "")
    enter(nginx, client)
    assert check(nginx) == (204, "")
    row = AccessRow.objects.latest("id")
    assert (row.kind, row.person, row.session) == (
        "jaeger",
        "sub-of-anna",
        KeycloakSession.objects.get().session_hash[:16],
    )


@pytest.mark.parametrize("path", ["check", "start", "redeem"])
def test_only_a_trusted_proxy_for_the_jaeger_host_can_ask(
    nginx: Client, client: Client, settings: Settings, path: str
) -> None:
    sign_in(client)
    enter(nginx, client)
    at = f"/jaeger-ui/{path}/"
    assert client.get(at).status_code == 404  # under the portal's name
    assert nginx.get(at, REMOTE_ADDR="10.0.0.1").status_code == 404
    assert nginx.get(at, SERVER_PORT="81").status_code == 404
    assert nginx.post(at).status_code == 405
    settings.TRUSTED_PROXIES = []
    assert nginx.get(at).status_code == 404


@pytest.mark.parametrize("end", ["row", "idle", "oldest"])
def test_what_ends_the_sign_in_ends_the_pass(nginx: Client, client: Client, end: str) -> None:
    sign_in(client)
    enter(nginx, client)
    rows, ago = KeycloakSession.objects.all(), timezone.now() - timedelta(days=1)
    ends: dict[str, Callable[[], object]] = {
        "row": rows.delete,
        "idle": lambda: rows.update(last_seen_at=ago),
        "oldest": lambda: rows.update(started_at=ago),
    }
    ends[end]()
    assert check(nginx) == (401, "")
    assert check(nginx, "/static/a.js") == (401, "")


def test_scripts_do_not_keep_a_session_alive_and_people_do(nginx: Client, client: Client) -> None:
    sign_in(client)
    enter(nginx, client)
    before = timezone.now() - timedelta(minutes=30)
    KeycloakSession.objects.update(last_seen_at=before)
    for uri in ("/api/services", "/api/traces/1", "/static/a.js", "/api"):
        assert check(nginx, uri) == (204, "")
    assert KeycloakSession.objects.get().last_seen_at == before
    assert check(nginx, "/trace/1") == (204, "")
    assert KeycloakSession.objects.get().last_seen_at > before


@pytest.mark.parametrize(("roles", "got"), [(("support",), (403, "role")), (("support", "devops"), (204, ""))])
def test_which_roles_may_is_a_setting(
    nginx: Client, client: Client, settings: Settings, roles: tuple[str, ...], got: tuple[int, str]
) -> None:
    sign_in(client, roles)
    enter(nginx, client)
    settings.JAEGER_UI_ROLES = ["devops"]
    assert check(nginx) == got
    assert client.get(f"/jaeger-ui/enter/?state={'a' * 43}").status_code == (403 if got[0] == 403 else 302)


def test_a_check_that_is_due_asks_keycloak_and_its_absence_is_no_way_in(
    nginx: Client, client: Client, settings: Settings
) -> None:
    settings.KEYCLOAK_URL, settings.KEYCLOAK_GRACE_SECONDS = "http://127.0.0.1:9", 0
    sign_in(client)
    enter(nginx, client)
    KeycloakSession.objects.update(checked_at=timezone.now() - timedelta(hours=1))
    assert check(nginx)[0] in {401, 403}


def test_one_person_cannot_read_all_of_jaeger_in_a_minute(nginx: Client, client: Client, settings: Settings) -> None:
    settings.RATE_JAEGER_PER_MINUTE = 3
    sign_in(client)
    enter(nginx, client)
    got = [check(nginx, f"/api/traces/{at}") for at in range(5)]
    assert got == [(204, "")] * 3 + [(403, "too_many")] * 2
    assert check(nginx, "/static/a.js") == (204, "")


def test_what_says_that_it_refreshes_itself_is_not_hidden(nginx: Client, client: Client) -> None:
    sign_in(client)
    enter(nginx, client)
    for _ in range(2):
        nginx.get("/jaeger-ui/check/", headers={"X-Original-URI": f"/trace/{TRACE}", "X-Live-Refresh": "1"})
        assert AccessRow.objects.latest("id").form == "part"


FORGED = [
    "", "x", "a:b:c", signing.dumps("0" * 64, salt="portal.jaeger_ui.ticket"), signing.dumps("0" * 64),
    signing.dumps(["0" * 64, ""], salt="portal.jaeger_ui.pass"), signing.dumps("0" * 64, salt="portal.jaeger_ui.pass"),
    signing.dumps("0" * 64, key="another", salt="portal.jaeger_ui.pass"),
]  # fmt: skip


@pytest.mark.parametrize("token", FORGED)
def test_a_forged_pass_is_none(nginx: Client, client: Client, token: str) -> None:
    sign_in(client)
    nginx.cookies["jaeger"] = token
    assert check(nginx) == (401, "")


def test_a_ticket_is_no_pass_nor_a_pass_a_ticket(nginx: Client, client: Client) -> None:
    sign_in(client)
    enter(nginx, client)
    given = nginx.cookies["jaeger"].value
    other = Client(SERVER_NAME=JAEGER)
    other.get("/jaeger-ui/start/")
    answer = other.get("/jaeger-ui/redeem/", {"ticket": given})
    assert "/jaeger-ui/refused/" in answer.headers["location"]


@pytest.mark.parametrize("late", [59, 61])
def test_a_ticket_is_good_for_a_minute(
    nginx: Client, client: Client, late: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    sign_in(client)
    started = nginx.get("/jaeger-ui/start/").headers["location"].removeprefix("http://testserver")
    ticket = client.get(started).headers["location"].removeprefix(f"http://{JAEGER}")
    later = time.time() + late
    monkeypatch.setattr(time, "time", lambda: later)
    answer = nginx.get(ticket)
    assert ("jaeger" in answer.cookies) is (late < 60)


def test_several_tabs_share_one_state(nginx: Client, client: Client) -> None:
    sign_in(client)
    starts = [nginx.get("/jaeger-ui/start/", headers={"X-Original-URI": f"/trace/{at}"}) for at in (1, 2)]
    states = {parse_qs(urlsplit(one.headers["location"]).query)["state"][0] for one in starts}
    assert len(states) == 1
    tickets = [client.get(one.headers["location"].removeprefix("http://testserver")) for one in starts]
    ends = [nginx.get(one.headers["location"].removeprefix(f"http://{JAEGER}")) for one in tickets]
    assert [one.headers["location"] for one in ends] == [f"http://{JAEGER}/trace/{at}" for at in (1, 2)]


@pytest.mark.parametrize(
    "to", ["//evil.example/", "https://evil.example/", "/\\evil.example", "@evil.example", "x\r\ny"]
)
def test_it_leads_nowhere_else(nginx: Client, client: Client, to: str) -> None:
    sign_in(client)
    enter(nginx, client)
    for answer in (
        client.get("/jaeger-ui/enter/", {"to": to}),
        nginx.get("/jaeger-ui/redeem/", {"to": to}),
    ):
        assert answer.headers["location"] == f"http://{JAEGER}/"
    started = nginx.get("/jaeger-ui/start/", headers={"X-Original-URI": to})
    assert parse_qs(urlsplit(started.headers["location"]).query)["to"] == ["/"]


def test_a_stranger_signs_in_first_and_keeps_the_way(client: Client) -> None:
    wanted = f"/jaeger-ui/enter/?state={'a' * 43}&to=%2Ftrace%2F1%3Fa%3Db"
    answer = client.get(wanted)
    assert parse_qs(urlsplit(answer.headers["location"]).query)["next"] == [wanted]


@pytest.mark.parametrize(
    ("why", "status"),
    [("role", 403), ("ticket", 403), ("not_recorded", 503), ("unavailable", 503), ("too_many", 429), ("<script>", 403)],
)
def test_each_refusal_has_its_page(client: Client, why: str, status: int) -> None:
    sign_in(client)
    answer = client.get("/jaeger-ui/refused/", {"why": why, "to": "/trace/1"})
    assert answer.status_code == status
    assert "<script>" not in answer.content.decode().replace("<script src", "")


@pytest.mark.parametrize(
    ("uri", "is_file", "is_page", "ids"),
    [
        ("/search", False, True, ()),
        ("/search?tags=%7B%22customer%22%3A%22Anna%22%7D", False, True, ()),
        (f"/trace/{TRACE}", False, True, (TRACE,)),
        (f"/trace/{TRACE.upper()}?uiFind=x", False, True, (TRACE,)),
        (f"/api/traces/{TRACE}", False, False, (TRACE,)),
        (f"/api/v3/traces/{TRACE}", False, False, (TRACE,)),
        ("/api/traces/1", False, False, ("0000000000000001",)),
        ("/api/traces?service=x", False, False, ()),
        ("/apis", False, True, ()),
        ("/static/index-BqW3.js", True, False, ()),
        ("/static/media/a_b.c1.woff2", True, False, ()),
        ("/favicon.ico", True, False, ()),
        ("/static/../api/services", False, True, ()),
        ("/static/%2e%2e/api/services", False, True, ()),
        ("/static/", False, True, ()),
        ("/static/a.js/../../api/services", False, True, ()),
        ("//static/a.js", False, True, ()),
        ("/static/..%2fapi/services", False, True, ()),
        ("/static/..", False, True, ()),
        ("", False, True, ()),
        (f"/trace/{TRACE}0", False, True, ()),
        ("/trace/anna@example.com", False, True, ()),
    ],
)
def test_what_is_asked_for(uri: str, is_file: bool, is_page: bool, ids: tuple[str, ...]) -> None:
    asked = asked_of(uri)
    assert (asked.is_file, asked.is_page, asked.ids) == (is_file, is_page, ids)
