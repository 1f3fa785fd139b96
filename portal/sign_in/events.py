"""The sign-in's security events, named as OWASP's Logging Vocabulary names them.

Of a person they hold Keycloak's lasting id, of a session the beginning of its row's hash, of a refusal one word: no
token, no name, no e-mail, and nothing that a stranger wrote into a request.
"""

import logging
from typing import Final

from portal.models import KeycloakSession

logger = logging.getLogger("portal.sign_in")

# RFC 6749, 4.1.2.1, and OpenID Connect Core 1.0, 3.1.2.6: what an authorization server may answer instead of a code.
ANSWERS: Final = frozenset(
    {"access_denied", "invalid_request", "invalid_scope", "login_required", "interaction_required", "consent_required",
     "server_error", "temporarily_unavailable", "unauthorized_client", "unsupported_response_type"}
)  # fmt: skip


def signed_in(row: KeycloakSession) -> None:
    """Log that somebody came in."""
    logger.info("authn_login_success", extra={"fields": {**_of(row), "roles": list(row.roles)}})


def not_signed_in(reason: str, said: str = "") -> None:
    """Log that somebody did not come in; who it was is not known, for nothing that was sent is believed."""
    logger.warning("authn_login_fail", extra={"fields": {"reason": reason, "said": said}})


def recheck_refused(row: KeycloakSession, reason: str, said: str) -> None:
    """Log that a refresh brought tokens that are not this session's: its roles stay as they were."""
    fields = {**_of(row), "what": "re_check", "reason": reason, "said": said}
    logger.warning("authn_login_fail", extra={"fields": fields})


def no_role(person: str) -> None:
    """Log that Keycloak's `person` came back with none of the three roles."""
    logger.warning("authz_fail", extra={"fields": {"person": person, "what": "sign_in", "reason": "no_role"}})


def logout_refused(reason: str, said: str = "") -> None:
    """Log that a back-channel logout token was not obeyed; `used` where it had been before."""
    name = "authn_token_reuse" if reason == "used" else "authn_login_fail"
    logger.warning(name, extra={"fields": {"what": "logout_token", "reason": reason, "said": said}})


def logout_obeyed(ended: int) -> None:
    """Log that a back-channel logout token ended so many sessions."""
    logger.info("authn_token_revoked", extra={"fields": {"what": "logout_token", "ended": ended}})


def ended(row: KeycloakSession, reason: str) -> None:
    """Log the end of a session: `logout`, `time`, `over_at_keycloak`, `no_role` or `seal`."""
    logger.info("session_expired", extra={"fields": {**_of(row), "reason": reason}})


def not_believed(reason: str) -> None:
    """Log a browser with a session whose row is gone (`no_row`) or is another person's (`other_person`)."""
    logger.warning("session_use_after_expire", extra={"fields": {"reason": reason}})


def roles_changed(row: KeycloakSession, before: list[str]) -> None:
    """Log that the re-check found other roles than those of `before`; row.roles are the new ones."""
    logger.info("authz_change", extra={"fields": {**_of(row), "from": before, "to": list(row.roles)}})


def _of(row: KeycloakSession) -> dict[str, object]:
    return {"person": row.sub, "session": row.session_hash[:16]}
