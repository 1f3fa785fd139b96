"""The table of all URLs."""

from django.urls import URLPattern, URLResolver, include, path

from portal.choices import choose
from portal.sign_in.back_channel import back_channel_logout
from portal.sign_in.views import callback, login, logout, signed_out

urlpatterns: list[URLPattern | URLResolver] = [
    path("choose/", choose, name="choose"),
    path("login/", login, name="account_login"),  # this name and the next are allauth's
    path("oidc/keycloak/callback/", callback, name="openid_connect_callback"),
    path("oidc/backchannel-logout/", back_channel_logout, name="back_channel_logout"),
    path("logout/", logout, name="logout"),
    path("signed-out/", signed_out, name="signed_out"),
    path("", include("orders.urls")),
]

handler400, handler403 = "portal.errors.bad_request", "portal.errors.forbidden"
handler404, handler500 = "portal.errors.not_found", "portal.errors.server_error"
