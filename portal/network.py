"""Who asks, and from where: which proxies are believed, which networks are let in.

A header that says where a request comes from is a claim. It is believed only from the proxies of TRUSTED_PROXIES, and
by default there are none. nginx (deploy/nginx) overwrites these headers and keeps the networks out itself; what stands
here holds also where somebody reaches the portal's port without it.
"""

import logging
from collections.abc import Callable, Iterable
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Final

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.template import loader

from portal.errors import wants_json

logger = logging.getLogger("portal.network")

UNIX: Final = "unix"  # in TRUSTED_PROXIES: whoever may open the portal's unix socket
UNKNOWN: Final = "unknown"  # a trusted proxy named no address that can be read
_SCHEMES: Final = ("HTTP_X_FORWARDED_PROTO", "HTTP_X_FORWARDED_PROTOCOL", "HTTP_X_FORWARDED_SSL")
# Only a trusted proxy may say these; from everybody else they are taken away before anything reads them.
CLAIMS: Final = (
    *_SCHEMES,
    "HTTP_FORWARDED",
    "HTTP_X_FORWARDED_FOR",
    "HTTP_X_FORWARDED_HOST",
    "HTTP_X_FORWARDED_PORT",
    "HTTP_X_ORIGINAL_METHOD",
    "HTTP_X_ORIGINAL_URI",
    "HTTP_X_REAL_IP",
    "HTTP_X_REQUEST_ID",
)

Network = IPv4Network | IPv6Network


def networks_of(name: str, words: Iterable[str]) -> tuple[Network, ...]:
    """Return networks as "10.0.0.0/8" or single addresses; `name` is the setting that a wrong one is blamed on.

    Raises ImproperlyConfigured for what is neither, and for a network with bits of a host: it may mean more or less
    than was meant.
    """
    try:
        return tuple(ip_network(word) for word in words)
    except ValueError as error:
        raise ImproperlyConfigured(f"{name} must hold networks such as 10.0.0.0/8: {error}") from error


def from_trusted_proxy(request: HttpRequest) -> bool:
    """Return whether the peer of the connection itself is one of TRUSTED_PROXIES."""
    return _is_trusted(_peer(request), tuple(settings.TRUSTED_PROXIES))


def client_address(request: HttpRequest) -> str:
    """Return the address that a request comes from: the peer's own unless that is a trusted proxy.

    A trusted proxy's X-Forwarded-For is read from its end, past further trusted proxies: what stands before the first
    stranger was written by that stranger. "unix" for a unix socket without a proxy's word, "unknown" where a trusted
    proxy's word is no address. IPv4 inside IPv6 is written as IPv4.
    """
    peer, trusted = _peer(request), tuple(settings.TRUSTED_PROXIES)
    named = request.META.get("HTTP_X_FORWARDED_FOR")
    if named is None or not _is_trusted(peer, trusted):
        return peer
    found = UNKNOWN
    for word in reversed(named.split(",")):
        address = _address(word.strip())
        if address is None:
            return UNKNOWN
        found = str(address)
        if not _is_trusted(found, trusted):
            break
    return found


class ForwardedHeaders:
    """Middleware: takes the claims of a peer that is no trusted proxy away, before anything can believe them.

    The server in front of Django may have believed a scheme already (gunicorn does from loopback): that is undone.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response
        networks_of("TRUSTED_PROXIES", (word for word in settings.TRUSTED_PROXIES if word != UNIX))

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer the request without what it may not claim."""
        if not from_trusted_proxy(request):
            if any(name in request.META for name in _SCHEMES):
                request.META["wsgi.url_scheme"] = "http"
            for name in CLAIMS:
                request.META.pop(name, None)
        return self.get_response(request)


class AllowedNetworks:
    """Middleware: 403 for whoever asks from outside ALLOWED_NETWORKS; an empty list lets in all networks."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response
        self.networks = networks_of("ALLOWED_NETWORKS", settings.ALLOWED_NETWORKS)
        if not self.networks and not settings.DEMO:
            logger.warning("ALLOWED_NETWORKS is empty: the portal answers every network that reaches it")

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer a request from an allowed network."""
        if self.networks and not inside(client_address(request), self.networks):
            logger.warning("authz_fail", extra={"fields": {"why": "network", "address": client_address(request)}})
            return _refusal(request)
        return self.get_response(request)


def _refusal(request: HttpRequest) -> HttpResponse:
    if wants_json(request):
        return JsonResponse({"schema": 1, "error": "forbidden"}, status=403)
    return HttpResponse(loader.render_to_string("403_network.html"), status=403)


def _peer(request: HttpRequest) -> str:
    """Return the peer of the connection; "unix" where it has no address, which is how servers show a unix socket."""
    address = _address(request.META.get("REMOTE_ADDR", ""))
    return UNIX if address is None else str(address)


@lru_cache(maxsize=64)
def _is_trusted(peer: str, trusted: tuple[str, ...]) -> bool:
    if peer == UNIX:
        return UNIX in trusted
    return inside(peer, networks_of("TRUSTED_PROXIES", (word for word in trusted if word != UNIX)))


def inside(address: str, networks: tuple[Network, ...]) -> bool:
    """Return whether an address, as `client_address` returns it, lies in one of the networks."""
    found = _address(address)
    return found is not None and any(found in network for network in networks)


def _address(text: str) -> IPv4Address | IPv6Address | None:
    try:
        found = ip_address(text)
    except ValueError:
        return None
    return getattr(found, "ipv4_mapped", None) or found
