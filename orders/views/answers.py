"""Answers: one page object as a page, as its smaller htmx part, as JSON or as CSV; and that there is none."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

from orders.jaeger.errors import JaegerError
from orders.pages.export import SCHEMA, csv_text
from orders.views.reader import reader_of
from orders.wording import phrases

_MAY_PREFER_JSON: Final = re.compile(r"json|application/\*|text/(?:html|\*)\s*;", re.IGNORECASE).search


def wants_json(request: HttpRequest) -> bool:
    """Return whether the answer should be JSON: the path ends in .json, or Accept prefers it to HTML."""
    if request.path_info.endswith(".json"):
        return True
    if not _MAY_PREFER_JSON(request.headers.get("Accept", "")):  # as browsers: nothing in it to be weighed
        return False
    return request.get_preferred_type(["text/html", "application/json"]) == "application/json"


def wants_csv(request: HttpRequest) -> bool:
    """Return whether the answer should be CSV: the path ends in .csv."""
    return request.path_info.endswith(".csv")


def is_part(request: HttpRequest) -> bool:
    """Return whether htmx asks for the smaller part of the page (and not for the whole one from its history)."""
    return bool(request.headers.get("HX-Request")) and not request.headers.get("HX-History-Restore-Request")


def page(request: HttpRequest, template: str, context: Mapping[str, object], *, status: int = 200) -> HttpResponse:
    """Return a rendered template that varies by htmx."""
    response = render(request, template, dict(context), status=status)
    response.headers["Vary"] = ", ".join(filter(None, [response.headers.get("Vary", ""), "HX-Request"]))
    return response


def json_answer(content: Mapping[str, Any], *, status: int = 200) -> HttpResponse:
    """Return JSON in UTF-8, Russian letters as themselves."""
    return JsonResponse(content, status=status, json_dumps_params={"ensure_ascii": False})


def csv_answer(rows: Sequence[Sequence[object]], name: str, language: str) -> HttpResponse:
    """Return a CSV file: UTF-8 with BOM, `;` in Russian and `,` in English."""
    response = HttpResponse(csv_text(rows, language), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response


def unavailable(request: HttpRequest, error: JaegerError) -> HttpResponse:
    """Return 503 in the form that was asked for, with why nothing is known: Jaeger's `error`, in words."""
    reader = reader_of(request)
    trouble = phrases.not_fresh(error.reason, None, reader.zone, reader.language)
    if wants_csv(request):
        return HttpResponse(f"{trouble}\n", content_type="text/plain; charset=utf-8", status=503)
    if wants_json(request):
        return json_answer({"schema": SCHEMA, "error": "unavailable"}, status=503)
    return page(request, "orders/nothing_known.html", {"trouble": trouble}, status=503)
