"""For tests of other rooms: somebody is signed in, without a Keycloak and without the way through it."""

from collections.abc import Iterable
from datetime import datetime

from django.contrib.auth import get_user_model
from django.test import Client
from django.utils import timezone

from portal.models import KeycloakSession
from portal.sign_in.rows import hash_of
from portal.sign_in.sealing import seal


def sign_in(
    client: Client, roles: Iterable[str] = ("support",), name: str = "Anna Support", now: datetime | None = None
) -> None:
    """Sign `name` in on this client with roles out of "support", "devops", "developer"; checked at `now`."""
    username = name.split(maxsplit=1)[0].lower()
    user, _ = get_user_model().objects.get_or_create(username=username)
    client.force_login(user)
    session_key, at = client.session.session_key, now or timezone.now()
    assert session_key is not None
    KeycloakSession.objects.create(
        session_hash=hash_of(session_key),
        user=user,
        sub=f"sub-of-{username}",
        sid=f"sid-{session_key[:16]}",
        username=username,
        name=name,
        roles=sorted(roles),
        refresh_token=seal("no-refresh-token"),
        id_token=seal("no-id-token"),
        started_at=at,
        last_seen_at=at,
        checked_at=at,
    )
