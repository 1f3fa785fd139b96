"""The session rows: opened at sign-in, found, touched, claimed, renewed and ended. `now` is always an argument."""

import hashlib
import json
import logging
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, User
from django.contrib.sessions.models import Session
from django.db import IntegrityError, OperationalError, connection, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from portal.clock import doubt, read_clock
from portal.database import FULL, reason_of
from portal.models import KeycloakSession, UsedLogoutToken
from portal.sign_in.grants import Tokens
from portal.sign_in.people import PortalUser, names_in, roles_in
from portal.sign_in.sealing import seal
from portal.sign_in.tokens import Verified

logger = logging.getLogger("portal.sign_in")

TOUCH_SECONDS = 60  # how exactly "last seen" is known: one write a minute, not one a request
TABLES: Final = ("portal_keycloaksession", "portal_usedlogouttoken", "django_session", "auth_user")  # purged
# Written out: Django builds the same query anew for every request, at ten times the price. Of the person it reads
# what decides who is in; the rest is read when somebody asks for it.
_COLUMNS: Final = tuple(field.attname for field in KeycloakSession._meta.concrete_fields)  # noqa: SLF001 - public
_WITH_PERSON: Final = f"""SELECT {", ".join(f"portal_keycloaksession.{name}" for name in _COLUMNS)},
auth_user.password, auth_user.is_active FROM portal_keycloaksession
JOIN auth_user ON auth_user.id = user_id WHERE session_hash = %s"""  # noqa: S608 - our own names
CLAIM_SECONDS = 10  # longer than a refresh can take; also the pause between two tries while Keycloak is down


def hash_of(session_key: str) -> str:
    """Return what the row keeps of a session key: enough to find it, useless to whoever reads the table."""
    return hashlib.sha256(session_key.encode()).hexdigest()


def open_row(
    session_key: str, user: AbstractBaseUser, verified: Verified, tokens: Tokens, now: datetime
) -> KeycloakSession:
    """Write the row of a new sign-in and clear away what has run out."""
    username, name = names_in(verified.identity)
    row = KeycloakSession.objects.create(
        session_hash=hash_of(session_key),
        user_id=user.pk,
        sub=str(verified.access["sub"]),
        sid=str(verified.access["sid"]),
        username=username,
        name=name,
        roles=sorted(roles_in(verified.access)),
        refresh_token=seal(tokens.refresh),
        id_token=seal(tokens.identity),
        started_at=now,
        last_seen_at=now,
        checked_at=now,
    )
    if not doubt(read_clock()):
        purge(now)  # last, so that the person who comes back after long has a row and is kept
    return row


def of_key(session_key: str | None) -> KeycloakSession | None:
    """Return the row of a Django session with its person, read in one query; whether it is live is not judged."""
    return of_hash(hash_of(session_key)) if session_key else None


def of_hash(session_hash: str) -> KeycloakSession | None:
    """Return the row that keeps this hash, as `of_key` does."""
    with connection.cursor() as cursor:
        cursor.execute(_WITH_PERSON, [session_hash])
        found = cursor.fetchone()
    if found is None:
        return None
    *values, password, active = found
    row = KeycloakSession.from_db(connection.alias, _COLUMNS, list(map(_read, _COLUMNS, values)))
    row.user = User.from_db(connection.alias, ("id", "password", "is_active"), (row.user_id, password, bool(active)))
    return row


def _read(column: str, value: Any) -> Any:
    """Return a value as the model has it: SQLite gives times without their zone, and Django's drivers JSON as text."""
    if isinstance(value, datetime) and value.tzinfo is None:
        return value.replace(tzinfo=UTC)
    return json.loads(value) if column == "roles" and isinstance(value, str) else value


def still_live(row: KeycloakSession, now: datetime) -> bool:
    """Return whether a row is live by the clock; one that is over is ended here."""
    live = _is_live(row, now)
    if not live:
        end(row)
    return live


def person_of(row: KeycloakSession, *, in_grace: bool = False) -> PortalUser:
    """Return the person as the row knows them."""
    return PortalUser(row.sub, row.name, row.username, frozenset(row.roles), in_grace)


def touch(row: KeycloakSession, now: datetime) -> None:
    """Note that the person was here, at most once a minute.

    A full disk keeps nobody out: they were last seen a little earlier, that is all.
    """
    if (now - row.last_seen_at).total_seconds() < TOUCH_SECONDS:
        return
    try:
        KeycloakSession.objects.filter(pk=row.pk, last_seen_at__lt=now).update(last_seen_at=now)
    except OperationalError as error:
        if reason_of(error) != FULL:
            raise
        logger.warning("last seen not noted: the disk is full")


def claim(row: KeycloakSession, now: datetime) -> bool:
    """Take the right to refresh this row, for all threads and processes; False where another has it.

    One conditional UPDATE: the database decides, SQLite and PostgreSQL alike. Nobody gives a claim back after a
    failure, so it is also the pause before the next try.
    """
    free = Q(claimed_at=None) | Q(claimed_at__lte=now - timedelta(seconds=CLAIM_SECONDS))
    mine = KeycloakSession.objects.filter(free, pk=row.pk, checked_at=row.checked_at).update(claimed_at=now)
    row.claimed_at = now
    return mine == 1


def renew(row: KeycloakSession, verified: Verified, tokens: Tokens, now: datetime) -> bool:
    """Store what a refresh brought; False where the row was ended meanwhile, or claimed by another."""
    row.roles = sorted(roles_in(verified.access))
    row.username, row.name = names_in(verified.identity)
    changed = KeycloakSession.objects.filter(pk=row.pk, claimed_at=row.claimed_at).update(
        roles=row.roles,
        username=row.username,
        name=row.name,
        refresh_token=seal(tokens.refresh),
        id_token=seal(tokens.identity),
        checked_at=now,
        claimed_at=None,
    )
    return changed == 1


def end(row: KeycloakSession) -> None:
    """End one session; ending it twice is no error."""
    KeycloakSession.objects.filter(pk=row.pk).delete()


def end_of_key(session_key: str | None) -> None:
    """End the session of a Django session key, if there is one."""
    if session_key:
        KeycloakSession.objects.filter(session_hash=hash_of(session_key)).delete()


def move(old_key: str, new_key: str) -> None:
    """Let the row follow a session whose key was renewed."""
    KeycloakSession.objects.filter(session_hash=hash_of(old_key)).update(session_hash=hash_of(new_key))


def obey_logout(sid: str | None, sub: str | None, jti: str, expires_at: datetime) -> int | None:
    """End the sessions that a logout token names; returns how many, None where the token was used before.

    `sid` names one Keycloak session; without it every session of `sub` ends.
    """
    try:
        with transaction.atomic():
            UsedLogoutToken.objects.create(jti_hash=hash_of(jti), expires_at=expires_at)
            named: QuerySet[KeycloakSession] = KeycloakSession.objects.all()
            named = named.filter(sid=sid) if sid else named
            named = named.filter(sub=sub) if sub else named
            return named.delete()[0]
    except IntegrityError:
        return None


def purge(now: datetime) -> dict[str, int]:
    """Delete what has run out at `now` (see run_out); return how many rows of each went, their dependants included."""
    return {what: found.delete()[0] for what, found in run_out(now).items()}


def run_out(now: datetime) -> dict[str, QuerySet[Any]]:
    """Return what has run out at `now`, by its name and in the order in which it is deleted.

    Rows that are over by the clock, used logout tokens that can no longer be replayed, Django's expired sessions, and
    people without a row who did not sign in for RETENTION_DAYS (with what allauth keeps of them).
    """
    return {
        "sign-ins": _over(now),
        "used logout tokens": UsedLogoutToken.objects.filter(expires_at__lt=now),
        "sessions": Session.objects.filter(expire_date__lt=now),
        "people": _long_gone(now),
    }


def _long_gone(now: datetime) -> QuerySet[User]:
    long_ago = now - timedelta(days=settings.RETENTION_DAYS)
    absent = Q(last_login__lt=long_ago) | Q(last_login=None, date_joined__lt=long_ago)
    return User.objects.filter(absent, ~Exists(KeycloakSession.objects.filter(user=OuterRef("pk"))))


def _over(now: datetime) -> QuerySet[KeycloakSession]:
    started = now - timedelta(seconds=settings.SESSION_MAX_SECONDS)
    seen = now - timedelta(seconds=settings.SESSION_IDLE_SECONDS)
    return KeycloakSession.objects.filter(Q(started_at__lte=started) | Q(last_seen_at__lte=seen))


def _is_live(row: KeycloakSession, now: datetime) -> bool:
    age, idle = (now - row.started_at).total_seconds(), (now - row.last_seen_at).total_seconds()
    return age < settings.SESSION_MAX_SECONDS and idle < settings.SESSION_IDLE_SECONDS
