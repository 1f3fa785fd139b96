"""Fixtures of the browser tests: places, people, and readers whose browser complains of nothing."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any, Protocol

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from tests.e2e.chromium import PATIENCE, SPY, Watch, chromium, signed_in
from tests.e2e.places import Place, place

ROOM = "tests/e2e/"


class Read(Protocol):
    """Opens a page for a reader: who (None: nobody signed in), where, and options of Playwright's new_context."""

    def __call__(self, who: str | None = "anna", at: Place | None = None, **options: Any) -> Page: ...


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if ROOM in item.nodeid:
            item.add_marker(pytest.mark.e2e)
            item.add_marker(pytest.mark.timeout(300, func_only=True))


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


@pytest.fixture(scope="session")
def places(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], Place]]:
    with ExitStack() as started:
        known: dict[str, Place] = {}

        def of(world: str) -> Place:
            if world not in known:
                storage = "memory" if world == "faults" else "badger"
                known[world] = started.enter_context(place(world, tmp_path_factory.mktemp(world), storage=storage))
            return known[world]

        yield of


@pytest.fixture(scope="session")
def faults(places: Callable[[str], Place]) -> Place:
    return places("faults")


@pytest.fixture(scope="session")
def silent(places: Callable[[str], Place]) -> Place:
    return places("one-silent-mes")


@pytest.fixture(scope="session")
def cookies(browser: Browser) -> Callable[[Place, str], Any]:
    known: dict[tuple[str, str], Any] = {}

    def of(where: Place, who: str) -> Any:
        if (where.url, who) not in known:
            known[where.url, who] = signed_in(browser, where.url, who)
        return known[where.url, who]

    return of


@pytest.fixture
def watch() -> Iterator[Watch]:
    watched = Watch()
    yield watched
    assert watched.complaints == []


@pytest.fixture
def read(browser: Browser, faults: Place, watch: Watch, cookies: Callable[[Place, str], Any]) -> Iterator[Read]:
    opened: list[BrowserContext] = []

    def of(who: str | None = "anna", at: Place | None = None, **options: Any) -> Page:
        where = at or faults
        state = cookies(where, who) if who else None
        context = browser.new_context(base_url=where.url, storage_state=state, **{"locale": "ru-RU", **options})
        context.set_default_timeout(PATIENCE)
        opened.append(context)
        if options.get("java_script_enabled", True):
            context.add_init_script(SPY)
        watch.over(context)
        return context.new_page()

    yield of
    for context in opened:
        context.close()
