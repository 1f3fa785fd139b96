"""Fixtures of the app's tests: readers, one order's spans behind a fake Jaeger, a signed-in request."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import RequestFactory
from django.urls import resolve
from django.utils import translation

from orders import actions, wiring
from orders.jaeger.config import JaegerConfig
from orders.jaeger.errors import BadId, JaegerError
from orders.journey.peers import Fleet
from orders.journey.spans import Answer, Span
from tests.journey.story import TABLE, Story, at, healthy_fleet

NOW = 600  # minutes after T0
ID = JaegerConfig(base_url="http://127.0.0.1:9").id_pattern  # what the real client sends and nothing else


def said(span: Span, attribute: str) -> tuple[str, ...]:
    """Return what a span says under an attribute's name."""
    facts = span.facts
    return {
        "order_id": facts.order_ids,
        "external_partner_id": (facts.partner_id,),
        "model_id": (facts.model_id,),
    }.get(attribute, ())


@dataclass
class FakeJaeger:
    """Answers from spans by the id they carry, or raises."""

    spans: list[Span] = field(default_factory=list)
    error: JaegerError | None = None
    asked: list[tuple[str, str]] = field(default_factory=list)

    def find(self, attribute: str, value: str, *, start: int, end: int) -> Answer:
        if not re.fullmatch(ID, value, re.ASCII):
            raise BadId(value)
        self.asked.append((attribute, value))
        if self.error:
            raise self.error
        traces = {span.trace_id for span in self.spans if value in said(span, attribute)}
        return Answer(spans=tuple(s for s in self.spans if s.trace_id in traces), start=start, end=end, took=0.2)

    def trace(self, trace_id: str, *, start: int, end: int) -> Answer:
        if self.error:
            raise self.error
        return Answer(spans=tuple(s for s in self.spans if s.trace_id == trace_id))


class FakeKeeper:
    """Hands out one snapshot."""

    def __init__(self, fleet: Fleet | None) -> None:
        self.fleet = fleet

    def snapshot(self, *, wait: float) -> Fleet | None:
        return self.fleet

    def renew(self) -> None:
        """Do nothing."""


@pytest.fixture
def jaeger(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeJaeger]:
    story = Story()
    story.span("shop", 0, name="create order", partner_id="P-77", model_id="M-1043", channel="api")
    story.upto(3)
    story.hop(3, 15.5, taken=False)
    fake = FakeJaeger(spans=list(story.spans))
    keeper: Any = FakeKeeper(healthy_fleet(NOW))
    lookup = actions.Lookup(jaeger=fake, keeper=keeper, table=TABLE)
    monkeypatch.setattr(wiring, "lookup", lambda: lookup)
    monkeypatch.setattr(wiring, "clock", lambda: at(NOW))
    yield fake
    lookup.pool.shutdown()


Get = Callable[..., HttpResponse]


def ask(
    method: str, path: str, *, codes: bool = False, language: str = "ru", data: Any = None, **headers: str
) -> HttpResponse:
    """Return the view's answer to a signed-in person, past the site's middleware."""
    factory = RequestFactory()
    request = getattr(factory, method)(path, data, headers=headers)
    roles = frozenset({"devops" if codes else "support"})
    request.portal_user = SimpleNamespace(sub="u-1", name="Anna", username="anna", roles=roles, sees_codes=codes)
    match = resolve(request.path_info)
    with translation.override(language):
        response: HttpResponse = match.func(request, *match.args, **match.kwargs)
    return response


@pytest.fixture
def get(jaeger: FakeJaeger) -> Get:
    return lambda path, **more: ask("get", path, **more)


@pytest.fixture
def post(jaeger: FakeJaeger) -> Get:
    return lambda path, **more: ask("post", path, **more)
