"""A small HTTP server on loopback that answers as it is told: right, wrong, late, broken, or not at all."""

import socket
import socketserver
import struct
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import NamedTuple
from urllib.parse import parse_qsl, urlsplit


class Asked(NamedTuple):
    """A request as it came: path, parameters (each name once or it fails), headers by lower-case name."""

    path: str
    params: dict[str, str]
    headers: dict[str, str]


Answer = Callable[[Asked, socket.socket], None]


class Server(socketserver.ThreadingTCPServer):
    """Holds what answers, and every request that came."""

    allow_reuse_address = True
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, answer: Answer) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.answer = answer
        self.asked: list[Asked] = []
        self.ended = threading.Event()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def handle_error(self, request: object, client_address: object) -> None:
        """Stay silent when a client hangs up."""


class _Handler(socketserver.BaseRequestHandler):
    server: Server

    def handle(self) -> None:
        head = b""
        while b"\r\n\r\n" not in head:
            more = self.request.recv(65536)
            if not more:
                return
            head += more
        first, *lines = head.decode("latin-1").split("\r\n\r\n")[0].split("\r\n")
        url = urlsplit(first.split(" ")[1])
        pairs = parse_qsl(url.query, strict_parsing=bool(url.query), keep_blank_values=True)
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        asked = Asked(url.path, dict(pairs), headers)
        assert len(asked.params) == len(pairs), "a parameter was sent twice"
        self.server.asked.append(asked)
        self.server.answer(asked, self.request)


@contextmanager
def serving(answer: Answer) -> Iterator[Server]:
    """Run a server that answers so."""
    with Server(answer) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield server
        finally:
            server.ended.set()
            server.shutdown()
            thread.join()


def head(status: int, length: int | None, content_type: str = "application/json", **headers: str) -> bytes:
    lines = [f"HTTP/1.1 {status} X", f"Content-Type: {content_type}", "Connection: close"]
    lines += [] if length is None else [f"Content-Length: {length}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def says(body: bytes, status: int = 200, content_type: str = "application/json", **headers: str) -> Answer:
    """Answer whole and at once."""
    return lambda asked, sock: sock.sendall(head(status, len(body), content_type, **headers) + body)


def late(seconds: float, then: Answer) -> Answer:
    def answer(asked: Asked, sock: socket.socket) -> None:
        time.sleep(seconds)
        then(asked, sock)

    return answer


def reset(asked: Asked, sock: socket.socket) -> None:
    """Break the connection off before any answer."""
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    sock.close()


def half(asked: Asked, sock: socket.socket) -> None:
    """Promise more than is sent."""
    sock.sendall(head(200, 1000) + b'{"data":[')


def bad_chunk(asked: Asked, sock: socket.socket) -> None:
    sock.sendall(head(200, None, Transfer_Encoding="chunked") + b"zz\r\nnot a length\r\n")


def not_http(asked: Asked, sock: socket.socket) -> None:
    sock.sendall(b"SSH-2.0-OpenSSH_9.2\r\n")


def drip(asked: Asked, sock: socket.socket) -> None:
    """Send a byte now and then, for ever."""
    sock.sendall(head(200, 100_000))
    for _ in range(200):
        sock.sendall(b" ")
        time.sleep(0.05)


def silence(asked: Asked, sock: socket.socket) -> None:
    """Send the head, then nothing until the other side hangs up."""
    sock.sendall(head(200, 10))
    sock.settimeout(10)
    sock.recv(1)


def endless(asked: Asked, sock: socket.socket) -> None:
    sock.sendall(head(200, None))
    while True:
        sock.sendall(b" " * 65536)
