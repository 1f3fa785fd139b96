"""The session store: Django's own, but for the reading of a session, which is one plain statement.

Django builds that query anew for every request, at ten times the price of its answer.
"""

import re
from typing import Any, Final

from django.contrib.sessions.backends import db
from django.db import connections, router
from django.utils import timezone

KEY: Final = re.compile("[0-9a-z]{8,40}", re.ASCII)  # what SessionBase makes keys of; no other was ever stored


class SessionStore(db.SessionStore):
    """Sessions in the database: each request reads them, so that who was signed out is out at once."""

    def load(self) -> dict[str, Any]:
        """Return what a session holds; empty, and without its key, where none of that key is good."""
        data = self._data(self.session_key or "")
        if data is None:
            self._session_key = None
            return {}
        return self.decode(data)

    def _data(self, key: str) -> str | None:
        if not KEY.fullmatch(key):
            return None
        connection = connections[router.db_for_read(self.model) or "default"]
        now = connection.ops.adapt_datetimefield_value(timezone.now())
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT session_data FROM django_session WHERE session_key = %s AND expire_date > %s", [key, now]
            )
            found = cursor.fetchone()
        return None if found is None else str(found[0])
