"""The few pages of the sign-in itself: no role, Keycloak away, try again, signed out."""

from collections.abc import Mapping

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import add_never_cache_headers

from portal.sign_in.next_url import with_next
from portal.sign_in.people import role_names

HINT_KEY = "sign_in_hint"  # in the Django session: the sealed ID token of somebody without a role


def no_role(request: HttpRequest, who: str) -> HttpResponse:
    """403: signed in at Keycloak as `who`, without any of the three roles."""
    context = {"who": who, "roles": list(role_names().values()), "contact": settings.ROLE_CONTACT}
    return _page(request, "no_role", 403, context)


def unavailable(request: HttpRequest, wanted: str) -> HttpResponse:
    """503: Keycloak does not answer, so nobody can be let in; `wanted` is where "try again" leads."""
    response = _page(request, "unavailable", 503, {"again": with_next("account_login", wanted)})
    response.headers["Retry-After"] = "10"
    return response


def try_again(request: HttpRequest, wanted: str, *, cancelled: bool = False) -> HttpResponse:
    """401: the sign-in did not come to an end; never redirects by itself, which could loop."""
    return _page(request, "try_again", 401, {"again": with_next("account_login", wanted), "cancelled": cancelled})


def signed_out(request: HttpRequest, wanted: str, *, keycloak_lives: bool = False) -> HttpResponse:
    """200: signed out here; `keycloak_lives` where Keycloak could not be told."""
    context = {"again": with_next("account_login", wanted), "keycloak_lives": keycloak_lives}
    return _page(request, "signed_out", 200, context)


def _page(request: HttpRequest, name: str, status: int, context: Mapping[str, object]) -> HttpResponse:
    response = render(request, f"sign_in/{name}.html", dict(context), status=status)
    add_never_cache_headers(response)
    return response
