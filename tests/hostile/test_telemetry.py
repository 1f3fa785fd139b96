"""Hostile telemetry on every page, in every form, for every role: no error, nothing but our own markup."""

from collections.abc import Sequence
from typing import Any, Final

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.hostile.conftest import FULL, PARTS
from tests.hostile.judge import check, without_tags
from tests.hostile.payloads import CORPUS, FRAGMENTS
from tests.hostile.routes import ORDER
from tests.hostile.world import told
from tests.journey.story import at
from tests.orders.conftest import FakeJaeger, Get

TEXTS: Final = st.one_of(
    st.sampled_from(CORPUS), st.lists(st.sampled_from(FRAGMENTS), max_size=8).map("".join), st.text(max_size=30)
)
ORDER_PAGE, SPANS = f"/orders/{ORDER}/", f"/orders/{ORDER}/spans/"
PAGES: Final[tuple[tuple[str, dict[str, Any]], ...]] = (
    (ORDER_PAGE, {}),
    (ORDER_PAGE, {"codes": True}),
    (ORDER_PAGE, {"codes": True, "language": "en"}),
    (ORDER_PAGE, {"HX-Request": "true"}),
    (f"{ORDER_PAGE}?at=2026-09-21T17:20:00Z", {}),
    (f"/orders/{ORDER}.json", {}),
    (SPANS, {"codes": True}),
    (SPANS, {"codes": True, "language": "en", "HX-Request": "true"}),
    ("/partners/P-77/", {}),
    ("/partners/P-77/", {"language": "en"}),
    ("/partners/P-77.csv", {}),
    ("/partners/P-77.json", {}),
    ("/models/M-1043/", {}),
    (f"/several/?ids={ORDER}", {"codes": True}),
    (f"/several.csv?ids={ORDER}", {"language": "en"}),
    (f"/several.json?ids={ORDER}", {}),
)
OURS: dict[tuple[str, str], str] = {}  # each page while nothing hostile is there
UNSEEN: Final = ("\u202e", "\u200b", "\x00")  # never as they are, whatever the form
FORBIDDEN: Final = ("<", ">", '"', *UNSEEN)


@pytest.fixture
def page_of(get: Get, jaeger: FakeJaeger) -> Any:
    """Return what answers a page while an order's telemetry carries hostile texts."""
    good = list(jaeger.spans)
    for path, more in PAGES:
        OURS[path, str(more)] = get(path, **more).content.decode()

    def answer(texts: Sequence[str], page: tuple[str, dict[str, Any]]) -> Any:
        jaeger.spans = [*good, *told(texts, at=at(16))]
        return get(page[0], **page[1])

    return answer


def judge(answer: Any, texts: Sequence[str], page: tuple[str, dict[str, Any]]) -> None:
    """Demand a 200 or, of a moment, a 400, of our own markup, without a hostile text as it was sent."""
    assert answer.status_code in ({200, 400} if "at=" in page[0] else {200}), page
    check(answer)
    body, ours = answer.content.decode(), OURS[page[0], str(page[1])]
    html = answer["Content-Type"].startswith("text/html")
    said = without_tags(body) if html else body
    for text in texts:
        shown = text in said and text not in ours
        assert not (shown and html and len(text) > 4 and any(mark in text for mark in FORBIDDEN)), (text, page)
        assert not (shown and any(mark in text for mark in UNSEEN)), (text, page)


def some(share: int) -> settings:
    """Return the settings of a property: 150 examples, or its share (per cent) of the hundred thousand."""
    examples = max(150, share * settings().max_examples // 100)
    found = settings(max_examples=examples, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    return settings(found, derandomize=settings().max_examples < FULL // PARTS)


@some(30)
@given(texts=st.lists(TEXTS, min_size=1, max_size=3), page=st.sampled_from(PAGES))
def test_hostile_telemetry(part: int, page_of: Any, texts: list[str], page: Any) -> None:
    judge(page_of(texts, page), texts, page)
