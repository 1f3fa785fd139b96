"""What a reader chose and a cookie remembers: language, zone of the times, single-key shortcuts."""

from functools import cache
from typing import Final
from zoneinfo import ZoneInfo, available_timezones

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from orders.wording.times import UTC_ZONE, Zone

ZONE_COOKIE: Final = "zone"
KEYS_COOKIE: Final = "keys"
YEAR: Final = 365 * 24 * 3600


@require_POST
def choose(request: HttpRequest) -> HttpResponse:
    """Remember `lang`, `zone` or `keys` of the form in a cookie and go back to `next`, a path of this site.

    Unknown values are left alone: the reader lands where they were with nothing changed.
    """
    response = HttpResponseRedirect(_way_back(request))
    lang, zone, keys = (request.POST.get(name, "") for name in ("lang", "zone", "keys"))
    if lang in dict(settings.LANGUAGES):
        _remember(response, settings.LANGUAGE_COOKIE_NAME, lang)
    if zone in {"utc", "company"} or zone in _known_zones():
        _remember(response, _named(ZONE_COOKIE), zone)
    if keys in {"on", "off"}:
        _remember(response, _named(KEYS_COOKIE), keys)
    return response


def zone_of(request: HttpRequest) -> Zone:
    """Return the zone in which this reader wants times: the cookie's, else the company's."""
    chosen = request.COOKIES.get(_named(ZONE_COOKIE), "")
    if chosen == "utc":
        return UTC_ZONE
    if chosen in _known_zones():
        return Zone(key="mine", name=chosen, info=ZoneInfo(chosen))
    return company_zone()


def company_zone() -> Zone:
    """Return the company's zone with its names, as set."""
    name = settings.COMPANY_TIME_ZONE
    return Zone(key="company", name=name, info=ZoneInfo(name), names=settings.COMPANY_TIME_ZONE_NAMES)


def keys_of(request: HttpRequest) -> str:
    """Return "on" or "off": whether single keys act as shortcuts for this reader."""
    return "off" if request.COOKIES.get(_named(KEYS_COOKIE)) == "off" else "on"


@cache
def _known_zones() -> frozenset[str]:
    return frozenset(available_timezones())


def _way_back(request: HttpRequest) -> str:
    path = request.POST.get("next", "")
    own = path.startswith("/") and not path.startswith("//")  # Django takes a bare // for a path
    safe = own and url_has_allowed_host_and_scheme(path, allowed_hosts=None)
    return path if safe else "/"


def _named(cookie: str) -> str:
    return f"{settings.COOKIE_PREFIX}{cookie}"


def _remember(response: HttpResponse, name: str, value: str) -> None:
    response.set_cookie(name, value, max_age=YEAR, httponly=True, secure=settings.SECURE, samesite="Lax")
