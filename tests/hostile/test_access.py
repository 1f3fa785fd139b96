"""Who gets what: each route of the real resolver, each method, each kind of person, against one written table."""

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client

from tests.hostile.conftest import PEOPLE, As
from tests.hostile.routes import METHODS, address, routes
from tests.orders.conftest import FakeJaeger

TABLE: dict[str, dict[str, str]] = tomllib.loads(Path(__file__).with_name("access.toml").read_text(encoding="utf-8"))
CLOSED = ("sign-in", "no-role")


def cases(route: str) -> Iterator[tuple[str, str, str]]:
    """Yield (method, who, verdict) for one route."""
    for method in METHODS:
        verdicts = (TABLE[route].get(method) or TABLE[route]["other"]).split()
        yield from ((method, who, verdict) for who, verdict in zip(PEOPLE, verdicts, strict=True))


def verdict_of(answer: HttpResponse) -> str:
    """Return the word of access.toml for an answer."""
    where = answer.headers.get("Location", "")
    if answer.status_code == 302:
        return "sign-in" if where.startswith("/login/") else "home" if where == "/" else "away"
    named = answer.status_code == 403 and b"support" in answer.content and b"devops" in answer.content
    return "no-role" if named else str(answer.status_code)


def ask(client: Client, route: str, method: str, *, htmx: bool) -> Any:
    path = address(route) + ("?" + TABLE[route]["query"] if "query" in TABLE[route] else "")
    return client.generic(method, path, headers={"HX-Request": "true"} if htmx else {})


def test_every_route_is_in_the_table_and_nothing_else() -> None:
    assert set(routes()) == TABLE.keys()


def asked(route: str, someone: As, *, methods: tuple[str, ...], htmx: bool) -> Iterator[tuple[str, str, str, Any]]:
    """Yield (method, who, verdict, answer); whoever was thrown out signs in again first."""
    inside: dict[str, Client] = {}
    for method, who, verdict in cases(route):
        if method in methods:
            client = inside.get(who) or someone(who)
            yield method, who, verdict, ask(client, route, method, htmx=htmx)
            if who in {"support", "devops", "developer"} and route != "logout/":
                inside[who] = client


@pytest.mark.parametrize("route", TABLE)
def test_a_page_is_for_whom_the_table_says(route: str, someone: As, jaeger: FakeJaeger) -> None:
    wrong = {}
    for method, who, verdict, answer in asked(route, someone, methods=METHODS, htmx=False):
        found = verdict_of(answer)
        if found != verdict and not (method == "HEAD" and verdict == "no-role" and found == "403"):
            wrong[method, who] = found
        if verdict in CLOSED and b"P-77" in answer.content.replace(address(route).encode(), b""):
            wrong[method, who] = "something of the order"
    assert wrong == {}


@pytest.mark.parametrize("route", TABLE)
def test_a_fragment_is_for_whom_the_table_says(route: str, someone: As, jaeger: FakeJaeger) -> None:
    wrong = {}
    for method, who, verdict, answer in asked(route, someone, methods=("GET", "POST"), htmx=True):
        closed = (answer.status_code, answer.content, "HX-Redirect" in answer.headers) == (401, b"", True)
        if closed != (verdict in CLOSED) or (not closed and verdict_of(answer) != verdict):
            wrong[method, who] = verdict_of(answer)
    assert wrong == {}


def test_nobody_outside_makes_the_portal_ask_jaeger(someone: As, jaeger: FakeJaeger) -> None:
    for route in TABLE:
        for who in ("anonymous", "no_role"):
            ask(someone(who), route, "GET", htmx=False)
    assert jaeger.asked == []
