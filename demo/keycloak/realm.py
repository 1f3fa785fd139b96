"""The realm at run time: people, sessions, grants. Pure state under one lock; speaks no HTTP."""

import hashlib
import secrets
import threading
import time
import uuid
from base64 import urlsafe_b64encode
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from demo.keycloak.signing import KeyStore


@dataclass
class Person:
    """A user of the realm."""

    username: str
    password: str
    first: str = ""
    last: str = ""
    email: str = ""
    enabled: bool = True
    roles: set[str] = field(default_factory=set)
    groups: set[str] = field(default_factory=set)
    required_actions: list[str] = field(default_factory=list)
    id: str = field(default_factory=lambda: str(uuid.uuid4()))


@dataclass
class Session:
    """One SSO session: a browser signed in at Keycloak."""

    user_id: str
    started: float
    seen: float
    sid: str = field(default_factory=lambda: secrets.token_urlsafe(18))
    cookie: str = field(default_factory=lambda: secrets.token_urlsafe(32))
    clients: dict[str, str] = field(default_factory=dict)  # client id -> id of its session within this one
    refreshed_with: dict[str, int] = field(default_factory=dict)  # jti of a refresh token -> times used


@dataclass(frozen=True)
class Code:
    """An authorization code and what it was asked with."""

    sid: str
    client_id: str
    redirect_uri: str
    challenge: str
    nonce: str
    scope: str
    expires: float
    by_password: bool


class Refused(Exception):  # noqa: N818 - reads as what it is
    """An OAuth error answer: status, `error`, `error_description`."""

    def __init__(self, status: int, error: str, description: str) -> None:
        super().__init__(description)
        self.status, self.error, self.description = status, error, description


def invalid_grant(description: str) -> Refused:
    """Return Keycloak's usual refusal."""
    return Refused(400, "invalid_grant", description)


class Realm:
    """Everything that the realm knows. `base` is the server's address, without a slash at the end."""

    def __init__(
        self, config: dict[str, Any], base: str, keys: KeyStore, clock: Callable[[], float] = time.time
    ) -> None:
        self.config, self.keys, self.clock = config, keys, clock
        self.name: str = config["realm"]
        self.issuer = f"{base}/realms/{self.name}"
        self.lock = threading.RLock()
        self.clients: dict[str, dict[str, Any]] = {client["clientId"]: client for client in config["clients"]}
        for client in self.clients.values():
            client.setdefault("id", str(uuid.uuid4()))
        self.people: dict[str, Person] = {}
        for user in config["users"]:
            self.add_person(user)
        self.groups: dict[str, set[str]] = {}
        self.sessions: dict[str, Session] = {}
        self.codes: dict[str, Code] = {}
        self.used_codes: dict[str, str] = {}  # code -> sid, so that a replay can end what was issued

    # --- people ---
    def add_person(self, user: dict[str, Any]) -> Person:
        """Add a user of Keycloak's JSON shape."""
        passwords = [one["value"] for one in user.get("credentials", []) if one["type"] == "password"]
        person = Person(
            user["username"],
            passwords[0] if passwords else "",
            user.get("firstName", ""),
            user.get("lastName", ""),
            user.get("email", ""),
            user.get("enabled", True),
            set(user.get("realmRoles", [])),
            id=user.get("id") or str(uuid.uuid4()),
        )
        self.people[person.id] = person
        return person

    def person_named(self, username: str) -> Person | None:
        """Return the person of that user name or e-mail."""
        wanted = username.strip().lower()
        return next((one for one in self.people.values() if wanted in {one.username, one.email}), None)

    def roles_of(self, person: Person) -> list[str]:
        """Return the person's roles, groups expanded, as far as the client's scope mappings let them through."""
        mine = person.roles.union(*(self.groups.get(group, set()) for group in person.groups))
        allowed = {role for one in self.config.get("scopeMappings", []) for role in one["roles"]}
        return sorted(mine & allowed)

    # --- sessions ---
    def alive(self, session: Session | None) -> bool:
        """Tell whether a session is neither ended nor idle nor too old."""
        if session is None or session.sid not in self.sessions or session.user_id not in self.people:
            return False
        now, conf = self.clock(), self.config
        idle, age = now - session.seen, now - session.started
        return bool(idle < conf["ssoSessionIdleTimeout"] and age < conf["ssoSessionMaxLifespan"])

    def session_of_cookie(self, cookie: str) -> Session | None:
        """Return the live session of a browser, if its person may sign in."""
        for session in self.sessions.values():
            if cookie and secrets.compare_digest(session.cookie, cookie) and self.alive(session):
                return session if self.people[session.user_id].enabled else None
        return None

    def start_session(self, person: Person) -> Session:
        """Start a session for somebody who gave the right password."""
        now = self.clock()
        session = Session(person.id, now, now)
        self.sessions[session.sid] = session
        return session

    def issue_code(self, session: Session, asked: dict[str, str], *, by_password: bool) -> str:
        """Return a one-time code for the authorization request `asked`."""
        code = f"{uuid.uuid4()}.{session.sid}.{self.clients[asked['client_id']]['id']}"
        self.codes[code] = Code(
            session.sid,
            asked["client_id"],
            asked["redirect_uri"],
            asked["code_challenge"],
            asked.get("nonce", ""),
            asked.get("scope", ""),
            self.clock() + 60,
            by_password,
        )
        return code

    # --- grants ---
    def exchange(self, client_id: str, code: str, redirect_uri: str, verifier: str) -> dict[str, Any]:
        """Exchange a code for tokens; any attempt uses it up."""
        found = self.codes.pop(code, None)
        if found is None:
            self.sessions.pop(self.used_codes.get(code, ""), None)
            raise invalid_grant("Code not valid")
        self.used_codes[code] = found.sid
        session = self.sessions.get(found.sid)
        if session is None or found.expires < self.clock() or found.client_id != client_id:
            raise invalid_grant("Code not valid")
        if found.redirect_uri != redirect_uri:
            raise invalid_grant("Incorrect redirect_uri")
        digest = hashlib.sha256(verifier.encode()).digest()
        if not verifier or not secrets.compare_digest(_b64(digest), found.challenge):
            raise invalid_grant("PKCE verification failed: Code mismatch")
        session.clients[client_id] = str(uuid.uuid4())
        return self._tokens(session, client_id, nonce=found.nonce, acr="1" if found.by_password else "0")

    def refresh(self, client_id: str, token: str) -> dict[str, Any]:
        """Refresh a grant; every refusal has the words that Keycloak has for it."""
        claims = self.keys.read(token, algorithm="HS512")
        if claims is None or claims.get("typ") != "Refresh" or claims.get("azp") != client_id:
            raise invalid_grant("Invalid refresh token")
        if claims["exp"] <= self.clock():
            raise invalid_grant("Token is not active")
        session = self.sessions.get(claims["sid"])
        if session is None or not self.alive(session):
            raise invalid_grant("Session not active")
        if not self.people[session.user_id].enabled:
            raise invalid_grant("User disabled")
        if session.clients.get(client_id) != claims["client_session"]:
            raise invalid_grant("Session doesn't have required client")
        if self.config.get("revokeRefreshToken"):
            self._count_use(session, client_id, claims["jti"])
        session.seen = self.clock()
        return self._tokens(session, client_id, acr="1")

    def _count_use(self, session: Session, client_id: str, jti: str) -> None:
        used = session.refreshed_with.get(jti, 0)
        if used > self.config.get("refreshTokenMaxReuse", 0):
            del session.clients[client_id]
            raise invalid_grant("Maximum allowed refresh token reuse exceeded")
        session.refreshed_with[jti] = used + 1

    def _tokens(self, session: Session, client_id: str, *, acr: str, nonce: str = "") -> dict[str, Any]:
        now, person = int(self.clock()), self.people[session.user_id]
        lifespan = self.config["accessTokenLifespan"]
        idle = min(self.config["ssoSessionIdleTimeout"], self.config["ssoSessionMaxLifespan"] - (now - session.started))
        common = {
            "iat": now,
            "auth_time": int(session.started),
            "iss": self.issuer,
            "sub": person.id,
            "azp": client_id,
            "sid": session.sid,
            "acr": acr,
        }
        about = self.about(person)
        roles = self.roles_of(person)
        access = self.keys.sign(
            {
                **common,
                "exp": now + lifespan,
                "jti": str(uuid.uuid4()),
                "typ": "Bearer",
                "scope": "openid profile email",
                **about,
                **({"realm_access": {"roles": roles}} if roles else {}),
            }
        )
        identity = {
            **common,
            "exp": now + lifespan,
            "jti": str(uuid.uuid4()),
            "aud": client_id,
            "typ": "ID",
            "at_hash": _b64(hashlib.sha256(access.encode()).digest()[:16]),
            **about,
            **({"nonce": nonce} if nonce else {}),
        }
        refresh = {
            "exp": now + int(idle),
            "iat": now,
            "jti": str(uuid.uuid4()),
            "iss": self.issuer,
            "aud": self.issuer,
            "sub": person.id,
            "typ": "Refresh",
            "azp": client_id,
            "sid": session.sid,
            "scope": "openid profile email",
            "client_session": session.clients[client_id],
        }
        return {
            "access_token": access,
            "expires_in": lifespan,
            "refresh_expires_in": int(idle),
            "refresh_token": self.keys.sign(refresh, algorithm="HS512"),
            "token_type": "Bearer",
            "id_token": self.keys.sign(identity),
            "not-before-policy": 0,
            "session_state": session.sid,
            "scope": "openid profile email",
        }

    @staticmethod
    def about(person: Person) -> dict[str, Any]:
        """Return the profile and e-mail claims."""
        return {
            "email_verified": True,
            "name": f"{person.first} {person.last}".strip(),
            "preferred_username": person.username,
            "given_name": person.first,
            "family_name": person.last,
            "email": person.email,
        }


def _b64(raw: bytes) -> str:
    return urlsafe_b64encode(raw).rstrip(b"=").decode()
