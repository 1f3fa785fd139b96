"""Middleware: no data without a row. It stands behind the sign-in, and writes before the view runs."""

import logging
from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone

from portal.access_log import pages
from portal.access_log.errors import AccessLogError, NotRecordedError, TooManyError
from portal.access_log.routes import route_of
from portal.access_log.seldom import Seldom
from portal.access_log.trail import record, record_route
from portal.errors import too_many
from portal.sign_in.middleware import portal_user

logger = logging.getLogger("portal.access_log")
_refusals = Seldom(seconds=60)  # one line a minute for each person and limit, whatever they send


class AccessLog:
    """Records every answer with data before it is made; without a row, or beyond the limit, there is none.

    Hands the view `request.record_access(what, ids)` for what an answer shows beyond its address.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Pass the request on."""
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: Any, kwargs: dict[str, object]
    ) -> HttpResponse | None:
        """Return None once the row is written; otherwise the page that says why nothing is shown."""
        route = route_of(view)
        if route is None or portal_user(request) is None:  # who is nobody was turned away, or the address is open
            return None
        request.record_access = _recorder(request)  # type: ignore[attr-defined]
        try:
            record_route(request, route, kwargs, timezone.now())
        except AccessLogError as error:
            return _refuse(request, error, timezone.now())
        return None

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Give the page for what the view itself could not record."""
        return _refuse(request, exception, timezone.now()) if isinstance(exception, AccessLogError) else None


def _recorder(request: HttpRequest) -> Callable[[str, list[str]], None]:
    return lambda what, ids: record(request, what=what, ids=ids, now=timezone.now())


def _refuse(request: HttpRequest, error: AccessLogError, now: datetime) -> HttpResponse:
    person = portal_user(request)
    who = person.sub if person else ""
    if isinstance(error, TooManyError):
        if _refusals.is_due((who, error.meter), now):
            fields = {"person": who, "limit": error.meter, "retry_after": error.retry_after}
            logger.warning("excess_rate_limit_exceeded", extra={"fields": fields})
        return too_many(request, error.retry_after)
    reason = error.reason if isinstance(error, NotRecordedError) else ""
    if _refusals.is_due(("", reason), now):
        logger.error("access_not_recorded", extra={"fields": {"reason": reason}})
    return pages.not_recorded(request, reason)
