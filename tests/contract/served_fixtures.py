"""Fixtures of the contract tests that go the whole way: the portal served on a socket, and a browser before it."""

from collections.abc import Iterator

import pytest
from pytest_django.fixtures import Settings
from pytest_django.live_server_helper import LiveServer

from tests.contract.keycloak_sides import AdminSide
from tests.portal.browser import Browser


@pytest.fixture
def portal(live_server: LiveServer, admin: AdminSide, settings: Settings) -> str:
    """Serve the portal and point the realm's client at it."""
    settings.PORTAL_URL = live_server.url
    admin.change_client(live_server.url)
    return str(live_server.url)


@pytest.fixture
def browser(portal: str) -> Iterator[Browser]:
    made = Browser(portal)
    yield made
    made.close()
