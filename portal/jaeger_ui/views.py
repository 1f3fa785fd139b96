"""What nginx asks on behalf of the Jaeger host, and the portal's half of the way to it."""

import logging
from collections.abc import Callable
from functools import wraps
from typing import Final
from urllib.parse import urlsplit

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from portal.access_log import pages
from portal.access_log.errors import NotRecordedError, TooManyError
from portal.access_log.rows import JAEGER
from portal.access_log.trail import record
from portal.database import AWAY, BUSY, FULL
from portal.errors import error_page, forbidden
from portal.jaeger_ui import passes
from portal.jaeger_ui.asked import asked_of
from portal.jaeger_ui.refusals import wait_of
from portal.network import from_trusted_proxy
from portal.sign_in import recheck, rows
from portal.sign_in.middleware import portal_user
from portal.sign_in.next_url import safe_next
from portal.sign_in.recheck import Standing

logger = logging.getLogger("portal.jaeger_ui")

WHY: Final = "X-Refused"  # why the answer to nginx is 403, so that a question gets the right status,
WHICH_PAGE: Final = f"{WHY}-Query"  # and a page leads to the one that says so
View = Callable[[HttpRequest], HttpResponse]


def for_nginx(view: View) -> View:
    """Close a view to all but a trusted proxy that asks on behalf of the Jaeger host: 404 for everybody else."""

    @wraps(view)
    def closed(request: HttpRequest) -> HttpResponse:
        if not from_trusted_proxy(request) or request.get_host() != urlsplit(settings.JAEGER_UI_URL).netloc:
            raise Http404
        return view(request)

    return closed


@never_cache
@require_GET
@for_nginx
def check(request: HttpRequest) -> HttpResponse:
    """Answer nginx's auth_request: 204 in, 401 no pass (any more), 403 refused.

    Then X-Refused says why, X-Refused-Query what `refused` is to be asked, Retry-After when more will be answered.
    What is asked of Jaeger (X-Original-URI, set by nginx) decides only what is written down, never who gets in.
    """
    row, now = passes.row_of_pass(request), timezone.now()
    if row is None or not rows.still_live(row, now):
        return HttpResponse(status=401)
    found = recheck.standing(row, now, live=False)
    if found is Standing.UNKNOWN:
        return _refused(request, "unavailable")
    if found not in {Standing.IN, Standing.GRACE}:
        return HttpResponse(status=401)
    request.keycloak_row = row  # type: ignore[attr-defined]
    request.portal_user = rows.person_of(row, in_grace=found is Standing.GRACE)  # type: ignore[attr-defined]
    if not _may_open(request):
        return _refused(request, "role")
    return _written(request) or HttpResponse(status=204)


def _written(request: HttpRequest) -> HttpResponse | None:
    """Write what is asked into the access log; return the refusal where there can be no row.

    Opening a page counts as somebody being there; what the UI's scripts ask by themselves does not.
    """
    now, asked = timezone.now(), asked_of(request.headers.get("X-Original-URI", ""))
    if asked.is_page:
        rows.touch(request.keycloak_row, now)  # type: ignore[attr-defined]
    if asked.is_file:
        return None
    try:
        ids = (*asked.ids, "") if asked.is_odd else asked.ids  # what is no id is counted as a further entry
        record(request, what="jaeger", ids=ids, now=now, meter=JAEGER)
    except NotRecordedError as error:
        return _refused(request, "not_recorded", reason=error.reason)
    except TooManyError as error:
        answer = _refused(request, "too_many", wait=str(error.retry_after))
        answer.headers["Retry-After"] = str(error.retry_after)
        return answer
    return None


@never_cache
@require_GET
@for_nginx
def start(request: HttpRequest) -> HttpResponse:
    """Send a browser without a pass to the portal; nginx names the page it wanted in X-Original-URI."""
    state, wanted = passes.state_for(request), safe_next(request.headers.get("X-Original-URI"))
    answer = HttpResponseRedirect(_portal("jaeger_ui_enter", state=state, to=wanted))
    passes.keep_state(answer, state)
    return answer


@never_cache
@require_GET
def enter(request: HttpRequest) -> HttpResponse:
    """Give who is signed in and has the role a ticket for the browser whose state was named."""
    state, wanted = request.GET.get("state", ""), safe_next(request.GET.get("to"))
    if not _may_open(request):
        return forbidden(request)
    if not passes.is_state(state):
        return HttpResponseRedirect(f"{_origin()}{wanted}")  # which leads back here, with a state
    ticket = passes.ticket_for(request.keycloak_row, state)  # type: ignore[attr-defined]
    query = urlencode({"ticket": ticket, "to": wanted})
    return HttpResponseRedirect(f"{_origin()}{reverse('jaeger_ui_redeem')}?{query}")


@never_cache
@require_GET
@for_nginx
def redeem(request: HttpRequest) -> HttpResponse:
    """Change a ticket for a pass; who has a pass already goes on to the page, who has neither is told so."""
    wanted = safe_next(request.GET.get("to"))
    answer = HttpResponseRedirect(f"{_origin()}{wanted}")
    if session_hash := passes.redeemed(request, request.GET.get("ticket", "")):
        passes.give(answer, session_hash)
    elif passes.row_of_pass(request) is None:
        logger.warning("a ticket for Jaeger's UI was refused")
        return HttpResponseRedirect(_portal("jaeger_ui_refused", why="ticket", to=wanted))
    return answer


@never_cache
@require_GET
def refused(request: HttpRequest) -> HttpResponse:
    """Say on the portal's own page why nginx did not open Jaeger's UI.

    `why` and `reason` only choose among these pages; `to`, the page of Jaeger's that was wanted, is what they lead to;
    `wait` is how many seconds it takes until more is answered.
    """
    why, again = request.GET.get("why"), f"{_origin()}{safe_next(request.GET.get('to'))}"
    if why == "ticket":
        return error_page(request, 403, template="jaeger_ui/ticket.html", context={"again": again})
    if why == "not_recorded":
        reason = request.GET.get("reason", "")
        return pages.not_recorded(request, reason if reason in {FULL, BUSY} else AWAY, again=again)
    if why == "unavailable":
        return error_page(request, 503, retry_after=10, context={"again": again})
    if why == "too_many":
        wait = int(wait_of(request.GET.get("wait", "")) or 60)
        return error_page(request, 429, retry_after=wait, context={"again": again})
    return forbidden(request)


def _may_open(request: HttpRequest) -> bool:
    person = portal_user(request)
    return person is not None and bool(person.roles & set(settings.JAEGER_UI_ROLES))


def _refused(request: HttpRequest, why: str, **more: str) -> HttpResponse:
    wanted = safe_next(request.headers.get("X-Original-URI"))  # 2048 characters at most, so that the query fits a line
    return HttpResponse(status=403, headers={WHY: why, WHICH_PAGE: urlencode({"why": why, **more, "to": wanted})})


def _origin() -> str:
    parts = urlsplit(settings.JAEGER_UI_URL)
    return f"{parts.scheme}://{parts.netloc}"


def _portal(view_name: str, **query: str) -> str:
    return f"{settings.PORTAL_URL}{reverse(view_name)}?{urlencode(query)}"
