"""The stand-in Keycloak by itself: its pages, switches and command; tests/contract holds it to the real one."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from demo.keycloak import StandInKeycloak
from demo.keycloak.realm_file import REALM_FILE, read_realm

AUTH = (
    "/realms/alexandrite/protocol/openid-connect/auth?client_id=order-portal&response_type=code&state=s&scope=openid"
    "&redirect_uri=http%3A%2F%2F127.0.0.1%3A8300%2Foidc%2Fkeycloak%2Fcallback%2F&code_challenge_method=S256"
    "&code_challenge=" + "c" * 43
)


@pytest.fixture
def keycloak() -> Iterator[StandInKeycloak]:
    made = StandInKeycloak().start()
    yield made
    made.stop()


def test_the_form_names_the_people_in_the_readers_language(keycloak: StandInKeycloak) -> None:
    page = requests.get(keycloak.url + AUTH, headers={"Accept-Language": "en-GB,en;q=0.9"}, timeout=5)
    assert page.status_code == 200
    assert all(f"<code>{who}</code>" in page.text for who in ("anna", "dmitry", "vera", "oleg"))
    assert "no role" in page.text
    assert '<html lang="ru"' in requests.get(keycloak.url + AUTH, headers={"Accept-Language": "ru"}, timeout=5).text
    assert '<html lang="ru"' in requests.get(keycloak.url + AUTH + "&ui_locales=ru", timeout=5).text


def test_a_wrong_password_shows_the_form_again_with_the_name_escaped(keycloak: StandInKeycloak) -> None:
    with requests.Session() as web:
        form = web.get(keycloak.url + AUTH, headers={"Accept-Language": "en"}, timeout=5).text
        action = form.split('action="')[1].split('"')[0]
        page = web.post(
            action, {"username": '"><script>', "password": "x"}, headers={"Accept-Language": "en"}, timeout=5
        )
    assert "Invalid username or password." in page.text
    assert "<script>" not in page.text


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ("client_id=other", 400),
        ("redirect_uri=http://evil.example", 400),
        ("response_type=token", 302),
        ("code_challenge_method=plain", 302),
        ("code_challenge=short", 302),
    ],
)
def test_a_wrong_question_is_no_form(change: str, status: int, keycloak: StandInKeycloak) -> None:
    page = requests.get(f"{keycloak.url}{AUTH}&{change}", allow_redirects=False, timeout=5)
    assert page.status_code == status
    assert status == 400 or "error=" in page.headers["Location"]


def test_another_browser_cannot_send_the_form(keycloak: StandInKeycloak) -> None:
    action = requests.get(keycloak.url + AUTH, timeout=5).text.split('action="')[1].split('"')[0]
    assert requests.post(action, {"username": "anna", "password": "anna"}, timeout=5).status_code == 400


def test_faults_can_be_ordered_and_reset(keycloak: StandInKeycloak) -> None:
    certs = f"{keycloak.url}/realms/alexandrite/protocol/openid-connect/certs"
    keycloak.fail = 503
    assert requests.get(certs, timeout=5).status_code == 503
    keycloak.fail = "html"
    assert requests.get(certs, timeout=5).text.startswith("<html>")
    keycloak.fail = "reset"
    with pytest.raises(requests.ConnectionError):
        requests.get(certs, timeout=5)
    keycloak.reset()
    keys = requests.get(certs, timeout=5).json()["keys"]
    assert {(key["use"], key["alg"]) for key in keys} == {("sig", "RS256"), ("enc", "RSA-OAEP")}
    assert not any("d" in key or "k" in key for key in keys)


def test_the_admins_door_needs_a_password(keycloak: StandInKeycloak) -> None:
    assert requests.get(f"{keycloak.url}/admin/realms/alexandrite/users", timeout=5).status_code == 401
    token = f"{keycloak.url}/realms/master/protocol/openid-connect/token"
    assert requests.post(token, {"username": "admin", "password": "wrong"}, timeout=5).status_code == 401


def test_the_realm_file_is_filled_as_keycloak_fills_it(tmp_path: Path) -> None:
    assert REALM_FILE.exists()
    realm = read_realm({"PORTAL_CLIENT_SECRET": "s"})
    (client,) = realm["clients"]
    assert client["secret"] == "s"
    assert client["redirectUris"] == ["http://127.0.0.1:8300/oidc/keycloak/callback/"]
    other = read_realm({"PORTAL_CLIENT_SECRET": "s", "PORTAL_URL": "https://portal.example"})
    assert other["clients"][0]["attributes"]["post.logout.redirect.uris"] == "https://portal.example/signed-out/"
    with pytest.raises(KeyError):
        read_realm({})


def test_the_realm_leaves_nothing_open() -> None:
    realm = read_realm({"PORTAL_CLIENT_SECRET": "s"})
    (client,) = realm["clients"]
    assert client["attributes"]["pkce.code.challenge.method"] == "S256"
    shut = [
        "publicClient",
        "implicitFlowEnabled",
        "directAccessGrantsEnabled",
        "serviceAccountsEnabled",
        "fullScopeAllowed",
    ]
    assert not any(client[name] for name in shut)
    assert "defaultClientScopes" not in client
    assert {tuple(user["realmRoles"]) for user in realm["users"]} == {("support",), ("devops",), ("developer",), ()}
    assert all(user["id"] and user["email"] and user["firstName"] for user in realm["users"])


def test_the_command_says_where_and_stops(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "demo.keycloak", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603 - our own module
        assert process.stdout is not None
        line = process.stdout.readline()
        url = line.rpartition(" ")[2].strip()
        assert requests.get(f"{url}/.well-known/openid-configuration", timeout=5).json()["issuer"] == url
        process.terminate()
        assert process.wait(60) == 0
