"""Check: whether every row of the log is as it was written, and none is missing.

The seals tell what was changed, put in or taken out; the outside copy tells what was cut off at the end.
"""

import json
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from hmac import compare_digest
from itertools import groupby
from typing import NamedTuple

from portal.access_log import chain
from portal.access_log.filters import PURGE
from portal.models import AccessRow


def faults() -> Iterator[str]:
    """Yield what is wrong with each person's chain: a row changed, put in, or missing before the last one.

    Rows cut off at the end of a chain leave no trace in it: see `faults_against`.
    """
    found = AccessRow.objects.order_by("person", "seq").iterator(chunk_size=5000)
    for person, mine in groupby(found, key=lambda row: row.person):
        yield from _of_one(person, list(mine))


def faults_against(lines: Iterable[str], since: datetime) -> Iterator[str]:
    """Yield what the log's copy, lines of JSON, knows and the table does not; other lines are passed over.

    A line of a row that a purge took is no fault, nor is one from before `since`, the age at which rows may go: when
    nothing is left of a person, neither is the mark of the purge, and who returns is counted from 1 again.
    """
    for line in lines:
        told = _told(line)
        if told is None or told.at < since:
            continue
        person, seq, mac, _ = told
        row = AccessRow.objects.filter(person=person, seq=seq).first()
        if row is None and seq > _purged(person):
            yield f"{person}: row {seq} is in the copy and not in the table"
        elif row is not None and not compare_digest(row.mac, mac):
            yield f"{person}: row {seq} is another one in the copy"


def _of_one(person: str, mine: list[AccessRow]) -> Iterator[str]:
    marks = [row for row in mine if row.kind == PURGE]
    seq, before = _mark(marks[-1]) if marks else (0, "")
    for row in mine:
        if row.seq != seq + 1:
            yield f"{person}: rows {seq + 1} to {row.seq - 1} are missing"
        elif not any(compare_digest(row.mac, chain.seal(row, before, key)) for key in chain.all_keys()):
            yield f"{person}: row {row.seq} is not as it was written, or the one before it is not"
        seq, before = row.seq, row.mac


def _mark(row: AccessRow) -> tuple[int, str]:
    """Return up to which number a purge took rows, and the seal of that one."""
    seq, _, mac = row.ids.partition(" ")
    return (int(seq), mac) if seq.isascii() and seq.isdecimal() else (0, "")


def _purged(person: str) -> int:
    mark = AccessRow.objects.filter(person=person, kind=PURGE).order_by("-seq").first()
    return _mark(mark)[0] if mark else 0


class _Told(NamedTuple):
    person: str
    seq: int
    mac: str
    at: datetime


def _told(line: str) -> _Told | None:
    """Return what a line of the log's copy says of a row, None for any other line."""
    try:
        found = json.loads(line)
    except ValueError:
        return None
    fields = found.get("fields", found) if isinstance(found, dict) else {}
    if not isinstance(fields, dict) or not isinstance(fields.get("seq"), int) or "mac" not in fields:
        return None
    return _Told(str(fields.get("person")), fields["seq"], str(fields["mac"]), _at(str(fields.get("at"))))


def _at(written: str) -> datetime:
    """Return when a line says it was written; a line that does not say it is never too old."""
    try:
        return datetime.fromisoformat(written).astimezone(UTC)
    except (ValueError, OverflowError):
        return datetime.max.replace(tzinfo=UTC)
