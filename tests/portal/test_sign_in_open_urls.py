"""Every URL is closed unless it is on the written list: counted, not believed."""

from collections.abc import Iterator

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from portal.sign_in.open_urls import OPEN_URLS
from tests.portal.signed_in import sign_in

pytestmark = pytest.mark.django_db

# The list once more, so that a new open URL is a decision in two places.
OPEN = {
    "account_login": "/login/",
    "openid_connect_callback": "/oidc/keycloak/callback/",
    "back_channel_logout": "/oidc/backchannel-logout/",
    "logout": "/logout/",
    "signed_out": "/signed-out/",
    "signed_in": "/signed-in/",
    "choose": "/choose/",
    "jaeger_ui_check": "/jaeger-ui/check/",
    "jaeger_ui_start": "/jaeger-ui/start/",
    "jaeger_ui_redeem": "/jaeger-ui/redeem/",
}


IDS = {"int": "1", "order": "ORD-1", "partner": "P-1", "model": "M-1"}


def all_patterns(resolver: URLResolver, prefix: str = "", space: str = "") -> Iterator[tuple[str, URLPattern, str]]:
    """Yield (full name, pattern, route) of every URL of the site."""
    for one in resolver.url_patterns:
        route = prefix + str(one.pattern)
        if isinstance(one, URLResolver):
            inner = f"{space}{one.namespace}:" if one.namespace else space
            yield from all_patterns(one, route, inner)
        else:
            yield f"{space}{one.name}", one, route


def test_the_list_is_what_was_decided() -> None:
    assert OPEN.keys() == OPEN_URLS


def test_no_url_hides_behind_an_open_ones_name() -> None:
    names = [name for name, _, _ in all_patterns(get_resolver())]
    assert {name for name in names if names.count(name) > 1} & OPEN_URLS == set()


def test_nothing_is_open_that_does_not_exist() -> None:
    assert {name for name, _, _ in all_patterns(get_resolver())} >= OPEN_URLS


def test_open_names_stand_where_they_were_decided() -> None:
    for name, _, route in all_patterns(get_resolver()):
        if name in OPEN_URLS:
            assert f"/{route}".rstrip("/") == OPEN[name].rstrip("/")


def test_no_view_opens_itself() -> None:
    """A view marked login_not_required is no more open than any other, but it would be a lie in the code."""
    for name, pattern, _ in all_patterns(get_resolver()):
        if name not in OPEN_URLS:
            assert getattr(pattern.callback, "login_required", True), name


def example(route: str) -> str:
    """Return an address that a route matches."""
    import re

    filled = re.sub(r"<(?:(\w+):)?\w+>", lambda m: IDS.get(m[1] or "str", "x"), route)
    return "/" + filled


@pytest.mark.parametrize("method", ["get", "post"])
def test_every_other_url_sends_a_stranger_to_sign_in(method: str) -> None:
    for name, _, route in all_patterns(get_resolver()):
        if name in OPEN_URLS or not _resolves(example(route)):
            continue
        answer = getattr(Client(), method)(example(route))
        assert answer.status_code == 302, (name, answer.status_code)
        assert answer.headers["location"].startswith("/login/"), name
        assert "no-store" in answer.headers["Cache-Control"]
        fragment = getattr(Client(), method)(example(route), headers={"HX-Request": "true"})
        assert (fragment.status_code, fragment.content) == (401, b""), name


BEYOND = [
    "accounts", "accounts/login", "accounts/signup", "accounts/logout", "accounts/inactive", "accounts/email",
    "accounts/confirm-email", "accounts/password/reset", "accounts/password/change", "accounts/reauthenticate",
    "accounts/3rdparty", "accounts/3rdparty/signup", "accounts/social/connections", "accounts/oidc/keycloak/login",
    "accounts/oidc/keycloak/login/callback", "accounts/2fa", "accounts/sessions", "3rdparty", "3rdparty/signup",
    "signup",
    "email", "password/reset", "password/change", "inactive", "oidc/keycloak/login", "oidc/keycloak/login/callback",
    "oidc/other/callback", "_allauth/browser/v1/config", "admin", "admin/login", "admin/doc", "__debug__", "silk",
    "static/../manage.py", ".git/config", ".env", "metrics", "media", "jsi18n", "i18n/setlang",
]  # fmt: skip


@pytest.mark.parametrize("path", BEYOND)
def test_nothing_of_allauth_or_of_an_admin_is_reachable(path: str) -> None:
    for method in ("get", "post"):
        for ending in ("", "/"):
            assert getattr(Client(), method)(f"/{path}{ending}").status_code == 404, (method, path, ending)


def test_every_view_is_the_portals_own() -> None:
    modules = {str(one.callback.__module__).partition(".")[0] for _, one, _ in all_patterns(get_resolver())}
    assert modules <= {"portal", "orders"}


def test_the_helper_of_other_rooms_signs_in(client: Client, settings: object) -> None:
    settings.ROOT_URLCONF = "tests.portal.closed_page_urls"  # type: ignore[attr-defined]
    sign_in(client, ("devops", "support"), "Dmitry DevOps")
    assert client.get("/closed/").content.decode() == "dmitry devops support at /closed/"


def _resolves(path: str) -> bool:
    from django.urls import Resolver404, resolve

    try:
        resolve(path)
    except Resolver404:
        return False
    return True
