"""Who is signed in, and what Keycloak's claims make of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from django.conf import settings
from django.utils.crypto import salted_hmac

from portal.refusals import is_loopback

DEMO_PEOPLE = "0a1e0000-0000-4000-8000-"  # how the ids of the demo realm's people begin (deploy/keycloak/demo)
SUPPORT, DEVOPS, DEVELOPER = "support", "devops", "developer"


@dataclass(frozen=True, slots=True)
class PortalUser:
    """The person behind a request.

    `sub` is Keycloak's lasting id, `roles` the portal's own three words whatever the realm calls them,
    `in_grace` is True while Keycloak does not answer and the roles are those of the last check.
    """

    sub: str
    name: str
    username: str
    roles: frozenset[str]
    in_grace: bool = False

    @property
    def sees_codes(self) -> bool:
        """Whether codes, queues, spans and attributes are for this person."""
        return bool(self.roles & {DEVOPS, DEVELOPER})


def mark_of(sub: str) -> str:
    """Return by what a page knows again whose it is, without saying it: 32 hex digits, keyed with SECRET_KEY."""
    return _mark(sub, settings.SECRET_KEY)


def is_mark_of(sub: str, mark: str) -> bool:
    """Return whether a page with this mark is this person's, made under SECRET_KEY or one of its fallbacks."""
    return mark in {_mark(sub, secret) for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)}


@lru_cache(maxsize=1024)
def _mark(sub: str, secret: str) -> str:
    return salted_hmac("portal.sign_in.reader", sub, secret=secret, algorithm="sha256").hexdigest()[:32]


def role_names() -> dict[str, str]:
    """Return the realm's name of each of the three roles, keyed by the portal's word."""
    return {SUPPORT: settings.ROLE_SUPPORT, DEVOPS: settings.ROLE_DEVOPS, DEVELOPER: settings.ROLE_DEVELOPER}


def is_demo_person(sub: str) -> bool:
    """Return whether this is one of the demo realm's people, and Keycloak not on this machine alone.

    Their passwords are their names: imported into a Keycloak that others reach, they would let everybody in.
    """
    return sub.startswith(DEMO_PEOPLE) and not settings.DEMO and not is_loopback(settings.KEYCLOAK_URL)


def roles_in(claims: Mapping[str, object]) -> frozenset[str]:
    """Return the portal's roles in a verified access token.

    Read from exactly one place: `realm_access.roles`, or `resource_access.<client>.roles` where
    KEYCLOAK_ROLES_FROM is "client". Names must match exactly; anything of another shape is no role
    (Keycloak leaves the claim out for a person without roles).
    """
    holder: object = claims.get("realm_access")
    if settings.KEYCLOAK_ROLES_FROM == "client":
        clients = claims.get("resource_access")
        holder = clients.get(settings.KEYCLOAK_CLIENT_ID) if isinstance(clients, dict) else None
    listed = holder.get("roles") if isinstance(holder, dict) else None
    found = {role for role in listed if isinstance(role, str)} if isinstance(listed, list) else set()
    return frozenset(word for word, name in role_names().items() if name in found)


def names_in(claims: Mapping[str, object]) -> tuple[str, str]:
    """Return (username, name to show) from verified claims; never longer than the columns that keep them."""
    username = str(claims.get("preferred_username") or claims.get("sub") or "")[:255]
    return username, (str(claims.get("name") or "").strip() or username)[:255]
