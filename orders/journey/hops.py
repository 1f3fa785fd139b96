"""Hops: what one service handed to the next, by message or by call, and whether it was taken."""

from collections.abc import Mapping, Sequence
from functools import reduce
from typing import Final, NamedTuple

from orders.journey.journey import Hop
from orders.journey.spans import Span
from orders.journey.stages import StageTable
from orders.journey.troubles import SETTLES, died_unread, gives_back

CLIMB: Final = 32  # spans looked at above a settling: it stands right below what took its message
Key = tuple[str, str]  # what identifies a span


class Settled(NamedTuple):
    """How a message's settlings ended: the last that gave it back, and when the last other one began (0: none)."""

    back: Span | None
    kept_at: int


UNSETTLED: Final = Settled(None, 0)


def hops_of(
    order_id: str,
    spans: Sequence[Span],
    codes: Mapping[str, str],
    shifts: Mapping[str, int],
    table: StageTable,
) -> tuple[Hop, ...]:
    """Return the hand-overs of one order between two services, by the time they were sent.

    A message was taken by a CONSUMER span that descends from its PRODUCER, links to it, or has its message id
    (OpenTelemetry messaging conventions: links are the default, a parent is allowed). A call was taken by a
    SERVER span whose parent is the CLIENT. What was taken and given back counts as not taken until it is taken again.
    """
    mine = [s for s in spans if _speaks(s, order_id)]
    known = {s[:2]: s for s in spans}
    taken = _taken_by(mine, known)
    settled = _settled_of(mine, known)
    hops = [_message(s, taken.get(s[:2], ()), settled, codes, shifts, table) for s in mine if s.kind == "producer"]
    sent = {taker[:2] for s in mine if s.kind == "producer" for taker in taken.get(s[:2], ())}
    hops += _unsent(hops, [s for s in mine if _takes(s) and s[:2] not in sent], settled, codes, shifts)
    hops += _calls(mine, spans, codes, shifts)
    return tuple(sorted(hops, key=lambda hop: (hop.sent_at or hop.taken_at or 0, hop.sender, hop.queue)))


def _taken_by(spans: Sequence[Span], known: Mapping[Key, Span]) -> dict[Key, list[Span]]:
    """Return, for the key of each PRODUCER, the spans that took its message."""
    by_message: dict[str, list[Key]] = {}
    for span in spans:
        if span.kind == "producer" and span.facts.message_id:
            by_message.setdefault(span.facts.message_id, []).append(span[:2])
    taken: dict[Key, list[Span]] = {}
    for span in spans:
        if _takes(span):
            senders = {_producer_above(span, known), *by_message.get(span.facts.message_id, ()), *span.links}
            for key in senders:
                taken.setdefault(key, []).append(span)
    return taken


def _producer_above(span: Span, known: Mapping[Key, Span]) -> Key:
    """Return the key of the nearest PRODUCER above a span; a cycle of parents ends where it closes."""
    seen: set[Key] = set()
    key = (span.trace_id, span.parent_id)
    while key not in seen:
        seen.add(key)
        above = known.get(key)
        if above is None or above.kind == "producer":
            break
        key = (above.trace_id, above.parent_id)
    return key


def _settles(span: Span, known: Mapping[Key, Span]) -> set[Key]:
    """Return what a settling is about: the nearest taking or PRODUCER above it, its links, its message id."""
    found: set[Key] = {*span.links}
    if span.facts.message_id:
        found.add(("message", span.facts.message_id))
    key = (span.trace_id, span.parent_id)
    for _ in range(CLIMB):
        above = known.get(key)
        if above is None:
            break
        if above.kind == "producer" or _takes(above):
            return {*found, key}
        key = (above.trace_id, above.parent_id)
    return found


def _settled_of(spans: Sequence[Span], known: Mapping[Key, Span]) -> dict[Key, Settled]:
    """Return, for what settlings are about, how it ended; {} where nothing was given back."""
    settlings = [s for s in spans if s.kind == "client" and s.facts.operation in SETTLES]
    found: dict[Key, Settled] = {}
    if any(map(gives_back, settlings)):
        for span in settlings:
            for key in _settles(span, known):
                found[key] = _later(found.get(key, UNSETTLED), _settling(span))
    return found


def _settling(span: Span) -> Settled:
    return Settled(span, 0) if gives_back(span) else Settled(None, span.start)


def _later(one: Settled, other: Settled) -> Settled:
    backs = [settled.back for settled in (one, other) if settled.back is not None]
    last = max(backs, key=lambda s: (s.end, s.span_id), default=None)
    return Settled(last, max(one.kept_at, other.kept_at))


def _given_back(sender: Span | None, takers: Sequence[Span], settled: Mapping[Key, Settled]) -> Span | None:
    """Return the settling that gave a message back, None where it was taken, or settled otherwise, after that."""
    if not settled:
        return None
    ends = [*takers, *([sender] if sender else ())]
    about = {s[:2] for s in ends} | {("message", s.facts.message_id) for s in ends if s.facts.message_id}
    last, kept_at = reduce(_later, (settled[key] for key in about if key in settled), UNSETTLED)
    if last is None or kept_at >= last.end or any(s.start > last.end for s in takers):
        return None
    return last


def _speaks(span: Span, order_id: str) -> bool:
    ids = span.facts.order_ids
    return not ids or order_id in ids


def _takes(span: Span) -> bool:
    return span.kind == "consumer" or (span.kind == "client" and span.facts.operation == "receive")


def _message(
    sender: Span,
    mine: Sequence[Span],
    settled: Mapping[Key, Settled],
    codes: Mapping[str, str],
    shifts: Mapping[str, int],
    table: StageTable,
) -> Hop:
    good = [taker for taker in mine if not taker.facts.dead_letter]
    dead = [taker for taker in mine if taker.facts.dead_letter]
    back = _given_back(sender, mine, settled)
    again = bool(dead) and any(s.start > max(d.end for d in dead) for s in good)
    taker = min(good or mine, key=lambda s: (s.start, s.span_id), default=None)
    queue = sender.facts.destination
    receiver = codes[taker.service] if taker else _receiver(table, codes[sender.service], queue)
    return Hop(
        sender=codes[sender.service],
        receiver=receiver,
        queue=queue,
        sent_at=sender.end + shifts.get(codes[sender.service], 0),
        taken_at=taker.start + shifts.get(receiver, 0) if taker else None,
        sent_by=sender,
        taken_by=taker,
        failed=sender.failed or (bool(mine) and all(s.failed for s in mine)),
        dead_letter=bool(dead) and not again,
        unread=not good and any(died_unread(s) for s in dead),
        given_back=back.end + shifts.get(codes[back.service], 0) if back else None,
        done=any(not _marker(s) and not s.failed for s in good),
    )


def _marker(span: Span) -> bool:
    """Return whether a taking is no more than the word that a message came: a receive, not a piece of work."""
    return span.facts.operation == "receive" or (span.end == span.start and span.facts.operation != "process")


def _receiver(table: StageTable, sender: str, queue: str) -> str:
    for stage in table.stages:
        if stage.queue and stage.queue in {queue, queue.rsplit(":", 1)[-1]} and stage.sender == sender:
            return stage.receiver
    return ""


def _unsent(
    hops: Sequence[Hop],
    takers: Sequence[Span],
    settled: Mapping[Key, Settled],
    codes: Mapping[str, str],
    shifts: Mapping[str, int],
) -> list[Hop]:
    """Return the takings whose sending was not seen."""
    queues = {hop.queue for hop in hops if hop.taken_by}
    found = []
    for s in takers:
        if s.facts.destination not in queues:
            back, shift = _given_back(None, [s], settled), shifts.get(codes[s.service], 0)
            found.append(Hop(sender="", receiver=codes[s.service], queue=s.facts.destination, sent_at=None,
                             taken_at=s.start + shift, sent_by=None, taken_by=s, failed=s.failed,
                             dead_letter=s.facts.dead_letter, unread=s.facts.dead_letter and died_unread(s),
                             given_back=back.end + shift if back else None,
                             done=not _marker(s) and not s.failed))  # fmt: skip
    return found


def _calls(
    mine: Sequence[Span], spans: Sequence[Span], codes: Mapping[str, str], shifts: Mapping[str, int]
) -> list[Hop]:
    servers = {(s.trace_id, s.parent_id): s for s in spans if s.kind == "server" and s.parent_id}
    hops = []
    for span in mine:
        if span.kind != "client" or _takes(span):
            continue
        server = servers.get(span.key)
        receiver = codes[server.service] if server else codes.get(span.facts.peer, span.facts.peer)
        sender = codes[span.service]
        if receiver and receiver != sender and (server or receiver in codes.values()):
            hops.append(Hop(sender=sender, receiver=receiver, queue="", sent_at=span.start + shifts.get(sender, 0),
                            taken_at=server.start + shifts.get(receiver, 0) if server else None, sent_by=span,
                            taken_by=server, failed=span.failed or bool(server and server.failed),
                            done=bool(server and not server.failed)))  # fmt: skip
    return hops
