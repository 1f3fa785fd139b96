"""Chromium: one headless browser, and readers in it whose every complaint is kept."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Dialog,
    Page,
    Request,
    Response,
    expect,
    sync_playwright,
)

EXECUTABLE = "/usr/bin/chromium"
FLAGS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
PATIENCE = 30_000  # milliseconds for whatever a page is expected to show, on a busy machine too
expect.set_options(timeout=PATIENCE)
# Refused contents and every text that is copied are kept where a test can read them.
SPY = """(() => {
  window.copied = [];
  document.addEventListener("securitypolicyviolation", (event) =>
    console.error(`policy: ${event.violatedDirective} ${event.blockedURI} ${event.sample}`));
  if (navigator.clipboard) navigator.clipboard.writeText = async (text) => { window.copied.push(text); };
})();"""


class NoBrowserError(RuntimeError):
    """There is no Chromium to drive; the message says how to get one."""


@contextmanager
def chromium(*flags: str) -> Iterator[Browser]:
    """Start the system's Chromium with further flags, and end it with the block; raises NoBrowserError without one."""
    if not Path(EXECUTABLE).exists():
        raise NoBrowserError(f"{EXECUTABLE} is not there: apt-get install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=EXECUTABLE, args=[*FLAGS, *flags])
        try:
            yield browser
        finally:
            browser.close()


@dataclass
class Watch:
    """What went wrong in a browser: errors on the console, refused contents, failed requests, dialogs.

    A test that wants an answer of 400 or more says so with `expect`.
    """

    complaints: list[str] = field(default_factory=list)
    expected: set[int] = field(default_factory=set)

    def expect(self, *statuses: int) -> None:
        """Let answers with these statuses pass from now on."""
        self.expected |= set(statuses)

    def over(self, context: BrowserContext) -> None:
        """Listen to every page of a context."""
        context.on("console", self._console)
        context.on("weberror", lambda error: self.complaints.append(f"script: {error.error}"))
        context.on("response", self._response)
        context.on("requestfailed", self._failed)
        context.on("dialog", self._dialog)

    def _console(self, message: ConsoleMessage) -> None:
        if message.type not in {"error", "warning"}:
            return
        if "Failed to load resource" in message.text and any(f" {status} " in message.text for status in self.expected):
            return
        if message.text.startswith("Response Status Error Code") and self.expected:
            return  # htmx's own word for the same answer
        self.complaints.append(f"console: {message.text} ({message.location.get('url', '')})")

    def _response(self, response: Response) -> None:
        if response.status >= 400 and response.status not in self.expected:
            self.complaints.append(f"answer {response.status}: {response.url}")

    def _failed(self, request: Request) -> None:
        if "ERR_ABORTED" not in (request.failure or ""):  # a download, or a page that was left
            self.complaints.append(f"request: {request.failure} {request.url}")

    def _dialog(self, dialog: Dialog) -> None:
        self.complaints.append(f"dialog: {dialog.message}")
        dialog.dismiss()


def sign_in(page: Page, who: str) -> None:
    """Fill in Keycloak's form, which must be open; the password is the name."""
    page.fill("#username", who)
    page.fill("#password", who)
    page.click("#kc-login")


def signed_in(browser: Browser, url: str, who: str) -> Any:
    """Sign a person in and return the cookies, from which any number of readers can go on."""
    context = browser.new_context(base_url=url)
    page = context.new_page()
    page.goto("/")
    sign_in(page, who)
    page.wait_for_url(f"{url}/**")
    state = context.storage_state()
    context.close()
    return state
