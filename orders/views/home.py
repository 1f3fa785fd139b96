"""The home page, and its part that asks Jaeger; it comes after the box, so that the box never waits."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_safe

from orders import actions, wiring
from orders.journey.spans import SECOND
from orders.pages.export import now_json
from orders.pages.lists import NowPage, missing_text, order_row
from orders.pages.side import source_rows
from orders.views.answers import is_part, json_answer, page, wants_json
from orders.views.reader import reader_of
from orders.views.recent import looked_at


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Show the box, and what this person looked at; as JSON, how that is now."""
    if wants_json(request):
        return HttpResponseRedirect(reverse("orders:now-json"))
    now = wiring.clock()
    looked = [{"order_id": one.order_id, "at": one.at * SECOND} for one in looked_at(request)]
    return page(request, "orders/home.html", {"looked": looked, "now": now, "errors": ()})


@require_safe
def now(request: HttpRequest) -> HttpResponse:
    """Show how the orders that this person looked at are now, and how fresh the sources are."""
    lookup, clock, reader = wiring.lookup(), wiring.clock(), reader_of(request)
    looked = looked_at(request)
    many, fleet = actions.look_up_recent(order_ids=[one.order_id for one in looked], now=clock, lookup=lookup)
    if wants_json(request):
        return json_answer(now_json(many, fleet.seen(clock) if fleet else None, reader))
    rows = tuple(
        order_row(found, reader, looked_at=one.at * SECOND) for found, one in zip(many.rows, looked, strict=True)
    )
    sources = source_rows(fleet.seen(clock), clock, reader) if fleet else ()
    trouble = missing_text(many, reader)
    shown = NowPage(now=clock, rows=rows, trouble=trouble, sources=sources, codes=reader.codes)
    return page(request, "orders/_now.html" if is_part(request) else "orders/now.html", {"page": shown})
