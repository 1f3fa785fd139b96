"""Several orders, and the orders of a partner or model: page, JSON and CSV, filter and sort in the URL."""

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from orders import actions, wiring
from orders.jaeger.errors import JaegerError
from orders.journey.ids import MOST_IDS
from orders.journey.lookup import ManyLookup
from orders.journey.verdict import State
from orders.pages.export import many_json, many_rows
from orders.pages.lists import SORTS, announcement, arranged, build_list_page
from orders.views.addresses import understood_query
from orders.views.answers import csv_answer, json_answer, page, unavailable, wants_csv, wants_json
from orders.views.reader import reader_of
from orders.views.recent import Told, forget_told, told
from orders.wording import listed


@require_safe
def several(request: HttpRequest) -> HttpResponse:
    """Show the orders whose ids stand in the URL, in their order, the ones not found kept."""
    asked = list(dict.fromkeys(filter(None, request.GET.get("ids", "").split(","))))
    right = [one for one in asked if wiring.patterns().is_id("order", one)]
    if not right:
        raise Http404
    ids, wrong, over = right[:MOST_IDS], len(asked) - len(right), len(right[MOST_IDS:])
    now, reader = wiring.clock(), reader_of(request)
    many = actions.look_up_many(order_ids=ids, now=now, lookup=wiring.lookup())
    left = told(request)
    said = announcement(left.mended, left.unread, reader.language, cut=left.cut, more=left.more)
    said = " ".join(filter(None, [said, listed.left_out(wrong, over, reader.language)]))
    heading = listed.several(len(ids), reader.language)
    response = _answer(request, many, heading, "orders", now, said=said, left_out=wrong + over)
    forget_told(request, response)
    return response


@require_safe
def partner(request: HttpRequest, partner_id: str) -> HttpResponse:
    """Show a partner's newest orders."""
    return of_kind(request, "partner", partner_id)


@require_safe
def model(request: HttpRequest, model_id: str) -> HttpResponse:
    """Show a model's newest orders."""
    return of_kind(request, "model", model_id)


def of_kind(request: HttpRequest, kind: str, value: str, *, shown: str = "", left: Told | None = None) -> HttpResponse:
    """Show the newest orders of a partner, model or customer.

    `shown` is what the heading calls a customer; `left` is what the search announces where it does not redirect.
    """
    if not wiring.patterns().is_id(kind, value):
        raise Http404
    now, reader = wiring.clock(), reader_of(request)
    try:
        many = actions.look_up_by(kind=kind, value=value, now=now, lookup=wiring.lookup())
    except JaegerError as error:
        return unavailable(request, error)
    heading = listed.heading(kind, shown or value, reader.language)
    left = left or told(request)
    said = announcement(left.mended, left.unread, reader.language, cut=left.cut, more=left.more)
    response = _answer(request, many, heading, f"{kind}-{shown or value}", now, said=said, partners=kind != "partner")
    forget_told(request, response)
    return response


def _answer(
    request: HttpRequest,
    many: ManyLookup,
    heading: str,
    name: str,
    now: int,
    *,
    said: str = "",
    partners: bool = True,
    left_out: int = 0,
) -> HttpResponse:
    reader = reader_of(request)
    state, sort = _asked(request)
    if wants_csv(request):
        return csv_answer(many_rows(arranged(many, state, sort), reader, left_out=left_out), name, reader.language)
    if wants_json(request):
        return json_answer(many_json(arranged(many, state, sort), reader, left_out=left_out))
    shown = build_list_page(many, reader, heading=heading, now=now, state=state, sort=sort, partners=partners)
    query = understood_query(request.GET.urlencode())
    csv_url = f"{request.path_info.rstrip('/')}.csv?{query}" if request.method != "POST" else ""
    context = {"page": shown, "said": said, "csv_url": csv_url, "query": _rest(request), "nothing": not many.rows}
    return page(request, "orders/list.html", context)


def _asked(request: HttpRequest) -> tuple[str, str]:
    """Return the filter and the sort of the URL, "" for what is none."""
    state, sort = request.GET.get("state", ""), request.GET.get("sort", "")
    return state if state in set(State) else "", sort if sort in SORTS else ""


def _rest(request: HttpRequest) -> str:
    """Return the query without filter and sort, to be put before them."""
    kept = request.GET.copy()
    for name in ("state", "sort"):
        kept.pop(name, None)
    query = understood_query(kept.urlencode())
    return f"{query}&" if query else ""
