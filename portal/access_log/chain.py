"""Chain: each row of a person is sealed with a key and with the seal of that person's row before it.

One chain a person, because the limits already serialise a person's rows and nothing else has to wait; see
docs/adr/0015. The key comes from SECRET_KEY: whoever can write to the database alone cannot make a seal.
"""

import hmac
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import lru_cache
from typing import Protocol

from django.conf import settings


class Sealed(Protocol):
    """What of a row is sealed: everything but its number in the table and the seal itself."""

    person: str
    seq: int
    at: datetime
    username: str
    roles: str
    session: str
    kind: str
    form: str
    meter: str
    cost: int
    ids: str
    more: int
    address: str
    request_id: str


def seal(row: Sealed, before: str, key: bytes) -> str:
    """Return the seal of a row, 64 hex digits; `before` is the seal of the person's row before it, "" for none."""
    at = row.at.astimezone(UTC).isoformat(timespec="microseconds")
    parts = [before, row.person, row.seq, at, row.username, row.roles, row.session, row.kind, row.form, row.meter,
             row.cost, row.ids, row.more, row.address, row.request_id]  # fmt: skip
    return hmac.digest(key, json.dumps(parts).encode(), "sha256").hex()


def current_key() -> bytes:
    """Return the key that new rows are sealed with."""
    return _key(settings.SECRET_KEY)


def all_keys() -> Iterator[bytes]:
    """Yield the current key and those of SECRET_KEY_FALLBACKS, which older rows may be sealed with."""
    for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS):
        yield _key(secret)


@lru_cache(maxsize=8)
def _key(secret: str) -> bytes:
    return hmac.digest(secret.encode(), b"portal.access_log", "sha256")
