"""The table of all URLs."""

from django.urls import URLPattern, URLResolver, path

from portal.choices import choose

urlpatterns: list[URLPattern | URLResolver] = [
    path("choose/", choose, name="choose"),
]
