"""Fixtures of the attacks: people of every role, a Keycloak, and one order behind a fake Jaeger."""

from collections.abc import Callable

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from demo.keycloak import StandInKeycloak
from portal.sign_in import keys, realm
from tests.orders.conftest import get, jaeger
from tests.portal.keycloak_fixtures import PORTAL, running_keycloak
from tests.portal.signed_in import sign_in

__all__ = ["get", "jaeger", "running_keycloak"]
ROLES = {"no_role": (), "support": ("support",), "devops": ("devops",), "developer": ("developer",)}
PEOPLE = ("anonymous", *ROLES)

As = Callable[[str], Client]


@pytest.fixture
def someone(db: None, running_keycloak: StandInKeycloak, settings: Settings) -> As:
    """Return a new browser of "anonymous", or of somebody who is signed in: "no_role", "support", …"""
    settings.KEYCLOAK_URL, settings.PORTAL_URL = running_keycloak.url, PORTAL
    settings.KEYCLOAK_CLIENT_SECRET = running_keycloak.client_secret
    for limit in ("PAGES_PER_MINUTE", "SEARCHES_PER_MINUTE", "EXPORTS_PER_HOUR", "REFRESHES_PER_MINUTE"):
        setattr(settings, f"RATE_{limit}", 10**9)  # what is tested here is not how often somebody asks
    realm.forget()
    keys.forget()

    def of(who: str) -> Client:
        client = Client(raise_request_exception=False)
        if who in ROLES:
            sign_in(client, ROLES[who], f"{who} of the house")
        return client

    return of
