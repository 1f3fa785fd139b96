"""The log's page and its CSV file: who looked at what; for DevOps alone, and itself on record."""

import logging
import time

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from orders.pages.export import csv_text
from portal.access_log.filters import FILES, Filter, filter_of, rows_of, unread_of
from portal.access_log.listed import KIND_WORDS, file_rows, line_of
from portal.access_log.retention import days_overdue, retention
from portal.choices import zone_of
from portal.errors import error_page
from portal.sign_in.middleware import portal_user
from portal.sign_in.people import DEVOPS

logger = logging.getLogger("portal.access_log")

ON_A_PAGE = 100
IN_A_FILE = 20_000


@require_safe
def log(request: HttpRequest) -> HttpResponse:
    """Show the rows that fit the filter in the address, newest first, or hand them out as CSV."""
    person, here = portal_user(request), reverse("access_log")
    if person is None or DEVOPS not in person.roles:
        logger.warning("authz_fail", extra={"fields": {"person": person.sub if person else "", "what": "access_log"}})
        return error_page(request, 403, context={"path": here, "address": ""})
    retention.look(timezone.now())
    wanted = filter_of(request.GET)
    if request.path_info.endswith(".csv"):
        return _file(request, wanted)
    rows = rows_of(wanted, zone_of(request))
    rows = rows.filter(id__lt=wanted.before) if wanted.before else rows
    found = list(rows[: ON_A_PAGE + 1])
    query = wanted.query()
    context = {
        "lines": [line_of(row) for row in found[:ON_A_PAGE]],
        "older": f"{here}?{wanted.query(before=found[ON_A_PAGE - 1].pk)}" if len(found) > ON_A_PAGE else "",
        "newest": f"{here}?{query}" if wanted.before else "",
        "csv_url": f"{reverse('access_log_csv')}?{query}",
        "wanted": wanted,
        "here": here,
        "unread": unread_of(request.GET, wanted),
        "kinds": [(kind, word) for kind, word in KIND_WORDS.items() if kind != "other"],
        "files": FILES,
        "days": round(settings.ACCESS_LOG_DAYS),
        "overdue": days_overdue(timezone.now()),
        "now": time.time_ns(),
        "path": f"{here}?{query}" if query else here,  # what was understood of the address, and no more
        "address": f"{settings.PORTAL_URL}{here}?{query}",
    }
    return render(request, "access_log/log.html", context)


def _file(request: HttpRequest, wanted: Filter) -> HttpResponse:
    rows = rows_of(wanted, zone_of(request))
    found = list(rows[: IN_A_FILE + 1])
    left_out = rows.count() - IN_A_FILE if len(found) > IN_A_FILE else 0
    language = "en" if (get_language() or "ru").startswith("en") else "ru"
    text = csv_text(file_rows(found[:IN_A_FILE], left_out), language)
    response = HttpResponse(text, content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = 'attachment; filename="access-log.csv"'
    return response
