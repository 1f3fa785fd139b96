"""What a browser may do with an answer (headers on every one, errors and files included), and who may ask for one."""

import logging
from collections.abc import Callable
from typing import Final
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import patch_vary_headers

from portal.errors import error_page

logger = logging.getLogger("portal.security")

_SAME: Final = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), display-capture=(), geolocation=(), gyroscope=(), magnetometer=(),"
    " microphone=(), midi=(), payment=(), usb=(), clipboard-read=(), clipboard-write=(self)",
}
_TWO_YEARS: Final = "max-age=63072000; includeSubDomains"


def content_security_policy() -> str:
    """Return the policy: own files only, nothing inline; forms also lead to Keycloak.

    Chromium blocks a form whose answer redirects to an origin that form-action does not list, and both the sign-in
    and the sign-out are such forms.
    """
    keycloak = urlsplit(settings.KEYCLOAK_URL)
    return (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; "
        f"form-action 'self' {keycloak.scheme}://{keycloak.netloc}; base-uri 'none'; frame-ancestors 'none'"
    )


class ResponseHeaders:
    """The outermost middleware: no answer leaves without its headers.

    Pages are never kept (they show orders, to people with a role) and vary by cookie and by htmx; static files carry
    no order and keep the caching that whitenoise gives them.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response
        self.headers = {**_SAME, "Content-Security-Policy": content_security_policy()}
        if settings.SECURE:
            self.headers["Strict-Transport-Security"] = _TWO_YEARS
        self.static = "/" + settings.STATIC_URL.lstrip("/")

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Return the answer with its headers."""
        response = self.get_response(request)
        for name, value in self.headers.items():
            response.headers[name] = value
        if not (request.path_info.startswith(self.static) and response.status_code in {200, 206, 304}):
            response.headers["Cache-Control"] = "no-store, private"
            patch_vary_headers(response, ["Cookie", "Accept-Language", "HX-Request"])
        return response


class OwnPagesOnly:
    """Middleware: no foreign page may draw an answer into itself, so that none can probe, time or frame our data.

    Decided by what browsers say of every request and scripts cannot forge (W3C Fetch Metadata: Sec-Fetch-Site, -Mode,
    -Dest). Another site, a sibling host included, may only lead a person here: a GET that opens a page of its own, as a
    link and Keycloak's redirects do. Programs and very old browsers send none of it and pass: for them the session
    cookie (SameSite=Lax) and the CSRF token stand. Static files hold no data and have Cross-Origin-Resource-Policy.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response
        self.static = "/" + settings.STATIC_URL.lstrip("/")

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Return the answer, 403 for a foreign page's request."""
        if not is_own_or_led_here(request) and not request.path_info.startswith(self.static):
            logger.warning("malicious_cors", extra={"fields": {"site": request.headers["Sec-Fetch-Site"][:20]}})
            return error_page(request, 403)
        return self.get_response(request)


def is_own_or_led_here(request: HttpRequest) -> bool:
    """Return whether a request comes from this site, from the person, or is a link or redirect that opens a page."""
    if request.headers.get("Sec-Fetch-Site", "none") in {"same-origin", "none"}:
        return True
    opens_a_page = request.headers.get("Sec-Fetch-Mode") == "navigate"
    on_its_own = request.headers.get("Sec-Fetch-Dest") == "document"
    return request.method in {"GET", "HEAD"} and opens_a_page and on_its_own


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403: a form came without its token; `reason` is Django's and stays out of the page."""
    return error_page(request, 403, template="403_csrf.html")
