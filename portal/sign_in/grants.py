"""The back channel: codes exchanged, grants refreshed and keys fetched through python-keycloak."""

import json
import threading
from collections.abc import Callable
from dataclasses import dataclass

from django.conf import settings
from jwcrypto.common import JWException
from keycloak import KeycloakOpenID
from keycloak.exceptions import KeycloakError

from portal.sign_in import realm
from portal.sign_in.errors import GrantOverError, KeycloakUnavailableError

_per_thread = threading.local()


@dataclass(frozen=True, slots=True)
class Tokens:
    """What Keycloak handed out for one grant; none of it is verified yet."""

    access: str
    refresh: str
    identity: str


def client() -> KeycloakOpenID:
    """Return this thread's client: python-keycloak keeps headers on it, so threads must not share one."""
    place = (
        settings.KEYCLOAK_BACK_URL or settings.KEYCLOAK_URL,
        settings.KEYCLOAK_REALM,
        settings.KEYCLOAK_CLIENT_ID,
        settings.KEYCLOAK_CLIENT_SECRET,
        settings.KEYCLOAK_CA_BUNDLE,
    )
    if getattr(_per_thread, "place", None) != place:
        _per_thread.client, _per_thread.place = _new_client(*place), place
    found: KeycloakOpenID = _per_thread.client
    return found


def exchange(code: str, verifier: str, redirect_uri: str) -> Tokens:
    """Exchange an authorization code; raises GrantOverError (used or foreign code) or KeycloakUnavailableError."""
    return _tokens(
        lambda: client().token(
            grant_type="authorization_code", code=code, redirect_uri=redirect_uri, code_verifier=verifier
        )
    )


def refresh(token: str) -> Tokens:
    """Refresh a grant, which also tells Keycloak that the person is active.

    Raises GrantOverError where the session has ended there, KeycloakUnavailableError where nothing can be known.
    """
    return _tokens(lambda: client().refresh_token(token))


def certs() -> list[dict[str, object]]:
    """Return the realm's public keys (RFC 7517 objects); raises KeycloakUnavailableError."""
    keys = _asked(lambda: client().certs()).get("keys")
    if not isinstance(keys, list) or not all(isinstance(key, dict) for key in keys):
        raise KeycloakUnavailableError("certs: no list of keys")
    return keys


def _new_client(url: str, realm_name: str, client_id: str, secret: str, ca_bundle: str) -> KeycloakOpenID:
    made = KeycloakOpenID(
        server_url=f"{url}/",
        realm_name=realm_name,
        client_id=client_id,
        client_secret_key=secret,
        timeout=realm.TIMEOUT,  # type: ignore[arg-type]  # requests takes the pair
        max_retries=0,  # a repeated refresh would kill the session where tokens rotate
    )
    made.connection.verify = ca_bundle or True  # not above: httpx, for calls that nobody makes, warns of a path there
    made.connection._s.trust_env = False  # noqa: SLF001 - the only way to keep proxies of the environment out
    made.connection._s.max_redirects = 0  # noqa: SLF001 - a 307 would carry the client secret elsewhere
    return made


def _tokens(call: Callable[[], object]) -> Tokens:
    answer = _asked(call)
    parts = [answer.get(name) for name in ("access_token", "refresh_token", "id_token")]
    access, refresh_token, identity = parts
    if not (isinstance(access, str) and isinstance(refresh_token, str) and isinstance(identity, str)):
        raise KeycloakUnavailableError("the token endpoint left a token out")
    return Tokens(access, refresh_token, identity)


def _asked(call: Callable[[], object]) -> dict[str, object]:
    try:
        answer = call()
    except KeycloakError as error:
        if error.response_code == 400 and _error_code(error) == "invalid_grant":
            raise GrantOverError("Keycloak answered invalid_grant") from error
        because = type(error.__context__).__name__ if error.response_code is None and error.__context__ else ""
        said = f"{type(error).__name__} {error.response_code or because}".strip()
        raise KeycloakUnavailableError(said) from error
    except (TypeError, ValueError, JWException) as error:  # an HTML page or a list where JSON was due
        raise KeycloakUnavailableError(f"unreadable answer: {type(error).__name__}") from error
    if not isinstance(answer, dict):
        raise KeycloakUnavailableError("unreadable answer: not an object")
    return answer


def _error_code(error: KeycloakError) -> str:
    try:
        body = json.loads(error.response_body or b"")
    except ValueError:
        return ""
    return str(body.get("error", "")) if isinstance(body, dict) else ""
