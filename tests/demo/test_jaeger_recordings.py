"""The stand-in answers the 133 recorded questions as real servers did: whole on memory, status and type on Badger."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from demo.jaeger.server import StandInJaeger

RECORDINGS = Path(__file__).parents[1] / "jaeger" / "recorded"
GENERATIONS = {"2.13": "2.13", "2.20": "2.20", "main-2026-08-20": "main"}
PAGE = "<!DOCTYPE html>"

# What cannot be equal, and is therefore made equal on both sides before comparing:
# * the order of traces, services, operations, processes (Go maps; all spans of a recording arrived in one request);
# * the order of spans in a trace, and of tags in 2.13 (the same);
# * processes are numbered in the order of spans: compared as what the number stands for;
# * which two of five traces a limit of 2 lets through (the same): compared by their number and form;
# * warnings repeat with every read up to 2.20 (the memory storage hands out references): each compared once;
# * 2.13 says of a missing parent the same thing in two ways, the second only in its legacy API: one is left out;
# * pages are the stand-in's own: compared as "a page".
ANY_TWO_OF_FIVE = {"legacy limit 2 of 5", "v3 limit 2 of 5"}
SAID_TWICE = "invalid parent span IDs="

# Badger keeps spans in the older model: lists and maps as text, links without attributes, operations without kind.
# The stand-in does not play that: there only status and content type are compared.

Seen = tuple[int, str, object]


def replay(name: str, storage: str) -> Iterator[tuple[dict[str, Any], httpx.Response]]:
    recording = json.loads((RECORDINGS / f"jaeger-{name}-{storage}.json").read_text(encoding="utf-8"))
    with StandInJaeger(GENERATIONS[name], storage=storage).start() as jaeger, httpx.Client(trust_env=False) as client:
        client.post(f"{jaeger.otlp_url}/v1/traces", json=recording["sent"]).raise_for_status()
        for answer in recording["answers"]:
            yield answer, client.get(jaeger.query_url + answer["path"], params=answer["params"])


def seen(ask: str, status: int, content_type: str, body: Any) -> Seen:
    if isinstance(body, str):
        return status, content_type, PAGE if body.startswith(PAGE) else body
    if ask in ANY_TWO_OF_FIVE and status == 200:
        body = [blurred(item) for item in each_trace(body)]
    return status, content_type, normal(body)


def each_trace(body: Any) -> list[Any]:
    return list(body.get("data") or body["result"]["resourceSpans"])


def blurred(trace: object) -> object:
    text = json.dumps(trace)
    for number in range(2, 7):
        text = text.replace(f"a1ec5a00000000{30 + number}00000000000000{30 + number}", "trace")
        text = text.replace(f"b0000000000000{30 + number}", "span")
    parsed = json.loads(text)
    for span in parsed["spans"] if "spans" in parsed else parsed["scopeSpans"][0]["spans"]:
        for instant in ("startTime", "startTimeUnixNano", "endTimeUnixNano"):
            span.pop(instant, None)
    return parsed


def normal(part: Any) -> Any:
    if isinstance(part, dict):
        part = dict(part)
        if part.get("key") == "@jaeger@warnings":
            return {"warnings": sorted({item["stringValue"] for item in part["value"]["arrayValue"]["values"]})}
        for span in part.get("spans") or [] if "processes" in part else []:
            span["processID"] = part["processes"][span["processID"]]
        part.pop("processes", None)
        if part.get("warnings"):
            part["warnings"] = sorted({said for said in part["warnings"] if not said.startswith(SAID_TWICE)})
        return {key: normal(value) for key, value in part.items()}
    if isinstance(part, list):
        return sorted(map(normal, part), key=lambda item: json.dumps(item, sort_keys=True))
    return part


def answers(name: str, storage: str) -> Iterator[tuple[str, Seen, Seen]]:
    """Yield each question with what the stand-in answered and what the real server did."""
    for answer, reply in replay(name, storage):
        parsed = reply.text if isinstance(answer["body"], str) else reply.json()
        got = seen(answer["ask"], reply.status_code, reply.headers["content-type"], parsed)
        yield answer["ask"], got, seen(answer["ask"], answer["status"], answer["content_type"], answer["body"])


@pytest.mark.parametrize("name", GENERATIONS)
def test_memory_answers_as_recorded(name: str) -> None:
    equal = [(ask, got == recorded) for ask, got, recorded in answers(name, "memory")]
    assert [ask for ask, same in equal if not same] == []
    assert len(equal) == 133


@pytest.mark.parametrize("name", GENERATIONS)
def test_badger_answers_with_the_recorded_status_and_type(name: str) -> None:
    equal = [(ask, got[:2] == recorded[:2]) for ask, got, recorded in answers(name, "badger")]
    assert [ask for ask, same in equal if not same] == []
    assert len(equal) == 133
