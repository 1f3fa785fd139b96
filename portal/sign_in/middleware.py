"""Every request passes here: who it is, whether the sign-in is still good, whether the URL is open at all."""

from collections.abc import Callable
from typing import Any, Final

from django.contrib.auth import logout
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.utils import timezone
from django.utils.cache import add_never_cache_headers, patch_vary_headers

from portal.models import KeycloakSession
from portal.sign_in import events, pages, recheck, rows
from portal.sign_in.backends import met
from portal.sign_in.next_url import page_of, with_next
from portal.sign_in.open_urls import OPEN_URLS
from portal.sign_in.pages import HINT_KEY
from portal.sign_in.people import PortalUser
from portal.sign_in.recheck import Standing

STILL: Final = "/signed-in/"  # what an open page asks by itself


def portal_user(request: HttpRequest) -> PortalUser | None:
    """Return who is signed in; None for nobody. `request.portal_user` typed."""
    return getattr(request, "portal_user", None)


def is_live_refresh(request: HttpRequest) -> bool:
    """Tell whether a page asked by itself (X-Live-Refresh: 1, or STILL), which says nothing about a person there."""
    return request.headers.get("X-Live-Refresh") == "1" or request.path_info == STILL


class KeycloakSessionMiddleware:
    """Sets `request.portal_user` from the session row; a Django session without a live row is ended."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Meet the person, then answer."""
        _meet(request)
        return self.get_response(request)


class PortalLoginRequired(LoginRequiredMiddleware):
    """Closes every URL that is not on OPEN_URLS, whatever its view says of itself; re-checks those who are in."""

    def process_view(
        self,
        request: HttpRequest,
        view_func: Callable[..., Any],
        view_args: Any,
        view_kwargs: Any,
    ) -> HttpResponseBase | None:
        """Return None to let the request through, or the answer for who may not."""
        if request.resolver_match is not None and request.resolver_match.view_name in OPEN_URLS:
            return None
        row: KeycloakSession | None = getattr(request, "keycloak_row", None)
        if row is None:
            return self.handle_no_permission(request, view_func)
        found = recheck.standing(row, timezone.now(), live=is_live_refresh(request)) if row.roles else Standing.NO_ROLE
        if found in {Standing.IN, Standing.GRACE}:
            _welcome(request, row, in_grace=found is Standing.GRACE)
            return None
        return self._turn_away(request, view_func, row, found)

    def handle_no_permission(self, request: HttpRequest, view_func: Any) -> HttpResponse:  # type: ignore[override]
        """Send a page to /login/, a fragment's page likewise; a live refresh may not sign anybody in again."""
        if is_live_refresh(request):
            return _hx_redirect(with_next("signed_out", page_of(request)))
        target = with_next("account_login", page_of(request))
        if request.headers.get("HX-Request"):
            return _hx_redirect(target)
        answer = HttpResponseRedirect(target)
        add_never_cache_headers(answer)
        return answer

    def _turn_away(self, request: HttpRequest, view_func: Any, row: KeycloakSession, found: Standing) -> HttpResponse:
        request.portal_user = None  # type: ignore[attr-defined]
        if found is Standing.PAUSED:
            return HttpResponse(status=401, headers={"X-Live-Refresh": "paused", "Cache-Control": "no-store"})
        if found is Standing.UNKNOWN:
            return pages.unavailable(request, page_of(request))
        logout(request)
        if found is Standing.NO_ROLE and not request.headers.get("HX-Request"):
            request.session[HINT_KEY] = row.id_token  # sealed; makes "sign in as someone else" one click
            return pages.no_role(request, row.name)
        return self.handle_no_permission(request, view_func)


def _meet(request: HttpRequest) -> None:
    request.portal_user = request.keycloak_row = None  # type: ignore[attr-defined]
    key_before = request.session.session_key
    row = rows.of_key(key_before)
    with met(row.user if row else None):
        if not request.user.is_authenticated:
            return
    now, key = timezone.now(), request.session.session_key
    if key_before and key and key != key_before:  # Django renews the key when SECRET_KEY was changed
        rows.move(key_before, key)
    if row is None or row.user_id != request.user.pk:
        events.not_believed("other_person" if row else "no_row")
        logout(request)
        return
    if not rows.still_live(row, now):
        events.ended(row, "time")
        logout(request)
        return
    _welcome(request, row, in_grace=False)
    if not is_live_refresh(request):
        rows.touch(row, now)


def _welcome(request: HttpRequest, row: KeycloakSession, *, in_grace: bool) -> None:
    request.keycloak_row = row  # type: ignore[attr-defined]
    request.portal_user = rows.person_of(row, in_grace=in_grace)  # type: ignore[attr-defined]


def _hx_redirect(target: str) -> HttpResponse:
    answer = HttpResponse(status=401, headers={"HX-Redirect": target, "Cache-Control": "no-store"})
    patch_vary_headers(answer, ["HX-Request"])
    return answer
