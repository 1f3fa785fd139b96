"""Where a person wanted to go: a path of this site, kept through the sign-in byte for byte, never anything else."""

import re
from urllib.parse import urlsplit

from django.http import HttpRequest
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme, urlencode

from orders.views.addresses import name_of, understood
from portal.access_log.filters import shared
from portal.jaeger_ui.refusals import kept as kept_of_refusal

_LONGEST = 4000
_ODD = re.compile(r"[\\\x00-\x20\x7f-\xa0]")
_REFUSED = "jaeger_ui_refused"
_LOG = {"access_log", "access_log_csv"}
_LOOPS = ("/login/", "/logout/", "/oidc/", "/signed-out/")


def safe_next(wanted: str | None) -> str:
    """Return the path with its query as it came, or "/" where it is not plainly a page of this site."""
    text = wanted or "/"
    plain = text.startswith("/") and not text.startswith("//") and len(text) <= _LONGEST and not _ODD.search(text)
    if plain and url_has_allowed_host_and_scheme(text, allowed_hosts=None) and not text.startswith(_LOOPS):
        return text
    return "/"


def own_page(wanted: str | None) -> str:
    """Return what is left of `safe_next` when only what pages read of an address is kept; "/" for no address here.

    An address waits in the session while its reader signs in: what anybody wrote into it is not kept there. The site's
    own addresses stay as they are; but of the access log's filter the person is left out, and of Jaeger's page that was
    refused what was searched for, and of both what cannot be read.
    """
    plain = safe_next(wanted)
    path, _, query = plain.partition("?")
    name = name_of(path)
    if name in _LOG or name == _REFUSED:
        kept = shared(query) if name in _LOG else kept_of_refusal(query)
        return f"{path}?{kept}" if kept else path
    return understood(plain) if name.startswith("orders:") or not name else plain


def page_of(request: HttpRequest) -> str:
    """Return the page a request belongs to: itself, the page around a fragment, or "/" for an unsafe method."""
    if request.headers.get("HX-Request"):
        return _path_here(request, request.headers.get("HX-Current-URL", ""))
    if request.method in {"GET", "HEAD"}:
        return own_page(request.get_full_path())
    return _path_here(request, request.headers.get("Referer", ""))


def with_next(view_name: str, wanted: str) -> str:
    """Return the view's address carrying where to go afterwards."""
    path = reverse(view_name)
    return path if wanted == "/" else f"{path}?{urlencode({'next': wanted})}"


def _path_here(request: HttpRequest, url: str) -> str:
    try:
        parts = urlsplit(url)
    except ValueError:
        return "/"
    if parts.netloc != request.get_host():
        return "/"
    return own_page(parts.path + (f"?{parts.query}" if parts.query else ""))
