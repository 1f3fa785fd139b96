"""The page of an answer that could not be recorded, and of a database that is away: why, and what to do."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template import loader

from portal.database import BUSY, FULL
from portal.errors import wants_json

_RETRY = {BUSY: 5}  # seconds; anything else takes somebody to mend it


def not_recorded(request: HttpRequest, reason: str) -> HttpResponse:
    """503: nothing is shown because nothing could be recorded; `reason` is one of portal.database's."""
    retry_after = _RETRY.get(reason, 30)
    if wants_json(request):
        body = {"schema": 1, "error": "not_recorded", "reason": reason}
        response: HttpResponse = JsonResponse(body, status=503)
    else:
        context = {"reason": reason, "retry_after": retry_after, "full": reason == FULL, "busy": reason == BUSY}
        response = HttpResponse(loader.render_to_string("access_log/not_recorded.html", context, request), status=503)
    response.headers["Retry-After"] = str(retry_after)
    return response
