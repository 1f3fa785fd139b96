"""Fixtures of the attacks: people of every role, a Keycloak, and one order behind a fake Jaeger."""

import os
from collections.abc import Callable
from typing import Any

import hypothesis
import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from demo.keycloak import StandInKeycloak
from portal.sign_in import keys, realm
from tests.orders.conftest import get, jaeger, post
from tests.portal.keycloak_fixtures import PORTAL, running_keycloak
from tests.portal.signed_in import sign_in

__all__ = ["get", "jaeger", "post", "running_keycloak"]
ROLES = {"no_role": (), "support": ("support",), "devops": ("devops",), "developer": ("developer",)}
PEOPLE = ("anonymous", *ROLES)

FULL = 100_000  # hostile inputs of `make hostile`; `make test` tries some hundreds of the same
PARTS = 8  # of each property then, so that two processes have alike much to do
hypothesis.settings.register_profile("hostile", max_examples=FULL // PARTS, print_blob=True)

As = Callable[[str], Client]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Give a property its parts: one, or all of them where everything is tried."""
    if "part" in metafunc.fixturenames:
        full = metafunc.config.getoption("hypothesis_profile", None) == "hostile"
        metafunc.parametrize("part", range(PARTS if full else 1))


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Give the long run its time."""
    if config.getoption("hypothesis_profile", None) == "hostile":
        for item in items:
            item.add_marker(pytest.mark.timeout(900))


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Let each part of the long run in CI try its own inputs, the same ones every time: a change alone can fail it.

    By hand each run tries others; what one of them finds becomes an example or a test of its own.
    """
    part: Any = item.callspec.params.get("part") if hasattr(item, "callspec") else None
    if part is not None and os.environ.get("CI") == "true":
        hypothesis.seed(part)(item.function)  # type: ignore[attr-defined]


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
