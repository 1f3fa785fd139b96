"""Which request is being answered: its id and its trace's for every log line and every answer, and its own line.

The line of a request names the route, never the path: a path, a query, a Referer or a User-Agent can hold what a person
typed. How lines are written is in portal.log_lines, where they go in portal.log_output.
"""

import logging
import re
import secrets
import time
from collections.abc import Callable
from contextvars import ContextVar
from typing import Final, NamedTuple

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from orders.jaeger import spent
from orders.jaeger.spent import Spent

logger = logging.getLogger("portal.request")

HEADER: Final = "X-Request-ID"
LIVEZ, READYZ = "/livez", "/readyz"  # answered by portal.ops, many times a minute
_PROXYS_ID: Final = re.compile(r"[A-Za-z0-9_-]{8,64}", re.ASCII)
# W3C Trace Context: version "ff" and all-zero ids are invalid; a version after 00 may go on after another "-".
_TRACEPARENT: Final = re.compile(r"(?!ff)([0-9a-f]{2})-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}(-.*)?")
_METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT"})


class Ids(NamedTuple):
    """What ties the lines of one request together; empty outside a request."""

    request: str = ""  # 16 hex digits, or what a trusted proxy called it
    trace: str = ""  # 32 hex digits: the caller's W3C trace id, or one of our own


_OUTSIDE: Final = Ids()
_current: ContextVar[Ids] = ContextVar("ids of the request", default=_OUTSIDE)


def request_id() -> str:
    """Return the id of the request that this thread answers; "" outside a request."""
    return _current.get().request


def trace_id() -> str:
    """Return the trace id of the request that this thread answers, 32 hex digits; "" outside a request."""
    return _current.get().trace


def ids_of(request: HttpRequest) -> Ids:
    """Return the ids of a request: the proxy's X-Request-ID and the caller's traceparent where valid, else new ones.

    Stands behind portal.network.ForwardedHeaders, which lets nobody but a trusted proxy say X-Request-ID.
    """
    named = request.META.get("HTTP_X_REQUEST_ID", "")
    return Ids(
        request=named if _PROXYS_ID.fullmatch(named) else secrets.token_hex(8),
        trace=traced_by(request.META.get("HTTP_TRACEPARENT", "")) or secrets.token_hex(16),
    )


def traced_by(traceparent: str) -> str:
    """Return the trace id of a W3C traceparent header; "" where it is not valid."""
    found = _TRACEPARENT.fullmatch(traceparent)
    if found is None or (found[1] == "00" and found[3] is not None):
        return ""
    return found[2]


class RequestId:
    """Middleware: names each request, says its name in X-Request-ID on every answer, and writes its line.

    Static files and probes (/livez, /readyz) have no line.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response
        self.static = "/" + settings.STATIC_URL.lstrip("/")

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Return the answer with the id of its request."""
        ids = ids_of(request)
        before, began = _current.set(ids), time.monotonic()
        try:
            with spent.counted() as jaeger:
                response = self.get_response(request)
            response.headers[HEADER] = ids.request
            if request.path_info not in {LIVEZ, READYZ} and not request.path_info.startswith(self.static):
                _write_line(request, response, time.monotonic() - began, jaeger)
        finally:
            _current.reset(before)
        return response


def _write_line(request: HttpRequest, response: HttpResponseBase, seconds: float, jaeger: Spent) -> None:
    fields: dict[str, object] = {
        "route": request.resolver_match.view_name if request.resolver_match else "",  # "": no such address
        "method": request.method if request.method in _METHODS else "other",
        "status": response.status_code,
        "ms": round(1000 * seconds, 1),
    }
    if jaeger.lookups:
        fields |= {"jaeger_ms": round(1000 * jaeger.seconds, 1), "jaeger_lookups": jaeger.lookups}
        fields["jaeger_retries"] = jaeger.retries
    user = getattr(request, "portal_user", None)
    if user is not None:
        fields["user"] = user.sub
    logger.log(logging.WARNING if response.status_code >= 500 else logging.INFO, "request", extra={"fields": fields})
