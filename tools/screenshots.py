"""A picture of every page and state, in both languages, light and dark, wide and narrow: build/screenshots.

`python -m tools.screenshots [NAME …]` takes all, or those whose names begin so; index.html shows them side by side.
"""

import itertools
import signal
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from html import escape
from pathlib import Path
from typing import Any, Final

from aiohttp import web
from playwright.sync_api import Browser, BrowserContext, Page

from demo.alexandrite.showcase import SHOWCASE
from tests.e2e.chromium import chromium, sign_in, signed_in
from tests.e2e.places import Place, place

TARGET: Final = Path("build/screenshots")
WIDTHS: Final = {"": 1280, "-narrow": 320}
SCHEMES: Final = {"": "light", "-dark": "dark"}
LANGUAGES: Final = {"ru": "ru-RU", "en": "en-GB"}
LIST: Final = "\n".join([SHOWCASE["stalled"], SHOWCASE["done"], "ORD-99999", SHOWCASE["failed"], SHOWCASE["on_time"]])
DEVOPS_SEE: Final = ("stalled", "failed", "done", "no_result", "dead_lettered")
LOOKED_AT: Final = tuple(f"/orders/{SHOWCASE[name]}/" for name in ("done", "on_time", "failed", "stalled"))
SILENT_AT: Final = f"/orders/{SHOWCASE['cannot_tell']}/"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shot:
    """One picture: its name, who looks (None: nobody signed in), the paths they open, what they do there at last."""

    name: str
    paths: tuple[str, ...]
    who: str | None = "anna"
    then: Callable[[Page], None] | None = None


def order(name: str, *, who: str = "anna", query: str = "") -> Shot:
    """Return the picture of an order of the showcase."""
    more = ("-devops" if who == "dmitry" else "") + ("-at" if query else "")
    return Shot(name=f"order-{name.replace('_', '-')}{more}", paths=(f"/orders/{SHOWCASE[name]}/{query}",), who=who)


def ask(text: str) -> Callable[[Page], None]:
    """Return how a text is put into the search."""

    def then(page: Page) -> None:
        page.fill("#q", text)
        page.press("#q", "Enter")
        page.wait_for_load_state("networkidle")

    return then


def unfold(page: Page) -> None:
    """Open what developers see."""
    page.click("#machinery > summary")
    page.wait_for_selector("#spans table")


def to_the_partner(page: Page) -> None:
    """Go on to the order's partner."""
    page.click(".head a[href^='/partners/']")
    page.wait_for_load_state("networkidle")


def sign_out(page: Page) -> None:
    """Come in and leave by the button."""
    sign_in(page, "anna")
    page.click("details.me summary")
    page.click("details.me button")
    page.wait_for_url("**/signed-out/**")


def without_role(page: Page) -> None:
    """Sign in as somebody who has none of the roles."""
    sign_in(page, "oleg")
    page.wait_for_load_state("networkidle")


def of_faults() -> list[Shot]:
    """Return the pictures of a place where everything works and orders have real faults."""
    then = datetime.now(UTC) - timedelta(hours=26, minutes=50)
    stalled, failed = f"/orders/{SHOWCASE['stalled']}/", f"/orders/{SHOWCASE['failed']}/"
    return [
        Shot(name="home", paths=(*LOOKED_AT, "/")),
        *(order(name) for name in SHOWCASE if name != "cannot_tell"),
        *(order(name, who="dmitry") for name in DEVOPS_SEE),
        order("stalled", query=f"?at={then:%Y-%m-%dT%H:%M:%SZ}"),
        Shot(name="order-failed-spans", paths=(failed,), who="dmitry", then=unfold),
        Shot(name="order-no-data", paths=("/orders/ORD-99999/",)),
        Shot(name="order-refused", paths=(f"{stalled}?at=2031-01-01T00:00:00Z",)),
        Shot(name="corrected", paths=("/",), then=ask("ЩКВ 2О398")),
        Shot(name="several", paths=("/",), then=ask(LIST)),
        Shot(name="partner", paths=(stalled,), then=to_the_partner),
        Shot(name="nothing-found", paths=("/",), then=ask("Где мой заказ?")),
        Shot(name="help", paths=("/help/",)),
        Shot(name="access-log", paths=(stalled, failed, "/access-log/"), who="dmitry"),
        Shot(name="not-found", paths=("/nowhere/",)),
        Shot(name="no-role", paths=("/",), who=None, then=without_role),
        Shot(name="signed-out", paths=("/",), who=None, then=sign_out),
    ]


def of_silence() -> list[Shot]:
    """Return the pictures of a place where MES has sent nothing for three hours."""
    slow = Shot(name="order-slow-silent", paths=(f"/orders/{SHOWCASE['slow']}/",))
    return [
        order("cannot_tell"),
        order("cannot_tell", who="dmitry"),
        slow,
        Shot(name="home-silent", paths=(SILENT_AT, "/")),
    ]


def of_a_part() -> list[Shot]:
    """Return the pictures of a Jaeger that answers for all services but CRM."""
    whom = {"anna": "", "dmitry": "-devops"}
    return [Shot(name=f"order-partial{more}", paths=(SILENT_AT,), who=who) for who, more in whom.items()]


def of_outages() -> list[Shot]:
    """Return the pictures of a place whose Jaeger is down; what was looked at before is known."""
    return [
        Shot(name="jaeger-down", paths=(f"/orders/{SHOWCASE['stalled']}/",)),
        Shot(name="jaeger-down-nothing-known", paths=("/orders/ORD-20399/",)),
        Shot(name="jaeger-down-home", paths=("/",)),
    ]


def without_crm(request: web.Request) -> web.StreamResponse | None:
    """Answer 503 in Jaeger's place where CRM's spans are asked for."""
    asked = request.query_string + request.path
    return web.json_response({"errors": []}, status=503) if "crm" in asked else None


def down(request: web.Request) -> web.StreamResponse | None:
    """Answer 503 in Jaeger's place."""
    return web.json_response({"errors": []}, status=503)


class Camera:
    """Takes pictures of one browser into TARGET."""

    def __init__(self, browser: Browser, wanted: tuple[str, ...]) -> None:
        self._browser, self._wanted = browser, wanted
        self._cookies: dict[tuple[str, str], Any] = {}

    def take(self, shots: list[Shot], where: Place) -> None:
        """Take each wanted shot in every language, scheme and width."""
        for shot in shots:
            if self._wanted and not shot.name.startswith(self._wanted):
                continue
            for lang, (dark, scheme), (narrow, width) in itertools.product(LANGUAGES, SCHEMES.items(), WIDTHS.items()):
                with self._reader(where, shot.who, LANGUAGES[lang], scheme, width) as page:
                    self._shoot(page, shot, TARGET / f"{shot.name}-{lang}{dark}{narrow}.png")

    def _shoot(self, page: Page, shot: Shot, file: Path) -> None:
        for path in shot.paths:
            page.goto(path)
        page.wait_for_load_state("networkidle")
        if shot.then:
            shot.then(page)
        page.evaluate("document.activeElement?.blur()")
        page.screenshot(path=file, full_page=True)

    @contextmanager
    def _reader(self, where: Place, who: str | None, locale: str, scheme: Any, width: int) -> Iterator[Page]:
        options: Any = {"locale": locale, "color_scheme": scheme, "viewport": {"width": width, "height": 800}}
        context: BrowserContext = self._browser.new_context(
            base_url=where.url, storage_state=self._state(where, who) if who else None, **options
        )
        try:
            yield context.new_page()
        finally:
            context.close()

    def _state(self, where: Place, who: str) -> Any:
        if (where.url, who) not in self._cookies:
            self._cookies[where.url, who] = signed_in(self._browser, where.url, who)
        return self._cookies[where.url, who]


def write_index() -> None:
    """Write a page that shows all pictures side by side."""
    found = sorted(TARGET.glob("*.png"))
    figures = "".join(
        f'<figure><a href="{escape(one.name)}"><img src="{escape(one.name)}" loading="lazy" alt=""></a>'
        f"<figcaption>{escape(one.stem)}</figcaption></figure>"
        for one in found
    )
    style = "body{display:flex;flex-wrap:wrap;gap:12px;font:13px sans-serif}figure{margin:0}img{max-width:400px;max-height:600px;border:1px solid #888}"  # noqa: E501
    page = f'<!doctype html><meta charset="utf-8"><title>Screenshots</title><style>{style}</style>{figures}'
    (TARGET / "index.html").write_text(page, encoding="utf-8")


def main(*wanted: str) -> None:
    """Start two places, take the pictures, stop both."""
    TARGET.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, chromium() as browser:
        camera = Camera(browser, wanted)
        var = Path(folder)
        for name in ("faults", "silent"):
            (var / name).mkdir()
        with place("faults", var / "faults") as faults:
            camera.take(of_faults(), faults)
            faults.jaeger.fail = down
            camera.take(of_outages(), faults)
            faults.keycloak.fail = 503
            camera.take([Shot(name="keycloak-down", paths=("/",), who=None)], faults)
        with place("one-silent-mes", var / "silent", storage="badger") as silent:
            camera.take(of_silence(), silent)
            silent.jaeger.fail = without_crm
            camera.take(of_a_part(), silent)
    write_index()
    print(f"{len(list(TARGET.glob('*.png')))} pictures in {TARGET}")


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("stopped"))  # so that every block ends its parts
    main(*sys.argv[1:])
