"""The one settings file: every difference between places is a variable; a fresh clone starts with none."""

from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

from portal import env, log_output, refusals

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = Path(env.text("PORTAL_VAR", str(BASE_DIR / "var")))

# --- The place: production unless told otherwise; PORTAL_DEMO=True is the laptop, with known secrets. ---
DEMO = env.flag("PORTAL_DEMO", default=False)
DEBUG = False
PORTAL_URL = env.text("PORTAL_URL", "http://127.0.0.1:8300").rstrip("/")
SECRET_KEY = env.secret("SECRET_KEY") or ("demo-key-that-protects-nothing-" * 2 if DEMO else "")
SECRET_KEY_FALLBACKS = env.secret_words("SECRET_KEY_FALLBACKS")
JAEGER_URL = env.text("JAEGER_URL", "http://127.0.0.1:16686").rstrip("/")
JAEGER_UI_URL = env.text("JAEGER_UI_URL", JAEGER_URL).rstrip("/")  # as people's browsers reach it
_HOSTS = sorted({urlsplit(url).hostname or "" for url in (PORTAL_URL, JAEGER_UI_URL)})  # nginx asks for the latter
ALLOWED_HOSTS = env.words("ALLOWED_HOSTS", ",".join(_HOSTS))
SECURE = PORTAL_URL.startswith("https://")
if not SECRET_KEY:
    raise ImproperlyConfigured("SECRET_KEY (or SECRET_KEY_FILE) is not set; for a laptop without one: PORTAL_DEMO=True")

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "django_htmx",
    "portal",
    "orders",
]
MIDDLEWARE = [
    "portal.security.ResponseHeaders",  # outermost: errors and files get their headers too
    "portal.network.ForwardedHeaders",  # before anybody reads a header that only a proxy may set
    "portal.logs.RequestId",  # behind the one above: only a proxy may name a request
    "portal.ops.Health",  # before everything that can refuse or redirect a probe
    "portal.network.AllowedNetworks",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "portal.security.OwnPagesOnly",  # its page needs the two above; it answers before the session is looked at
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "portal.sign_in.middleware.KeycloakSessionMiddleware",  # who is it
    "portal.sign_in.middleware.PortalLoginRequired",  # closed unless on the list; needs the one above
    "portal.access_log.middleware.AccessLog",  # no data without a row: behind who it is, before any view
    "django_htmx.middleware.HtmxMiddleware",
    "portal.errors.MethodPages",
]
CSRF_FAILURE_VIEW = "portal.security.csrf_failure"
COOKIE_PREFIX = "__Host-" if SECURE else ""  # of every cookie: no other host can set or read it
CSRF_COOKIE_NAME = f"{COOKIE_PREFIX}csrf"
CSRF_COOKIE_SECURE = SECURE
CSRF_COOKIE_HTTPONLY = True
SECURE_SSL_REDIRECT = SECURE
ALLOWED_NETWORKS = env.words("ALLOWED_NETWORKS")  # who may ask at all; none named: every network
HEALTH_NETWORKS = env.words("HEALTH_NETWORKS", "127.0.0.0/8,::1")  # who is told why /readyz says no
DRAINING_FILE = env.text("DRAINING_FILE")  # while it exists /readyz says no; portal.serve makes it before a stop
TRUSTED_PROXIES = env.words("TRUSTED_PROXIES")  # addresses, networks, "unix"; none named: no proxy is believed
if SECURE:  # TLS ends at the proxy before the portal, which says so; portal.network drops it from anybody else
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SILENCED_SYSTEM_CHECKS = ["security.W002", "security.W004"]  # portal.security sets both headers, on errors too
ROOT_URLCONF = "portal.urls"
WSGI_APPLICATION = "portal.wsgi.application"
TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {"environment": "portal.templates.environment", "context_processors": ["portal.context.site"]},
    },
]

# --- What is remembered: SQLite, or PostgreSQL where DATABASE_HOST names one. ---
if env.text("DATABASE_HOST"):
    DATABASES = {
        "default": {
            "ENGINE": "django.db.backends.postgresql",
            "HOST": env.text("DATABASE_HOST"),
            "PORT": env.text("DATABASE_PORT", "5432"),
            "NAME": env.text("DATABASE_NAME", "orders"),
            "USER": env.text("DATABASE_USER", "orders"),
            "PASSWORD": env.secret("DATABASE_PASSWORD"),
            "CONN_MAX_AGE": 600,
            "CONN_HEALTH_CHECKS": True,
            "OPTIONS": {"connect_timeout": 3},  # a host that does not answer would hold a thread for two minutes
        },
    }
else:
    DATABASES = {
        "default": {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": env.text("DATABASE_FILE", str(VAR_DIR / "portal.sqlite3")),
            "CONN_MAX_AGE": None,
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                "timeout": 5,
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA secure_delete=ON;",
            },
        },
    }
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
SESSION_ENGINE = "portal.sign_in.session_store"  # Django's, with a cheaper look

# --- Words and times ---
LANGUAGE_CODE = "ru"
LANGUAGE_COOKIE_NAME = f"{COOKIE_PREFIX}django_language"
LANGUAGES = [("ru", "Русский"), ("en", "English")]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_TZ = True
TIME_ZONE = "UTC"
COMPANY_TIME_ZONE = env.text("COMPANY_TIME_ZONE", "Europe/Moscow")
COMPANY_TIME_ZONE_NAMES = {"ru": env.text("COMPANY_TIME_ZONE_RU", "МСК"), "en": env.text("COMPANY_TIME_ZONE_EN", "MSK")}
SEALING = "portal.sign_in.sealing"  # how the app encrypts what a browser carries but shall not show
READER_ZONE = "portal.choices.zone_of"  # what tells the app in which zone this reader wants times

# --- Logs: to stderr, one line an event, without paths and personal data: portal.log_lines ---
LOG_FORMAT = env.text("LOG_FORMAT", "text" if DEMO else "json")
if LOG_FORMAT not in {"json", "text"}:
    raise ImproperlyConfigured(f"LOG_FORMAT must be json or text, not {LOG_FORMAT!r}")
LOGGING = log_output.config(LOG_FORMAT)

# --- Static files ---
STATIC_URL = "static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = VAR_DIR / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

# --- Orders and Jaeger: read by orders.wiring ---
STAGES_FILE = env.text("STAGES_FILE", str(BASE_DIR / "orders" / "stages.toml"))
RETENTION_DAYS = env.number("RETENTION_DAYS", 14, least=1)
JAEGER_GENERATION = env.text("JAEGER_GENERATION", "auto")  # auto, v3 (Jaeger 2.19 and newer) or legacy
JAEGER_SERVICES = env.words("JAEGER_SERVICES")  # asked one by one where the storage needs it; default: stages.toml's
JAEGER_TOKEN = env.secret("JAEGER_TOKEN")
JAEGER_USER = env.text("JAEGER_USER")
JAEGER_PASSWORD = env.secret("JAEGER_PASSWORD")
JAEGER_TENANT = env.text("JAEGER_TENANT")
JAEGER_TENANT_HEADER = env.text("JAEGER_TENANT_HEADER", "x-tenant")
JAEGER_HEADERS = env.pairs("JAEGER_HEADERS")  # name=value, comma-separated
JAEGER_CA_BUNDLE = env.text("JAEGER_CA_BUNDLE")
ORDER_ATTRIBUTES = env.words("ORDER_ATTRIBUTES", "order_id")  # each more name costs a search each
STATUS_ATTRIBUTES = env.words("STATUS_ATTRIBUTES", "status")
PAGE_SOFT_SECONDS = env.number("PAGE_SOFT_SECONDS", 3, least=0.1)  # then a page shows what has come
PAGE_HARD_SECONDS = env.number("PAGE_HARD_SECONDS", 8, least=0.1)  # if nothing has, then it says so
PSEUDONYM_KEYS = env.secret_words("PSEUDONYM_KEYS") or (["demo-key-of-pseudonyms"] if DEMO else [])  # newest first
ID_PATTERNS = {  # what ids look like here; several of one kind are separated by spaces: {1,6} holds a comma
    kind: env.text(f"{kind.upper()}_ID_PATTERNS").split() for kind in ("order", "partner", "customer", "model")
}
VOCABULARY_FILE = env.text("VOCABULARY_FILE")  # more words that are safe to show: docs/masking.md
if not PSEUDONYM_KEYS:
    raise ImproperlyConfigured("PSEUDONYM_KEYS (or PSEUDONYM_KEYS_FILE) is not set: customers could not be masked")
if JAEGER_GENERATION not in {"auto", "v3", "legacy"}:
    raise ImproperlyConfigured(f"JAEGER_GENERATION must be auto, v3 or legacy, not {JAEGER_GENERATION!r}")

# --- Keycloak: read by portal.sign_in ---
KEYCLOAK_URL = env.text("KEYCLOAK_URL", "http://127.0.0.1:8180").rstrip("/")
KEYCLOAK_REALM = env.text("KEYCLOAK_REALM", "alexandrite")
KEYCLOAK_BACK_URL = env.text("KEYCLOAK_BACK_URL").rstrip("/")  # where the portal itself reaches Keycloak, if elsewhere
PLAIN_HTTP_HOSTS = env.words("PLAIN_HTTP_HOSTS")  # where secrets may go without TLS: a network that is ours alone
KEYCLOAK_CLIENT_ID = env.text("KEYCLOAK_CLIENT_ID", "order-portal")
KEYCLOAK_CLIENT_SECRET = env.secret("KEYCLOAK_CLIENT_SECRET") or ("demo-client-secret" if DEMO else "")
KEYCLOAK_CA_BUNDLE = env.text("KEYCLOAK_CA_BUNDLE")
KEYCLOAK_ROLES_FROM = env.text("KEYCLOAK_ROLES_FROM", "realm")
KEYCLOAK_RECHECK_SECONDS = env.number("KEYCLOAK_RECHECK_SECONDS", 300, least=1)  # roles are never older than this
KEYCLOAK_GRACE_SECONDS = env.number("KEYCLOAK_GRACE_SECONDS", 900)  # but for this much more while Keycloak is down
ROLE_SUPPORT = env.text("ROLE_SUPPORT", "support")
ROLE_DEVOPS = env.text("ROLE_DEVOPS", "devops")
ROLE_DEVELOPER = env.text("ROLE_DEVELOPER", "developer")
JAEGER_UI_ROLES = env.words("JAEGER_UI_ROLES", "support,devops,developer")  # the portal's words, not the realm's
ROLE_CONTACT = env.text("ROLE_CONTACT")  # whom to ask for a role, as it shall be read: "the service desk, ext. 100"
SESSION_IDLE_SECONDS = env.number("SESSION_IDLE_SECONDS", 3600, least=60)
SESSION_MAX_SECONDS = env.number("SESSION_MAX_SECONDS", 36000, least=60)
if not KEYCLOAK_CLIENT_SECRET:
    raise ImproperlyConfigured("KEYCLOAK_CLIENT_SECRET (or KEYCLOAK_CLIENT_SECRET_FILE) is not set")
if KEYCLOAK_ROLES_FROM not in {"realm", "client"}:
    raise ImproperlyConfigured(f"KEYCLOAK_ROLES_FROM must be realm or client, not {KEYCLOAK_ROLES_FROM!r}")
if len({ROLE_SUPPORT, ROLE_DEVOPS, ROLE_DEVELOPER}) != 3:
    raise ImproperlyConfigured("ROLE_SUPPORT, ROLE_DEVOPS and ROLE_DEVELOPER must be three different names")
if not set(JAEGER_UI_ROLES) <= {"support", "devops", "developer"}:
    raise ImproperlyConfigured(f"JAEGER_UI_ROLES must be among support, devops and developer: {JAEGER_UI_ROLES}")

# --- Access log and limits: read by portal.access_log ---
ACCESS_LOG_DAYS = env.number("ACCESS_LOG_DAYS", 14, least=1)  # then `manage.py purge_access_log` removes a row
RATE_PAGES_PER_MINUTE = env.number("RATE_PAGES_PER_MINUTE", 120, least=1)  # for each person, as the next four
RATE_SEARCHES_PER_MINUTE = env.number("RATE_SEARCHES_PER_MINUTE", 60, least=1)  # searches and lists
RATE_EXPORTS_PER_HOUR = env.number("RATE_EXPORTS_PER_HOUR", 60, least=1)  # CSV, and lists as JSON
RATE_REFRESHES_PER_MINUTE = env.number("RATE_REFRESHES_PER_MINUTE", 240, least=1)  # of pages that stand open
RATE_JAEGER_PER_MINUTE = env.number("RATE_JAEGER_PER_MINUTE", 300, least=1)  # of Jaeger's UI, whose pages ask much

# --- Sign-in: Keycloak and nothing else ---
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
AUTHENTICATION_BACKENDS = ["portal.sign_in.backends.KeycloakOnlyBackend"]
ACCOUNT_ADAPTER = "portal.sign_in.adapters.AccountAdapter"
SOCIALACCOUNT_ADAPTER = "portal.sign_in.adapters.SocialAdapter"
SOCIALACCOUNT_ONLY = True
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_UNIQUE_EMAIL = False  # baked into allauth's first migrations: it cannot be changed later
SOCIALACCOUNT_EMAIL_AUTHENTICATION = False
SOCIALACCOUNT_STORE_TOKENS = False
SOCIALACCOUNT_QUERY_EMAIL = False
SESSION_COOKIE_NAME = f"{COOKIE_PREFIX}session"
SESSION_COOKIE_SECURE = SECURE
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"  # Strict would lose the session on the way back from Keycloak
SESSION_COOKIE_AGE = int(SESSION_MAX_SECONDS)

refusals.demand(globals())  # last: known or weak secrets and open connections end the start here
