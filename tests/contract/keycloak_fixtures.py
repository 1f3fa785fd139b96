"""Fixtures of the Keycloak contract tests."""

from collections.abc import Iterator

import pytest
from pytest_django.fixtures import Settings

from portal.sign_in import keys, realm
from tests.contract.conftest import KeycloakServer
from tests.contract.keycloak_sides import AdminSide, PlainClient
from tests.portal.browser import Browser


@pytest.fixture
def server(keycloak_server: KeycloakServer, settings: Settings) -> KeycloakServer:
    """Point the portal's settings at the server."""
    settings.KEYCLOAK_URL = keycloak_server.url
    settings.KEYCLOAK_REALM = keycloak_server.realm
    settings.KEYCLOAK_CLIENT_ID = keycloak_server.client_id
    settings.KEYCLOAK_CLIENT_SECRET = keycloak_server.client_secret
    settings.PORTAL_URL = keycloak_server.portal_url
    settings.ROOT_URLCONF = "tests.portal.closed_page_urls"
    realm.forget()
    keys.forget()
    return keycloak_server


@pytest.fixture
def admin(server: KeycloakServer) -> Iterator[AdminSide]:
    made = AdminSide(server)
    yield made
    made.restore()


@pytest.fixture
def plain(server: KeycloakServer) -> PlainClient:
    return PlainClient(server)


@pytest.fixture
def browser(server: KeycloakServer) -> Iterator[Browser]:
    made = Browser(server.portal_url)
    yield made
    made.close()
