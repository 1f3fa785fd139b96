"""The table of all URLs."""

from django.urls import URLPattern, URLResolver, include, path

from portal.access_log.views import log
from portal.choices import choose
from portal.jaeger_ui import views as jaeger_ui
from portal.sign_in.back_channel import back_channel_logout
from portal.sign_in.middleware import STILL
from portal.sign_in.views import callback, login, logout, signed_in, signed_out

urlpatterns: list[URLPattern | URLResolver] = [
    path("choose/", choose, name="choose"),
    path("login/", login, name="account_login"),  # this name and the next are allauth's
    path("oidc/keycloak/callback/", callback, name="openid_connect_callback"),
    path("oidc/backchannel-logout/", back_channel_logout, name="back_channel_logout"),
    path("logout/", logout, name="logout"),
    path("signed-out/", signed_out, name="signed_out"),
    path(STILL[1:], signed_in, name="signed_in"),
    path("jaeger-ui/enter/", jaeger_ui.enter, name="jaeger_ui_enter"),
    path("jaeger-ui/refused/", jaeger_ui.refused, name="jaeger_ui_refused"),
    path("jaeger-ui/check/", jaeger_ui.check, name="jaeger_ui_check"),  # these three: for nginx alone
    path("jaeger-ui/start/", jaeger_ui.start, name="jaeger_ui_start"),
    path("jaeger-ui/redeem/", jaeger_ui.redeem, name="jaeger_ui_redeem"),
    path("access-log/", log, name="access_log"),
    path("access-log.csv", log, name="access_log_csv"),
    path("", include("orders.urls")),
]

handler400, handler403 = "portal.errors.bad_request", "portal.errors.forbidden"
handler404, handler500 = "portal.errors.not_found", "portal.errors.server_error"
