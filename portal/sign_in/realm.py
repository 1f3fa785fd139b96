"""Where Keycloak is: the pinned issuer, the discovered addresses, and how it is asked."""

import threading
import time
from dataclasses import dataclass
from functools import partial

import requests
from django.conf import settings

from portal.sign_in.errors import KeycloakUnavailableError

TIMEOUT = (1.0, 3.0)  # seconds to connect, seconds to wait for an answer
FRESH_SECONDS = 5.0  # at /login/: a Keycloak that died is noticed before the browser is sent there
KEPT_SECONDS = 3600.0
FAILED_SECONDS = 2.0  # a Keycloak that hangs must not take one thread after another


@dataclass(frozen=True, slots=True)
class Endpoints:
    """The two addresses that a browser is sent to."""

    authorization: str
    end_session: str


def issuer() -> str:
    """Return the only issuer whose tokens count, built from the settings and never from an answer."""
    return f"{settings.KEYCLOAK_URL}/realms/{settings.KEYCLOAK_REALM}"


def back_url() -> str:
    """Return the realm's address for the portal's own calls (KEYCLOAK_BACK_URL, usually the same)."""
    return f"{settings.KEYCLOAK_BACK_URL or settings.KEYCLOAK_URL}/realms/{settings.KEYCLOAK_REALM}"


def asking_session() -> requests.Session:
    """Return an HTTP session with time-outs, no proxies of the environment and no redirects."""
    session = requests.Session()
    session.trust_env = False
    session.verify = settings.KEYCLOAK_CA_BUNDLE or True
    session.max_redirects = 0
    session.request = partial(session.request, timeout=TIMEOUT, allow_redirects=False)  # type: ignore[method-assign]
    return session


def endpoints(*, fresh: bool = False) -> Endpoints:
    """Return the realm's addresses from its discovery document, cached.

    With `fresh` the answer is at most FRESH_SECONDS old, which makes this the question "is Keycloak there?".
    Raises KeycloakUnavailableError where it is not, or where it speaks for another issuer.
    """
    return _discovery.read(issuer(), back_url(), FRESH_SECONDS if fresh else KEPT_SECONDS)


def last_known() -> str:
    """Return what the last question to Keycloak's discovery showed: "answers", "unreachable" or "not_asked"."""
    return _discovery.last_known(issuer())


def forget() -> None:
    """Drop what was discovered; for tests and after a change of settings."""
    _discovery.clear()


class _Discovery:
    """One discovery document per issuer, shared by the threads of a process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: dict[str, tuple[float, Endpoints]] = {}
        self._failed: dict[str, float] = {}

    def clear(self) -> None:
        with self._lock:
            self._kept.clear()
            self._failed.clear()

    def last_known(self, issuer_url: str) -> str:
        with self._lock:
            if issuer_url in self._failed:
                return "unreachable"
            return "answers" if issuer_url in self._kept else "not_asked"

    def read(self, issuer_url: str, asked_url: str, max_age: float) -> Endpoints:
        now = time.monotonic()
        with self._lock:
            kept = self._kept.get(issuer_url)
            if kept and now - kept[0] < max_age:
                return kept[1]
            if now - self._failed.get(issuer_url, -FAILED_SECONDS) < FAILED_SECONDS:
                raise KeycloakUnavailableError("Keycloak did not answer a moment ago")
        try:
            found = _discover(issuer_url, asked_url)
        except KeycloakUnavailableError:
            with self._lock:
                self._failed[issuer_url] = time.monotonic()
            raise
        with self._lock:
            self._kept[issuer_url] = (time.monotonic(), found)
            self._failed.pop(issuer_url, None)
        return found


def _discover(issuer_url: str, asked_url: str) -> Endpoints:
    try:
        with asking_session() as session:
            response = session.get(f"{asked_url}/.well-known/openid-configuration")
        document = response.json() if response.status_code == 200 else None
    except (requests.RequestException, ValueError) as error:
        raise KeycloakUnavailableError(f"discovery: {type(error).__name__}") from error
    if not isinstance(document, dict) or document.get("issuer") != issuer_url:
        raise KeycloakUnavailableError(f"discovery: HTTP {response.status_code}, not a document of {issuer_url}")
    found = Endpoints(str(document.get("authorization_endpoint")), str(document.get("end_session_endpoint")))
    if not all(url.startswith(f"{issuer_url}/") for url in (found.authorization, found.end_session)):
        raise KeycloakUnavailableError("discovery: names addresses outside the realm")
    return found


_discovery = _Discovery()
