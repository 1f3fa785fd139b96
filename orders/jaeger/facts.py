"""Attributes → Facts: the few keys the journey reads early, whatever generation they came through.

A Reader holds one function a key ("put"), which writes into a row: a list in the order of Facts' fields. The first
name of several that mean the same wins over the others of its place; the span wins over its events, they over the
resource. Twenty thousand spans are read for one page: rows are plain lists, and the loops over attributes (in the two
wires) call nothing for what is text already.
"""

import re
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Final

from orders.journey.raw import Raw
from orders.journey.spans import (
    CUSTOMER_ID,
    DAY,
    MODEL_ID,
    NO_FACTS,
    ORDER_ID,
    OUTCOMES,
    PARTNER_ID,
    SECOND,
    STATUS,
    Facts,
)

Row = list[object]
Put = Callable[[Row, object], None] | int  # what writes a value into a row; a number: its text belongs in that field

WIDTH: Final = len(Facts._fields)
BLANK: Final[Row] = list(NO_FACTS)
(ORDERS, STATE, OUTCOME, TOLD, PARTNER, MODEL, CUSTOMER, MESSAGE, DESTINATION, OPERATION, ERROR, HTTP, PEER, CHANNEL,
 TICKET, VERSION, DEAD, TEXT) = range(WIDTH)  # fmt: skip

EARLIEST: Final = 978_307_200 * SECOND  # 2001: no order is older, and no unit of time is mistaken for another after it
LATEST: Final = 4_102_444_800 * SECOND  # 2100
ABSURD: Final = 30 * DAY  # no span of an order lasts so long
_RFC3339: Final = re.compile(
    r"(\d{4}-\d\d-\d\d)[Tt ](\d\d:\d\d:\d\d)(?:[.,](\d{1,9})\d*)?\s?([Zz]|[+-]\d\d:?\d\d)?", re.ASCII
)


def text(value: object) -> str:
    """Return a scalar as Jaeger's search compares it, "" for anything else: ids are text whatever type they came as."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else repr(value)
    return str(value) if isinstance(value, int) else ""


def mended(instant: int) -> int:
    """Return by what an instant (nanoseconds) must be multiplied to lie in this century; 1 where nothing helps.

    Seconds, milliseconds or microseconds that were sent where smaller units are expected read as January 1970.
    """
    if instant >= EARLIEST or instant <= 0:
        return 1
    return next((by for by in (1_000, 1_000_000, 1_000_000_000) if EARLIEST <= instant * by < LATEST), 1)


def told_at(value: object) -> int | None:
    """Return the instant (nanoseconds) that an RFC 3339 text (UTC where it names no zone) or an epoch number means.

    The number may be seconds, milli-, micro- or nanoseconds; None where it is no date of 2001 to 2099.
    """
    if isinstance(value, str):
        found = _RFC3339.fullmatch(value.strip())
        if found:
            return _calendar(*found.groups())
        value = value.strip()
        if not (value.isascii() and value.isdigit() and len(value) < 20):
            return None
        value = int(value)
    return _plausible(value) if isinstance(value, int | float) else None


def _plausible(number: float) -> int | None:
    units = (1, 1_000, 1_000_000, SECOND)
    return next((int(number * unit) for unit in units if EARLIEST <= number * unit < LATEST), None)


def _calendar(date: str, clock: str, fraction: str | None, zone: str | None) -> int | None:
    try:
        whole = datetime.fromisoformat(f"{date}T{clock}{'+00:00' if zone in {None, 'Z', 'z'} else zone}")
    except ValueError:
        return None
    instant = int(whole.timestamp()) * SECOND + int((fraction or "").ljust(9, "0"))
    return instant if EARLIEST <= instant < LATEST else None


def put_order(row: Row, value: object) -> None:
    """Add an order id to those already found."""
    found = value if type(value) is str else text(value)
    have = row[ORDERS]
    if found and found not in have:  # type: ignore[operator]
        row[ORDERS] = (*have, found)  # type: ignore[misc]


def put_status(row: Row, value: object) -> None:
    """Keep a status, or the step's outcome where the word is one of OUTCOMES."""
    found = text(value).strip().upper()
    if found in OUTCOMES:
        row[OUTCOME] = found
    else:
        row[STATE] = found


def _put_other_status(row: Row, value: object) -> None:
    if not row[STATE] or text(value).strip().upper() in OUTCOMES:
        put_status(row, value)


def _put_told_at(row: Row, value: object) -> None:
    row[TOLD] = told_at(value)


def _put_customer(row: Row, value: object) -> None:
    row[CUSTOMER] = Raw(text(value))


def _put_http(row: Row, value: object) -> None:
    if type(value) is int:  # as nearly every span has it
        row[HTTP] = value if 100 <= value <= 999 else 0
        return
    found = text(value)
    row[HTTP] = int(found) if len(found) == 3 and found.isascii() and found.isdigit() else 0


def _put_error(row: Row, value: object) -> None:
    row[ERROR] = found = text(value)
    if found == "dead_lettered":
        row[DEAD] = True


def _put_exception(row: Row, value: object) -> None:
    row[ERROR] = row[ERROR] or text(value)
    row[TEXT] = True


def _put_death(row: Row, value: object) -> None:
    row[DEAD] = True
    row[ERROR] = row[ERROR] or "dead_lettered"


def _put_error_text(row: Row, value: object) -> None:
    if value != "":
        row[TEXT] = True


def _put_operation_name(row: Row, value: object) -> None:
    found = text(value)
    row[OPERATION] = row[OPERATION] or found
    if found in {"reject", "nack"}:
        row[DEAD] = True


def put_in(row: Row, put: Put, value: object) -> None:
    """Write a value into a row."""
    if isinstance(put, int):
        row[put] = text(value)
    else:
        put(row, value)


def _unless(field: int, put: Put) -> Put:
    blank = BLANK[field]

    def put_unless_known(row: Row, value: object) -> None:
        if row[field] == blank:
            put_in(row, put, value)

    return put_unless_known


def _named(names: Iterable[str], field: int, put: Put | None = None) -> dict[str, Put]:
    first, *others = names
    put = field if put is None else put
    return {first: put} | dict.fromkeys(others, _unless(field, put))


WANTED: Final[dict[str, Put]] = {
    **dict.fromkeys(ORDER_ID, put_order),
    STATUS[0]: put_status,
    **dict.fromkeys(STATUS[1:], _put_other_status),
    "timestamp": _put_told_at,
    **_named(PARTNER_ID, PARTNER),
    **_named(MODEL_ID, MODEL),
    **_named(CUSTOMER_ID, CUSTOMER, _put_customer),
    **_named(("messaging.message.id", "messaging.message_id"), MESSAGE),
    **_named(("messaging.destination.name", "messaging.destination"), DESTINATION),
    "messaging.operation.type": OPERATION,
    "messaging.operation.name": _put_operation_name,
    "messaging.operation": _unless(OPERATION, OPERATION),
    "error.type": _put_error,
    "exception.type": _put_exception,
    **_named(("http.response.status_code", "http.status_code"), HTTP, _put_http),
    **_named(("peer.service", "server.address"), PEER),
    "channel": CHANNEL,
    "ticket_id": TICKET,
    "service.version": VERSION,
    **dict.fromkeys(("rabbitmq.x_death.reason", "rabbitmq.x_death.queue", "rabbitmq.x_death.count"), _put_death),
    **dict.fromkeys(("error_message", "exception.message", "otel.status_description"), _put_error_text),
}


def wanted(order_attributes: Iterable[str]) -> dict[str, Put]:
    """Return what to read, with the operator's own names of the order id added to the platform's."""
    return WANTED | dict.fromkeys(order_attributes, put_order)


def known(row: Row) -> list[tuple[int, object]]:
    """Return the fields that a row says, by their place in it."""
    return [(field, value) for field, value in enumerate(row[:WIDTH]) if value != BLANK[field]]


def fill(row: Row, others: list[tuple[int, object]]) -> None:
    """Take from a farther place (event, resource) what the row does not say; order ids of all places are kept."""
    for field, value in others:
        if field == ORDERS:
            for order_id in value:  # type: ignore[attr-defined]
                put_order(row, order_id)
        elif row[field] == BLANK[field]:
            row[field] = value
