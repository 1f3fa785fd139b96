"""The written list of what is open to people who are not signed in. Whatever is not here is closed."""

OPEN_URLS = frozenset(
    {
        "account_login",  # /login/: the way to Keycloak
        "openid_connect_callback",  # /oidc/keycloak/callback/: the way back
        "back_channel_logout",  # /oidc/backchannel-logout/: Keycloak itself, proved by its signature
        "logout",  # /logout/: also for somebody whose session has just ended, or who has no role
        "signed_out",  # /signed-out/: where Keycloak sends the browser after a logout
        "signed_in",  # /signed-in/: whether the reader of an open page is still signed in; yes or no and nothing else
        "choose",  # language and zone of the pages above
        "jaeger_ui_check",  # these three judge the pass themselves, and are 404 for all but nginx
        "jaeger_ui_start",
        "jaeger_ui_redeem",
    }
)
