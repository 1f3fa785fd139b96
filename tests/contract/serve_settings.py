"""The real settings with one slow page more: what the servers of the restart test serve."""

import os

os.environ.setdefault("PORTAL_DEMO", "True")

from portal.settings import *  # noqa: F403, TID251

ROOT_URLCONF = "tests.contract.slow_urls"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_AUTOREFRESH = True
