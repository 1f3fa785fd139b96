"""Passes and tickets: signed references to the session row of a sign-in, and the cookies that hold them.

A ticket is good for a minute, and only in the browser that holds the state it was asked with. A pass names a session
row and nothing else: whatever ends the row (logout, back-channel logout, a lost role, the clock) ends the pass too.
"""

import re
from typing import Final

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import constant_time_compare, get_random_string

from portal.models import KeycloakSession
from portal.sign_in import rows

TICKET_SECONDS: Final = 60
_STATE_SECONDS: Final = 3600  # a person may take a while to sign in
_STATE: Final = re.compile(r"[A-Za-z0-9]{43}", re.ASCII)
_PASS: Final = "portal.jaeger_ui.pass"  # noqa: S105 - a salt tells two uses of one key apart
_TICKET: Final = "portal.jaeger_ui.ticket"


def row_of_pass(request: HttpRequest) -> KeycloakSession | None:
    """Return the session row that the browser's pass names, whether it is live or not; None where there is none."""
    token = request.COOKIES.get(_pass_cookie(), "")
    try:
        session_hash = signing.loads(token, salt=_PASS, max_age=int(settings.SESSION_MAX_SECONDS))
    except signing.BadSignature:
        return None
    return rows.of_hash(str(session_hash))


def is_state(text: str) -> bool:
    """Return whether the text can be a state."""
    return _STATE.fullmatch(text) is not None


def keep_state(answer: HttpResponse, state: str) -> None:
    """Put the state into the browser's cookie."""
    _keep(answer, _state_cookie(), state, _STATE_SECONDS)


def state_for(request: HttpRequest) -> str:
    """Return the state that the browser holds already (several tabs share one), else a new one."""
    return _state_of(request) or get_random_string(43)


def ticket_for(row: KeycloakSession, state: str) -> str:
    """Return a ticket for the browser that holds this state."""
    return signing.dumps([row.session_hash, state], salt=_TICKET)


def redeemed(request: HttpRequest, ticket: str) -> str:
    """Return the session hash of a ticket that is genuine, fresh and bound to this browser's state; else ""."""
    try:
        session_hash, bound_to = signing.loads(ticket, salt=_TICKET, max_age=TICKET_SECONDS)
    except signing.BadSignature:
        return ""
    state = _state_of(request)
    return str(session_hash) if state and constant_time_compare(str(bound_to), state) else ""


def give(answer: HttpResponse, session_hash: str) -> None:
    """Give the browser its pass, and take the state: with it the ticket is used up."""
    _keep(answer, _pass_cookie(), signing.dumps(session_hash, salt=_PASS), int(settings.SESSION_MAX_SECONDS))
    _keep(answer, _state_cookie(), "", 0)


def _state_of(request: HttpRequest) -> str:
    state = request.COOKIES.get(_state_cookie(), "")
    return state if is_state(state) else ""


def _pass_cookie() -> str:
    return f"{settings.COOKIE_PREFIX}jaeger"


def _state_cookie() -> str:
    return f"{settings.COOKIE_PREFIX}jaeger-state"


def _keep(answer: HttpResponse, name: str, value: str, seconds: int) -> None:
    answer.set_cookie(name, value, max_age=seconds, secure=settings.SECURE, httponly=True, samesite="Lax")
