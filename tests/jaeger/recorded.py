"""What eight real Jaegers answered to 133 questions each: read, compared with what was sent, and played again."""

import json
import socket
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from orders.jaeger import wire_legacy, wire_v3
from orders.jaeger.replies import Reply
from orders.jaeger.wire import Wire
from orders.journey.raw import Raw
from orders.journey.spans import Span
from tests.jaeger.faults import Answer, Asked, head

FOLDER = Path(__file__).parent / "recorded"
NAMES = sorted(path.stem for path in FOLDER.glob("*.json"))


@dataclass(frozen=True)
class Recorded:
    """One question with its answer."""

    ask: str
    path: str
    params: dict[str, str]
    reply: Reply

    @property
    def wire(self) -> Wire:
        return wire_v3 if "/v3/" in self.path else wire_legacy


@dataclass(frozen=True)
class Recording:
    """One server: its answers and the spans that it had been sent, by trace and span id."""

    name: str
    base: int
    answers: tuple[Recorded, ...]
    sent: dict[tuple[str, str], dict[str, Any]]

    @property
    def window(self) -> dict[str, int]:
        return {"start": self.base - 4 * 60 * 10**9, "end": self.base + 6 * 60 * 10**9}

    def reply(self, ask: str) -> Reply:
        return next(one.reply for one in self.answers if one.ask == ask)


@cache
def load(name: str) -> Recording:
    told = json.loads((FOLDER / f"{name}.json").read_text())
    answers = tuple(
        Recorded(
            one["ask"], one["path"], one["params"], Reply(one["status"], one["content_type"], "", _body(one["body"]))
        )
        for one in told["answers"]
    )
    return Recording(name, int(told["base_unix_nano"]), answers, _sent(told["sent"]))


def _body(body: object) -> bytes:
    return (body if isinstance(body, str) else json.dumps(body, ensure_ascii=False, separators=(",", ":"))).encode()


def _sent(otlp: dict[str, Any]) -> dict[tuple[str, str], dict[str, Any]]:
    return {
        (span["traceId"], span["spanId"]): span | {"resource": group["resource"]["attributes"]}
        for group in otlp["resourceSpans"]
        for scoped in group["scopeSpans"]
        for span in scoped["spans"]
    }


def same(span: Span, sent: dict[str, Any]) -> bool:
    """Return whether a span was read back as it was sent; Jaeger lengthens a span of no length by 1 ns."""
    start, end = int(sent["startTimeUnixNano"]), int(sent["endTimeUnixNano"])
    everywhere = sent["attributes"] + sent["resource"]
    everywhere += [one for event in sent.get("events", ()) for one in event["attributes"]]
    named = {one["key"]: next(iter(one["value"].values())) for one in everywhere}
    order_id = named.get("order_id", named.get("order.id"))
    facts = span.facts
    return (
        (span.service, span.parent_id) == (named["service.name"], sent.get("parentSpanId", ""))
        and (span.start, span.odd) == (start, "")
        and 0 <= span.end - end <= 1
        and span.kind == ("", "internal", "server", "client", "producer", "consumer")[sent["kind"]]
        and span.failed == (sent.get("status", {}).get("code") == 2)
        and list(span.links) == [(link["traceId"], link["spanId"]) for link in sent.get("links", ())]
        and facts.order_ids == ((order_id,) if order_id else ())
        and facts.status == named.get("status", named.get("order.status", ""))
        and facts.partner_id == named.get("external_partner_id", "")
        and facts.model_id == named.get("model_id", "")
        and facts.message_id == named.get("messaging.message.id", "")
        and facts.destination == named.get("messaging.destination.name", "")
        and facts.error_type == named.get("exception.type", "")
        and facts.http_status == int(named.get("http.response.status_code", 0))
        and facts.version == named.get("service.version", "")
        and facts.has_error_text == ("status" in sent)
        and span.name == Raw(sent["name"])
    )


def replay(recording: Recording) -> Answer:
    """Answer as that server did: by path and by what is asked for; the window and the depth do not matter."""
    known = {(one.path, _essence(one.params)): one.reply for one in reversed(recording.answers)}
    no_window = recording.reply("v3 no window")
    unknown = recording.reply("unknown API path")

    def answer(asked: Asked, sock: socket.socket) -> None:
        reply = known.get((asked.path, _essence(asked.params)), unknown)
        if asked.path == "/api/v3/trace-summaries" and not asked.params:
            # Not recorded; from 2.19 on it reads its parameters with the same code as /api/v3/traces.
            reply = no_window if b"startTimeMin" in no_window.body else unknown
        sock.sendall(head(reply.status, len(reply.body), reply.content_type) + reply.body)

    return answer


def _essence(params: dict[str, str]) -> tuple[str, ...]:
    tags = params.get("query.attributes", params.get("tags", ""))
    camel = "query.startTimeMin" in params or "query.start_time_min" not in params
    return (
        params.get("query.serviceName", params.get("service", params.get("query.service_name", ""))),
        tags,
        str(camel),
    )
