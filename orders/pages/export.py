"""Export: an order and a list as JSON (`schema` 1, docs/api.md) and as CSV; the same facts as on the page."""

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Any, Final
from urllib.parse import quote

from orders.journey.lookup import ManyLookup, OrderLookup
from orders.journey.notes import gaps, left_out
from orders.journey.peers import Seen
from orders.journey.verdict import Clause, Evidence
from orders.pages.lists import SearchPage
from orders.pages.order import build_head, last_error, noted
from orders.pages.reader import Reader
from orders.privacy.text import csv_safe
from orders.wording.say import check_lines, say, whole_text
from orders.wording.times import iso

SCHEMA: Final = 1
COLUMNS: Final = ("order_id", "state", "status", "status_at", "stage_from", "stage_to", "since", "deadline", "stuck",
                  "cause", "confidence", "partner_id", "model_id", "text", "url", "complete", "known_at", "more",
                  "list_complete", "left_out", "error_type", "error_text", "notes")  # fmt: skip


def order_json(found: OrderLookup, reader: Reader) -> dict[str, Any]:
    """Return one order; codes are the same in every language, `text` and the checks' texts are the reader's."""
    verdict, table = found.verdict, reader.table
    stage = None if verdict.stage is None else table.stages[verdict.stage]
    sentences = say(verdict, table, language=reader.language, zone=reader.zone)
    lines = check_lines(verdict.checks, table, language=reader.language, zone=reader.zone, now=found.now)
    return {
        "schema": SCHEMA,
        "order_id": reader.own_order(found.journey.order_id) or None,
        "as_of": iso(found.now),
        "known_at": _iso(found.answer.known_at),
        "complete": found.answer.whole,
        "state": verdict.state,
        "status": verdict.status,
        "stage": {"from": stage.start, "to": stage.end} if stage else None,
        "since": _iso(verdict.since),
        "deadline": _iso(verdict.deadline),
        "stuck": verdict.stuck,
        "cause": verdict.cause,
        "confidence": verdict.confidence,
        "text": whole_text(verdict, sentences, reader.language),
        "checks": [{"rule": line.rule, "result": line.result, "text": line.text} for line in lines],
        "notes": [{"rule": note.rule, "text": note.text} for note in noted(found, reader)],
        "gaps": [code for code in gaps(found.journey, table) if code not in left_out(found.journey, table)],
        "statuses": [{"status": mark.status, "at": iso(mark.at)} for mark in found.journey.marks],
        "error": _error(found, reader),
        "evidence": list(_evidence((*verdict.clauses, *verdict.notes), found, reader)),
        "url": _url(found, reader),
    }


def many_json(many: ManyLookup, reader: Reader, *, left_out: int = 0) -> dict[str, Any]:
    """Return a list of orders: what is shown, how many more there are, and whether that is all.

    `left_out` is how many of the entries that were asked for were not taken.
    """
    return {
        "schema": SCHEMA,
        "complete": many.whole,
        "missing_services": list(many.missing),
        "more": many.rest,
        "left_out": left_out,
        "orders": [order_json(found, reader) for found in many.rows],
    }


def now_json(many: ManyLookup, seen: Sequence[Seen] | None, reader: Reader) -> dict[str, Any]:
    """Return what the home page shows: the orders that were looked at last, and the services that report.

    `seen` is None where nothing is known of the sources; `silent_since` is null where a silent one was never heard.
    """
    sources = [
        {
            "service": one.service,
            "last_at": _iso(one.last_at),
            "silent": one.silent is not None or one.last_at is None,
            "silent_since": _iso(one.silent.since if one.silent else None),
        }
        for one in seen or ()
    ]
    return {**many_json(many, reader), "sources_known": seen is not None, "sources": sources}


def search_json(page: SearchPage, reader: Reader) -> dict[str, Any]:
    """Return what a search read where that is not one page: the ids to choose from; what was typed is not repeated."""

    def shown(kind: str, own: str) -> str:
        return reader.safe("customer_id", own) if kind == "customer" else own

    meanings = [[{"kind": kind, "id": shown(kind, own)} for kind, own in one.options] for one in page.meanings]
    return {"schema": SCHEMA, "sure": page.sure, "cut": page.cut, "meanings": meanings, "unread": len(page.unread)}


def many_rows(many: ManyLookup, reader: Reader, *, left_out: int = 0) -> list[list[object]]:
    """Return the header codes and a row an order, for CSV; `left_out` as in many_json."""
    whole = [many.rest, _flag(many.whole), left_out]
    return [
        list(COLUMNS),
        *([*_row(found, reader), *whole, *last_error(found, reader), _notes(found, reader)] for found in many.rows),
    ]


def csv_text(rows: Iterable[Sequence[object]], language: str) -> str:
    """Return CSV with a byte order mark, CRLF, `;` in Russian and `,` in English; no cell is read as a formula."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";" if language == "ru" else ",")
    writer.writerows([csv_safe(cell) for cell in row] for row in rows)
    return "\ufeff" + out.getvalue()


def _row(found: OrderLookup, reader: Reader) -> list[object]:
    data, head = order_json(found, reader), build_head(found.journey, reader)
    stage = data["stage"] or {"from": "", "to": ""}
    reached = found.journey.reached
    return [
        data["order_id"], data["state"] or "no_data", data["status"], iso(reached.at) if reached else "",
        stage["from"], stage["to"], data["since"], data["deadline"], _flag(data["stuck"]),
        data["cause"], data["confidence"], head.partner, head.model, data["text"], data["url"],
        _flag(data["complete"]), data["known_at"],
    ]  # fmt: skip


def _notes(found: OrderLookup, reader: Reader) -> str:
    return " ".join(note.text for note in noted(found, reader))


def _error(found: OrderLookup, reader: Reader) -> dict[str, str] | None:
    kind, text = last_error(found, reader)
    return {"type": kind, "text": text} if kind or text else None


def _flag(value: bool) -> str:  # noqa: FBT001
    return "true" if value else "false"


def _iso(instant: int | None) -> str | None:
    return iso(instant) if instant else None


def _url(found: OrderLookup, reader: Reader) -> str:
    moment = f"?at={iso(found.at)}" if found.at is not None else ""
    order_id = reader.own_order(found.journey.order_id)
    return f"{reader.site}/orders/{quote(order_id, safe='')}/{moment}" if order_id else ""


def _evidence(clauses: Iterable[Clause], found: OrderLookup, reader: Reader) -> Iterable[dict[str, str]]:
    """Yield each piece of evidence once: a span with its place in Jaeger, a rule or check with the page's."""
    for one in dict.fromkeys(one for clause in clauses for one in clause.evidence):
        yield {"kind": one.kind, "id": one.id, "url": _proof(one, found, reader)}


def _proof(one: Evidence, found: OrderLookup, reader: Reader) -> str:
    if one.kind == "span":
        return reader.links.span(one.trace_id, one.id)
    url = _url(found, reader)
    return f"{url}#open" if url else ""
