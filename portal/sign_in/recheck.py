"""The re-check: is the person still allowed in? Asked of Keycloak by refresh, every five minutes.

Keycloak does not announce every end (a disabled or deleted person, a lost role), so this is the guarantee and
back-channel logout the quick way.
"""

import logging
import time
from collections.abc import Callable
from datetime import datetime
from enum import Enum

from django.conf import settings

from portal.models import KeycloakSession
from portal.sign_in import events, grants, realm, rows, sealing, tokens
from portal.sign_in.errors import GrantOverError, KeycloakUnavailableError, TokenRefusedError

logger = logging.getLogger("portal.sign_in")

WAIT_STEP = 0.05  # seconds between two looks at a row that another request refreshes


class Standing(Enum):
    """What the re-check found."""

    IN = "in"
    GRACE = "in, though Keycloak does not answer"
    OVER = "the sign-in has ended"
    NO_ROLE = "none of the three roles is left"
    UNKNOWN = "Keycloak does not answer and the grace has run out"
    PAUSED = "a live refresh would have to ask Keycloak, which would keep the session alive by itself"


def standing(
    row: KeycloakSession, now: datetime, *, live: bool, pause: Callable[[float], None] = time.sleep
) -> Standing:
    """Return where the person stands, asking Keycloak where the last answer is older than RECHECK.

    A `live` refresh never asks (a refresh keeps Keycloak's session alive): it ends with the last answer's age and
    is paused until the person does something. Only where somebody did ask and Keycloak had no usable answer does
    it go on for the grace, as the person would. `row` is brought up to date.
    """
    age = (now - row.checked_at).total_seconds()
    in_grace = age < settings.KEYCLOAK_RECHECK_SECONDS + settings.KEYCLOAK_GRACE_SECONDS
    if age < settings.KEYCLOAK_RECHECK_SECONDS:
        return Standing.IN
    if live:
        return Standing.GRACE if in_grace and _asked_in_vain(row) else Standing.PAUSED
    if rows.claim(row, now):
        return _ask(row, now, fallback=Standing.GRACE if in_grace else Standing.UNKNOWN)
    return Standing.IN if in_grace else _wait_for_other(row, pause)


def _asked_in_vain(row: KeycloakSession) -> bool:
    """Tell whether Keycloak was asked since the last answer: what succeeds gives its claim back, a failure does not."""
    return row.claimed_at is not None and row.claimed_at > row.checked_at


def _ask(row: KeycloakSession, now: datetime, *, fallback: Standing) -> Standing:
    try:
        fresh = grants.refresh(sealing.unseal(row.refresh_token))
        verified = tokens.verify_grant(fresh, sub=row.sub)
    except (GrantOverError, sealing.SealBrokenError) as error:
        events.ended(row, "over_at_keycloak" if isinstance(error, GrantOverError) else "seal")
        rows.end(row)
        return Standing.OVER
    except TokenRefusedError as error:
        events.recheck_refused(row, error.reason, str(error))
        return fallback
    except KeycloakUnavailableError as error:
        logger.warning("re-check without a usable answer", extra={"fields": {"person": row.sub, "said": str(error)}})
        return fallback
    before = list(row.roles)
    if not rows.renew(row, verified, fresh, now):
        return Standing.OVER
    if row.roles != before:
        events.roles_changed(row, before)
    if not row.roles:
        events.ended(row, "no_role")
        rows.end(row)
        return Standing.NO_ROLE
    return Standing.IN


def _wait_for_other(row: KeycloakSession, pause: Callable[[float], None]) -> Standing:
    """Wait for the request that refreshes this row, no longer than its time-outs allow."""
    asked_at = row.checked_at
    for _ in range(int(sum(realm.TIMEOUT) / WAIT_STEP)):
        pause(WAIT_STEP)
        try:
            row.refresh_from_db()
        except KeycloakSession.DoesNotExist:
            return Standing.OVER
        if row.checked_at != asked_at:
            return Standing.IN
    return Standing.UNKNOWN
