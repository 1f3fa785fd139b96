"""Lists: home, several orders, a partner's or model's orders, and what the search understood."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from orders.journey.ids import Resolution
from orders.journey.lookup import ManyLookup, OrderLookup
from orders.journey.verdict import State, Verdict
from orders.pages.order import build_head, fresh_at
from orders.pages.reader import Reader
from orders.pages.side import Source
from orders.wording import listed, phrases
from orders.wording.say import say, state_word
from orders.wording.values import service_of

SORTS: Final = ("newest", "waiting", "state")
_RANK: Final = {State.FAILED: 0, State.STALLED: 1, State.CANNOT_TELL: 2, State.SLOW: 3, State.ON_TIME: 4, State.DONE: 5}


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderRow:
    """One order of a list."""

    order_id: str  # "" where telemetry sent something as a number that is none of ours: it can be anything
    state: str  # "" where nothing is known
    state_word: str
    summary: str
    said: str  # the verdict's first sentence
    partner: str
    model: str
    since: int | None
    found: bool
    trouble: str  # since when this is known, or why nothing is, where Jaeger gave no fresh answer; "" where it did
    looked_at: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ListPage:
    """Orders in rows: several, or those of a partner, model or customer."""

    heading: str
    now: int
    rows: tuple[OrderRow, ...]
    counts: tuple[tuple[str, str, int], ...]  # state, its word, how many: of all rows, whatever the filter
    trouble: str  # what is missing or old, "" for nothing
    fresh_at: int | None  # when the oldest row's data was fetched; None: of no row is there any
    rest: str  # how many more there are, "" for none
    state: str = ""  # the filter
    sort: str = "newest"
    partners: bool = True  # whether the partner's column says anything


@dataclass(frozen=True, slots=True, kw_only=True)
class NowPage:
    """The part of the home page that asks Jaeger: what this person looked at, and the sources."""

    now: int
    rows: tuple[OrderRow, ...]
    trouble: str  # what is missing or old, "" for nothing
    sources: tuple[Source, ...]
    codes: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Meaning:
    """One thing that the search read, with what it may mean."""

    typed: str
    options: tuple[tuple[str, str], ...]  # kind, id: to choose from


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchPage:
    """What the search understood, where that is not one page."""

    meanings: tuple[Meaning, ...]
    unread: tuple[str, ...]
    sure: bool  # Jaeger could be asked about everything
    cut: bool


def order_row(found: OrderLookup, reader: Reader, *, looked_at: int | None = None) -> OrderRow:
    """Return one order as a row; `looked_at` in nanoseconds."""
    verdict, language = found.verdict, reader.language
    head = build_head(found.journey, reader)
    said = say(verdict, reader.table, language=language, zone=reader.zone)
    first = said[0].text if said else ""
    return OrderRow(
        order_id=reader.own_order(found.journey.order_id),
        state=str(verdict.state or ""),
        state_word=state_word(verdict.state, language, short=True),
        summary=phrases.row_summary(verdict, reader.table, language) or first,
        said=first,
        partner=head.partner,
        model=head.model,
        since=verdict.since,
        found=verdict.state is not None,
        trouble=_row_trouble(found, reader),
        looked_at=looked_at,
    )


def build_list_page(
    many: ManyLookup, reader: Reader, *, heading: str, now: int, state: str = "", sort: str = "", partners: bool = True
) -> ListPage:
    """Return a list, filtered by a state and sorted as asked; without `sort` in the order it was looked up in."""
    counts = tuple(
        (str(one), state_word(one, reader.language, short=True), n)
        for one in _RANK
        if (n := sum(found.verdict.state is one for found in many.rows))
    )
    rows = tuple(order_row(found, reader) for found in arranged(many, state, sort).rows)
    return ListPage(heading=heading, now=now, rows=rows, counts=counts,
                    trouble=missing_text(many, reader), fresh_at=oldest(many, now),
                    rest=listed.more_orders(many.rest, reader.language),
                    state=state, sort=sort or "newest", partners=partners)  # fmt: skip


def arranged(many: ManyLookup, state: str = "", sort: str = "") -> ManyLookup:
    """Return a list filtered by a state and sorted; "" or what is none of SORTS: in the order it was looked up in."""
    rows = [found for found in many.rows if not state or found.verdict.state == state]
    if sort == "waiting":
        rows.sort(key=lambda found: (not _waits(found.verdict), found.verdict.since or 0))
    if sort == "state":
        rows.sort(key=lambda found: _RANK[found.verdict.state] if found.verdict.state else len(_RANK))
    return replace(many, rows=tuple(rows))


def _waits(verdict: Verdict) -> bool:
    return verdict.since is not None and verdict.state is not State.DONE


def _row_trouble(found: OrderLookup, reader: Reader) -> str:
    if not found.trouble:
        return ""
    return listed.row_not_fresh(found.trouble, found.answer.known_at, reader.zone, reader.language)


def oldest(many: ManyLookup, now: int) -> int | None:
    """Return when the oldest of a list's data was fetched; None where there are rows and no data of any."""
    fetched = [at for at in map(fresh_at, many.rows) if at is not None]
    return min(fetched) if fetched else (None if many.rows else now)


def missing_text(many: ManyLookup, reader: Reader) -> str:
    """Return what is old or missing of a list, "" where nothing is."""
    troubles = [row.trouble for row in many.rows if row.trouble]
    parts = []
    if troubles:
        parts.append(listed.rows_not_fresh(troubles[0], len(troubles), len(many.rows), reader.zone, reader.language))
    if many.missing or _cut(many):
        codes = dict.fromkeys(reader.table.service_code(name) for name in many.missing)
        names = [service_of(c, reader.table).name.of(reader.language) for c in codes]
        parts.append(phrases.not_whole(names, reader.language))
    return " ".join(parts)


def _cut(many: ManyLookup) -> bool:
    """Return whether part of an answer is missing for another reason than that an order has no fresh one."""
    if any(not row.answer.whole and not row.trouble for row in many.rows):
        return True
    return not many.whole and all(row.answer.whole for row in many.rows)


def build_search_page(resolutions: Iterable[Resolution], reader: Reader, *, sure: bool, cut: bool) -> SearchPage:
    """Return what the search read: readings to choose from, and what no order or partner fits."""
    meanings, unread = [], []
    for one in resolutions:
        ids = (one.id,) if one.id else one.options
        options = tuple((kind, i) for i in ids for kind in (reader.patterns.kinds_of(i) or one.token.kinds))
        if options:
            meanings.append(Meaning(typed=one.token.as_typed, options=options))
        else:
            unread.append(one.token.as_typed)
    return SearchPage(meanings=tuple(meanings), unread=tuple(unread), sure=sure, cut=cut)


def announcement(
    mended: Sequence[tuple[str, str]],
    unread: Sequence[str],
    language: str,
    *,
    cut: bool = False,
    more: tuple[int, int] = (0, 0),
) -> str:
    """Return what was corrected and what was not understood, "" where there is nothing to say.

    `more` is how many of each there are beyond those.
    """
    return listed.announced(mended, unread, language, cut=cut, more=more)
