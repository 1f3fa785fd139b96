"""What every page's frame may see: language, zone, reader, path, address, and which choices are pressed."""

from typing import Any, Final

from django.conf import settings
from django.http import HttpRequest
from django.template.backends.utils import csrf_input
from django.utils.functional import SimpleLazyObject
from django.utils.translation import get_language, pgettext_lazy

from orders.views.addresses import understood_of
from portal.choices import company_zone, keys_of, zone_of
from portal.logs import request_id
from portal.sign_in.people import mark_of

_ROLES: Final = {
    "developer": pgettext_lazy("role", "Developer"),
    "devops": pgettext_lazy("role", "DevOps"),
    "support": pgettext_lazy("role", "Support"),
}  # the widest first: its word stands in the bar


def site(request: HttpRequest) -> dict[str, Any]:
    """Return the frame's variables.

    `user` is the signed-in person (request.portal_user) or None; `path` is where a choice leads back to: the page
    itself when it was read, home when it was the answer to a form or to Keycloak; `address` is the whole URL, for
    paper; `reader` is by what a page knows again whose it is. Path and address hold what the page understood of the
    address and nothing else. These names are the frame's: a view's variable of the same name is not seen.
    """
    path = understood_of(request) if _was_read(request) else "/"
    user = getattr(request, "portal_user", None)
    lang = (get_language() or "ru")[:2]
    return {
        "csrf_input": SimpleLazyObject(lambda: csrf_input(request)),  # one for all forms of a page: each costs a mask
        "lang": lang,
        "zone": zone_of(request),
        "company_zone": company_zone().names.get(lang, "UTC"),
        "keys": keys_of(request),
        "user": user,
        "reader": mark_of(user.sub) if user else "",
        "idle": round(settings.SESSION_IDLE_SECONDS),
        "request_id": request_id(),
        "role_words": [str(word) for role, word in _ROLES.items() if user and role in user.roles],
        "path": path,
        "address": f"{settings.PORTAL_URL}{path}" if path != "/" else "",
    }


def _was_read(request: HttpRequest) -> bool:
    """Return whether the address can be read again: no answer to a form, and no used-up code from Keycloak."""
    return request.method in {"GET", "HEAD"} and not request.path.startswith("/oidc/")
