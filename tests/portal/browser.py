"""A scripted browser: the portal on one side, Keycloak on the other, redirects followed across both.

Two traps of the real Keycloak are built in: its cookies are Secure even over http on loopback, which only real
browsers send back, and a redirect loop must fail a test instead of running for ever.
"""

import html
import re
from dataclasses import dataclass, field
from urllib.parse import urljoin, urlsplit

import requests
from django.conf import settings
from django.test import Client

MOST_HOPS = 12


@dataclass
class Page:
    """Where the browser stands: the address, what was answered, and the way there."""

    url: str
    status: int
    text: str
    headers: dict[str, str]
    way: list[str] = field(default_factory=list)

    @property
    def is_login_form(self) -> bool:
        return "kc-form-login" in self.text

    @property
    def path(self) -> str:
        parts = urlsplit(self.url)
        return parts.path + (f"?{parts.query}" if parts.query else "")

    def action(self) -> str:
        """Return the address that the page's form posts to."""
        found = re.search(r'<form[^>]*?action="([^"]+)"', self.text)
        assert found, f"no form on {self.url}"
        return urljoin(self.url, html.unescape(found[1]))


class Browser:
    """`portal` is Django's test client for tests without a server, None where the portal listens on `portal_url`."""

    def __init__(self, portal_url: str, portal: Client | None = None) -> None:
        self.portal_url, self.portal = portal_url, portal
        self.web = requests.Session()
        self.web.trust_env = False

    def get(self, where: str, headers: dict[str, str] | None = None, *, follow: bool = True) -> Page:
        return self._go("GET", where, {}, headers or {}, follow=follow)

    def post(
        self,
        where: str,
        data: dict[str, str] | None = None,
        headers: dict[str, str] | None = None,
        *,
        follow: bool = True,
    ) -> Page:
        return self._go("POST", where, data or {}, headers or {}, follow=follow)

    def sign_in(self, who: str, where: str = "/", password: str | None = None) -> Page:
        """Open a page of the portal and go through Keycloak's form; ends wherever that leads."""
        page = self.get(where)
        assert page.is_login_form, f"{page.status} {page.url}: {page.text[:300]}"
        return self.fill_in(page, who, password)

    def fill_in(self, page: Page, who: str, password: str | None = None) -> Page:
        return self.post(page.action(), {"username": who, "password": password or who, "credentialId": ""})

    def sign_out(self) -> Page:
        """Press the portal's button (its form carries the CSRF token)."""
        if self.portal is not None:
            return self.post("/logout/")
        token = self.web.cookies.get(settings.CSRF_COOKIE_NAME) or ""
        return self.post("/logout/", {"csrfmiddlewaretoken": token}, {"Referer": self.portal_url + "/"})

    def forget(self, cookie: str) -> None:
        """Drop one of the portal's cookies."""
        for one in [held for held in self.web.cookies if held.name == cookie]:
            self.web.cookies.clear(one.domain, one.path, one.name)

    def close(self) -> None:
        self.web.close()

    def _go(self, method: str, where: str, data: dict[str, str], headers: dict[str, str], *, follow: bool) -> Page:
        url, way = urljoin(self.portal_url, where), []
        for _ in range(MOST_HOPS):
            page = self._ask(method, url, data, headers)
            way.append(url)
            page.way = way
            if not follow or page.status not in {301, 302, 303}:
                return page
            url, method, data, headers = urljoin(url, page.headers["location"]), "GET", {}, {}
        raise AssertionError(f"a loop: {way}")

    def _ask(self, method: str, url: str, data: dict[str, str], headers: dict[str, str]) -> Page:
        if self.portal is not None and url.startswith(self.portal_url):
            return self._ask_client(method, url.removeprefix(self.portal_url), data, headers)
        answer = self.web.request(method, url, data=data or None, headers=headers, allow_redirects=False, timeout=60)
        for cookie in self.web.cookies:
            cookie.secure = False
        return Page(url, answer.status_code, answer.text, {k.lower(): v for k, v in answer.headers.items()})

    def _ask_client(self, method: str, path: str, data: dict[str, str], headers: dict[str, str]) -> Page:
        assert self.portal is not None
        send = self.portal.get if method == "GET" else self.portal.post
        answer = send(path, data or None, headers=headers) if method == "POST" else send(path, headers=headers)
        found = {name.lower(): value for name, value in answer.headers.items()}
        return Page(self.portal_url + path, answer.status_code, answer.content.decode(), found)
