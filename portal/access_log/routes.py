"""Routes: which views answer with data, under which name the log knows them, and which ids are asked of them.

Keyed by the view, because several addresses lead to one. A view that is in neither table is recorded as "other";
a test keeps both tables whole.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final, NamedTuple

from django.http import HttpRequest

from orders import wiring
from orders.journey.ids import MOST_CHARACTERS, MOST_IDS, PERSONAL, Token, recognise
from orders.privacy.checks import luhn
from orders.views.recent import looked_at
from portal.access_log.rows import EXPORT, PAGE, REFRESH, SEARCH
from portal.errors import wants_json

WITHOUT_DATA: Final = frozenset(
    {
        "orders.views.help.help_page",
        "orders.views.home.home",  # the reader's own list, out of the reader's own cookie
        "portal.choices.choose",
        "portal.sign_in.views.login",
        "portal.sign_in.views.logout",
        "portal.sign_in.views.callback",
        "portal.sign_in.views.signed_out",
        "portal.sign_in.views.signed_in",
        "portal.sign_in.back_channel.back_channel_logout",
        *(f"portal.jaeger_ui.views.{view}" for view in ("enter", "refused", "check", "start", "redeem")),  # see there
    }
)
Asked = Callable[[HttpRequest, Mapping[str, Any]], Iterable[str]]


class Route(NamedTuple):
    """One view with data: what the log calls it, which limit it counts against, what is asked of it."""

    kind: str
    meter: str
    asked: Asked


def _nothing(request: HttpRequest, kwargs: Mapping[str, Any]) -> Iterable[str]:
    return ()


def _named(name: str) -> Asked:
    def asked(request: HttpRequest, kwargs: Mapping[str, Any]) -> Iterable[str]:
        return (str(kwargs.get(name, "")),)

    return asked


def _listed(request: HttpRequest, kwargs: Mapping[str, Any]) -> Iterable[str]:
    return dict.fromkeys(filter(None, request.GET.get("ids", "").split(",")))


def _looked(request: HttpRequest, kwargs: Mapping[str, Any]) -> Iterable[str]:
    return (one.order_id for one in looked_at(request))


def _typed(request: HttpRequest, kwargs: Mapping[str, Any]) -> Iterable[str]:
    """Return what a search is after; a customer as the pseudonym, whatever could not be read as nothing."""
    text = request.POST.get("q", "")
    if len(text) > MOST_CHARACTERS:
        return ()
    return (_meant(token) for token in recognise(text, wiring.patterns()).tokens)


def _meant(token: Token) -> str:
    first = next(iter(token.lookups), "")
    if first and PERSONAL & set(token.kinds):
        return wiring.pseudonyms().of_customer(first) or ""
    return first


def _filtered(request: HttpRequest, kwargs: Mapping[str, Any]) -> Iterable[str]:
    return filter(None, [request.GET.get("id", "").strip()])


ROUTES: Final[Mapping[str, Route]] = {
    "orders.views.home.now": Route("now", PAGE, _looked),
    "orders.views.search.search": Route("search", SEARCH, _typed),
    "orders.views.order.order": Route("order", PAGE, _named("order_id")),
    "orders.views.order.spans": Route("spans", PAGE, _named("order_id")),
    "orders.views.lists.several": Route("list", SEARCH, _listed),
    "orders.views.lists.partner": Route("partner", SEARCH, _named("partner_id")),
    "orders.views.lists.model": Route("model", SEARCH, _named("model_id")),
    "portal.access_log.views.log": Route("log", PAGE, _filtered),
}
KINDS: Final = ("order", "spans", "now", "search", "list", "partner", "model", "customer", "jaeger", "log", "purge",
                "other")  # fmt: skip
_OF_THE_PORTAL: Final = re.compile(r"[0-9a-f]{16}|[0-9a-f]{32}|c-[0-9a-f]{6,16}", re.ASCII)  # traces, pseudonyms
_CARD: Final = range(13, 20)  # digits that a card has
_OTHER: Final = Route("other", PAGE, _nothing)


def name_of(view: Callable[..., Any]) -> str:
    """Return a view's dotted name, through its decorators."""
    return f"{view.__module__}.{getattr(view, '__qualname__', type(view).__qualname__)}"


def route_of(view: Callable[..., Any]) -> Route | None:
    """Return the route of a view, None for one that shows no data."""
    name = name_of(view)
    return None if name in WITHOUT_DATA else ROUTES.get(name, _OTHER)


def form_of(request: HttpRequest) -> str:
    """Return in which form the answer is wanted: "csv", "json", "refresh" (by itself), "part" or "html"."""
    if request.path_info.endswith(".csv"):
        return "csv"
    if wants_json(request):
        return "json"
    if request.headers.get("X-Live-Refresh") == "1":
        return "refresh"
    return "part" if request.headers.get("HX-Request") else "html"


def meter_of(route: Route, form: str) -> str:
    """Return the limit that an answer counts against: a file is an export, and so is a list as JSON."""
    if form == "csv" or (form == "json" and route.meter == SEARCH):
        return EXPORT
    return REFRESH if form == "refresh" else route.meter


def ids_of(asked: Iterable[str]) -> tuple[str, int]:
    """Return the ids among what was asked for, separated by spaces, and how many entries were none.

    What is no order's, partner's or model's id, trace id or pseudonym may hold anything, a name as well: it is
    counted and not kept. At most MOST_IDS are taken, as by the pages themselves.
    """
    entries = list(asked)
    right = [one for one in entries if is_id(one)][:MOST_IDS]
    return " ".join(right), len(entries) - len(right)


def is_id(text: str) -> bool:
    """Return whether a text is an order's, partner's or model's id, a trace id or a pseudonym.

    No customer's number is one, and no trace id without a letter that could be a card's behind zeros: who asks for such
    a trace, one in 18,000 of 64 bits, is counted without it.
    """
    kinds = wiring.patterns().kinds_of(text)
    return not PERSONAL & set(kinds) if kinds else bool(_OF_THE_PORTAL.fullmatch(text)) and not _may_be_card(text)


def _may_be_card(text: str) -> bool:
    digits = text.lstrip("0")
    return digits.isdecimal() and len(digits) in _CARD and luhn(digits)
