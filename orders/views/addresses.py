"""Addresses: of what stands in one, only what its page understands is repeated, remembered or led back to.

People can type anything into an address, a customer's e-mail too. It is answered with 404 or left unread; this keeps
it from standing in the page, in the session that waits for a sign-in, or in a link that leads on.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Final
from urllib.parse import quote, unquote_plus

from django.http import HttpRequest
from django.urls import Resolver404, resolve

from orders import wiring
from orders.journey.verdict import State
from orders.pages.lists import SORTS

NOWHERE: Final = "/"


def understood(address: str) -> str:
    """Return a path of this site with the parameters that pages read, each as it was written; "/" for no page."""
    return _kept(address) if name_of(address.partition("?")[0]) else NOWHERE


def understood_of(request: HttpRequest) -> str:
    """Return the address of a request as `understood` does; a view that Django has found is not looked for again."""
    address = request.get_full_path()
    return _kept(address) if request.resolver_match else understood(address)


def name_of(path: str) -> str:
    """Return the name of the view at a path ("none" for one without), "" where it is no address here."""
    try:
        return resolve(unquote_plus(path.replace("+", "%2B"))).view_name or "none"
    except (Resolver404, ValueError):
        return ""


def understood_query(query: str) -> str:
    """Return of a query what the pages read of it, without a question mark; "" where nothing is left."""
    return "&".join(piece for piece in map(_piece, query.split("&")) if piece)


def _kept(address: str) -> str:
    path, _, query = address.partition("?")
    kept = understood_query(query)
    return path + (f"?{kept}" if kept else "")


def _piece(written: str) -> str:
    name, _, value = written.partition("=")
    read = READ.get(unquote_plus(name))
    found = read(unquote_plus(value)) if read else ""
    return written if found == unquote_plus(value) != "" else f"{name}={quote(found, safe=',')}" if found else ""


def _moment(text: str) -> str:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return ""
    return text if moment.tzinfo is not None and 2000 <= moment.year < 2100 else ""


def _order_ids(text: str) -> str:
    return ",".join(one for one in text.split(",") if wiring.patterns().is_id("order", one))


def _one_of(*words: str) -> Callable[[str], str]:
    return lambda text: text if text in words else ""


READ: Final[Mapping[str, Callable[[str], str]]] = {
    "at": _moment,
    "ids": _order_ids,
    "state": _one_of(*State),
    "sort": _one_of(*SORTS),
    "why": _one_of("ticket", "not_recorded", "unavailable", "too_many"),
    "next": lambda text: text if text == understood(text) else "",
}
