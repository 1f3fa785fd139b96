"""Spans for the stand-in's tests, as OTLP/JSON."""

import json
from typing import Any

BEGIN = 1_795_445_040_000_000_000


def span(trace: int, number: int, start: Any = BEGIN, length: Any = 1_000_000, **attributes: Any) -> dict[str, Any]:
    """Return one span; `start` and `length` in nanoseconds."""
    return {
        "traceId": f"{trace:032x}",
        "spanId": f"{number:016x}",
        "name": f"step {number}",
        "kind": 2,
        "startTimeUnixNano": str(start),
        "endTimeUnixNano": str(start + length),
        "attributes": [{"key": key, "value": {"stringValue": value}} for key, value in attributes.items()],
    }


def body(*spans: dict[str, Any], service: str = "mes-api") -> bytes:
    """Return the spans as the body of an export."""
    resource = {"attributes": [{"key": "service.name", "value": {"stringValue": service}}]}
    return json.dumps({"resourceSpans": [{"resource": resource, "scopeSpans": [{"spans": spans}]}]}).encode()
