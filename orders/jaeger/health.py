"""What is known of a Jaeger without asking it, and the two ways in which one may be asked."""

from dataclasses import dataclass
from typing import Literal

Generation = Literal["v3", "legacy"]


@dataclass(frozen=True, slots=True)
class Health:
    """What the panel "data sources" shows of Jaeger."""

    generation: str  # "v3", "legacy", or "" while nobody has asked
    breaker: str  # "closed", "open" or "half_open"
    last_seconds: float | None  # how long the last look-up took, good or bad
    last_reason: str  # why it failed (JaegerError.reason), "" if it did not
