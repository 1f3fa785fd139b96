"""What stands beside the stages: lengths that count what their limit counts, what was heard, what was taken."""

import json
from dataclasses import replace

import pytest

from orders.journey.decide import decide
from orders.journey.hops import hops_of
from orders.journey.peers import Fleet
from orders.journey.spans import HOUR, Answer, Link
from orders.journey.stages import StageTable, WorkingHours
from orders.wording import phrases
from orders.wording.times import UTC_ZONE
from orders.wording.values import Group
from tests.journey.story import RETENTION, TABLE, Story, at, healthy_fleet
from tests.journey.test_hops import dead
from tests.orders.conftest import FakeJaeger, Get

OFFICE = WorkingHours(days=frozenset(range(5)), opens=9 * 3600, closes=18 * 3600, zone="UTC")


def office(stage: int) -> StageTable:
    """Return the table with a stage of 8 working hours."""
    stages = [replace(s, hours=OFFICE, limit=8 * HOUR) if s.index == stage else s for s in TABLE.stages]
    return replace(TABLE, stages=tuple(stages))


def waited(story: Story, table: StageTable, now: int, language: str, fleet: Fleet | None = None) -> str:
    """Return what stands beside the open stage."""
    journey = story.journey()
    verdict = decide(journey, now=now, table=table, answer=Answer(spans=tuple(story.spans)), fleet=fleet,
                     retention=RETENTION)  # fmt: skip
    assert verdict.stage is not None
    said = phrases.waited(verdict, table.stages[verdict.stage], journey.last_at, language)
    return said.replace("\u00a0", " ")


def test_over_a_weekend_a_limit_of_working_hours_is_set_against_working_time() -> None:
    story = Story()
    story.upto(2)
    friday = at(10) + 4 * 24 * HOUR
    story.spans = [s._replace(start=s.start + 4 * 24 * HOUR, end=s.end + 4 * 24 * HOUR) for s in story.spans]
    monday = friday + 3 * 24 * HOUR  # 72 h later, of which 9 were worked

    assert waited(story, office(2), monday, "ru") == "9 ч рабочего времени при пределе 8 ч"
    assert waited(story, office(2), monday, "en") == "9 h of working time, the limit is 8 h"
    assert waited(story, TABLE, monday, "en") == "3 d, the limit is 15 min"


@pytest.mark.parametrize(("later", "ru", "en"), [(0, "сведений нет 29 мин", "nothing heard for 29 min"),
                                                 (20, "сведений нет 25 мин", "nothing heard for 25 min")])  # fmt: skip
def test_nothing_was_heard_since_the_last_thing_that_was(later: int, ru: str, en: str) -> None:
    story = Story()
    story.upto(3)
    story.hop(3, 15.5, taken=False)
    if later:
        story.span("crm", later, name="read order")
    fleet = healthy_fleet(45)
    quiet = replace(fleet, ends=dict(fleet.ends) | {"mes": [e for e in fleet.ends["mes"] if e < at(20)]})

    assert waited(story, TABLE, at(45), "ru", quiet) == ru
    assert waited(story, TABLE, at(45), "en", quiet) == en


def test_a_stage_that_was_left_says_of_what_time_its_lengths_are() -> None:
    stage = office(2).stages[2]
    words = [
        (phrases.counted_length(26 * HOUR, stage, "ru"), "26 ч рабочего времени"),
        (phrases.counted_length(26 * HOUR, TABLE.stages[2], "ru"), "1 д 2 ч"),
        (phrases.over_limit(26 * HOUR, stage, "en"), "26 h over the limit"),
        (phrases.usually((2 * HOUR, 26 * HOUR), stage, "en"), "usually 2–26 h"),
        (phrases.usually((2 * HOUR, 26 * HOUR), TABLE.stages[2], "en"), "usually 2 h – 1 d 2 h"),
    ]
    for said, expected in words:
        assert said.replace("\u00a0", " ") == expected


@pytest.mark.parametrize(("how", "ru", "en"), [
    ("given back", "возвращён в 14:16", "given back at 14:16"),
    ("expired", "отложен", "set aside"),
    ("rejected", "отклонён", "rejected"),
])  # fmt: skip
def test_what_the_taking_of_a_message_came_to(how: str, ru: str, en: str) -> None:
    story = Story()
    sent = story.hop(1, 3, taken=how == "given back")
    if how == "given back":
        link = Link(sent.trace_id, sent.span_id)
        story.span("mes", 3.4, kind="client", operation="nack", dead_letter=True, links=(link,))
    else:
        dead(story, sent, how)
    codes = {s.service: s.service for s in story.spans}
    (hop,) = hops_of(story.order_id, story.spans, codes, {}, TABLE)

    for language, words in (("ru", ru), ("en", en)):
        group = Group(TABLE, language=language, zone=UTC_ZONE, now=at(9), labelled=True)
        assert phrases.taken_leg(hop, TABLE.services[2], group).replace("\u00a0", " ") == words


def test_a_message_that_was_given_back_is_not_drawn_as_taken(get: Get, jaeger: FakeJaeger) -> None:
    story = Story()
    story.upto(3)
    story.hop(3, 15.5)
    story.span("mes", 15.9, kind="client", operation="nack", dead_letter=True, parent=story.spans[-1])
    jaeger.spans[:] = story.spans

    html = get(f"/orders/{story.order_id}/").content.decode()

    assert "MES не приняла заказ и вернула его" in html
    assert '<span class="miss">MES</span>' in html
    assert "запустить его должен оператор" not in html


@pytest.mark.parametrize(("language", "words"), [("ru", "Отметки нет: заказ закрыт вручную."),
                                                 ("en", "No mark: the order was closed by hand.")])  # fmt: skip
def test_of_a_step_that_closing_by_hand_left_out_nobody_says_it_was_passed(
    get: Get, jaeger: FakeJaeger, language: str, words: str
) -> None:
    story = Story()
    story.upto(4)
    story.span("crm", 30, name="close order manually", status="CLOSED")
    jaeger.spans[:] = story.spans

    html = get(f"/orders/{story.order_id}/", language=language).content.decode()

    assert words in html
    assert ("6 of 6 expected marks" if language == "en" else "6 из 6 ожидаемых отметок") in html
    assert not any(wrong in html for wrong in ("идёт дальше", "прошёл", "moved on", "went on"))


@pytest.mark.parametrize("language", ["ru", "en"])
def test_a_number_without_data_leads_to_those_one_slip_away_that_have_some(get: Get, language: str) -> None:
    html = get("/orders/ORD-1/", language=language).content.decode()  # others are ORD-0 to ORD-39

    shown = html.split('<dl class="known">')[1].split("</dl>")[0]
    assert shown.count('href="/orders/ORD-') == 5
    assert 'href="/orders/ORD-11/"' in shown or 'href="/orders/ORD-0/"' in shown
    assert "/orders/ORD-1/" not in shown


def test_where_nothing_is_near_nothing_is_offered(get: Get) -> None:
    html = get("/orders/ORD-77777/").content.decode()
    assert 'href="/orders/ORD-' not in html.split('<dl class="known">')[1].split("</dl>")[0]


def test_what_closing_by_hand_left_out_is_no_gap_in_json(get: Get, jaeger: FakeJaeger) -> None:
    story = Story()
    story.upto(2)
    story.status(4, 20)
    story.span("crm", 30, name="close order manually", status="CLOSED")
    jaeger.spans[:] = story.spans

    assert json.loads(get(f"/orders/{story.order_id}.json").content)["gaps"] == ["MANUFACTURING_APPROVED"]


def test_a_status_that_was_come_back_to_did_not_take_the_stage_before_it_so_long(get: Get, jaeger: FakeJaeger) -> None:
    story = Story()
    story.upto(5)
    story.status(4, 400)
    jaeger.spans[:] = story.spans

    html = get(f"/orders/{story.order_id}/").content.decode()

    assert "статус вернулся" in html
    assert "дольше предела" not in html


@pytest.mark.parametrize(("language", "words"), [("ru", "Расчёт цены – Согласование: 10 мин"),
                                                 ("en", "Pricing – Approval: 10 min")])  # fmt: skip
def test_time_over_a_missing_mark_is_that_of_all_stages_it_covers(
    get: Get, jaeger: FakeJaeger, language: str, words: str
) -> None:
    story = Story()
    for index, minute in ((0, 0), (1, 5), (3, 15)):
        story.status(index, minute)
    jaeger.spans[:] = story.spans

    assert words in get(f"/orders/{story.order_id}/", language=language).content.decode().replace("\u00a0", " ")
