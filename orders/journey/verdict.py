"""Verdict: what the portal claims of one order, as data. Words are chosen elsewhere (orders.wording)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final


class State(StrEnum):
    """The six states, and no others (docs/decision.md)."""

    DONE = "done"
    ON_TIME = "on_time"
    SLOW = "slow"
    STALLED = "stalled"
    FAILED = "failed"
    CANNOT_TELL = "cannot_tell"


HIGH: Final = "high"
MEDIUM: Final = "medium"
LOW: Final = "low"
MANY: Final = 3  # so many alike, this one included, are "many"


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What a clause rests on: a span (with the ids that lead to it in Jaeger), a rule or a check."""

    kind: str  # "span", "rule" or "check"
    id: str  # the span id, or the id of the rule or check
    trace_id: str = ""  # of a span


@dataclass(frozen=True, slots=True, kw_only=True)
class Clause:
    """One claim: a rule id with its values, and what proves it.

    Values are instants (`at`, `since`, `deadline`, `first_at`, `last_at`) and lengths of time (`elapsed`,
    `low`, `high`, `limit`, `shift`) in nanoseconds, counts (`count`, `of`), and codes: `service`, `sender`,
    `receiver` (of the stage table), `status`, `from`, `to` (statuses), `statuses`
    (several, a line end between them), `stage` (its index, from 0).
    """

    rule: str
    values: Mapping[str, int | str] = field(default_factory=dict)
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One thing that was looked at before the verdict: passed, failed or not known, with its values."""

    rule: str  # answer-whole, source-alive, source-stopped, record-whole, others-pass, alike,
    # within-retention
    result: str  # "yes", "no" or "unknown"
    values: Mapping[str, int | str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Alike:
    """Other orders stuck in the same way: same stage, same cause, past the limit."""

    count: int  # this order included
    since: int  # when the first of them made its last progress
    order_ids: tuple[str, ...] = ()  # at most twenty, oldest first, this order not included
    partners: int = 0
    last_hour: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """The whole answer for one order at one moment. `state` is None only where no span carries the id."""

    state: State | None
    step: int  # which of the eleven steps of docs/decision.md decided
    now: int
    status: str | None = None  # last status reached
    stage: int | None = None  # index of the open stage, None when closed or unknown
    since: int | None = None  # when the open stage began
    deadline: int | None = None  # when its limit runs out
    limit: int | None = None
    usual: tuple[int, int] | None = None  # from the 5th to the 95th percentile
    cause: str | None = None  # rule id of the likely cause
    confidence: str = HIGH
    stuck: bool = False  # stalled, or failed past the limit: what boards, scores and alerts count
    clauses: tuple[Clause, ...] = ()  # the sentence group, in reading order, without the state's own word
    notes: tuple[Clause, ...] = ()  # gaps, repeats, shifts: shown below, not part of the decision
    checks: tuple[Check, ...] = ()
    alike: Alike | None = None
    ask: str = ""  # key into the stage's `asks`: the cause, or "default"; "telemetry" when the data is missing
