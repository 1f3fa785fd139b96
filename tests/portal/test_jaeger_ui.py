"""The door to Jaeger's UI without nginx: who gets a pass, what ends it, and that nobody but nginx can ask."""

import re
import time
from collections.abc import Callable
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from django.core import signing
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import Settings

from portal.access_log.errors import NotRecordedError
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
    refused = nginx.get("/jaeger-ui/check/")
    assert 0 < int(refused.headers["Retry-After"]) <= 60
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
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now)  # a seal counts whole seconds: the next may be a moment away
    started = nginx.get("/jaeger-ui/start/").headers["location"].removeprefix("http://testserver")
    ticket = client.get(started).headers["location"].removeprefix(f"http://{JAEGER}")
    monkeypatch.setattr(time, "time", lambda: int(now) + late)
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
    page = answer.content.decode()
    assert "<script>" not in page.replace("<script src", "")
    assert "/jaeger-ui/refused/" not in "".join(re.findall(r'class="act[^>]*>', page))
    assert (f'href="http://{JAEGER}/trace/1"' in page) is (why not in {"role", "<script>"})


@pytest.mark.parametrize("to", ["//evil.example/", "https://evil.example/", "/\\evil.example", "javascript:alert(1)"])
def test_a_refusal_leads_to_jaeger_and_nowhere_else(client: Client, to: str) -> None:
    sign_in(client)
    for why in ("ticket", "not_recorded", "unavailable", "too_many"):
        page = client.get("/jaeger-ui/refused/", {"why": why, "to": to}).content.decode()
        assert f'class="act first" href="http://{JAEGER}/"' in page


@pytest.mark.parametrize(
    ("uri", "kept"),
    [("/trace/1?a=b&c=%20d", "/trace/1?a=b&c=%20d"), ("//evil.example/", "/"), (f"/{'%20' * 680}", f"/{'%20' * 680}")],
)
def test_a_refusal_keeps_the_page_that_was_wanted(
    nginx: Client, client: Client, settings: Settings, uri: str, kept: str
) -> None:
    sign_in(client)
    enter(nginx, client)
    settings.JAEGER_UI_ROLES = []
    said = nginx.get("/jaeger-ui/check/", headers={"X-Original-URI": uri}).headers["X-Refused-Query"]
    assert parse_qs(said) == {"why": ["role"], "to": [kept]}
    assert len(f"GET /jaeger-ui/refused/?{said} HTTP/1.1") < 8000


@pytest.mark.parametrize(
    ("asked", "kept"),
    [
        (f"why=ticket&to=%2Ftrace%2F{TRACE}", f"why=ticket&to=%2Ftrace%2F{TRACE}"),
        ("why=ticket&to=%2Ftrace%2F1...ab", "why=ticket&to=%2Ftrace%2F1...ab"),
        ("why=ticket&to=%2Fsearch%3Ftags%3Danna%40example.com", "why=ticket&to=%2Fsearch"),
        ("why=not_recorded&reason=disk_full&to=%2Fsearch", "why=not_recorded&reason=disk_full&to=%2Fsearch"),
        ("why=too_many&wait=17&to=%2Fdependencies", "why=too_many&wait=17&to=%2Fdependencies"),
        ("why=ticket&to=%2Ftrace%2Fanna%40example.com", "why=ticket"),
        ("why=ticket&to=%2F%2Fevil.example%2F", "why=ticket"),
        ("why=ticket&to=https%3A%2F%2Fevil.example%2Ftrace%2F1", "why=ticket"),
        ("why=anna&reason=anna&wait=anna&to=anna&x=anna", ""),
        ("why=too_many&wait=4111111111111111", "why=too_many"),
        ("why=ticket&why=anna&to=%2Ftrace%2F1&to=%2F%2Fevil.example", ""),
    ],
)
def test_a_refusal_met_signed_out_keeps_the_page_of_jaegers_and_nothing_that_was_typed(
    client: Client, asked: str, kept: str
) -> None:
    signing_in = client.get(f"/jaeger-ui/refused/?{asked}").headers["location"]
    wanted = f"/jaeger-ui/refused/?{kept}" if kept else "/jaeger-ui/refused/"
    assert parse_qs(urlsplit(signing_in).query)["next"] == [wanted]


def test_who_asked_too_much_of_jaeger_is_told_the_true_wait(nginx: Client, client: Client, settings: Settings) -> None:
    sign_in(client)
    enter(nginx, client)
    settings.RATE_JAEGER_PER_MINUTE = 1
    check(nginx)
    refused = nginx.get("/jaeger-ui/check/")
    page = client.get(f"/jaeger-ui/refused/?{refused.headers['X-Refused-Query']}")
    wait = int(page.headers["Retry-After"])
    assert int(refused.headers["Retry-After"]) == wait <= 60
    assert f"wait={wait}&" in refused.headers["X-Refused-Query"]


@pytest.mark.parametrize(
    ("wait", "said"),
    [("7", "7"), ("3600", "3600"), ("3601", "60"), ("0", "60"), ("-7", "60"), ("x", "60"), ("٧", "60")],
)
def test_a_wait_that_nobody_said_is_not_repeated(client: Client, wait: str, said: str) -> None:
    sign_in(client)
    assert client.get("/jaeger-ui/refused/", {"why": "too_many", "wait": wait}).headers["Retry-After"] == said


@pytest.mark.parametrize(("reason", "words"), [("disk_full", "disk is full"), ("busy", "is busy"), ("x", "is away")])
def test_a_full_disk_is_not_called_an_absent_database(
    nginx: Client, client: Client, monkeypatch: pytest.MonkeyPatch, reason: str, words: str
) -> None:
    def fail(*args: object, **kwargs: object) -> None:
        raise NotRecordedError(reason)

    sign_in(client)
    enter(nginx, client)
    monkeypatch.setattr("portal.jaeger_ui.views.record", fail)
    said = nginx.get("/jaeger-ui/check/").headers["X-Refused-Query"]
    page = client.get(f"/jaeger-ui/refused/?{said}", headers={"Accept-Language": "en"}).content.decode()
    assert words in page


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
        ("/static/../api/services", False, False, ()),
        ("/static/%2e%2e/api/services", False, False, ()),
        ("/static/", False, False, ()),
        ("/static/a.js/../../api/services", False, False, ()),
        ("//static/a.js", False, False, ()),
        ("/static/..%2fapi/services", False, False, ()),
        ("/static/..", False, False, ()),
        ("", False, True, ()),
        (f"/trace/{TRACE}0", False, True, ()),
        ("/trace/anna@example.com", False, True, ()),
    ],
)
def test_what_is_asked_for(uri: str, is_file: bool, is_page: bool, ids: tuple[str, ...]) -> None:
    asked = asked_of(uri)
    assert (asked.is_file, asked.is_page, asked.ids) == (is_file, is_page, ids)


OTHER = "fedcba9876543210"


@pytest.mark.parametrize(
    ("uri", "ids", "is_odd"),
    [
        (f"/api/traces/%30{TRACE[1:]}", (TRACE,), True),
        (f"/api/%74races/{TRACE}", (TRACE,), True),
        (f"//api/traces/{TRACE}", (TRACE,), True),
        (f"/api//traces///{TRACE}", (TRACE,), True),
        (f"/x/../api/traces/{TRACE}", (TRACE,), True),
        (f"/x/%2e%2e%2fapi/./traces/{TRACE}", (TRACE,), True),
        (f"/api/traces/{TRACE}/", (TRACE,), True),
        (f"/api/traces/{TRACE}%20", (TRACE,), True),
        (f"/api/traces/{TRACE};x", (TRACE,), True),
        (f"/api/archive/{TRACE}", (TRACE,), False),
        (f"/trace/{TRACE}...{OTHER}", (TRACE, OTHER), False),
        (f"/trace/{TRACE}...?cohort={OTHER}", (TRACE,), True),
        (f"/api/traces?traceID={TRACE}&traceID={OTHER.upper()}&traceID={TRACE}", (TRACE, OTHER), False),
        (f"/api/traces?traceIds={TRACE}%2C{OTHER}", (TRACE, OTHER), False),
        (f"/api/v3/traces?query.%74race_id={TRACE}", (TRACE,), False),
        (f"/search?traceID={TRACE}&tags=x", (TRACE,), False),
        ("/api/traces?traceID=1f", ("000000000000001f",), False),
        ("/api/traces?traceID=anna@example.com", (), True),
        (f"/search?tags={TRACE}", (), False),
    ],
)
def test_a_bent_request_hides_no_trace(
    nginx: Client, client: Client, uri: str, ids: tuple[str, ...], is_odd: bool
) -> None:
    asked = asked_of(uri)
    assert (asked.is_file, asked.ids, asked.is_odd) == (False, ids, is_odd)
    sign_in(client)
    enter(nginx, client)
    assert check(nginx, uri)[0] == 204
    row = AccessRow.objects.latest("id")
    assert (row.ids, row.more) == (" ".join(ids), int(is_odd))


@pytest.mark.parametrize("uri", ["//api/services", "/%61pi/services", "/x/../api/services", "/API/services"])
def test_a_bent_question_keeps_no_session_alive(nginx: Client, client: Client, uri: str) -> None:
    sign_in(client)
    enter(nginx, client)
    before = timezone.now() - timedelta(minutes=30)
    KeycloakSession.objects.update(last_seen_at=before)
    assert check(nginx, uri) == (204, "")
    assert KeycloakSession.objects.get().last_seen_at == before
