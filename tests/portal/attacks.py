"""What every attack on the sign-in must come to: a page, nobody signed in, one event in the log that says why."""

import logging
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from django.contrib.auth import get_user_model

from demo.keycloak import StandInKeycloak
from portal.log_lines import JsonLine
from portal.models import KeycloakSession
from tests.portal import forged
from tests.portal.browser import Browser, Page
from tests.portal.keycloak_fixtures import PORTAL

CALLBACK = "/oidc/keycloak/callback/"
EVENTS = {"authn_login_fail", "authn_token_reuse", "authz_fail", "session_use_after_expire"}


class SecurityLog:
    """What the sign-in logged, as it would be written."""

    def __init__(self, caplog: pytest.LogCaptureFixture) -> None:
        caplog.set_level(logging.INFO, logger="portal")
        self._caplog = caplog

    def events(self) -> list[tuple[str, dict[str, Any]]]:
        """Return name and fields of each security event since the last `clear`."""
        mine = [record for record in self._caplog.records if record.name == "portal.sign_in"]
        return [(record.getMessage(), getattr(record, "fields", {})) for record in mine]

    def reasons(self) -> list[str]:
        return [str(fields.get("reason", "")) for name, fields in self.events() if name in EVENTS]

    def clear(self) -> None:
        self._caplog.clear()

    def holds_no_secret(self) -> None:
        """Assert that no line has a token, a code, an e-mail or a name in it."""
        others = [record for record in self._caplog.records if record.name != "portal.access_log"]  # it names people
        text = "\n".join(JsonLine().format(record) for record in others)
        for secret in ("eyJ", "@", "Anna", "anna", "code=", "verifier", "<script", "evil"):
            assert secret not in text, f"{secret} in the log: {text[:2000]}"


@pytest.fixture
def log(caplog: pytest.LogCaptureFixture) -> SecurityLog:
    return SecurityLog(caplog)


def nobody_came_in() -> None:
    assert not KeycloakSession.objects.exists()
    assert not get_user_model().objects.exists()


def refused(page: Page, log: SecurityLog, *, status: int = 401) -> None:
    """Assert a page of ours, nobody signed in and nobody remembered, and the event with its reason."""
    assert page.status == status, f"{page.status}: {page.text[:200]}"
    assert page.path.startswith(CALLBACK)
    nobody_came_in()
    assert len(log.reasons()) == 1, log.events()
    assert log.reasons()[0].isidentifier()
    log.holds_no_secret()


def hand_out(keycloak: StandInKeycloak, which: str, forge: forged.Forger) -> None:
    """Let the token endpoint hand out a forged token in the place of the right one."""

    def wrong(tokens: dict[str, Any]) -> dict[str, Any]:
        tokens[which] = forge(keycloak, tokens[which])
        if which == "access_token":
            tokens["id_token"] = forged.about(keycloak, tokens["id_token"], tokens["access_token"])
        return tokens

    answer_with(keycloak, wrong)


def answer_with(keycloak: StandInKeycloak, change: Callable[[dict[str, Any]], dict[str, Any]]) -> None:
    """Let the token endpoint answer what `change` makes of the right answer, to a code and to a refresh."""
    realm = keycloak.realm
    exchange, refresh = realm.exchange, realm.refresh
    realm.exchange = lambda *args: change(exchange(*args))  # type: ignore[method-assign]
    realm.refresh = lambda *args: change(refresh(*args))  # type: ignore[method-assign]


def to_callback(browser: Browser, where: str = "/closed/") -> str:
    """Sign in at Keycloak and return the callback address that it sends the browser to, not yet followed."""
    form = browser.get(where)
    page = browser.post(form.action(), {"username": "anna", "password": "anna"}, follow=False)
    return page.headers["location"].removeprefix(PORTAL)


def changed(address: str, **changes: str | None) -> str:
    """Return a callback address with parameters changed, or left out where None."""
    own = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
    return f"{CALLBACK}?{urlencode({k: v for k, v in {**own, **changes}.items() if v is not None})}"
