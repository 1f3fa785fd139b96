"""Recent: what this person looked at, and what the search has to announce, each in a signed cookie.

Cookies, not session rows: a GET writes nothing on the server, and a page costs no database write. They are signed
with the person's id in the salt, so on a shared computer nobody reads another's list; they hold order ids and times.
"""

import hashlib
from typing import Any, Final, NamedTuple

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from orders.views.reader import person_of

RECENT_COOKIE: Final = "recent"
TOLD_COOKIE: Final = "told"
KEPT: Final = 8  # orders remembered
LONG: Final = 14 * 24 * 3600  # seconds the list is remembered: as long as the data is
SOON: Final = 60  # seconds an announcement waits for its page
FITS: Final = 3_800  # characters of a cookie: browsers drop what is over 4,096 with name and attributes


class Looked(NamedTuple):
    """One order that this person looked at, and when (seconds since 1970)."""

    order_id: str
    at: int


class Told(NamedTuple):
    """What the search has to announce on the next page: corrections (typed, meant), and what was not understood."""

    mended: tuple[tuple[str, str], ...]
    unread: tuple[str, ...]
    cut: bool


def looked_at(request: HttpRequest) -> tuple[Looked, ...]:
    """Return what this person looked at, newest first; nothing where the cookie is absent, foreign or broken."""
    found = _read(request, RECENT_COOKIE, LONG)
    return tuple(Looked(str(order_id), int(at)) for order_id, at in found) if isinstance(found, list) else ()


def remember(request: HttpRequest, response: HttpResponse, order_id: str, now: int) -> None:
    """Put an order at the head of the list; `now` in seconds since 1970."""
    others = [one for one in looked_at(request) if one.order_id != order_id]
    _write(request, response, RECENT_COOKIE, [[order_id, now], *map(list, others[: KEPT - 1])], LONG)


def tell_next(request: HttpRequest, response: HttpResponseRedirect, told: Told) -> None:
    """Have the page that `response` redirects to, and no other, announce what was corrected or not understood."""
    if told.mended or told.unread or told.cut:
        mended = [[typed[:60], meant] for typed, meant in told.mended[:20]]
        unread = [text[:60] for text in told.unread[:20]]
        target = _short(response.url)
        while len(_signed(request, TOLD_COOKIE, [target, mended, unread, told.cut])) > FITS:
            (unread or mended).pop()
        _write(request, response, TOLD_COOKIE, [target, mended, unread, told.cut], SOON)


def told(request: HttpRequest) -> Told:
    """Return what the search left to announce on this page; nothing where it led to another one."""
    match _read(request, TOLD_COOKIE, SOON):
        case [target, mended, unread, cut] if target == _short(request.get_full_path()):
            return Told(tuple((typed, meant) for typed, meant in mended), tuple(unread), bool(cut))
    return Told((), (), False)


def forget_told(request: HttpRequest, response: HttpResponse) -> None:
    """Let the announcement be made once; one that is meant for another page stays for it."""
    if told(request) != Told((), (), False):
        response.delete_cookie(_named(TOLD_COOKIE), samesite="Lax")


def _short(address: str) -> str:
    return hashlib.blake2b(address.encode(), digest_size=12).hexdigest()


def _salt(request: HttpRequest, name: str) -> str:
    person = person_of(request)
    return f"orders.{name}:{person.sub if person else ''}"


def _named(cookie: str) -> str:
    return f"{settings.COOKIE_PREFIX}{cookie}"


def _read(request: HttpRequest, name: str, age: int) -> Any:
    text = request.COOKIES.get(_named(name))
    if not text:
        return None
    try:
        return signing.loads(text, salt=_salt(request, name), max_age=age)
    except signing.BadSignature:
        return None


def _signed(request: HttpRequest, name: str, value: object) -> str:
    long = name == TOLD_COOKIE  # compressing takes 256 KiB for a moment, and the list is short: not on every page
    return signing.dumps(value, salt=_salt(request, name), compress=long)


def _write(request: HttpRequest, response: HttpResponse, name: str, value: object, age: int) -> None:
    text = _signed(request, name, value)
    response.set_cookie(_named(name), text, max_age=age, httponly=True, secure=settings.SECURE, samesite="Lax")
