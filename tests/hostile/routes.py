"""Every route of the site as the resolver knows it, and an address for each that its patterns accept."""

import re
from collections.abc import Iterator
from typing import Final

from django.urls import URLPattern, URLResolver, get_resolver

ORDER, PARTNER, MODEL = "ORD-20398", "P-77", "M-1043"  # those of tests.orders.conftest
EXAMPLES: Final = {"order": ORDER, "partner": PARTNER, "model": MODEL, "int": "1", "str": "x"}
METHODS: Final = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE")


def routes(resolver: URLResolver | None = None, before: str = "") -> Iterator[str]:
    """Yield every route, such as "orders/<order:order_id>/"."""
    for one in (resolver or get_resolver()).url_patterns:
        route = before + str(one.pattern)
        if isinstance(one, URLResolver):
            yield from routes(one, route)
        else:
            assert isinstance(one, URLPattern)
            yield route


def address(route: str) -> str:
    """Return an address that a route matches."""
    return "/" + re.sub(r"<(?:(\w+):)?\w+>", lambda found: EXAMPLES[found[1] or "str"], route)
