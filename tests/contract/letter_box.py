"""A place for back-channel logouts: counts them, keeps them, and answers as a test wants."""

import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Self
from urllib.parse import parse_qs


class LetterBox:
    """`url` takes the POSTs; `letters` are their forms, `status` and `delay` (seconds) what they meet."""

    def __init__(self) -> None:
        self.letters: list[dict[str, list[str]]] = []
        self.status, self.delay = 200, 0.0

    def __enter__(self) -> Self:
        box = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                assert self.headers["Content-Type"].startswith("application/x-www-form-urlencoded")
                box.letters.append(parse_qs(body))
                time.sleep(box.delay)
                self.send_response(box.status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name that http.server gives it
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}/"
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def received(self, at_least: int) -> int:
        """Return how many letters came, after up to thirty seconds for so many to come."""
        until = time.monotonic() + 30
        while len(self.letters) < at_least and time.monotonic() < until:
            time.sleep(0.02)
        time.sleep(0.1)  # one too many would come now
        return len(self.letters)

    def __exit__(self, *args: object) -> None:
        self._server.shutdown()
        self._server.server_close()
