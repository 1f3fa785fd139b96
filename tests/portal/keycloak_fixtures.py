"""Fixtures of the sign-in tests: a stand-in Keycloak, the portal pointed at it, a scripted browser."""

from collections.abc import Iterator

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from demo.keycloak import StandInKeycloak
from portal.sign_in import keys, realm
from tests.portal.browser import Browser

PORTAL = "http://testserver"


@pytest.fixture(scope="session")
def running_keycloak() -> Iterator[StandInKeycloak]:
    keycloak = StandInKeycloak(portal_url=PORTAL).start()
    yield keycloak
    keycloak.stop()


@pytest.fixture
def keycloak(running_keycloak: StandInKeycloak, settings: Settings) -> StandInKeycloak:
    running_keycloak.reset()
    settings.KEYCLOAK_URL = running_keycloak.url
    settings.KEYCLOAK_CLIENT_SECRET = running_keycloak.client_secret
    settings.PORTAL_URL = PORTAL
    settings.ROOT_URLCONF = "tests.portal.closed_page_urls"
    realm.forget()
    keys.forget()
    return running_keycloak


@pytest.fixture
def browser(keycloak: StandInKeycloak, db: None, client: Client) -> Iterator[Browser]:
    made = Browser(PORTAL, client)
    yield made
    made.close()
