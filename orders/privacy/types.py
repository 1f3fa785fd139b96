"""The types that an allowed attribute's value may have: each says how a value reads, or that it does not fit."""

import math
import re
from collections.abc import Callable, Mapping
from typing import Final

Fit = Callable[[object], str | None]  # the text of a value that has the type, None for any other value

_EPOCH = (1_400_000_000, 2_100_000_000)  # seconds since 1970 that are taken for a time: 2014 to 2036
_LARGEST = 10**9  # a number from here on could be a telephone's or a card's
_NO_LONG_RUN = r"(?!.*\d{5})(?!.*eyJ[\w-]{5})"  # digits that could be somebody's number; a signed token


def one_of(*words: str) -> Fit:
    """Return the type of a few fixed words."""
    known = frozenset(words)
    return lambda value: value if isinstance(value, str) and value in known else None


def like(pattern: str, *, digits: bool = False) -> Fit:
    """Return the type of a text that is `pattern` as a whole, ASCII only; long runs of digits only if `digits`."""
    guard = "" if digits else _NO_LONG_RUN
    match = re.compile(f"{guard}(?:{pattern})", re.ASCII).fullmatch
    return lambda value: value if isinstance(value, str) and match(value) else None


def a_bool(value: object) -> str | None:
    """Return "true" or "false" for a truth value or its word."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if value in ("true", "false") and isinstance(value, str) else None


def an_int(value: object) -> str | None:
    """Return a whole number below 10⁹ in digits, also where it was sent as text of at most six digits."""
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) < _LARGEST:
        return str(value)
    return _short_int(value)


_short_int = like(r"-?\d{1,6}", digits=True)


def a_number(value: object) -> str | None:
    """Return a finite number below 10⁹."""
    if isinstance(value, float) and math.isfinite(value) and abs(value) < _LARGEST:
        return f"{value:.6g}"
    return an_int(value)


def a_time(value: object) -> str | None:
    """Return an RFC 3339 time as it was written, or a whole number that is seconds to nanoseconds since 1970."""
    if isinstance(value, int) and not isinstance(value, bool):
        fits = any(_EPOCH[0] <= value // scale < _EPOCH[1] for scale in (1, 10**3, 10**6, 10**9))
        return str(value) if fits else None
    return _written_time(value)


_written_time = like(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d([.,]\d{1,9})?)?(Z|[+-]\d\d:?\d\d)?", digits=True)
_LABEL = r"[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_HEX = r"[0-9a-f]{16}|[0-9a-f]{32}"
_UUID = r"[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}"

TYPES: Final[Mapping[str, Fit]] = {
    "bool": a_bool,
    "int": an_int,
    "number": a_number,
    "time": a_time,
    "ident": like(r"[A-Za-z_][A-Za-z0-9_.$-]{0,127}"),
    "version": like(r"(?!\d{1,3}(\.\d{1,3}){3}(?!\.\d))v?\d{1,6}(\.\d{1,6}){0,4}([-+.][A-Za-z0-9.-]{1,40})?"),
    "hex": like(rf"(?=\d*[a-f])(?:{_HEX})", digits=True),
    "token": like(rf"(?=[\d-]*[a-fA-F])(?:{_HEX}|{_UUID})", digits=True),
    "ticket": like(r"[A-Z]{2,10}-\d{1,6}", digits=True),
    "route": like(r"/|(/([a-z][a-z0-9_.-]{0,40}|v\d{1,3}|[{:<*][A-Za-z_:]{0,40}[}>]?)){1,12}/?"),
    "host": like(rf"(?=[^.]*[A-Za-z]){_LABEL}(\.{_LABEL}){{0,6}}"),
    "queue": like(r"[A-Za-z_][A-Za-z0-9_.>-]{0,80}(:[A-Za-z_#*][A-Za-z0-9_.*#>-]{0,80}){0,2}"),
    "outcome": one_of("OK", "ERROR", "UNSET"),
    "channel": one_of("site", "api"),
    "kind": one_of("internal", "server", "client", "producer", "consumer"),
    "method": one_of("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT", "_OTHER"),
    "environment": one_of("production", "staging", "test", "development", "demo"),
    "protocol": one_of("http", "https", "amqp", "amqps", "grpc", "tcp", "udp", "tls", "unix"),
    "system": one_of(
        *("rabbitmq", "kafka", "redis", "postgresql", "mysql", "mssql", "microsoft.sql_server", "sqlite", "mongodb"),
        *("oracle", "oracle.db", "grpc", "jsonrpc", "mariadb", "elasticsearch", "aws_s3", "other_sql"),
    ),
    "language": one_of(
        *("cpp", "dotnet", "erlang", "go", "java", "nodejs", "php", "python", "ruby", "rust", "swift", "webjs"),
        *("CPython", "cpython", "OpenJDK Runtime Environment", ".NET"),
    ),
    "step": one_of(
        *("create", "send", "publish", "receive", "process", "settle", "deliver", "fetch", "ack", "nack", "reject")
    ),
    "death": one_of("rejected", "expired", "maxlen", "delivery_limit"),
    "statement": one_of("SELECT", "INSERT", "UPDATE", "DELETE", "MERGE", "BEGIN", "COMMIT", "ROLLBACK", "GET", "SET"),
}  # fmt: skip
