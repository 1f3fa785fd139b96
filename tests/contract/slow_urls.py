"""The portal's URLs with pages that take as long as they are told, break, or break off in the middle."""

import sys
import time
from collections.abc import Iterator

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.urls import path

from portal import urls


def slow(request: HttpRequest, seconds: int) -> HttpResponse:
    time.sleep(seconds)
    return HttpResponse("whole")


def broken(request: HttpRequest, said: str) -> HttpResponse:
    sys.stderr.write(said)
    return HttpResponse(str(1 / (len(said) - len(said))))


def drop(request: HttpRequest, said: str) -> StreamingHttpResponse:
    def parts() -> Iterator[bytes]:
        yield b"the beginning"
        raise RuntimeError(said)

    return StreamingHttpResponse(parts())


urlpatterns = [
    path("broken/<str:said>/", broken, name="signed_out"),
    path("drop/<str:said>/", drop, name="signed_out"),
    path("slow/<int:seconds>/", slow, name="signed_out"),  # a name that is open to everybody
    *urls.urlpatterns,
]
