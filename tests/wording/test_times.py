"""Times and counts in words: both languages, zones, plurals, no-break spaces."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orders.wording import times
from orders.wording.times import NBSP, UTC_ZONE, Zone

MOSCOW = Zone(key="company", name="Europe/Moscow", info=ZoneInfo("Europe/Moscow"), names={"ru": "МСК", "en": "MSK"})
BERLIN = Zone(key="mine", name="Europe/Berlin", info=ZoneInfo("Europe/Berlin"))


def at(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()) * 1_000_000_000


STOPPED = at("2026-09-25T07:42:00")


def plain(text: str) -> str:
    return text.replace(NBSP, " ")


@pytest.mark.parametrize(
    ("seconds", "russian", "english"),
    [
        (0, "0 с", "0 s"),
        (0.0004, "0,001 с", "0.001 s"),
        (0.0032, "0,003 с", "0.003 s"),
        (0.2, "0,2 с", "0.2 s"),
        (0.96, "1 с", "1 s"),
        (12.9, "12 с", "12 s"),
        (60, "1 мин", "1 min"),
        (1_799, "29 мин", "29 min"),
        (3_600, "1 ч", "1 h"),
        (8_640, "2 ч 24 мин", "2 h 24 min"),
        (86_400, "1 д", "1 d"),
        (97_320, "1 д 3 ч", "1 d 3 h"),
    ],
)
def test_a_length_of_time_has_at_most_two_units(seconds: float, russian: str, english: str) -> None:
    assert (plain(times.duration(seconds, "ru")), plain(times.duration(seconds, "en"))) == (russian, english)


def test_a_negative_length_of_time_is_refused() -> None:
    with pytest.raises(ValueError, match="cannot be -1"):
        times.duration(-1, "ru")


@given(st.floats(min_value=0, max_value=1e9, allow_nan=False), st.sampled_from(times.LANGUAGES))
def test_a_length_of_time_never_breaks_over_a_line_and_never_overstates(seconds: float, lang: str) -> None:
    text = times.duration(seconds, lang)
    sizes = {"д": 86_400, "d": 86_400, "ч": 3_600, "h": 3_600, "мин": 60, "min": 60, "с": 1, "s": 1}
    parts = text.replace(",", ".").split(NBSP)
    said = sum(float(number) * sizes[unit] for number, unit in zip(parts[::2], parts[1::2], strict=True))
    assert " " not in text
    assert said <= seconds + max(0.001, 0.05 * min(seconds, 1)) + 0.051


@pytest.mark.parametrize(
    ("low", "high", "text"),
    [(240, 660, "4–11 мин"), (2_400, 14_400, "40 мин – 4 ч"), (60, 90, "1 мин"), (90_000, 97_320, "1 д 1 ч – 1 д 3 ч")],
)
def test_a_usual_range_names_a_shared_unit_once(low: float, high: float, text: str) -> None:
    assert plain(times.span_of_time(low, high, "ru")) == text


def test_a_moment_of_another_day_carries_its_date_and_zone() -> None:
    now = at("2026-09-26T10:44:00")
    assert times.moment(STOPPED, MOSCOW, "ru", now=now) == f"25{NBSP}сен, 10:42{NBSP}МСК"
    assert times.moment(STOPPED, MOSCOW, "en", now=now) == f"25{NBSP}Sep, 10:42{NBSP}MSK"
    assert plain(times.moment(STOPPED, MOSCOW, "ru", now=now, label=False)) == "25 сен, 10:42"
    assert plain(times.moment(STOPPED, UTC_ZONE, "en")) == "25 Sep, 07:42 UTC"


def test_today_is_the_zones_today() -> None:
    late, now = at("2026-09-25T20:30:00"), at("2026-09-25T21:30:00")
    assert plain(times.moment(late, UTC_ZONE, "ru", now=now)) == "20:30 UTC"
    assert plain(times.moment(late, MOSCOW, "ru", now=now)) == "25 сен, 23:30 МСК"


def test_another_year_is_written_out() -> None:
    assert plain(times.moment(STOPPED, MOSCOW, "ru", now=at("2027-01-02T00:00:00"))) == "25 сен 2026, 10:42 МСК"


@pytest.mark.parametrize(
    ("zone", "instant", "label"),
    [
        (BERLIN, "2026-07-01T00:00:00", "UTC+2"),
        (BERLIN, "2026-12-01T00:00:00", "UTC+1"),
        (Zone(key="mine", name="x", info=ZoneInfo("Asia/Kolkata")), "2026-12-01T00:00:00", "UTC+5:30"),
        (Zone(key="mine", name="x", info=ZoneInfo("America/St_Johns")), "2026-12-01T00:00:00", "UTC−3:30"),
        (Zone(key="mine", name="x", info=ZoneInfo("Africa/Abidjan")), "2026-12-01T00:00:00", "UTC"),
    ],
)
def test_a_zone_without_a_name_is_labelled_by_its_distance(zone: Zone, instant: str, label: str) -> None:
    assert zone.label(at(instant), "ru") == label


def test_the_day_is_named_in_full_in_sentences() -> None:
    assert times.day_month(STOPPED, MOSCOW, "ru") == f"25{NBSP}сентября"
    assert times.day_month(STOPPED, MOSCOW, "en") == f"25{NBSP}September"


def test_the_exact_instant_is_utc_with_z() -> None:
    assert times.iso(STOPPED) == "2026-09-25T07:42:00Z"
    assert times.iso(STOPPED + 1_500_999) == "2026-09-25T07:42:00.001500Z"


@pytest.mark.parametrize(("seconds", "text"), [(12, "12 с назад"), (97_320, "1 д 3 ч назад"), (-3, "только что")])
def test_ago(seconds: int, text: str) -> None:
    assert plain(times.ago(STOPPED, STOPPED + seconds * 1_000_000_000, "ru")) == text


def test_ago_in_english() -> None:
    assert plain(times.ago(STOPPED, STOPPED + 8_000_000_000, "en")) == "8 s ago"
    assert times.ago(STOPPED, STOPPED - 1, "en") == "just now"


@pytest.mark.parametrize(
    ("count", "form"),
    [(0, "заказов"), (1, "заказ"), (2, "заказа"), (4, "заказа"), (5, "заказов"), (11, "заказов"), (12, "заказов"),
     (14, "заказов"), (21, "заказ"), (22, "заказа"), (101, "заказ"), (111, "заказов"), (112, "заказов")],
)  # fmt: skip
def test_russian_plurals(count: int, form: str) -> None:
    assert times.plural_ru(count, "заказ", "заказа", "заказов") == form


def test_english_plurals() -> None:
    assert [times.plural_en(count, "order", "orders") for count in (0, 1, 2, 21)] == [
        "orders", "order", "orders", "orders",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("items", "text"), [([], ""), (["A"], "A"), (["A", "B"], "A и B"), (["A", "B", "C"], "A, B и C")]
)
def test_lists(items: list[str], text: str) -> None:
    assert times.list_and(items, "ru") == text
    assert times.list_and(items, "en") == text.replace(" и ", " and ")


def test_thousands_stand_apart() -> None:
    assert [times.number(count) for count in (7, 1_204, 12_345_678)] == ["7", f"1{NBSP}204", f"12{NBSP}345{NBSP}678"]
