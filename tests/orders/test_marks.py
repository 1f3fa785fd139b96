"""The marks that write shapes and times into pages."""

import re

import pytest
from django.template import engines
from django.utils import translation

from orders.wording.times import UTC_ZONE

THEN, NOW = 1_790_322_120_000_000_000, 1_790_419_440_000_000_000  # 2026-09-25T07:42:00Z, 1 d 3 h 2 min later


def written(source: str, lang: str = "ru", **context: object) -> str:
    template = engines["jinja2"].from_string(source)
    with translation.override(lang):
        return str(template.render({"then": THEN, "now": NOW, "zone": UTC_ZONE, **context}))


@pytest.mark.parametrize("state", ["done", "on_time", "slow", "stalled", "failed", "cannot_tell", "ahead", "gap"])
def test_each_state_has_a_shape_of_its_own_hidden_from_readers_aloud(state: str) -> None:
    shape = written("{{ glyph(state) }}", state=state)
    assert shape.startswith('<span class="glyph" aria-hidden="true"><svg viewBox="0 0 20 20"')
    others = {"done", "on_time", "slow", "stalled", "failed", "cannot_tell", "ahead", "gap"} - {state}
    assert all(written("{{ glyph(state) }}", state=other) != shape for other in others)


def test_a_seventh_state_is_a_mistake() -> None:
    with pytest.raises(KeyError):
        written('{{ glyph("lost") }}')


def test_a_state_colours_by_class() -> None:
    assert written('{{ "cannot_tell"|tone }} {{ "on_time"|tone }} {{ "failed"|tone }}') == "unknown on-time failed"


def test_a_moment_shows_the_exact_instant_on_hover_and_focus() -> None:
    assert written("{{ moment(then, zone, now) }}") == (
        '<time datetime="2026-09-25T07:42:00Z" title="2026-09-25T07:42:00Z" tabindex="0">'
        "25\u00a0сен, 07:42\u00a0UTC</time>"
    )


def test_a_moment_in_a_link_takes_no_focus_of_its_own_and_a_bare_one_no_zone() -> None:
    page = written('{{ moment(then, zone, now, "bare inside") }}', lang="en")
    assert "tabindex" not in page
    assert page.endswith(">25\u00a0Sep, 07:42</time>")


def test_how_long_ago_can_tick() -> None:
    page = written("{{ ago(then, now) }}")
    assert f'data-ago="{NOW // 1_000_000_000}"' in page
    assert page.endswith(">1\u00a0д\u00a03\u00a0ч\u00a0назад</time>")


def test_both_ways_of_saying_when() -> None:
    page = re.sub(r"<[^>]+>", "", written("{{ ago_and_moment(then, zone, now) }}", lang="en"))
    assert page == "1\u00a0d\u00a03\u00a0h\u00a0ago · 25\u00a0Sep, 07:42\u00a0UTC"


def test_lengths_counts_clocks_and_exact_instants() -> None:
    page = written("{{ 97320|as_duration }}|{{ 1204|as_number }}|{{ then|as_iso }}|{{ clock(then, zone, 'inside') }}")
    assert re.sub(r"<[^>]+>", "", page) == "1\u00a0д\u00a03\u00a0ч|1\u00a0204|2026-09-25T07:42:00Z|07:42"
