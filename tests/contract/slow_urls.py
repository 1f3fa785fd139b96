"""The portal's URLs with one page more that takes as long as it is told: something is under way when a server stops."""

import time

from django.http import HttpRequest, HttpResponse
from django.urls import path

from portal import urls


def slow(request: HttpRequest, seconds: int) -> HttpResponse:
    time.sleep(seconds)
    return HttpResponse("whole")


urlpatterns = [
    path("slow/<int:seconds>/", slow, name="signed_out"),  # a name that is open to everybody
    *urls.urlpatterns,
]
