"""Sessions ended, and the clients told: OpenID Connect back-channel logout as Keycloak does it."""

import urllib.error
import urllib.request
import uuid
from urllib.parse import urlencode

from demo.keycloak.realm import Realm, Session

EVENT = "http://schemas.openid.net/event/backchannel-logout"
PATIENCE = 5.0  # seconds that Keycloak waits for a client before it goes on


def end_session(realm: Realm, sid: str) -> None:
    """End a session and tell its clients, one after the other; whoever does not answer is not asked again."""
    with realm.lock:
        session = realm.sessions.pop(sid, None)
        letters = _letters(realm, session) if session else []
    for url, token in letters:
        _post(url, token)


def _letters(realm: Realm, session: Session) -> list[tuple[str, str]]:
    found = []
    for client_id in session.clients:
        attributes = realm.clients[client_id].get("attributes", {})
        if url := attributes.get("backchannel.logout.url"):
            with_sid = attributes.get("backchannel.logout.session.required") == "true"
            found.append((url, logout_token(realm, client_id, session.user_id, session.sid if with_sid else "")))
    return found


def logout_token(realm: Realm, client_id: str, sub: str, sid: str) -> str:
    """Return a logout token with Keycloak's claims; valid for two minutes."""
    now = int(realm.clock())
    claims = {
        "iat": now,
        "exp": now + 120,
        "jti": str(uuid.uuid4()),
        "iss": realm.issuer,
        "aud": client_id,
        "sub": sub,
        "typ": "Logout",
        "events": {EVENT: {}},
    }
    return realm.keys.sign(claims | ({"sid": sid} if sid else {}), typ="logout+jwt")


def _post(url: str, token: str) -> None:
    body = urlencode({"logout_token": token}).encode()
    request = urllib.request.Request(url, body, {"Content-Type": "application/x-www-form-urlencoded"})
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), _NoRedirect())
    try:
        with opener.open(request, timeout=PATIENCE):
            pass
    except OSError as error:  # Keycloak goes on as if all were well
        print(f"back-channel logout to {url}: {error}", flush=True)


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *args: object, **kwargs: object) -> None:
        return None
