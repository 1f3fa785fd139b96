"""The real settings with the closed page of the sign-in tests: what gunicorn serves in the parallel test."""

import os

os.environ.setdefault("PORTAL_DEMO", "True")

from portal.settings import *  # noqa: F403, TID251

ROOT_URLCONF = "tests.portal.closed_page_urls"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_AUTOREFRESH = True
