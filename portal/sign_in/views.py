"""The browser's side of the sign-in: to Keycloak, back from it, and out."""

import logging
from contextlib import suppress

from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView
from django.conf import settings
from django.contrib.auth import logout as end_django_session
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.crypto import get_random_string
from django.utils.http import urlencode
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from portal.sign_in import events, keys, pages, realm, rows, sealing, tokens
from portal.sign_in.adapters import NEXT_KEY, PROVIDER_ID, KeycloakAdapter
from portal.sign_in.errors import KeycloakUnavailableError, SignInError, TokenRefusedError
from portal.sign_in.middleware import portal_user
from portal.sign_in.next_url import own_page
from portal.sign_in.pages import HINT_KEY
from portal.sign_in.people import is_mark_of

logger = logging.getLogger("portal.sign_in")

_CLEARED = '"cache", "storage"'  # "cookies" would also clear Keycloak's and the language, host-wide


@never_cache
@require_GET
def login(request: HttpRequest) -> HttpResponse:
    """Send the browser to Keycloak; only `next` is read from the request, and only as a path of this site."""
    wanted = own_page(request.GET.get("next"))
    if portal_user(request):
        return HttpResponseRedirect(wanted)
    nonce, state = get_random_string(32), get_random_string(32)  # 190 bits each; allauth's own state has 95
    try:
        realm.endpoints(fresh=True)
        provider = get_adapter(request).get_provider(request, PROVIDER_ID)
        request.session[NEXT_KEY] = wanted
        answer: HttpResponse = provider.redirect(
            request,
            process="login",
            next_url=wanted,
            data={"nonce": nonce},
            auth_params={"nonce": nonce},
            state_id=state,
        )
    except KeycloakUnavailableError as error:
        events.not_signed_in("keycloak", str(error))
        return pages.unavailable(request, wanted)
    return answer


@never_cache
@require_GET
def callback(request: HttpRequest) -> HttpResponse:
    """Take the code that the browser brings back; any doubt is a page, never an error."""
    wanted = own_page(request.session.get(NEXT_KEY))
    if request.GET.get("iss", realm.issuer()) != realm.issuer():
        events.not_signed_in("issuer", "the answer is another issuer's (RFC 9207)")
        return pages.try_again(request, wanted)
    try:
        answer: HttpResponse = OAuth2CallbackView.adapter_view(KeycloakAdapter(request, PROVIDER_ID))(request)
    except KeycloakUnavailableError as error:
        events.not_signed_in("keycloak", str(error))
        return pages.unavailable(request, wanted)
    except TokenRefusedError as error:
        events.not_signed_in(error.reason, str(error))
        return pages.try_again(request, wanted)
    return answer


@never_cache
@require_POST
def logout(request: HttpRequest) -> HttpResponse:
    """End the session here first, then Keycloak's; where Keycloak is away, say so on a page."""
    hint = _id_token(request)
    row = getattr(request, "keycloak_row", None)
    if row is not None:
        events.ended(row, "logout")
    rows.end_of_key(request.session.session_key)
    end_django_session(request)
    request.portal_user = request.keycloak_row = None  # type: ignore[attr-defined]
    try:
        answer: HttpResponse = HttpResponseRedirect(_end_session_url(hint))
    except KeycloakUnavailableError as error:
        logger.warning("signed out here only: %s", error)
        answer = pages.signed_out(request, "/", keycloak_lives=True)
    answer.headers["Clear-Site-Data"] = _CLEARED
    return answer


@never_cache
@require_GET
def signed_out(request: HttpRequest) -> HttpResponse:
    """Say that this browser is signed out; open to all, so that signing out cannot loop."""
    return pages.signed_out(request, own_page(request.GET.get("next")))


@never_cache
@require_GET
def signed_in(request: HttpRequest) -> HttpResponse:
    """Answer an open page whether its reader (X-Reader, as `mark_of` has it) is still signed in: 204, or 401.

    Without the header it is 401: no link or window of another site can set one, and none is to learn who is signed in.
    """
    person = portal_user(request)
    still = person is not None and is_mark_of(person.sub, request.headers.get("X-Reader", ""))
    return HttpResponse(status=204 if still else 401)


def _id_token(request: HttpRequest) -> str:
    row = getattr(request, "keycloak_row", None)
    sealed = row.id_token if row else request.session.get(HINT_KEY, "")
    try:
        return sealing.unseal(sealed) if sealed else ""
    except SignInError:
        return ""


def _end_session_url(hint: str) -> str:
    """Return Keycloak's logout address; raises KeycloakUnavailableError where nobody would answer there.

    A hint signed with a key that the realm has withdrawn would be a dead end (400): without it Keycloak asks.
    """
    ring = keys.ring()
    ring.renew()
    query = {
        "client_id": settings.KEYCLOAK_CLIENT_ID,
        "post_logout_redirect_uri": f"{settings.PORTAL_URL}{reverse('signed_out')}",
    }
    with suppress(TokenRefusedError):  # a stored token that can no longer be read: Keycloak asks, as without one
        if hint and ring.knows(tokens.kid_of(hint)):
            query["id_token_hint"] = hint
    return f"{realm.endpoints().end_session}?{urlencode(query)}"
