"""Error pages: what is known, what is not, what to do next; JSON for whoever asked for JSON."""

import re
import sys
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Final

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, JsonResponse
from django.http.response import HttpResponseBase
from django.template import loader

from portal.database import is_outage, reason_of
from portal.logs import request_id

_MAY_PREFER_JSON: Final = re.compile(r"json|application/\*|text/(?:html|\*)\s*;", re.IGNORECASE).search
_NAMES: Final = MappingProxyType(
    {
        400: "bad_request",
        403: "forbidden",
        404: "not_found",
        405: "method_not_allowed",
        429: "too_many_requests",
        500: "internal_error",
        503: "unavailable",
    }
)


def error_page(
    request: HttpRequest,
    status: int,
    *,
    template: str = "",
    retry_after: int = 0,
    context: Mapping[str, object] | None = None,
) -> HttpResponse:
    """Return the page of a status, or `{"schema": 1, "error": …}` where JSON was asked for.

    `retry_after` (seconds; 0: none) is said in the header and, by the 429 and 503 pages, in words.
    """
    if wants_json(request):
        response: HttpResponse = JsonResponse({"schema": 1, "error": _NAMES[status]}, status=status)
    else:
        shown = {"retry_after": retry_after, **(context or {})}
        response = HttpResponse(loader.render_to_string(template or f"{status}.html", shown, request), status=status)
    if retry_after:
        response.headers["Retry-After"] = str(retry_after)
    return response


def wants_json(request: HttpRequest) -> bool:
    """Return whether the answer should be JSON: the path ends in .json, or Accept prefers it to HTML."""
    if request.path_info.endswith(".json"):
        return True
    if not _MAY_PREFER_JSON(request.headers.get("Accept", "")):  # as browsers: nothing in it to be weighed
        return False
    return request.get_preferred_type(["text/html", "application/json"]) == "application/json"


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400: Django could not accept the request; why is in the log, not on the page."""
    return error_page(request, 400)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403: signed in, but not for this."""
    return error_page(request, 403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404: no such page."""
    return error_page(request, 404)


def server_error(request: HttpRequest) -> HttpResponse:
    """500: stands alone in both languages; needs neither session, nor database, nor context, nor catalogue.

    503 with the reason where it was the database that failed under the sign-in: Django calls this inside its handler.
    """
    error = sys.exception()
    if error is not None and is_outage(error):
        from portal.access_log.pages import not_recorded  # that module needs this one

        return not_recorded(request, reason_of(error))
    if wants_json(request):
        return JsonResponse({"schema": 1, "error": _NAMES[500]}, status=500)
    at = f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"
    return HttpResponse(loader.render_to_string("500.html", {"at": at, "request_id": request_id()}), status=500)


def too_many(request: HttpRequest, retry_after: int) -> HttpResponse:
    """429: asked too often; `retry_after` in seconds."""
    return error_page(request, 429, retry_after=retry_after)


def unavailable(request: HttpRequest, retry_after: int = 10) -> HttpResponse:
    """503: the portal cannot serve now; `retry_after` in seconds."""
    return error_page(request, 503, retry_after=retry_after)


class MethodPages:
    """Middleware: gives the empty 405 of Django's decorators a page; `Allow` is kept."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Return the answer, a bare 405 with its page."""
        response = self.get_response(request)
        if isinstance(response, HttpResponseNotAllowed) and not response.content:
            page = error_page(request, 405)
            page.headers["Allow"] = response.headers["Allow"]
            return page
        return response
