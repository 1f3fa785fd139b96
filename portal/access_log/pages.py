"""The page of an answer that could not be recorded, and of a database that is away: why, and what to do."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template import loader

from portal.database import BUSY, FULL
from portal.errors import wants_json

_RETRY = {BUSY: 5}  # seconds; anything else takes somebody to mend it


def not_recorded(request: HttpRequest, reason: str, *, again: str = "") -> HttpResponse:
    """503: nothing is shown because nothing could be recorded; `reason` is one of portal.database's.

    `again` is the page that was wanted, where that is not the one asked for.
    """
    retry_after = _RETRY.get(reason, 30)
    if wants_json(request):
        body = {"schema": 1, "error": "not_recorded", "reason": reason}
        response: HttpResponse = JsonResponse(body, status=503)
    else:
        chosen = {"full": reason == FULL, "busy": reason == BUSY}
        context = {"reason": reason, "retry_after": retry_after, "again": again, **chosen}
        response = HttpResponse(loader.render_to_string("access_log/not_recorded.html", context, request), status=503)
    response.headers["Retry-After"] = str(retry_after)
    return response
