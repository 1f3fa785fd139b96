"""Hops: what one service handed to the next, by message or by call, and whether it was taken."""

from collections.abc import Mapping, Sequence

from orders.journey.journey import Hop
from orders.journey.spans import Span
from orders.journey.stages import StageTable

Key = tuple[str, str]  # what identifies a span


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
    SERVER span whose parent is the CLIENT.
    """
    mine = [s for s in spans if _speaks(s, order_id)]
    taken = _taken_by(mine, {s[:2]: s for s in spans})
    hops = [_message(s, taken.get(s[:2], ()), codes, shifts, table) for s in mine if s.kind == "producer"]
    hops += _unsent(hops, [s for s in mine if _takes(s)], codes, shifts)
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


def _speaks(span: Span, order_id: str) -> bool:
    ids = span.facts.order_ids
    return not ids or order_id in ids


def _takes(span: Span) -> bool:
    return span.kind == "consumer" or (span.kind == "client" and span.facts.operation == "receive")


def _message(
    sender: Span,
    mine: Sequence[Span],
    codes: Mapping[str, str],
    shifts: Mapping[str, int],
    table: StageTable,
) -> Hop:
    good = [taker for taker in mine if not taker.facts.dead_letter]
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
        dead_letter=any(s.facts.dead_letter for s in mine),
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
    hops: Sequence[Hop], takers: Sequence[Span], codes: Mapping[str, str], shifts: Mapping[str, int]
) -> list[Hop]:
    """Return the takings whose sending was not seen."""
    known = {hop.taken_by.key for hop in hops if hop.taken_by}
    queues = {hop.queue for hop in hops if hop.taken_by}
    return [
        Hop(sender="", receiver=codes[s.service], queue=s.facts.destination, sent_at=None,
            taken_at=s.start + shifts.get(codes[s.service], 0), sent_by=None, taken_by=s, failed=s.failed,
            dead_letter=s.facts.dead_letter, done=not _marker(s) and not s.failed)
        for s in takers
        if s.key not in known and s.facts.destination not in queues
    ]  # fmt: skip


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
