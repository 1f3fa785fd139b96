"""Hops: what one service handed to the next, by message or by call, and whether it was taken."""

from collections.abc import Mapping, Sequence
from functools import reduce
from typing import Final, NamedTuple

from orders.journey.journey import Hop
from orders.journey.spans import Span
from orders.journey.stages import StageTable
from orders.journey.troubles import SETTLES, died_unread, gives_back, set_aside

CLIMB: Final = 32  # spans looked at above a settling: it stands right below what took its message
Key = tuple[str, str]  # what identifies a span


class Settled(NamedTuple):
    """How a message's settlings ended: the last that gave it back, and when the last other one began (0: none)."""

    back: Span | None
    kept_at: int


UNSETTLED: Final = Settled(None, 0)


class Outcome(NamedTuple):
    """What became of one message: who took it first, and how that ended."""

    taker: Span | None
    failed: bool
    dead_letter: bool
    unread: bool
    back: Span | None
    done: bool


class Sight(NamedTuple):
    """What every hop of one order is read with."""

    codes: Mapping[str, str]
    shifts: Mapping[str, int]
    table: StageTable
    settled: Mapping[tuple[Key, str], Settled]  # by what it is about, and the code of who settled

    def shift(self, service: str) -> int:
        """Return the clock correction of a service's code."""
        return self.shifts.get(service, 0)


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
    Where several consumers get the message, only who the stage table says receives it can give it back.
    """
    mine = [s for s in spans if _speaks(s, order_id)]
    known = {s[:2]: s for s in spans}
    sight = Sight(codes, shifts, table, _settled_of(mine, known, codes))
    messages = _grouped(mine)
    taken = _taken_by(mine, known, messages)
    hops = _messages(messages, taken, sight)
    sent = {taker[:2] for takers in taken.values() for taker in takers}
    hops += _unsent(hops, [s for s in mine if _takes(s) and s[:2] not in sent], sight)
    hops += _calls(mine, spans, codes, shifts)
    return tuple(sorted(hops, key=lambda hop: (hop.sent_at or hop.taken_at or 0, hop.sender, hop.queue)))


def _grouped(spans: Sequence[Span]) -> dict[Key, list[Span]]:
    """Return the PRODUCERs by their message: those that share a message id sent the same one."""
    found: dict[Key, list[Span]] = {}
    for span in spans:
        if span.kind == "producer":
            found.setdefault(_about(span), []).append(span)
    return found


def _about(span: Span) -> Key:
    return ("message", span.facts.message_id) if span.facts.message_id else span[:2]


def _taken_by(
    spans: Sequence[Span], known: Mapping[Key, Span], messages: Mapping[Key, Sequence[Span]]
) -> dict[Key, list[Span]]:
    """Return, for the key of each message that was sent, the spans that took it."""
    group = {sender[:2]: key for key, senders in messages.items() for sender in senders}
    taken: dict[Key, list[Span]] = {}
    for span in spans:
        if _takes(span):
            above = {_producer_above(span, known), *span.links}
            for key in {group.get(one, one) for one in above} | {_about(span)}:
                if key in messages:
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


def _settled_of(
    spans: Sequence[Span], known: Mapping[Key, Span], codes: Mapping[str, str]
) -> dict[tuple[Key, str], Settled]:
    """Return, for what settlings are about and who settled, how it ended; {} where nothing was given back."""
    settlings = [s for s in spans if s.kind == "client" and s.facts.operation in SETTLES]
    found: dict[tuple[Key, str], Settled] = {}
    if any(map(gives_back, settlings)):
        for span in settlings:
            for key in _settles(span, known):
                of = key, codes[span.service]
                found[of] = _later(found.get(of, UNSETTLED), _settling(span))
    return found


def _settling(span: Span) -> Settled:
    return Settled(span, 0) if gives_back(span) else Settled(None, span.start)


def _later(one: Settled, other: Settled) -> Settled:
    backs = [settled.back for settled in (one, other) if settled.back is not None]
    last = max(backs, key=lambda s: (s.end, s.span_id), default=None)
    return Settled(last, max(one.kept_at, other.kept_at))


def _given_back(
    senders: Sequence[Span], takers: Sequence[Span], receiver: str, settled: Mapping[tuple[Key, str], Settled]
) -> Span | None:
    """Return the settling by which its receiver gave a message back; None where it was taken, or settled, after."""
    if not settled:
        return None
    ends = [*takers, *senders]
    about = {(key, receiver) for s in ends for key in (s[:2], _about(s))}
    last, kept_at = reduce(_later, (settled[of] for of in about if of in settled), UNSETTLED)
    if last is None or kept_at >= last.end or any(s.start > last.end for s in takers):
        return None
    return last


def _speaks(span: Span, order_id: str) -> bool:
    ids = span.facts.order_ids
    return not ids or order_id in ids


def _takes(span: Span) -> bool:
    return span.kind == "consumer" or (span.kind == "client" and span.facts.operation == "receive")


def _messages(messages: Mapping[Key, Sequence[Span]], taken: Mapping[Key, Sequence[Span]], sight: Sight) -> list[Hop]:
    """Return the hops of all messages; what became of one is read once for all that sent it to one receiver."""
    hops = []
    for key, senders in messages.items():
        known: dict[str, Outcome] = {}
        for sender in senders:
            receiver = _receiver(sight.table, sight.codes[sender.service], sender.facts.destination)
            if receiver not in known:
                known[receiver] = _outcome(senders, taken.get(key, ()), receiver, sight)
            hops.append(_message(sender, receiver, known[receiver], sight))
    return hops


def _outcome(senders: Sequence[Span], takers: Sequence[Span], receiver: str, sight: Sight) -> Outcome:
    """Return what became of a message that a receiver ("": not known) has to take."""
    dead = [s for s in takers if set_aside(s, sight.codes[s.service], sight.table)]
    lying = {s[:2] for s in dead}
    taking = [s for s in takers if s[:2] not in lying]
    good = _of_receiver(taking, receiver, sight)
    taker = min(good or dead, key=lambda s: (s.start, s.span_id), default=None)
    owner = sight.codes[taker.service] if taker else receiver
    own = [s for s in takers if sight.codes[s.service] == owner]
    died_at = max((s.end for s in dead), default=None)
    again = died_at is not None and any(s.start > died_at for s in good)
    return Outcome(
        taker=taker,
        failed=bool(takers) and all(s.failed for s in takers),
        dead_letter=bool(dead) and not again,
        unread=not good and any(died_unread(s) for s in dead),
        back=_given_back(senders, own, owner, sight.settled),
        done=any(not _marker(s) and not s.failed for s in good),
    )


def _of_receiver(spans: Sequence[Span], receiver: str, sight: Sight) -> list[Span]:
    """Return the takings of a receiver, or of who may be it; another service of the table took its own copy."""
    own = [s for s in spans if sight.codes[s.service] == receiver]
    return own or [s for s in spans if not receiver or not sight.table.knows(sight.codes[s.service])]


def _message(sender: Span, receiver: str, became: Outcome, sight: Sight) -> Hop:
    by = sight.codes[sender.service]
    taker, back = became.taker, became.back
    receiver = sight.codes[taker.service] if taker else receiver
    return Hop(
        sender=by,
        receiver=receiver,
        queue=sender.facts.destination,
        sent_at=sender.end + sight.shift(by),
        taken_at=taker.start + sight.shift(receiver) if taker else None,
        sent_by=sender,
        taken_by=taker,
        failed=sender.failed or became.failed,
        dead_letter=became.dead_letter,
        unread=became.unread,
        given_back=back.end + sight.shift(receiver) if back else None,
        done=became.done,
    )


def _marker(span: Span) -> bool:
    """Return whether a taking is no more than the word that a message came: a receive, not a piece of work."""
    return span.facts.operation == "receive" or (span.end == span.start and span.facts.operation != "process")


def _receiver(table: StageTable, sender: str, queue: str) -> str:
    for stage in table.stages:
        if stage.queue and stage.queue in {queue, queue.rsplit(":", 1)[-1]} and stage.sender == sender:
            return stage.receiver
    return ""


def _unsent(hops: Sequence[Hop], takers: Sequence[Span], sight: Sight) -> list[Hop]:
    """Return the takings whose sending was not seen."""
    queues = {hop.queue for hop in hops if hop.taken_by}
    found = []
    for s in takers:
        if s.facts.destination not in queues:
            by = sight.codes[s.service]
            became = _outcome((), [s], by, sight)
            found.append(Hop(sender="", receiver=by, queue=s.facts.destination, sent_at=None,
                             taken_at=s.start + sight.shift(by), sent_by=None, taken_by=s, failed=s.failed,
                             dead_letter=became.dead_letter, unread=became.unread,
                             given_back=became.back.end + sight.shift(by) if became.back else None,
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
