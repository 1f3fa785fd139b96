"""Times, lengths of time and counts in words: the one place that knows how they are written in either language.

Instants are whole nanoseconds since 1970 (UTC), as in orders.journey.spans. Number and unit, day and month, time and
zone are held together by U+00A0, so that no line breaks between them. Nothing here asks what time it is.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Final

from orders.journey.spans import SECOND

NBSP: Final = "\u00a0"
LANGUAGES: Final = ("ru", "en")
_UNITS: Final = {"ru": ("д", "ч", "мин", "с"), "en": ("d", "h", "min", "s")}
_MONTHS: Final = {
    "ru": ("января", "февраля", "марта", "апреля", "мая", "июня", "июля", "августа", "сентября", "октября", "ноября",
           "декабря"),
    "en": ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
           "November", "December"),
}  # fmt: skip
_SHORT: Final = {
    "ru": ("янв", "фев", "мар", "апр", "мая", "июн", "июл", "авг", "сен", "окт", "ноя", "дек"),
    "en": ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
}
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Zone:
    """The zone that a reader chose: `key` is "utc", "company" or "mine"; `name` is the IANA name.

    `names` gives the label by language ("МСК", "MSK"); without one the label is the distance from UTC.
    """

    key: str
    name: str
    info: tzinfo
    names: Mapping[str, str] = field(default_factory=dict, hash=False)

    def label(self, instant: int, lang: str) -> str:
        """Return the zone's label at an instant: its given name, "UTC", or "UTC+3" (summer time moves it)."""
        return self.names.get(lang) or _offset(_local(instant, self))


UTC_ZONE: Final = Zone(key="utc", name="UTC", info=UTC)


def duration(seconds: float, lang: str, *, days: bool = True) -> str:
    """Return a length of time in its two largest units: "1 д 3 ч", "2 h 24 min", "29 мин", "12 с", "0,2 с".

    Whole units are rounded down, as a waiting time is; below a second one figure is kept. Without `days` hours are
    the largest unit: a day of working time would be read as a day of the calendar. Raises ValueError when negative:
    whose clock was wrong must be decided before it is said.
    """
    if seconds < 0:
        raise ValueError(f"a length of time cannot be {seconds} s")
    day, hour, minute, second = _UNITS[lang]
    whole = int(seconds)
    if days and whole >= 86_400:
        return _pair(whole // 86_400, day, whole % 86_400 // 3_600, hour)
    if whole >= 3_600:
        return _pair(whole // 3_600, hour, whole % 3_600 // 60, minute)
    if whole >= 60:
        return f"{whole // 60}{NBSP}{minute}"
    return f"{_small(seconds, lang)}{NBSP}{second}"


def span_of_time(low: float, high: float, lang: str, *, days: bool = True) -> str:
    """Return a usual range, bounds in seconds: "4–11 мин", "40 мин – 4 ч"; one value where both read alike."""
    first, last = duration(low, lang, days=days), duration(high, lang, days=days)
    if first == last:
        return first
    (number, _, unit), (_, _, last_unit) = first.partition(NBSP), last.partition(NBSP)
    return f"{number}–{last}" if unit == last_unit else f"{first} – {last}"


def day_month(instant: int, zone: Zone, lang: str, *, short: bool = False) -> str:
    """Return the day: "25 сентября", "25 September"; short: "25 сен", "25 Sep"."""
    local = _local(instant, zone)
    return f"{local.day}{NBSP}{(_SHORT if short else _MONTHS)[lang][local.month - 1]}"


def clock(instant: int, zone: Zone) -> str:
    """Return the time of day: "10:42"."""
    local = _local(instant, zone)
    return f"{local.hour:02d}:{local.minute:02d}"


def same_day(first: int, second: int, zone: Zone) -> bool:
    """Return whether two instants fall on one day of the zone."""
    return _local(first, zone).date() == _local(second, zone).date()


def moment(instant: int, zone: Zone, lang: str, *, now: int | None = None, label: bool = True) -> str:
    """Return when: "25 сен, 10:42 МСК"; "10:42 МСК" when that is today; another year is written out.

    Without `now` the day always stands. `label` adds the zone: once in a group of times, at its first.
    """
    text = clock(instant, zone)
    if now is None or not same_day(instant, now, zone):
        text = f"{_day(instant, zone, lang, now)}, {text}"
    return f"{text}{NBSP}{zone.label(instant, lang)}" if label else text


def ago(instant: int, now: int, lang: str) -> str:
    """Return how long ago: "12 с назад", "1 d 3 h ago"; an instant ahead of `now` (clocks differ) is "just now"."""
    if instant > now:
        return {"ru": "только что", "en": "just now"}[lang]
    return f"{duration((now - instant) // SECOND, lang)}{NBSP}{ {'ru': 'назад', 'en': 'ago'}[lang] }"


def iso(instant: int) -> str:
    """Return the exact instant in UTC: "2026-09-25T07:42:00Z", with the microseconds where there are any."""
    seconds, rest = divmod(instant, SECOND)
    text = (_EPOCH + timedelta(seconds=seconds)).isoformat()[:19]
    fraction = f".{rest // 1_000:06d}" if rest >= 1_000 else ""
    return f"{text}{fraction}Z"


def list_and(items: Sequence[str], lang: str) -> str:
    """Return "A", "A и B", "A, B и C" ("and" in English); "" for none."""
    if len(items) < 2:
        return "".join(items)
    return f"{', '.join(items[:-1])} { {'ru': 'и', 'en': 'and'}[lang] } {items[-1]}"


def plural_ru(n: int, one: str, few: str, many: str) -> str:
    """Return the Russian form that goes with n: 1 and 21 one, 2 and 104 few, 0, 5, 11 and 112 many."""
    if n % 10 == 1 and n % 100 != 11:
        return one
    return few if 2 <= n % 10 <= 4 and not 12 <= n % 100 <= 14 else many


def plural_en(n: int, one: str, other: str) -> str:
    """Return the English form that goes with n."""
    return one if n == 1 else other


def number(n: int) -> str:
    """Return a count with its thousands apart: "1 204" (a comma or a point would mean different things)."""
    return f"{n:,}".replace(",", NBSP) if abs(n) >= 1_000 else str(n)


def _local(instant: int, zone: Zone) -> datetime:
    return (_EPOCH + timedelta(microseconds=instant // 1_000)).astimezone(zone.info)


def _offset(local: datetime) -> str:
    minutes = int((local.utcoffset() or timedelta()).total_seconds()) // 60
    if not minutes:
        return "UTC"
    hours, rest = divmod(abs(minutes), 60)
    return f"UTC{'+' if minutes > 0 else '−'}{hours}" + (f":{rest:02d}" if rest else "")


def _day(instant: int, zone: Zone, lang: str, now: int | None) -> str:
    day, year = day_month(instant, zone, lang, short=True), _local(instant, zone).year
    return day if now is None or year == _local(now, zone).year else f"{day}{NBSP}{year}"


def _pair(large: int, unit: str, small: int, small_unit: str) -> str:
    text = f"{large}{NBSP}{unit}"
    return f"{text}{NBSP}{small}{NBSP}{small_unit}" if small else text


def _small(seconds: float, lang: str) -> str:
    if seconds >= 1 or not seconds:
        return str(int(seconds))
    text = f"{max(seconds, 0.001):.3f}".rstrip("0") if seconds < 0.01 else f"{seconds:.1g}"
    return text.replace(".", ",") if lang == "ru" else text
