"""Strip: where the time went, in whole per cent, long idle stretches folded."""

from dataclasses import dataclass
from itertools import pairwise

from orders.journey.lookup import OrderLookup
from orders.journey.spans import HOUR
from orders.journey.verdict import State
from orders.pages.reader import Reader
from orders.wording import phrases, times

FOLDED = 60  # per cent that the longest stretch may take
LEAST = 3  # per cent that the shortest one takes
WORDED = 9  # per cent from which a stretch has room for its words


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """One stretch of time."""

    width: int
    text: str  # "" where there is no room
    label: str
    open: bool  # the order is still in it
    folded: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Strip:
    """All stretches, and the ticks below: the first mark, and the end."""

    pieces: tuple[Piece, ...]
    state: str
    first: str
    last: str


def build_strip(found: OrderLookup, reader: Reader) -> Strip | None:
    """Return where the time went; None where there is nothing to divide."""
    marks, verdict, language = sorted(found.journey.marks, key=lambda m: m.at), found.verdict, reader.language
    if not marks:
        return None
    stretches = [
        (later.at - mark.at, _name(mark.status, later.status, reader), False) for mark, later in pairwise(marks)
    ]
    if verdict.state is not State.DONE:
        stretches.append((max(0, found.now - marks[-1].at), "", True))
    stretches = [stretch for stretch in stretches if stretch[0] > 0]
    if not stretches:
        return None
    widths, folded = _widths([length for length, _, _ in stretches])
    pieces = tuple(
        _piece(length, name, width, is_open, fold, language)
        for (length, name, is_open), width, fold in zip(stretches, widths, folded, strict=True)
    )
    last = times.moment(marks[-1].at, reader.zone, language, label=False)
    if verdict.state is not State.DONE:
        last = phrases.now_tick(found.now, reader.zone, language) if found.at is None else _tick(found.now, reader)
    return Strip(pieces=pieces, state=str(verdict.state), first=_tick(marks[0].at, reader), last=last)


def _tick(instant: int, reader: Reader) -> str:
    return times.moment(instant, reader.zone, reader.language, label=False)


def _name(status: str, later: str, reader: Reader) -> str:
    """Return the stage between two marks, first and last where a mark is missing; the status itself if none begins."""
    places = {each.code: each.index for each in reader.table.statuses}
    names = [stage.name.of(reader.language) for stage in reader.table.stages[places[status] :]]
    if not names:
        return status
    passed = places[later] - places[status]
    return f"{names[0]} – {names[passed - 1]}" if passed > 1 else names[0]


def _piece(length: int, name: str, width: int, is_open: bool, fold: bool, language: str) -> Piece:  # noqa: FBT001
    if is_open:
        text = phrases.waiting_for(length, language)
        return Piece(width=width, text=text if width >= WORDED else "", label=text, open=True, folded=fold)
    text = phrases.length(length, language) if width >= WORDED else ""
    return Piece(width=width, text=f"⋯ {text} ⋯" if fold else text, label=phrases.passed_for(length, name, language),
                 open=False, folded=fold)  # fmt: skip


def _widths(lengths: list[int]) -> tuple[list[int], list[bool]]:
    """Return per cent for each stretch, about 100 in all; a long one of more than FOLDED is folded to it."""
    total, longest = sum(lengths), max(range(len(lengths)), key=lengths.__getitem__)
    folded = [False] * len(lengths)
    if len(lengths) > 1 and lengths[longest] > HOUR and lengths[longest] * 100 > FOLDED * total:
        folded[longest] = True
        rest = total - lengths[longest]
        shares = [FOLDED if i == longest else (100 - FOLDED) * n / rest for i, n in enumerate(lengths)]
    else:
        shares = [100 * n / total for n in lengths]
    return [max(LEAST, round(share)) for share in shares], folded
