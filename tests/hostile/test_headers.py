"""What leaves with an answer: the same headers on every one, a type that is true, and nothing kept or shared."""
# ruff: noqa: E501 - tables of what is tried read best in rows

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.conf import settings as site
from django.test import Client, override_settings
from pytest_django.fixtures import Settings

from portal.security import content_security_policy
from tests.hostile.conftest import PEOPLE, As
from tests.hostile.routes import ORDER, address
from tests.hostile.test_access import TABLE
from tests.journey.story import Story
from tests.orders.conftest import FakeJaeger, Get

EVERYWHERE = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Cross-Origin-Resource-Policy": "same-origin",
}
TYPES = {".json": "application/json", ".csv": "text/csv; charset=utf-8"}
ODD: tuple[dict[str, str], ...] = (
    {},
    {"Host": "evil.example"},
    {"Sec-Fetch-Site": "cross-site"},
    {"HX-Request": "true"},
    {"Accept": "application/json"},
)


def answers(client: Client) -> Iterator[tuple[str, Any]]:
    """Yield an answer for every route, method and oddity."""
    for route in TABLE:
        query = TABLE[route].get("query", "")
        for method in ("GET", "HEAD", "POST", "TRACE"):
            for headers in ODD if method == "GET" else ({},):
                path = address(route) + (f"?{query}" if query else "")
                yield f"{method} {path} {headers}", client.generic(method, path, headers=headers)


@pytest.mark.parametrize("who", PEOPLE)
def test_every_answer_has_its_headers(who: str, someone: As, jaeger: FakeJaeger) -> None:
    policy, wrong = content_security_policy(), {}
    for asked, answer in answers(someone(who)):
        missing = {name for name, value in EVERYWHERE.items() if answer.headers.get(name) != value}
        missing |= {"CSP"} if answer.headers.get("Content-Security-Policy") != policy else set()
        missing |= {"Cache-Control"} if "no-store" not in answer.headers.get("Cache-Control", "") else set()
        missing |= (
            {"Vary"} if not {"Cookie", "HX-Request"} <= set(re.split(", ?", answer.headers.get("Vary", ""))) else set()
        )
        missing |= {
            name for name in answer.headers if name.lower() in {"server", "x-powered-by", "access-control-allow-origin"}
        }
        if missing:
            wrong[asked] = missing
    assert wrong == {}


def test_every_cookie_is_this_host_s_alone(someone: As, jaeger: FakeJaeger, settings: Settings) -> None:
    prefix = "__Host-"
    settings.SECURE, settings.COOKIE_PREFIX = True, prefix
    settings.CSRF_COOKIE_NAME, settings.SESSION_COOKIE_NAME = f"{prefix}csrf", f"{prefix}session"
    settings.LANGUAGE_COOKIE_NAME = f"{prefix}django_language"
    settings.CSRF_COOKIE_SECURE = settings.SESSION_COOKIE_SECURE = True
    client, seen = someone("support"), dict[str, Any]()
    for path, data in ((f"/orders/{ORDER}/", None), ("/search/", {"q": "Ord-20398; ПРИВЕТ-17; ORD 20399"}), ("/help/", None), (
        "/choose/", {"lang": "en"}), ("/choose/", {"zone": "utc"}), ("/choose/", {"keys": "off"}), ("/logout/", {})):  # fmt: skip
        answer = client.get(path) if data is None else client.post(path, data)
        seen |= dict(answer.cookies.items())
    assert {"recent", "csrf", "zone", "keys", "django_language"} <= {name.removeprefix(prefix) for name in seen}
    for name, cookie in seen.items():
        if cookie.value:
            flags = (name.startswith(prefix), cookie["secure"], cookie["httponly"], cookie["path"], cookie["domain"])
            assert flags == (True, True, True, "/", ""), name
            assert cookie["samesite"] in {"Lax", "Strict"}, name


def test_production_names_its_cookies_so() -> None:
    assert site.COOKIE_PREFIX == ""  # the laptop's, over http
    source = (site.BASE_DIR / "portal" / "settings.py").read_text(encoding="utf-8")
    assert 'COOKIE_PREFIX = "__Host-" if SECURE else ""' in source
    for cookie in ("SESSION", "CSRF", "LANGUAGE"):
        assert re.search(rf'^{cookie}_COOKIE_NAME = f"{{COOKIE_PREFIX}}\w+"$', source, re.MULTILINE), cookie


def test_signing_out_clears_what_a_browser_kept_but_no_choice_of_language(someone: As) -> None:
    client = someone("support")
    client.post("/choose/", {"lang": "en"})
    answer = client.post("/logout/")
    assert answer.headers["Clear-Site-Data"] == '"cache", "storage"'
    assert client.cookies["django_language"].value == "en"
    assert answer.status_code == 302  # on to Keycloak, whose cookies it must not clear


@pytest.mark.parametrize("route", [route for route in TABLE if route.endswith((".json", ".csv"))])
def test_a_file_is_what_it_says_it_is(route: str, someone: As, jaeger: FakeJaeger) -> None:
    query = TABLE[route].get("query", "")
    answer = someone("devops").get(address(route) + (f"?{query}" if query else ""))
    assert answer.headers["Content-Type"] == TYPES[route[route.rindex(".") :]]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    named = answer.headers.get("Content-Disposition", "attachment")
    assert re.fullmatch(r'attachment(; filename="[A-Za-z0-9._-]{1,120}\.csv")?', named), named


def test_a_file_is_named_after_a_pseudonym_never_after_a_person(post: Get, jaeger: FakeJaeger) -> None:
    answer = post("/search/", data={"q": "cust-17"})
    assert "cust-17" not in "".join(answer.headers.values()) + answer.content.decode()


def test_two_people_never_get_each_other_s_page(someone: As, jaeger: FakeJaeger) -> None:
    jaeger.spans.append(Story().span("mes", 20, failed=True, error_type="TimeoutError"))
    support, devops = someone("support"), someone("devops")
    for _ in range(20):
        for path in (f"/orders/{ORDER}/", "/partners/P-77/", f"/several/?ids={ORDER}", "/", "/now/"):
            theirs, ours = devops.get(path).content.decode(), support.get(path).content.decode()
            assert "devops of the house" in theirs or "/now/" in path
            assert "devops of the house" not in ours
            for code in ('class="code"', "TimeoutError", 'id="machinery"'):
                assert code not in ours, path
        assert support.get(f"/orders/{ORDER}/spans/").status_code == 404
        assert devops.get(f"/orders/{ORDER}/spans/").status_code == 200


def test_two_people_at_once_never_get_each_other_s_page(get: Get) -> None:
    def ask(n: int) -> bool:
        codes = n % 2 == 0
        return ('class="code"' in get(f"/orders/{ORDER}/", codes=codes).content.decode()) is codes

    with ThreadPoolExecutor(8) as threads:
        assert all(threads.map(ask, range(100)))


def test_another_s_list_of_orders_is_not_read_with_one_s_own_session(someone: As, jaeger: FakeJaeger) -> None:
    devops, support = someone("devops"), someone("support")
    devops.get(f"/orders/{ORDER}/")
    support.cookies["recent"] = devops.cookies["recent"].value
    assert ORDER not in support.get("/").content.decode()
    assert ORDER in devops.get("/").content.decode()


def test_no_page_is_kept_by_a_cache_of_the_site() -> None:
    assert not [one for one in site.MIDDLEWARE if "cache" in one.lower()]


def test_nobody_can_switch_the_debug_pages_on(someone: As) -> None:
    source = (site.BASE_DIR / "portal" / "settings.py").read_text(encoding="utf-8")
    assert re.findall(r"^DEBUG = .*$", source, re.MULTILINE) == ["DEBUG = False"]
    with override_settings(ALLOWED_HOSTS=["testserver"]):
        page = someone("anonymous").get("/nothing-here/").content.decode()
    assert "urlpatterns" not in page
    assert "Traceback" not in page
