"""allauth made strict: one provider from the settings, verified tokens, a session row at the end."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialApp, SocialLogin
from allauth.socialaccount.providers.base.constants import AuthError
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from requests import Session

from portal.sign_in import events, grants, pages, realm, rows, sealing, tokens
from portal.sign_in.errors import GrantOverError, TokenRefusedError
from portal.sign_in.next_url import safe_next
from portal.sign_in.pages import HINT_KEY
from portal.sign_in.people import is_demo_person, names_in, roles_in

PROVIDER_ID = "keycloak"
NEXT_KEY = "sign_in_next"  # where the last sign-in that was begun here leads


def callback_url() -> str:
    """Return the redirect URI; from the settings, so that no Host header can bend it."""
    return f"{settings.PORTAL_URL}{reverse('openid_connect_callback')}"


class KeycloakAdapter(OpenIDConnectOAuth2Adapter):  # type: ignore[misc]
    """The browser flow: allauth's state and PKCE, our addresses, exchange and verification."""

    @property
    def openid_config(self) -> dict[str, str]:
        """The cached discovery document, its issuer pinned."""
        return {"authorization_endpoint": realm.endpoints().authorization, "token_endpoint": ""}

    def get_callback_url(self, request: HttpRequest, app: SocialApp) -> str:
        """Return the one redirect URI."""
        return callback_url()

    def get_access_token_data(
        self, request: HttpRequest, app: SocialApp, client: object, pkce_code_verifier: str | None = None
    ) -> dict[str, Any]:
        """Exchange the code; raises TokenRefusedError where it is used or foreign."""
        try:
            found = grants.exchange(request.GET["code"], pkce_code_verifier or "", callback_url())
        except GrantOverError as error:
            raise TokenRefusedError("code", "the code is used, expired or of another sign-in") from error
        return {"access_token": found.access, "refresh_token": found.refresh, "grant": found}

    def complete_login(self, request: HttpRequest, app: SocialApp, token: object, **kwargs: Any) -> SocialLogin:
        """Verify both tokens and hand on the little that allauth needs to know about the person."""
        found: grants.Tokens = kwargs["response"]["grant"]
        verified = tokens.verify_grant(found)
        username, name = names_in(verified.identity)
        profile = {"sub": verified.identity["sub"], "preferred_username": username, "name": name}
        login = self.get_provider().sociallogin_from_response(request, {"id_token": profile})
        login.verified, login.tokens = verified, found
        return login


class SocialAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]
    """The gate: who comes back from Keycloak, and whether they may come in."""

    def list_apps(self, request: HttpRequest, provider: str | None = None, client_id: str | None = None) -> list[Any]:
        """Return the one app, from the settings and never from the database."""
        return [
            SocialApp(
                provider="openid_connect",
                provider_id=PROVIDER_ID,
                name="Keycloak",
                client_id=settings.KEYCLOAK_CLIENT_ID,
                settings={"server_url": realm.issuer(), "oauth_pkce_enabled": True, "scope": ["openid", "profile"]},
            )
        ]

    def get_provider(self, request: HttpRequest, provider: str, client_id: str | None = None) -> Any:
        """Return the provider with our adapter in the place of allauth's."""
        found = super().get_provider(request, provider, client_id)
        found.oauth2_adapter_class = KeycloakAdapter
        return found

    def get_requests_session(self) -> Session:
        """Return a session with time-outs and without proxies, for whatever allauth still asks itself."""
        return realm.asking_session()

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        """Everybody who passed the gate may be remembered."""
        return True

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Check that this is the sign-in that was begun here and that a role is there."""
        state, verified = sociallogin.state, sociallogin.verified
        nonce = (state.get("data") or {}).get("nonce")
        if state.get("process") != "login" or not nonce:
            raise TokenRefusedError("state", "not a sign-in that began at /login/")
        if is_demo_person(str(verified.access["sub"])):
            raise TokenRefusedError("demo_person", "a person of the demo's realm, whose password everybody knows")
        if not constant_time_compare(str(verified.identity.get("nonce", "")), nonce):
            raise TokenRefusedError("nonce", "the ID token answers another sign-in")
        username, name = names_in(verified.identity)
        if not roles_in(verified.access):
            events.no_role(str(verified.access["sub"]))
            request.session[HINT_KEY] = sealing.seal(sociallogin.tokens.identity)
            raise ImmediateHttpResponse(pages.no_role(request, name or username))
        rows.end_of_key(request.session.session_key)  # signing in again: the old session is replaced

    def on_authentication_error(
        self,
        request: HttpRequest,
        provider: object,
        error: str | None = None,
        exception: Exception | None = None,
        extra_context: dict[str, Any] | None = None,
    ) -> None:
        """Answer with a page of our own; the back button after a sign-in simply leads home."""
        state, cancelled = (extra_context or {}).get("state"), error == AuthError.CANCELLED
        events.not_signed_in(_reason(request, state))
        if not state and getattr(request, "portal_user", None):
            raise ImmediateHttpResponse(HttpResponseRedirect("/"))
        wanted = safe_next((state or {}).get("next") or request.session.get(NEXT_KEY))
        raise ImmediateHttpResponse(pages.try_again(request, wanted, cancelled=cancelled))


def _reason(request: HttpRequest, state: object) -> str:
    """Return why a callback came to nothing: no such state in this browser, or what Keycloak answered."""
    if not state:
        return "state"
    said = request.GET.get("error", "")
    return said if said in events.ANSWERS else "answer"


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """What allauth does around a login, reduced to a session row and a redirect."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Nobody signs up here."""
        return False

    def add_message(self, *args: object, **kwargs: object) -> None:
        """Say nothing: the page that the person wanted is the message."""

    def send_mail(self, *args: object, **kwargs: object) -> None:
        """Send nothing: the portal keeps no e-mail addresses."""

    def respond_user_inactive(self, request: HttpRequest, user: AbstractBaseUser) -> HttpResponse:
        """Answer somebody who was switched off here as somebody without a role."""
        return pages.no_role(request, user.get_username())

    def post_login(self, request: HttpRequest, user: AbstractBaseUser, **kwargs: Any) -> HttpResponse:
        """Open the session row (the session key is the new one by now) and go where the person wanted to go."""
        sociallogin: SocialLogin = kwargs["signal_kwargs"]["sociallogin"]
        request.session.pop(HINT_KEY, None)
        request.session.pop(NEXT_KEY, None)
        request.session.save()
        verified, found = sociallogin.verified, sociallogin.tokens
        events.signed_in(rows.open_row(request.session.session_key or "", user, verified, found, timezone.now()))
        return HttpResponseRedirect(safe_next(sociallogin.state.get("next")))
