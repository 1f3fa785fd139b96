"""The real settings, made fast and deaf."""

import os

from jinja2 import StrictUndefined

os.environ["PORTAL_DEMO"] = "True"

from portal.settings import *

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:", "OPTIONS": {"timeout": 5}}}
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_AUTOREFRESH = True  # no collected files are needed, nor warned about
RATE_PAGES_PER_MINUTE = RATE_SEARCHES_PER_MINUTE = RATE_EXPORTS_PER_HOUR = RATE_REFRESHES_PER_MINUTE = 1_000_000
RATE_JAEGER_PER_MINUTE = 1_000_000
JAEGER_URL = "http://127.0.0.1:9"  # nothing listens there: a test that needs Jaeger brings its own
TEMPLATES[0]["OPTIONS"] |= {"undefined": StrictUndefined}  # a variable that nobody gave fails the test
