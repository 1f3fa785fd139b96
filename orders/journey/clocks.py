"""Clocks: which services' clocks are behind, told by spans that seem to start before what caused them."""

from collections.abc import Iterable, Mapping, Sequence
from math import ceil


def percentile(ordered: Sequence[int], share: float) -> int:
    """Return the value below which a share of a sorted, non-empty sequence lies (nearest rank)."""
    return ordered[min(len(ordered) - 1, max(0, ceil(share * len(ordered)) - 1))]


def clock_shifts(pairs: Mapping[str, Iterable[int]]) -> dict[str, int]:
    """Return by how much each service's clock has to be shifted forward, nanoseconds.

    Arguments: per service code, how long after its parent (or producer) in another service each of its spans
    started; negative where it seems to have started before. docs/decision.md: the 5th percentile of at least twenty
    pairs, where it is over one second.
    """
    shifts = {}
    for service, found in pairs.items():
        delays = sorted(found)
        if len(delays) >= 20:
            behind = -percentile(delays, 0.05)
            if behind > 1_000_000_000:
                shifts[service] = behind
    return shifts
