"""What goes over the wire between the server and its rooms: a request read, an answer to be written."""

import json
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Asked:
    """One request: the path without its query, single values of query and form, cookies, headers in lower case."""

    method: str
    path: str
    query: dict[str, str]
    form: dict[str, str]
    body: bytes
    cookies: dict[str, str]
    headers: dict[str, str]

    def json(self) -> Any:
        """Return the body as JSON."""
        return json.loads(self.body or b"null")

    @property
    def language(self) -> str:
        """The language to answer in: what was asked for, then what the browser prefers; ru or en."""
        wanted = f"{self.query.get('kc_locale', '')} {self.query.get('ui_locales', '')}".split()
        wanted += [part.split(";")[0].strip() for part in self.headers.get("accept-language", "").split(",")]
        return next((tag[:2].lower() for tag in wanted if tag[:2].lower() in {"ru", "en"}), "ru")


@dataclass(frozen=True)
class Answer:
    """One answer; `headers` may name a header twice (cookies)."""

    status: int = 200
    body: bytes = b""
    headers: list[tuple[str, str]] = field(default_factory=list)


def as_json(value: object, status: int = 200) -> Answer:
    """Answer with JSON."""
    return Answer(
        status, json.dumps(value).encode(), [("Content-Type", "application/json"), ("Cache-Control", "no-store")]
    )


def as_page(html: str, status: int = 200, headers: list[tuple[str, str]] | None = None) -> Answer:
    """Answer with an HTML page that nobody may frame or store."""
    own = [
        ("Content-Type", "text/html; charset=utf-8"),
        ("Cache-Control", "no-store"),
        (
            "Content-Security-Policy",
            "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'",
        ),
        ("X-Content-Type-Options", "nosniff"),
        ("Referrer-Policy", "no-referrer"),
    ]
    return Answer(status, html.encode(), own + (headers or []))


def redirect(url: str, headers: list[tuple[str, str]] | None = None) -> Answer:
    """Send the browser elsewhere."""
    return Answer(302, b"", [("Location", url), ("Cache-Control", "no-store"), *(headers or [])])
