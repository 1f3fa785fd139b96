"""Fleet: what a verdict may know of other orders: who passes, who is stuck alike, which source is silent or has holes."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Silence:
    """A service from which nothing has come for too long."""

    service: str  # "" when all services together
    since: int  # its last span's end
    allowed: int  # how long it may be silent, nanoseconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Holes:
    """How many of the passages that a later status proves lack their record."""

    service: str
    lacking: int
    of: int
    since: int | None  # counted only since then; None: the last two hundred
    gap: tuple[int, int] | None = None  # a gap in the service's own spans while others went on


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """One source of data, for the page: the service and when its last span ended."""

    service: str
    last_at: int | None
    silent: Silence | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Stuck:
    """Another order past its limit: where, why, since when."""

    order_id: str
    stage: int
    cause: str
    since: int
    partner_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trip:
    """What the snapshot knows of one order: when it reached which status (index → instant)."""

    order_id: str
    reached: Mapping[int, int] = field(default_factory=dict)
    by_hand: bool = False
    partner_id: str = ""
