"""A client, a server that answers it as it is told, and the answers that tests want most."""

import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from orders.jaeger.client import Jaeger
from orders.jaeger.config import JaegerConfig
from orders.journey.spans import SECOND
from tests.jaeger.faults import Answer, Asked, Server, says, serving

WINDOW = {"start": 1_795_444_000 * SECOND, "end": 1_795_445_000 * SECOND}
SHORT: dict[str, Any] = {
    "soft_deadline": 0.4,
    "hard_deadline": 1.2,
}  # for what waits until a deadline; all else has time
LONG: dict[str, Any] = {"soft_deadline": 9.0, "hard_deadline": 9.0}


def tag(key: str, value: object) -> dict[str, object]:
    return {"key": key, "type": "string", "value": value}


def legacy(order_id: str = "A-1", *, service: str = "mes", trace: str = "1" * 32, spans: int = 1) -> bytes:
    one = {"traceID": trace, "startTime": 1_795_444_500_000_000, "duration": 5, "processID": "p1"}
    told = [one | {"spanID": f"{n + 1:016x}", "tags": [tag("order_id", order_id)]} for n in range(spans)]
    data = {"traceID": trace, "spans": told, "processes": {"p1": {"serviceName": service}}}
    return json.dumps({"data": [data], "errors": None}).encode()


@contextmanager
def asking(answer: Answer, **settings: Any) -> Iterator[tuple[Jaeger, Server]]:
    with serving(answer) as server:
        usual: dict[str, Any] = {"generation": "legacy", "services": ("crm",), "patience": 0.05} | LONG
        config = JaegerConfig(base_url=server.url, **usual | settings)
        jaeger = Jaeger(config)
        try:
            yield jaeger, server
        finally:
            jaeger.close()


def find(jaeger: Jaeger, order_id: str = "A-1") -> Any:
    return jaeger.find("order_id", order_id, **WINDOW)


def in_turn(*answers: Answer) -> Answer:
    left = list(answers)

    def answer(asked: Asked, sock: socket.socket) -> None:
        left.pop(0)(asked, sock)

    return answer


def by_service(**answers: Answer) -> Answer:
    return lambda asked, sock: answers[asked.params["service"]](asked, sock)


def held(gate: threading.Event) -> Answer:
    """Answer well once the gate is open."""

    def answer(asked: Asked, sock: socket.socket) -> None:
        gate.wait(8)
        says(legacy())(asked, sock)

    return answer
