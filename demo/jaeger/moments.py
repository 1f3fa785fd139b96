"""Instants and lengths of time as Go reads and writes them; all values are whole nanoseconds."""

import re
from datetime import UTC, datetime
from decimal import Decimal
from typing import Final

UNITS: Final = {
    "ns": 1,
    "us": 1_000,
    "µs": 1_000,
    "μs": 1_000,
    "ms": 1_000_000,
    "s": 1_000_000_000,
    "m": 60_000_000_000,
    "h": 3_600_000_000_000,
}
_PIECE: Final = re.compile(r"(\d+\.?\d*|\.\d+)(ns|us|µs|μs|ms|s|m|h)")
_RFC3339: Final = re.compile(r"(\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d)(?:\.(\d{1,9})\d*)?([Zz]|[+-]\d\d:\d\d)")


def parse_duration(text: str) -> int:
    """Read a Go duration such as 1.5s, 100ms or 1m30s.

    Raises ValueError for anything else.
    """
    if not text or _PIECE.sub("", text):
        raise ValueError(f'time: invalid duration "{text}"')
    return int(sum(Decimal(number) * UNITS[unit] for number, unit in _PIECE.findall(text)))


def parse_rfc3339(text: str) -> int:
    """Read an instant in RFC 3339 with up to nine decimals.

    Raises ValueError for anything else.
    """
    match = _RFC3339.fullmatch(text)
    if not match:
        raise ValueError(f'parsing time "{text}" as "2006-01-02T15:04:05.999999999Z07:00"')
    whole, decimals, zone = match.groups()
    moment = datetime.fromisoformat(whole.upper() + ("+00:00" if zone in "Zz" else zone))
    return int(moment.timestamp()) * 1_000_000_000 + int((decimals or "").ljust(9, "0"))


def go_duration(length: int) -> str:
    """Write a length of time as Go's Duration.String does: 502.5ms, 1m30s."""
    sign, rest = ("-" if length < 0 else ""), abs(length)
    if rest < UNITS["s"]:
        unit = next(name for name in ("ms", "µs", "ns") if rest >= UNITS[name] or name == "ns")
        return f"{sign}{_trim(Decimal(rest) / UNITS[unit])}{unit}" if rest else "0s"
    hours, rest = divmod(rest, UNITS["h"])
    minutes, rest = divmod(rest, UNITS["m"])
    words = f"{hours}h" if hours else ""
    words += f"{minutes}m" if hours or minutes else ""
    return f"{sign}{words}{_trim(Decimal(rest) / UNITS['s'])}s"


def go_time(moment: int) -> str:
    """Write an instant as Go's Time.String does in UTC."""
    seconds, rest = divmod(moment, UNITS["s"])
    decimals = f".{rest:09d}".rstrip("0") if rest else ""
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%d %H:%M:%S}{decimals} +0000 UTC"


def _trim(number: Decimal) -> str:
    text = format(number, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text
