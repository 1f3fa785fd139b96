"""The story of one order: what really happened and when, and what that makes true at any moment."""

from dataclasses import dataclass, field
from typing import NamedTuple

from demo.alexandrite.plan import Plan
from demo.alexandrite.rhythm import Pace
from demo.alexandrite.world import CLOSED, INITIATED, LIMITS, NEXT, Reached, State, Truth


class Note(NamedTuple):
    """From this time on, until the next status: what holds the order up, and whether it shows as an error."""

    time: int
    cause: str
    fault: str
    failed: bool = False


@dataclass(slots=True)
class Story:
    """What an order has gone through and will go through; all times simulated."""

    plan: Plan
    reached: list[Reached] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)

    def reach(self, status: str, time: int) -> None:
        """Write down that a status was reached."""
        self.reached.append(Reached(status, time))

    def note(self, time: int, cause: str, *, fault: str | None = None, failed: bool = False) -> None:
        """Write down what holds the order up from that time on; by the order's own fault unless another is named."""
        blow = self.plan.affliction
        self.notes.append(Note(time, cause, fault or (blow.fault if blow else ""), failed))


def truth(story: Story, now: int, pace: Pace) -> Truth | None:
    """Return what is true of an order at `now`, in recorded times; None before it was created."""
    reached = tuple(Reached(status, pace.wall(time)) for status, time in sorted(story.reached, key=lambda one: one[1]))
    reached = tuple(one for one in reached if one.time <= now)
    if not reached:
        return None
    notes = sorted(note._replace(time=pace.wall(note.time)) for note in story.notes)
    notes = [note for note in notes if note.time <= now]
    state, cause, past = _judge(reached, notes, now)
    plan, last = story.plan, _since(reached)
    return Truth(
        order_id=plan.order_id,
        partner_id=plan.partner_id,
        customer_id=plan.customer_id,
        model_id=plan.model_id,
        created=reached[0].time,
        reached=reached,
        state=state,
        stage=None if last.status == CLOSED else (last.status, NEXT[last.status]),
        cause=cause,
        since=last.time,
        fault=notes[-1].fault if notes else None,
        past_limit=past,
    )


def _judge(reached: tuple[Reached, ...], notes: list[Note], now: int) -> tuple[State, str | None, bool]:
    """Return state, cause and whether the open stage is past its limit."""
    last = _since(reached)
    open_notes = [note for note in notes if note.time >= last.time]
    cause = open_notes[-1].cause if open_notes else None
    if last.status == CLOSED:
        return "done", cause, False
    past = now > last.time + LIMITS[last.status]
    if open_notes and open_notes[-1].failed:
        return "failed", cause, past
    if cause in {"status-repeated", "went-back"} and not past:
        return "moving", cause, past
    if not past:
        return "moving", None, past
    return ("left_checkout" if last.status == INITIATED else "stalled"), cause, past


def _since(reached: tuple[Reached, ...]) -> Reached:
    """Return the last real progress: the first of the reports of the status that the order is in."""
    last = len(reached) - 1
    while last and reached[last - 1].status == reached[last].status:
        last -= 1
    return reached[last]
