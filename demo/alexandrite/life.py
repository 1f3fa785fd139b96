"""The state of one order's life while it is played: its plan, its story, its pen, and the queues it meets."""

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from demo.alexandrite import rhythm
from demo.alexandrite.faults import OUTAGE, Outage
from demo.alexandrite.hops import Message, Pen
from demo.alexandrite.plan import Plan
from demo.alexandrite.scribe import Scribe
from demo.alexandrite.story import Story
from demo.alexandrite.world import HOUR, MINUTE, SECOND

# What holds an order up once its message was taken: a machine that has not answered, or a person who has not acted.
AFTER_TAKEN = {
    "orders.submitted": "consumed-no-result",
    "orders.priced": "waiting-for-person",
    "orders.approved": "waiting-for-person",
}


@dataclass(frozen=True, slots=True)
class Life:
    """One order being played."""

    plan: Plan
    story: Story
    pen: Pen
    rng: Random
    outages: Sequence[Outage]

    def hit(self, fault: str, place: str = "") -> bool:
        """Return whether that fault hits this order at that place."""
        blow = self.plan.affliction
        return blow is not None and blow.fault == fault and place in {"", blow.place}

    def wait_in_queue(self, message: Message) -> int | None:
        """Return when a message is taken from its queue; None when it was lost on the way."""
        if self.hit("message-lost", message.queue) or self.hit(OUTAGE, message.queue):
            self.story.note(message.sent, "published-never-consumed")
            return None
        arrival = message.sent + rhythm.QUEUE.draw(self.rng)
        if self.hit("consumer-slow", message.queue):
            self.story.note(message.sent, "published-never-consumed")
            return self._late(message, message.sent + self.rng.randrange(HOUR, HOUR * 5 // 2))
        for outage in self.outages:
            if outage.queue == message.queue and outage.start <= arrival < outage.end:
                self.story.note(message.sent, "published-never-consumed", fault=OUTAGE)
                if outage.lost:
                    return None
                return self._late(message, outage.end + self.rng.randrange(MINUTE), fault=OUTAGE)
        return arrival

    def _late(self, message: Message, taken: int, fault: str | None = None) -> int:
        self.story.note(taken, AFTER_TAKEN[message.queue], fault=fault)
        return taken

    def between(self, least: float, most: float) -> int:
        """Return a random duration in nanoseconds between two numbers of seconds."""
        return round(self.rng.uniform(least, most) * SECOND)


def begin(plan: Plan, scribe: Scribe, outages: Sequence[Outage]) -> Life:
    """Return the life of a planned order, before its first step; the scribe's next spans are this order's."""
    rng = Random(plan.seed)
    scribe.aim(Random(f"{plan.seed}/ids"))
    return Life(plan, Story(plan), Pen(plan, scribe, rng), rng, outages)
