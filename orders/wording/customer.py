"""Customer: what Support may tell the customer, and whom to ask. Texts are the stage table's own."""

from collections.abc import Mapping
from typing import Final

from orders.journey.causes import LEFT
from orders.journey.stages import Contact, StageTable
from orders.journey.verdict import State, Verdict
from orders.wording import times
from orders.wording.times import Zone
from orders.wording.values import Group, reached

_EXTENSION: Final[Mapping[str, str]] = {"ru": "доб.", "en": "ext."}


def tell_customer(verdict: Verdict, table: StageTable, *, language: str, zone: Zone, reached_at: int | None) -> str:
    """Return what to tell the customer; "" where nothing is known of the order.

    Arguments: `reached_at` is when the last status was reached, None where none was. Nothing is promised that the
    stage table does not promise.
    """
    if verdict.state is None:
        return ""
    text = table.tells[_which(verdict, reached_at)].of(language)
    group = Group(table, language=language, zone=zone, now=verdict.now, labelled=True)
    values = {"stage": "", "date": "", "last": ""}
    if verdict.stage is not None:
        values["stage"] = table.stages[verdict.stage].name.of(language)
    if verdict.status is not None and reached_at is not None:
        values["date"] = times.day_month(reached_at, zone, language)
        values["last"] = _last(verdict.status, reached_at, group)
    return text.format(**values)


def _which(verdict: Verdict, reached_at: int | None) -> str:
    if verdict.cause == LEFT:
        return "left" if verdict.ask != "telemetry" else "cannot_tell"
    if verdict.state is State.CANNOT_TELL and (verdict.status is None or reached_at is None):
        return "unknown"
    return str(verdict.state)


def _last(status: str, at: int, group: Group) -> str:
    """Return "submitted on 26 September at 11:18": the customer reads no abbreviations."""
    said = reached(status, group).said
    day, clock = times.day_month(at, group.zone, group.language), times.clock(at, group.zone)
    return f"{said} on {day} at {clock}" if group.language == "en" else f"{said} {day} в {clock}"


def whom_to_ask(verdict: Verdict, table: StageTable) -> Contact | None:
    """Return whom to ask: by the cause, not by the stage; None where nobody has to be asked."""
    if verdict.state in {State.DONE, State.ON_TIME, None} or (verdict.cause == LEFT and verdict.ask != "telemetry"):
        return None
    stage = table.stages[verdict.stage if verdict.stage is not None else 0]
    return stage.asks.get(verdict.ask) or stage.asks["default"]


def contact_text(contact: Contact, language: str) -> str:
    """Return "дежурный DevOps, доб. 4410"; a contact that is not digits alone stands as it is."""
    who = contact.who.of(language)
    if not contact.contact:
        return who
    number = f"{_EXTENSION[language]}{times.NBSP}{contact.contact}" if contact.contact.isdigit() else contact.contact
    return f"{who}, {number}"
