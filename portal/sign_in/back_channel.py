"""Keycloak's own door: it posts a logout token here when a session ends there."""

import logging
from datetime import UTC, datetime

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from portal.sign_in import events, rows, tokens
from portal.sign_in.errors import KeycloakUnavailableError, TokenRefusedError

logger = logging.getLogger("portal.sign_in")


@csrf_exempt
@require_POST
def back_channel_logout(request: HttpRequest) -> HttpResponse:
    """Obey a valid logout token (OpenID Connect Back-Channel Logout 1.0, 2.8).

    200 also for a session that is not known here: the person's own logout has removed it already. 400 for
    anything that is not a valid, unused token; 503 where the keys to judge it cannot be had. Exempt from CSRF:
    the signature is the proof.
    """
    status = _obey(request.POST.getlist("logout_token"))
    return HttpResponse(status=status, headers={"Cache-Control": "no-store"})


def _obey(sent: list[str]) -> int:
    try:
        claims = tokens.verify_logout(sent[0] if len(sent) == 1 else "")
    except TokenRefusedError as error:
        events.logout_refused(error.reason, str(error))
        return 400
    except KeycloakUnavailableError as error:
        logger.warning("back-channel logout cannot be judged: %s", error)
        return 503
    until = datetime.fromtimestamp(float(str(claims["exp"])) + tokens.LEEWAY, UTC)
    ended = rows.obey_logout(_text(claims, "sid"), _text(claims, "sub"), str(claims["jti"]), until)
    if ended is None:
        events.logout_refused("used", "used before")
        return 400
    events.logout_obeyed(ended)
    return 200


def _text(claims: dict[str, object], name: str) -> str | None:
    value = claims.get(name)
    return value if isinstance(value, str) else None
