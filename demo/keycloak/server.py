"""The stand-in's server: one thread a request, loopback only, with switches for faults."""

import threading
import time
from collections.abc import Mapping
from http.cookies import CookieError, SimpleCookie
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import parse_qsl

from demo.keycloak import channel
from demo.keycloak.admin import Admin
from demo.keycloak.browser import BrowserSide
from demo.keycloak.messages import Answer, Asked, as_json
from demo.keycloak.realm import Realm
from demo.keycloak.realm_file import read_realm
from demo.keycloak.signing import KeyStore

PORTAL_URL, CLIENT_SECRET, ADMIN_PASSWORD = "http://127.0.0.1:8300", "demo-client-secret", "admin"


class StandInKeycloak:
    """A Keycloak that starts in milliseconds.

    `portal_url` and `client_secret` fill the realm file. While it runs, `realm` may be changed, `fail` makes every
    answer an error (a status, or "html", "list", "reset"), `delay` makes it wait that many seconds first, and
    `calls` lists what was asked ("POST /realms/…/token").
    """

    def __init__(
        self,
        portal_url: str = PORTAL_URL,
        client_secret: str = CLIENT_SECRET,
        admin_password: str = ADMIN_PASSWORD,
    ) -> None:
        self._values: Mapping[str, str] = {"PORTAL_URL": portal_url, "PORTAL_CLIENT_SECRET": client_secret}
        self._admin_password = admin_password
        self.client_secret = client_secret
        self.fail: int | str = 0
        self.delay = 0.0
        self.calls: list[str] = []

    def start(self, port: int = 0, host: str = "127.0.0.1") -> Self:
        """Listen on the port, any free one for 0; returns when it can be asked."""
        self._server = _Server((host, port), self)
        self.url = f"http://{host}:{self._server.server_port}"
        self._keys = KeyStore()
        self.reset()
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()
        return self

    def reset(self) -> None:
        """Put the realm back to what the file says: nobody signed in, no faults, the first keys."""
        self._keys.restore()
        self.realm = Realm(read_realm(self._values), self.url, self._keys)
        self._browser, self._admin = BrowserSide(self.realm), Admin(self.realm, self._admin_password)
        self.fail, self.delay = 0, 0.0
        self.calls.clear()

    def stop(self) -> None:
        """Stop listening; the port is free afterwards."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def answer(self, asked: Asked) -> Answer:
        """Answer one request by Keycloak's layout of addresses."""
        if asked.path == "/health/ready":
            return as_json({"status": "UP"})
        if asked.path == "/realms/master/protocol/openid-connect/token":
            return self._admin.token(asked)
        admin = f"/admin/realms/{self.realm.name}"
        if asked.path == admin or asked.path.startswith(f"{admin}/"):
            return self._admin.handle(asked, asked.path.removeprefix(admin))
        here = f"/realms/{self.realm.name}/"
        if not asked.path.startswith(here):
            return as_json({"error": "Realm does not exist"}, 404)
        return self._in_realm(asked, asked.path.removeprefix(here))

    def _in_realm(self, asked: Asked, path: str) -> Answer:  # noqa: PLR0911 - a table of addresses
        match asked.method, path:
            case "GET", ".well-known/openid-configuration":
                return channel.discovery(self.realm)
            case "GET", "protocol/openid-connect/certs":
                return as_json(self.realm.keys.published())
            case "GET", "protocol/openid-connect/auth":
                return self._browser.authorize(asked)
            case "POST", "login-actions/authenticate":
                return self._browser.authenticate(asked)
            case "POST", "protocol/openid-connect/token":
                return channel.token(self.realm, asked)
            case "POST", "protocol/openid-connect/revoke":
                return channel.revoke(self.realm, asked)
            case "GET" | "POST", "protocol/openid-connect/userinfo":
                return channel.userinfo(self.realm, asked)
            case "POST", "protocol/openid-connect/logout" if "refresh_token" in asked.form:
                return channel.old_logout(self.realm, asked)
            case "GET" | "POST", "protocol/openid-connect/logout":
                return self._browser.logout(asked)
            case _:
                return as_json({"error": "HTTP 404 Not Found"}, 404)

    def fault(self) -> Answer | None:
        """Return the wrong answer that was ordered, if one was."""
        if isinstance(self.fail, int):
            return as_json({"error": "unknown_error"}, self.fail) if self.fail else None
        if self.fail == "list":
            return as_json([])
        return Answer(200, b"<html><title>Proxy error</title></html>", [("Content-Type", "text/html")])


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def __init__(self, address: tuple[str, int], keycloak: StandInKeycloak) -> None:
        super().__init__(address, _Handler)
        self.keycloak = keycloak

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Keep quiet about clients that hang up."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def _handle(self) -> None:
        keycloak = self.server.keycloak
        asked = self._asked()
        keycloak.calls.append(f"{asked.method} {asked.path}")
        ordered = None
        if asked.path.startswith("/realms/") and not asked.path.startswith("/realms/master/"):
            time.sleep(keycloak.delay)
            ordered = keycloak.fault()
        if keycloak.fail == "reset" and ordered:
            self.close_connection = True
            return
        self._send(ordered or keycloak.answer(asked))

    do_GET = do_POST = do_PUT = do_DELETE = _handle  # noqa: N815 - the names that http.server calls

    def _asked(self) -> Asked:
        path, _, query = self.path.partition("?")
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        is_form = self.headers.get("Content-Type", "").startswith("application/x-www-form-urlencoded")
        form = dict(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True)) if is_form else {}
        headers = {name.lower(): value for name, value in self.headers.items()}
        return Asked(
            self.command, path, dict(parse_qsl(query, keep_blank_values=True)), form, body, _cookies(headers), headers
        )

    def _send(self, answer: Answer) -> None:
        self.send_response(answer.status)
        for name, value in answer.headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        self.wfile.write(answer.body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name that http.server gives it
        """Keep quiet."""


def _cookies(headers: dict[str, str]) -> dict[str, str]:
    try:
        return {name: morsel.value for name, morsel in SimpleCookie(headers.get("cookie", "")).items()}
    except CookieError:
        return {}
