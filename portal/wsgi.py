"""The server's door. What every request needs is loaded before the first one comes, and left alone by the collector."""

import gc
import os
from typing import Final

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

from portal import log_output

# New objects before the youngest are looked through for garbage: a page makes thousands and frees all but a few, so
# Python's own 700 looks through them in vain several times a page.
THRESHOLDS: Final = (20_000, 20, 20)

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")

log_output.take_over()
application = get_wsgi_application()
get_resolver().url_patterns  # noqa: B018 - imports every view now: the first reader shall not wait for that
from orders import wiring  # noqa: E402 - the settings have to be there first
from portal import database, templates  # noqa: E402
from portal.access_log import grants  # noqa: E402

database.hurry()
grants.tell()
wiring.warm()  # also stops a start with a wrong stage table: gunicorn runs no system checks
templates.warm()  # half a second, once per worker
gc.collect()
gc.freeze()
gc.set_threshold(*THRESHOLDS)
