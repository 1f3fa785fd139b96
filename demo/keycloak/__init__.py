"""A stand-in Keycloak for the demo and the fast tests: Keycloak's addresses, answers and logouts, in one process.

It reads the same realm file as the real one (deploy/keycloak) and passes the same contract tests.
Never for production: the passwords are in that file.
"""

from demo.keycloak.server import StandInKeycloak

__all__ = ["StandInKeycloak"]
