"""The portal's URLs with one closed page more, which shows who is signed in: the sign-in is tested on it."""

from django.http import HttpRequest, HttpResponse
from django.urls import path

from portal import urls
from portal.sign_in.middleware import portal_user


def closed(request: HttpRequest, rest: str = "") -> HttpResponse:
    person = portal_user(request)
    assert person is not None, "the middleware let somebody through without a person"
    grace = " in grace" if person.in_grace else ""
    return HttpResponse(f"{person.username} {' '.join(sorted(person.roles))}{grace} at {request.get_full_path()}")


urlpatterns = [
    path("closed/", closed, name="closed"),
    path("closed/<path:rest>", closed, name="closed_below"),
    *urls.urlpatterns,
]
handler400, handler403, handler404, handler500 = urls.handler400, urls.handler403, urls.handler404, urls.handler500
