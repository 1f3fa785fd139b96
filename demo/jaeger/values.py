"""The string form of an attribute's value: what Jaeger compares, and what its legacy API shows."""

from decimal import Decimal

import msgspec

from demo.jaeger.otlp import KeyValue, Value

JsonValue = str | bool | int | float | None | list["JsonValue"] | dict[str, "JsonValue"]


def text_of(value: Value) -> str:
    """Return a value as pdata's AsString writes it: 42, true, 1.5, base64 for bytes, JSON for lists and maps."""
    plain = plain_of(value)
    if isinstance(plain, bool):
        return "true" if plain else "false"
    if isinstance(plain, float):
        return number_text(plain)
    if isinstance(plain, list | dict):
        return msgspec.json.encode(plain).decode()
    return "" if plain is None else str(plain)


def plain_of(value: Value) -> JsonValue:
    """Return a value as plain data; bytes stay base64 text, maps have sorted keys."""
    if value.string_value is not None:
        return value.string_value
    if value.int_value is not None:
        return int(value.int_value)
    if value.array_value is not None:
        return [plain_of(item) for item in value.array_value.values]
    if value.kvlist_value is not None:
        return {pair.key: plain_of(pair.value) for pair in sorted(value.kvlist_value.values, key=by_key)}
    if value.bool_value is not None:
        return value.bool_value
    return value.bytes_value if value.double_value is None else value.double_value


def number_text(number: float) -> str:
    """Return a double as Go's encoding/json writes it: no exponent from 1e-6 up to 1e21, no `.0`."""
    if number and 1e-6 <= abs(number) < 1e21:
        text = format(Decimal(repr(number)), "f")
        return text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if not number else repr(number)


def by_key(pair: KeyValue) -> str:
    """Return what attributes are sorted by."""
    return pair.key
