"""The order page, its refreshing part, its JSON, and the fragment of all its spans."""

from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from orders import actions, wiring
from orders.journey.lookup import OrderLookup
from orders.journey.spans import SECOND
from orders.pages.export import order_json
from orders.pages.lists import announcement
from orders.pages.order import build_order_page
from orders.pages.spans import build_spans_page
from orders.views.addresses import understood_of, understood_query
from orders.views.answers import is_part, json_answer, page, wants_json
from orders.views.moment import MomentRefused, moment_of
from orders.views.reader import person_of, reader_of
from orders.views.recent import forget_told, remember, told


@require_safe
def order(request: HttpRequest, order_id: str) -> HttpResponse:
    """Show where an order is; `?at=` as it was at a moment."""
    try:
        found = _look_up(request, order_id)
    except MomentRefused as refused:
        return _refused(request, order_id, str(refused))
    reader = reader_of(request)
    status = 200 if found.known or found.answer.whole else 503
    if wants_json(request):
        return json_answer(order_json(found, reader), status=404 if found.verdict.state is None else status)
    shown = build_order_page(found, reader)
    context = {
        "page": shown,
        "here": understood_of(request),
        "at_query": _at_query(request),
        "correction": "",
    }
    if is_part(request):
        return page(request, "orders/_order.html", context, status=status)
    if found.verdict.state is None:
        return page(request, "orders/no_data.html", context, status=404)
    left = told(request)
    context["correction"] = announcement(left.mended, left.unread, reader.language, cut=left.cut, more=left.more)
    response = page(
        request, "orders/order.html" if found.known else "orders/nothing_known.html", context, status=status
    )
    remember(request, response, order_id, found.now // SECOND)
    forget_told(request, response)
    return response


@require_safe
def spans(request: HttpRequest, order_id: str) -> HttpResponse:
    """Show every event, hand-over and span with its masked attributes: for DevOps and Developer."""
    person = person_of(request)
    if person is None or not person.sees_codes:
        raise Http404
    try:
        found = _look_up(request, order_id)
    except MomentRefused as refused:
        return _refused(request, order_id, str(refused))
    context = {"page": build_spans_page(found, reader_of(request)), "order_id": order_id}
    return page(request, "orders/_spans.html" if is_part(request) else "orders/spans.html", context)


def _look_up(request: HttpRequest, order_id: str) -> OrderLookup:
    if not wiring.patterns().is_id("order", order_id):
        raise Http404
    now, lookup = wiring.clock(), wiring.lookup()
    text = request.GET.get("at")
    at = None if text is None else moment_of(text, now=now, retention=lookup.retention)
    found = actions.look_up_order(order_id=order_id, now=now, at=at, lookup=lookup, patterns=wiring.patterns())
    if at is not None and found.answer.spans and not found.known:
        raise MomentRefused(_("At this moment nothing had been recorded of the order yet."))
    return found


def _at_query(request: HttpRequest) -> str:
    at = understood_query(urlencode({"at": request.GET.get("at", "")}))
    return f"?{at}" if at else ""


def _refused(request: HttpRequest, order_id: str, reason: str) -> HttpResponse:
    if wants_json(request):
        return json_answer({"schema": 1, "error": "bad_request", "reason": reason}, status=400)
    context = {"reason": reason, "order_id": order_id, "heading": _("This moment cannot be shown")}
    return page(request, "orders/refused.html", context, status=400)
