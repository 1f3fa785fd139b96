"""Recent: what this person looked at, in a signed cookie, and what the search has to announce, in a sealed one.

Cookies, not session rows: a GET writes nothing on the server, and a page costs no database write. Both are bound to
the person's id, so on a shared computer nobody reads another's. The list holds order ids and times; an announcement
holds pieces of what was typed, a name perhaps: the site encrypts it (settings.SEALING).
"""

import hashlib
import json
import zlib
from functools import cache
from importlib import import_module
from typing import Any, Final, NamedTuple, Protocol, cast

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
SAID: Final = 20  # corrections that are announced one by one, and texts that were not understood
LONGEST: Final = 60  # characters of such a text


class Sealing(Protocol):
    """How the site encrypts what a browser carries (the module that settings.SEALING names)."""

    def seal_for(self, purpose: str, content: bytes) -> str:
        """Return content that nobody but the site can read, for this purpose alone, in base64url."""
        ...

    def unseal_for(self, purpose: str, sealed: str, seconds: int | None = None) -> bytes:
        """Return what was sealed `seconds` ago at most; raises ValueError where it was not, or otherwise."""
        ...


class Looked(NamedTuple):
    """One order that this person looked at, and when (seconds since 1970)."""

    order_id: str
    at: int


class Told(NamedTuple):
    """What the search has to announce on the next page: corrections (typed, meant), and what was not understood.

    `more` is how many corrections and how many texts there are beyond those.
    """

    mended: tuple[tuple[str, str], ...]
    unread: tuple[str, ...]
    cut: bool
    more: tuple[int, int] = (0, 0)


def looked_at(request: HttpRequest) -> tuple[Looked, ...]:
    """Return what this person looked at, newest first; nothing where the cookie is absent, foreign or broken."""
    found = _read(request)
    return tuple(Looked(str(order_id), int(at)) for order_id, at in found) if isinstance(found, list) else ()


def remember(request: HttpRequest, response: HttpResponse, order_id: str, now: int) -> None:
    """Put an order at the head of the list; `now` in seconds since 1970."""
    others = [one for one in looked_at(request) if one.order_id != order_id]
    listed = [[order_id, now], *map(list, others[: KEPT - 1])]
    _set(response, RECENT_COOKIE, signing.dumps(listed, salt=_salt(request, RECENT_COOKIE)), LONG)


def tell_next(request: HttpRequest, response: HttpResponseRedirect, told: Told) -> None:
    """Have the page that `response` redirects to, and no other, announce what was corrected or not understood.

    What does not fit into a cookie is counted: first the texts that were not understood, then corrections.
    """
    if told.mended or told.unread or told.cut:
        mended = [[_shown(typed), meant] for typed, meant in told.mended[:SAID]]
        unread = [_shown(text) for text in told.unread[:SAID]]
        while len(text := _sealed(request, response.url, told, mended, unread)) > FITS:
            (unread or mended).pop()
        _set(response, TOLD_COOKIE, text, SOON)


def told(request: HttpRequest) -> Told:
    """Return what the search left to announce on this page; nothing where it led to another one."""
    match _unsealed(request):
        case [target, mended, unread, cut, [*more]] if target == _short(request.get_full_path()):
            return Told(tuple((typed, meant) for typed, meant in mended), tuple(unread), bool(cut), (more[0], more[1]))
    return Told((), (), False)


def forget_told(request: HttpRequest, response: HttpResponse) -> None:
    """Let the announcement be made once; one that is meant for another page stays for it."""
    if told(request) != Told((), (), False):
        response.delete_cookie(_named(TOLD_COOKIE), samesite="Lax")


def _shown(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"


def _sealed(request: HttpRequest, address: str, told: Told, mended: list[list[str]], unread: list[str]) -> str:
    more = [len(told.mended) - len(mended), len(told.unread) - len(unread)]
    written = json.dumps([_short(address), mended, unread, told.cut, more], ensure_ascii=False)
    return _sealing().seal_for(_salt(request, TOLD_COOKIE), zlib.compress(written.encode(errors="replace")))


def _unsealed(request: HttpRequest) -> Any:
    text = request.COOKIES.get(_named(TOLD_COOKIE))
    if not text:
        return None
    try:
        return json.loads(zlib.decompress(_sealing().unseal_for(_salt(request, TOLD_COOKIE), text, SOON)))
    except ValueError:
        return None


@cache
def _sealing() -> Sealing:
    return cast("Sealing", import_module(settings.SEALING))


def _short(address: str) -> str:
    return hashlib.blake2b(address.encode(), digest_size=12).hexdigest()


def _salt(request: HttpRequest, name: str) -> str:
    person = person_of(request)
    return f"orders.{name}:{person.sub if person else ''}"


def _named(cookie: str) -> str:
    return f"{settings.COOKIE_PREFIX}{cookie}"


def _read(request: HttpRequest) -> Any:
    text = request.COOKIES.get(_named(RECENT_COOKIE))
    if not text:
        return None
    try:
        return signing.loads(text, salt=_salt(request, RECENT_COOKIE), max_age=LONG)
    except signing.BadSignature:
        return None


def _set(response: HttpResponse, name: str, text: str, age: int) -> None:
    response.set_cookie(_named(name), text, max_age=age, httponly=True, secure=settings.SECURE, samesite="Lax")
