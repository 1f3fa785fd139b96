"""Fixtures of the site's tests."""

from tests.portal.keycloak_fixtures import browser, keycloak, running_keycloak

__all__ = ["browser", "keycloak", "running_keycloak"]
