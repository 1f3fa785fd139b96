"""What a request asks for: parameters of both APIs read into a Query, errors in Jaeger's own words."""

import base64
import binascii
import json
import re
from collections.abc import Callable, Iterable
from typing import Final, Protocol

from demo.jaeger.moments import UNITS, parse_duration, parse_rfc3339
from demo.jaeger.store import Pair, Query

EVERY_SERVICE: Final = "__all_services__"  # what the UI of 2.21 writes where no service is chosen
DAY: Final = 24 * UNITS["h"]
_CAMEL: Final = re.compile(r"(?<!^)([A-Z])")
_OLD_NAMES: Final = {"query.searchDepth": "query.num_traces"}


class Params(Protocol):
    """A query string: names that may repeat."""

    def get(self, key: str, default: str, /) -> str:
        """Return the first value of a name."""

    def getall(self, key: str, default: list[str], /) -> list[str]:
        """Return all values of a name."""


class RefusedError(Exception):
    """A question that Jaeger answers with an error: `status` and `message` are its own."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.message = message


def read_trace_id(text: str, generation: str) -> str:
    """Return a trace id as 32 hex digits; from 2.20 on base64 is read too.

    Raises RefusedError with Jaeger's words for anything else.
    """
    if re.fullmatch(r"[0-9a-fA-F]{1,32}", text):
        return text.lower().zfill(32)
    if generation == "2.13":
        raise RefusedError(400, _too_long(text) or f'strconv.ParseUint: parsing "{text}": invalid syntax')
    try:
        raw = base64.b64decode(text + "=" * (-len(text) % 4), validate=True)
    except binascii.Error:
        raw = b""
    if len(raw) != 16:
        raise RefusedError(400, _too_long(text) or "invalid length for TraceID")
    return raw.hex()


def _too_long(text: str) -> str:
    return f"TraceID cannot be longer than 32 hex characters: {text}" if len(text) > 32 else ""


def read_legacy(params: Params, now: int, *, of_page: bool = False) -> Query:
    """Read a search of `/api/traces`; without a window the last 48 hours before `now` (nanoseconds) are meant.

    The search page of Jaeger's UI (`of_page`) has the same parameters, but drops `tag` and needs no service.

    Raises RefusedError.
    """
    shortest = _legacy(params, "minDuration", parse_duration, 0)
    longest = _legacy(params, "maxDuration", parse_duration, 0)
    service = params.get("service", "")
    query = Query(
        service="" if of_page and service == EVERY_SERVICE else service,
        operation=params.get("operation", ""),
        start=_legacy(params, "start", _micros, now - 2 * DAY),
        end=_legacy(params, "end", _micros, now),
        attributes=_legacy_tags(params, () if of_page else params.getall("tag", [])),
        limit=_legacy(params, "limit", int, 100),
        shortest=shortest,
        longest=longest,
    )
    if longest and shortest > longest:
        raise RefusedError(400, "'maxDuration' should be greater than 'minDuration'")
    if not (query.service or of_page):
        raise RefusedError(400, "parameter 'service' is required")
    return query


def _legacy(params: Params, name: str, read: Callable[[str], int], default: int) -> int:
    text = params.get(name, "")
    try:
        return read(text) if text else default
    except ValueError as error:
        raise RefusedError(400, f"unable to parse param '{name}': {error}") from error


def _micros(text: str) -> int:
    return int(text) * 1000


def _legacy_tags(params: Params, pairs: Iterable[str]) -> tuple[Pair, ...]:
    tags: dict[str, str] = {}
    for text in pairs:
        key, colon, value = text.partition(":")
        if not colon:
            raise RefusedError(400, f"malformed 'tag' parameter, expecting key:value, received: {text}")
        tags[key] = value
    for text in params.getall("tags", []):
        tags |= _string_map(text, "malformed 'tags' parameter, cannot unmarshal JSON")
    return tuple(tags.items())


def read_v3(params: Params, generation: str) -> Query:
    """Read a search of `/api/v3/traces`; names in camelCase (from 2.19) or snake_case, a window is a must.

    Raises RefusedError.
    """
    if generation == "2.13":
        return _read_v3_of_old(params)
    start, end = (_v3_time(params, name, old=False) for name in ("query.startTimeMin", "query.startTimeMax"))
    if not start or not end:
        raise RefusedError(400, "query.startTimeMin and query.startTimeMax are required")
    if start >= end:
        raise RefusedError(400, "query.startTimeMin must be before query.startTimeMax")
    attributes = named(params, "query.attributes")
    return Query(
        service=named(params, "query.serviceName"),
        operation=named(params, "query.operationName"),
        attributes=tuple(_string_map(attributes, "malformed parameter query.attributes").items()) if attributes else (),
        start=start,
        end=end,
        shortest=_v3(params, "query.durationMin", parse_duration, 0),
        longest=_v3(params, "query.durationMax", parse_duration, 0),
        limit=_v3(params, "query.searchDepth", int, 100),
    )


def _read_v3_of_old(params: Params) -> Query:
    """Read as up to 2.18: snake_case only, no default for the depth, attributes ignored in silence."""
    start, end = (_v3_time(params, name, old=True) for name in ("query.startTimeMin", "query.startTimeMax"))
    if not start or not end:
        raise RefusedError(400, "query.start_time_min and query.start_time_max are required")
    return Query(
        service=params.get("query.service_name", ""),
        operation=params.get("query.operation_name", ""),
        start=start,
        end=end,
        limit=_v3(params, "query.searchDepth", int, 0, old=True),
    )


def _v3_time(params: Params, name: str, *, old: bool) -> int:
    return _v3(params, name, parse_rfc3339, 0, old=old)


def _v3(params: Params, name: str, read: Callable[[str], int], default: int, *, old: bool = False) -> int:
    text = params.get(_snake(name), "") if old else named(params, name)
    try:
        return read(text) if text else default
    except ValueError as error:
        raise RefusedError(400, f"malformed parameter {_snake(name) if old else name}: {error}") from error


def named(params: Params, name: str) -> str:
    """Return a parameter of the v3 API by its camelCase name or its older snake_case one, "" when absent."""
    return params.get(name, "") or params.get(_snake(name), "")


def _snake(name: str) -> str:
    return _OLD_NAMES.get(name) or _CAMEL.sub(r"_\1", name).lower()


def _string_map(text: str, complaint: str) -> dict[str, str]:
    try:
        read = json.loads(text)
    except json.JSONDecodeError as error:
        raise RefusedError(400, f"{complaint}: unexpected end of JSON input") from error
    if not isinstance(read, dict):
        raise RefusedError(400, f"{complaint}: {_go_complaint(read, 'map[string]string')}")
    for value in read.values():
        if not isinstance(value, str):
            raise RefusedError(400, f"{complaint}: {_go_complaint(value, 'string')}")
    return read


def _go_complaint(value: object, wanted: str) -> str:
    names = {bool: "bool", int: "number", float: "number", list: "array", dict: "object", str: "string"}
    return f"json: cannot unmarshal {names.get(type(value), 'null')} into Go value of type {wanted}"
