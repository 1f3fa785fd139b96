"""The search: text by POST, an address with ids alone by redirect."""

from collections.abc import Sequence
from dataclasses import replace
from urllib.parse import quote

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from orders import actions, wiring
from orders.forms import SearchForm
from orders.jaeger.errors import JaegerError, NotFound
from orders.journey.ids import Recognised, Resolution
from orders.pages.export import SCHEMA, search_json
from orders.pages.lists import build_search_page
from orders.views.answers import json_answer, page, unavailable, wants_json
from orders.views.lists import of_kind
from orders.views.reader import reader_of
from orders.views.recent import Told, tell_next
from orders.views.trail import tell

PLACES = {"order": "orders:order", "partner": "orders:partner", "model": "orders:model"}


@require_http_methods(["GET", "HEAD", "POST"])
def search(request: HttpRequest) -> HttpResponse:
    """Read what was typed or pasted and lead to its page; where there is no one page, say what was understood."""
    if request.method != "POST":
        return HttpResponseRedirect(reverse("orders:home"))
    form = SearchForm(request.POST, patterns=wiring.patterns())
    if not form.is_valid():
        if wants_json(request):
            return json_answer({"schema": SCHEMA, "error": "unreadable"}, status=422)
        errors = [str(error) for error in form.errors.get("q") or ()]
        return page(request, "orders/home.html", {"looked": [], "now": wiring.clock(), "errors": errors}, status=422)
    read: Recognised = form.cleaned_data["q"]
    now, lookup = wiring.clock(), wiring.lookup()
    found, sure = actions.resolve_all(tokens=read.tokens, patterns=wiring.patterns(), now=now, lookup=lookup)
    return _one_page(request, found, read.cut) or _understood(request, found, sure=sure, cut=read.cut)


def _one_page(request: HttpRequest, found: Sequence[Resolution], cut: bool) -> HttpResponse | None:  # noqa: FBT001
    """Return the way to the one page that the text means; None where there is none."""
    hits = [(one, _kinds(one)) for one in found if one.id]
    unread = tuple(one.token.as_typed for one in found if not one.id)
    if any(one.state == "ambiguous" for one in found) or any(len(kinds) != 1 for _, kinds in hits):
        return None
    told = Told(tuple((one.token.as_typed, one.id) for one, _ in hits if one.state == "corrected"), unread, cut)
    ids = list(dict.fromkeys(one.id for one, _ in hits))
    kinds = {kind for _, all_kinds in hits for kind in all_kinds}
    if not ids or len(kinds) != 1 or (len(ids) > 1 and kinds != {"order"}):
        return None
    try:
        way = _way(request, kinds.pop(), ids, told)
    except JaegerError as error:
        return unavailable(request, error)
    nothing = [replace(one, state="not_found", id="") for one in found]
    return way or _understood(request, nothing, sure=True, cut=cut)


def _kinds(one: Resolution) -> tuple[str, ...]:
    return tuple(kind for kind in (wiring.patterns().kinds_of(one.id) or one.token.kinds))


def _way(request: HttpRequest, kind: str, ids: list[str], told: Told) -> HttpResponse | None:
    """Return the way to a page; None where a trace leads to no order. Raises JaegerError where it cannot be asked."""
    if kind == "customer":
        pseudonym = reader_of(request).safe("customer_id", ids[0])
        tell(request, "customer", [pseudonym])  # a mended number was not known when the search was recorded
        left = told._replace(mended=tuple(("", pseudonym) for _ in told.mended))  # what was typed names a person
        return of_kind(request, "customer", ids[0], shown=pseudonym, left=left)
    if kind == "trace":
        kind, ids = "order", _orders_of(ids[0])
        if not ids:
            return None
    if len(ids) > 1:
        address = f"{reverse('orders:several')}?ids={','.join(quote(one, safe='') for one in ids)}"
    else:
        address = reverse(PLACES[kind], args=[ids[0]])
    response = HttpResponseRedirect(address)
    tell_next(request, response, told)
    return response


def _orders_of(trace_id: str) -> list[str]:
    """Return the orders of a trace; [] where Jaeger has no such trace, or it names no order."""
    try:
        ids = actions.orders_of_trace(trace_id=trace_id, now=wiring.clock(), lookup=wiring.lookup())
    except NotFound:
        return []
    return [one for one in ids if wiring.patterns().is_id("order", one)]


def _understood(request: HttpRequest, found: Sequence[Resolution], *, sure: bool, cut: bool) -> HttpResponse:
    reader = reader_of(request)
    shown = build_search_page(found, reader, sure=sure, cut=cut)
    if wants_json(request):
        return json_answer(search_json(shown, reader))
    ids = ",".join(i for m in shown.meanings if len(m.options) == 1 for kind, i in m.options if kind == "order")
    return page(request, "orders/search.html", {"page": shown, "several": ids if "," in ids else ""})
