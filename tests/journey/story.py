"""Story: writes the spans of one order as the platform would send them, a line a step."""

from pathlib import Path
from typing import Any

from orders.journey.journey import Journey
from orders.journey.peers import Fleet
from orders.journey.raw import Raw
from orders.journey.spans import DAY, MINUTE, Answer, Facts, Link, Span
from orders.journey.stages import StageTable
from orders.journey.table import parse
from orders.journey.timeline import build
from orders.journey.trips import Trip
from orders.journey.verdict import Verdict

TABLE: StageTable = parse(Path("orders/stages.toml").read_text(encoding="utf-8"))
T0 = 1_790_000_000_000_000_000  # an instant; every minute below counts from it
ORDER = "ORD-20398"
CODES = tuple(status.code for status in TABLE.statuses)
RETENTION = 14 * DAY


def at(minutes: float) -> int:
    """Return the instant so many minutes after T0."""
    return T0 + round(minutes * MINUTE)


class Story:
    """Spans of one order; each method adds one and returns it."""

    def __init__(self, order_id: str = ORDER) -> None:
        self.order_id = order_id
        self.spans: list[Span] = []

    def span(
        self,
        service: str,
        minute: float,
        *,
        name: str = "work",
        kind: str = "internal",
        parent: Span | None = None,
        seconds: float = 1,
        failed: bool = False,
        links: tuple[Link, ...] = (),
        trace: int = 0,
        **facts: Any,
    ) -> Span:
        number = len(self.spans) + 1
        trace_id = parent.trace_id if parent else f"{trace or 1000 + number:032x}"
        facts.setdefault("order_ids", (self.order_id,))
        end = at(minute)
        above = parent.span_id if parent else ""
        made = Span(trace_id=trace_id, span_id=f"{number:016x}", parent_id=above, service=service, name=Raw(name),
                    kind=kind, start=end - round(seconds * 1e9), end=end, failed=failed, facts=Facts(**facts),
                    links=links)  # fmt: skip
        self.spans.append(made)
        return made

    def status(self, index: int, minute: float, *, service: str = "", **more: Any) -> Span:
        service = service or TABLE.statuses[index].reported_by
        return self.span(service, minute, name=f"order status {CODES[index]}", status=CODES[index], **more)

    def upto(self, index: int, *, step: float = 5) -> Span:
        """Reach the statuses up to `index`, one every `step` minutes, the hops between them taken."""
        last = self.status(0, 0)
        for i in range(1, index + 1):
            stage = TABLE.stages[i - 1]
            if stage.queue:
                self.hop(stage.index, (i - 1) * step + 0.2)
            last = self.status(i, i * step)
        return last

    def hop(self, stage: int, minute: float, *, taken: bool = True, how: str = "child", **taking: Any) -> Span:
        """Send the message into a stage; taken as a child, by link or by message id."""
        s = TABLE.stages[stage]
        message = f"m-{stage}-{minute}" if how == "message" else ""
        sent = self.span(s.sender, minute, name=f"publish {s.queue}", kind="producer", destination=s.queue,
                         message_id=message)  # fmt: skip
        if taken:
            self.span(s.receiver, minute + 0.1, name=f"process {s.queue}", kind="consumer", destination=s.queue,
                      parent=sent if how == "child" else None, message_id=message, operation="process",
                      links=(Link(sent.trace_id, sent.span_id),) if how == "link" else (), **taking)  # fmt: skip
        return sent

    def journey(self, **shifts: int) -> Journey:
        return build(self.order_id, self.spans, TABLE, shifts)

    def verdict(self, minute: float, *, fleet: Fleet | None = None, **answer: Any) -> Verdict:
        from orders.journey.decide import decide

        given = Answer(spans=tuple(self.spans), **answer)
        return decide(self.journey(), now=at(minute), table=TABLE, answer=given, fleet=fleet, retention=RETENTION)


def healthy_fleet(
    minute: float, *, orders: int = 40, every: float = 10, table: StageTable = TABLE, **changed: Any
) -> Fleet:
    """Return a fleet in which other orders pass all stages, one every so many minutes, up to now and fully known."""
    now = at(minute)
    trips = {}
    for n in range(orders):
        start = now - round((orders - n) * every * MINUTE) - 20 * MINUTE
        trips[f"ORD-{n}"] = Trip(order_id=f"ORD-{n}", reached={i: start + i * 3 * MINUTE for i in range(7)})
    ends = {s.code: sorted(now - i * MINUTE for i in range(24 * 60)) for s in table.services}
    covered = {s.index: ((now - 15 * DAY, now),) for s in table.statuses}
    facts: dict[str, Any] = {
        "trips": trips,
        "ends": ends,
        "covered": covered,
        "filled_since": now - RETENTION,
    } | changed
    return Fleet(table=table, taken_at=now, **facts)
