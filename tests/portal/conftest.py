"""Fixtures of the site's tests."""

from tests.orders.conftest import jaeger
from tests.portal.keycloak_fixtures import browser, keycloak, running_keycloak
from tests.portal.own_database import migrated_file, own_database

__all__ = ["browser", "jaeger", "keycloak", "migrated_file", "own_database", "running_keycloak"]
