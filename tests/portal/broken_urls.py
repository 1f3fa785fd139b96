"""URLs that fail in every way a view can, behind the site's own handlers and middleware."""

from typing import NoReturn

from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import path
from django.views.decorators.http import require_POST

from portal.errors import too_many, unavailable
from portal.urls import handler400, handler403, handler404, handler500
from portal.urls import urlpatterns as site_patterns

__all__ = ["handler400", "handler403", "handler404", "handler500"]


def refuse(request: HttpRequest) -> NoReturn:
    raise SuspiciousOperation("odd")


def forbid(request: HttpRequest) -> NoReturn:
    raise PermissionDenied


def miss(request: HttpRequest) -> NoReturn:
    raise Http404


def fail(request: HttpRequest) -> NoReturn:
    raise RuntimeError("broken on purpose")


@require_POST
def post_only(request: HttpRequest) -> HttpResponse:
    return HttpResponse("ok")


def often(request: HttpRequest) -> HttpResponse:
    return too_many(request, 90)


def busy(request: HttpRequest) -> HttpResponse:
    return unavailable(request)


urlpatterns = [
    *site_patterns,
    path("400/", refuse, name="back_channel_logout"),  # a name on the open list: these pages need nobody signed in
    path("403/", forbid, name="back_channel_logout"),
    path("404/", miss, name="back_channel_logout"),
    path("405/", post_only, name="back_channel_logout"),
    path("405.json", post_only, name="back_channel_logout"),
    path("429/", often, name="back_channel_logout"),
    path("500/", fail, name="back_channel_logout"),
    path("500.json", fail, name="back_channel_logout"),
    path("503/", busy, name="back_channel_logout"),
]
