"""Marks: what templates may call: glyphs, times, lengths of time; thin wraps of orders.wording.times."""

from functools import cache
from types import MappingProxyType
from typing import Final

from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from orders.journey.spans import SECOND
from orders.wording import times

_SHAPES: Final = MappingProxyType(
    {
        "done": '<path d="M3.5 10.6l4.2 4.3L16.6 5.4" fill="none" stroke="currentColor" stroke-width="2.6"'
        ' stroke-linecap="round" stroke-linejoin="round"/>',
        "on_time": '<circle cx="10" cy="10" r="6.2" fill="currentColor"/>',
        "slow": '<circle cx="10" cy="10" r="7.4" fill="none" stroke="currentColor" stroke-width="2.2"/>'
        '<path d="M10 5.6V10l3 2" fill="none" stroke="currentColor" stroke-width="2.2" stroke-linecap="round"/>',
        "stalled": '<rect x="3.5" y="3.5" width="13" height="13" rx="2" fill="currentColor"/>',
        "failed": '<path d="M5 5l10 10M15 5L5 15" fill="none" stroke="currentColor" stroke-width="3"'
        ' stroke-linecap="round"/>',
        "cannot_tell": '<circle cx="10" cy="10" r="7.6" fill="none" stroke="currentColor" stroke-width="2"'
        ' stroke-dasharray="3 2.4"/><path d="M7.9 8.1a2.1 2.1 0 1 1 3 1.9c-.7.3-.9.7-.9 1.4" fill="none"'
        ' stroke="currentColor" stroke-width="1.9" stroke-linecap="round"/>'
        '<circle cx="10" cy="13.9" r="1.1" fill="currentColor"/>',
        "ahead": '<circle cx="10" cy="10" r="5" fill="none" stroke="currentColor" stroke-width="2"/>',
        "gap": '<circle cx="10" cy="10" r="5" fill="none" stroke="currentColor" stroke-width="2"'
        ' stroke-dasharray="2.6 2.2"/>',
    }
)
_CLASSES: Final = MappingProxyType({"on_time": "on-time", "cannot_tell": "unknown"})


@cache
def glyph(state: str) -> SafeString:
    """Draw a state's shape, or that of what is "ahead" or a "gap"; the word stands beside it, so it is aria-hidden.

    Raises KeyError for anything else: a seventh state would be a mistake.
    """
    shape = f'<svg viewBox="0 0 20 20" focusable="false">{_SHAPES[state]}</svg>'
    return mark_safe(f'<span class="glyph" aria-hidden="true">{shape}</span>')  # noqa: S308 - own constants


def tone(state: str) -> str:
    """Return the class that colours a state's parts: done, on-time, slow, stalled, failed, unknown."""
    return _CLASSES.get(state, state)


def as_duration(seconds: float) -> str:
    """Return a length of time, given in seconds, in the reader's language."""
    return times.duration(seconds, _lang())


def as_number(count: int) -> str:
    """Return a count with its thousands apart."""
    return times.number(count)


def as_iso(instant: int) -> str:
    """Return the exact instant in UTC with Z."""
    return times.iso(instant)


def moment(instant: int, zone: times.Zone, now: int | None = None, how: str = "") -> SafeString:
    """Write when something was: "25 сен, 10:42 МСК", the day left out when it is today.

    `how` may hold the words "bare" (no zone: it was named before) and "inside" (inside a link: no focus of its own).
    """
    text = times.moment(instant, zone, _lang(), now=now, label="bare" not in how)
    return _time(instant, text, focusable="inside" not in how)


def clock(instant: int, zone: times.Zone, how: str = "") -> SafeString:
    """Write the time of day alone: "10:42"; `how` as in moment."""
    return _time(instant, times.clock(instant, zone), focusable="inside" not in how)


def ago(instant: int, now: int, how: str = "") -> SafeString:
    """Write how long ago: "12 с назад"; the page's script lets it tick; `how` as in moment."""
    return _time(instant, times.ago(instant, now, _lang()), focusable="inside" not in how, ticks=now)


def ago_and_moment(instant: int, zone: times.Zone, now: int) -> SafeString:
    """Write both: "1 д 3 ч назад · 25 сен, 10:42 МСК"."""
    return format_html("{} · {}", ago(instant, now, "inside"), moment(instant, zone, now))


def _time(instant: int, text: str, *, focusable: bool, ticks: int | None = None) -> SafeString:
    exact = times.iso(instant)
    stop = ' tabindex="0"' if focusable else ""
    tick = f' data-ago="{ticks // SECOND}"' if ticks is not None else ""
    return mark_safe(  # noqa: S308 - digits and own constants, the text escaped
        f'<time datetime="{exact}" title="{exact}"{stop}{tick}>{escape(text)}</time>'
    )


def _lang() -> str:
    lang = (get_language() or "ru")[:2]
    return lang if lang in times.LANGUAGES else "ru"
