"""The realm's public keys, cached; an unknown one is asked for, but not at every stranger's request."""

import threading
import time
from collections.abc import Callable

from django.conf import settings
from jwcrypto.common import JWException
from jwcrypto.jwk import JWK, JWKSet

from portal.sign_in import grants
from portal.sign_in.errors import KeycloakUnavailableError, UnknownKeyError

KEPT_SECONDS = 300.0  # a key that the realm withdrew stops counting after this
ASK_AGAIN_SECONDS = 30.0  # between two questions that an unknown kid may cause
FAILED_SECONDS = 2.0  # those who waited for a failed question do not ask it again


class KeyRing:
    """The signing keys of one realm, shared by the threads of a process.

    `fetch` returns the published keys or raises KeycloakUnavailableError; `clock` gives seconds that never go back.
    """

    def __init__(self, fetch: Callable[[], list[dict[str, object]]], clock: Callable[[], float]) -> None:
        self._fetch, self._clock = fetch, clock
        self._lock = threading.Lock()
        self._keys = JWKSet()
        self._fetched_at = -float("inf")
        self._tried_at = -float("inf")
        self._failed_at = -float("inf")

    def key(self, kid: str) -> JWK:
        """Return the RS256 key of that id; raises UnknownKeyError or KeycloakUnavailableError."""
        with self._lock:
            if self._clock() - self._fetched_at >= KEPT_SECONDS:
                self._renew()
            found = self._keys.get_key(kid)
            if found is None and self._clock() - self._tried_at >= ASK_AGAIN_SECONDS:
                self._renew()
                found = self._keys.get_key(kid)
        if found is None:
            raise UnknownKeyError
        return found

    def renew(self) -> None:
        """Ask Keycloak now; raises KeycloakUnavailableError."""
        with self._lock:
            self._renew()

    def knows(self, kid: str) -> bool:
        """Tell whether the key is among those last fetched."""
        with self._lock:
            return self._keys.get_key(kid) is not None

    def _renew(self) -> None:
        if self._clock() - self._failed_at < FAILED_SECONDS:
            raise KeycloakUnavailableError("certs: no answer a moment ago")
        self._tried_at = self._clock()
        try:
            self._keys = _readable(self._fetch())
        except KeycloakUnavailableError:
            self._failed_at = self._clock()
            raise
        self._fetched_at = self._clock()


def _readable(published: list[dict[str, object]]) -> JWKSet:
    found = JWKSet()
    try:
        for key in published:
            if key.get("use") == "sig" and key.get("alg") == "RS256":
                found.add(JWK(**key))
    except (JWException, ValueError, TypeError) as error:
        raise KeycloakUnavailableError("certs: a key cannot be read") from error
    return found


_rings: dict[tuple[str, str], KeyRing] = {}


def ring() -> KeyRing:
    """Return the key ring of the realm that the settings name."""
    place = (settings.KEYCLOAK_BACK_URL or settings.KEYCLOAK_URL, settings.KEYCLOAK_REALM)
    return _rings.setdefault(place, KeyRing(grants.certs, time.monotonic))


def forget() -> None:
    """Drop every cached key; for tests and after a change of settings."""
    _rings.clear()
