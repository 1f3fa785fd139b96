"""Reader: who is asking, and in which language, zone and depth the answer is given."""

from collections.abc import Callable
from functools import cache
from typing import Protocol

from django.conf import settings
from django.http import HttpRequest
from django.utils.module_loading import import_string
from django.utils.translation import get_language

from orders import wiring
from orders.pages.reader import Reader
from orders.wording.times import Zone


class Person(Protocol):
    """Who is signed in, as far as a page minds (the site's `request.portal_user`)."""

    @property
    def sub(self) -> str:
        """Return the person's lasting id."""
        ...

    @property
    def sees_codes(self) -> bool:
        """Return whether codes, queues and spans are for this person."""
        ...


def person_of(request: HttpRequest) -> Person | None:
    """Return who is signed in, None where nobody is."""
    person: Person | None = getattr(request, "portal_user", None)
    return person


def reader_of(request: HttpRequest) -> Reader:
    """Return the reader of a request."""
    person = person_of(request)
    return Reader(
        language="en" if (get_language() or "ru").startswith("en") else "ru",
        zone=_zone_of()(request),
        codes=person is not None and person.sees_codes,
        table=wiring.table(),
        links=wiring.links(),
        patterns=wiring.patterns(),
        policy=wiring.policy(),
        site=settings.PORTAL_URL,
    )


@cache
def _zone_of() -> Callable[[HttpRequest], Zone]:
    found: Callable[[HttpRequest], Zone] = import_string(settings.READER_ZONE)
    return found
