"""Every rule has words in both languages, the words are those that were agreed, and they hold the same numbers."""

# ruff: noqa: E501 - the two languages stand side by side
import re
from dataclasses import replace
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orders.journey.spans import DAY, HOUR, MINUTE
from orders.journey.stages import StageTable
from orders.journey.verdict import Check, Clause, State, Verdict
from orders.wording.check_templates import CHECKS
from orders.wording.customer import tell_customer, whom_to_ask
from orders.wording.say import WordingError, check_lines, places, say, say_clauses, whole_text
from orders.wording.templates import CLAUSES
from orders.wording.times import Zone
from tests.journey.story import TABLE

MSK = Zone(key="company", name="Europe/Moscow", info=ZoneInfo("Europe/Moscow"), names={"ru": "МСК", "en": "MSK"})
START = 1_790_322_120_000_000_000  # 25 September 2026, 10:42 in Moscow
NOW = START + DAY + 3 * HOUR
VALUES: dict[str, Any] = {
    "at": START, "since": START, "deadline": START + 15 * MINUTE, "first_at": START, "last_at": START + 11 * MINUTE,
    "elapsed": DAY + 3 * HOUR, "low": 4 * MINUTE, "high": 11 * MINUTE, "limit": 15 * MINUTE, "shift": 5 * MINUTE,
    "count": 18, "of": 50, "lacking": 1, "days": 14, "stage": 3, "service": "mes", "sender": "crm", "receiver": "mes",
    "status": "PRICE_CALCULATED", "from": "SHIPPED", "to": "MANUFACTURING_STARTED", "reason": "no-comparison", "allowed": MINUTE,
}  # fmt: skip


def text(rule: str, language: str = "ru", *, now: int = NOW, labelled: bool = True, table: StageTable = TABLE,
         **values: Any) -> str:  # fmt: skip
    clause = Clause(rule=rule, values=values)
    said = say_clauses((clause,), table, language=language, zone=MSK, now=now, labelled=labelled)
    return said[0].text.replace("\u00a0", " ")


@pytest.mark.parametrize("rule", sorted(CLAUSES))
def test_every_rule_has_words_in_both_languages(rule: str) -> None:
    values = VALUES | ({"stage": 3} if rule == "waiting-for-person" else {})
    ru, en = (text(rule, language, **values) for language in ("ru", "en"))
    assert re.search("[а-яё]", ru)
    assert not re.search("[а-яё]", en)
    assert not re.search(r"[{}\[\]|]", ru + en)


@pytest.mark.parametrize("rule", sorted(CHECKS))
@pytest.mark.parametrize("result", ["yes", "no", "unknown"])
def test_every_check_has_words_in_both_languages(rule: str, result: str) -> None:
    for values in (VALUES, VALUES | {"lacking": 0}):
        for language in ("ru", "en"):
            line = check_lines(
                [Check(rule=rule, result=result, values=values)], TABLE, language=language, zone=MSK, now=NOW
            )
            assert line[0].text


def test_an_unknown_rule_is_an_error() -> None:
    with pytest.raises(WordingError, match="astrology"):
        text("astrology")
    with pytest.raises(WordingError, match="astrology"):
        check_lines([Check(rule="astrology", result="yes")], TABLE, language="ru", zone=MSK, now=NOW)
    with pytest.raises(WordingError, match="fit no template"):
        text("slower")


AGREED = [
    ("no-progress", {}, "Движения нет с 10:42 МСК 25 сентября (1 д 3 ч).", "No progress since 25 Sep, 10:42 MSK (1 d 3 h)."),
    ("should-have", {}, "Производство должно было начаться до 10:57 25 сентября.", "Production should have started by 10:57 on 25 Sep."),
    ("published-never-consumed", {}, "CRM отправила заказ в MES 25 сентября в 10:42. Подтверждения приёма нет.",
     "CRM sent the order to MES at 10:42 on 25 Sep. There is no sign that MES took it."),
    ("many", {"since": START - 2 * MINUTE}, "С 10:40 25 сентября на этом этапе остановились 18 заказов.",
     "18 orders have stopped at this stage since 10:40 on 25 Sep."),
    ("waiting", {"stage": 1, "elapsed": 7 * MINUTE}, "Ждём расчёта цены от MES уже 7 мин, обычно 4–11 мин.",
     "Waiting for the price from MES for 7 min; usually 4–11 min."),
    ("slower", {"stage": 2, "elapsed": 12 * MINUTE, "high": 9 * MINUTE}, "Ждём согласования в CRM уже 12 мин; 19 из 20 заказов согласуют за 9 мин.",
     "Waiting for approval in CRM for 12 min; 19 of 20 orders get it within 9 min."),
    ("checkout-left", {"elapsed": 3 * HOUR}, "Покупатель не завершает оформление уже 3 ч.", "The customer has not finished checkout for 3 h."),
    ("nothing-sent", {"service": "crm"}, "CRM не отправила заказ дальше.", "CRM has not sent the order on."),
    ("waiting-for-person", {}, "Заказ в MES; запустить его должен оператор.", "MES has the order; an operator has to start it."),
    ("gap", {}, "Заказ идёт дальше. В записях пробел: нет отметки «Цена рассчитана».",
     'The order moved on. Our record has a gap: no mark "Price calculated".'),
    ("not-traced", {"service": "shop"}, "Магазин ещё не подключён к трассировке: этого шага не видно.",
     "The shop is not connected to tracing yet: this step is not visible."),
    ("closed-by-hand", {}, "Закрыт вручную, доставка не подтверждена.", "Closed by hand; delivery was not confirmed."),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "values", "ru", "en"), AGREED)
def test_the_words_are_those_of_the_product(rule: str, values: dict[str, Any], ru: str, en: str) -> None:
    label = rule != "no-progress"
    assert text(rule, "ru", labelled=label, **VALUES | values) == ru
    assert text(rule, "en", labelled=label, **VALUES | values) == en


TODAY = [
    ("consumed-no-result", {"at": NOW - HOUR}, "MES приняла заказ в 12:42, но о результате не сообщила.", "MES took the order at 12:42 and has not reported a result."),
    ("call-failed", {"sender": "shop", "receiver": "crm", "at": NOW - HOUR}, "CRM не приняла заказ от магазина: ошибка в 12:42.",
     "CRM did not accept the order from the shop: error at 12:42."),
    ("error-repeated", {"count": 3, "at": NOW - HOUR}, "MES сообщила об ошибке 3 раза, последний раз в 12:42.", "MES reported an error 3 times, last at 12:42."),
    ("error-repeated", {"count": 1, "at": NOW - HOUR}, "MES сообщила об ошибке в 12:42.", "MES reported an error at 12:42."),
    ("rejected", {"at": NOW - HOUR}, "MES отклонила заказ в 12:42. Автоматически он повторно не отправится.",
     "MES rejected the order at 12:42. It will not be sent again by itself."),
    ("went-back", {"at": NOW - HOUR}, "В 12:42 статус вернулся с «Отгружен» на «Производство начато».",
     'The status went back from "Shipped" to "Production started" at 12:42.'),
    ("given-back", {"at": NOW - HOUR}, "MES не приняла заказ и вернула его в 12:42. Будет ли он отправлен снова, не видно.",
     "MES gave the order back at 12:42 without accepting it. Whether it will be sent again is not visible."),
    ("given-back", {"at": NOW - HOUR, "service": "shop"}, "Магазин не принял заказ и вернул его в 12:42. Будет ли он отправлен снова, не видно.",
     "The shop gave the order back at 12:42 without accepting it. Whether it will be sent again is not visible."),
    ("set-aside", {"at": NOW - HOUR}, "Заказ не дошёл до MES и в 12:42 был отложен. Автоматически он повторно не отправится.",
     "The order did not get through to MES and was set aside at 12:42. It will not be sent again by itself."),
    ("seen-error", {"at": NOW - HOUR}, "MES сообщила об ошибке в 12:42; статус не передан.", "MES reported an error at 12:42; no status was reported."),
    ("status-repeated", {"first_at": NOW - HOUR, "last_at": NOW - HOUR + 11 * MINUTE}, "Отметка «Цена рассчитана» пришла дважды: в 12:42 и в 12:53.",
     '"Price calculated" was reported twice, at 12:42 and 12:53.'),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "values", "ru", "en"), TODAY)
def test_a_time_of_today_carries_no_date(rule: str, values: dict[str, Any], ru: str, en: str) -> None:
    assert text(rule, "ru", **VALUES | values) == ru
    assert text(rule, "en", **VALUES | values) == en


@pytest.mark.parametrize(
    ("count", "words"),
    [(1, "остановился 1 заказ"), (2, "остановились 2 заказа"), (5, "остановились 5 заказов"), (11, "остановились 11 заказов"),
     (21, "остановился 21 заказ"), (101, "остановился 101 заказ"), (0, "остановились 0 заказов")],
)  # fmt: skip
def test_russian_plurals_take_their_verb_along(count: int, words: str) -> None:
    assert words in text("many", count=count, since=START)


@pytest.mark.parametrize(
    ("count", "ru", "en"),
    [(1, "ещё по 1 заказу, срок которого прошёл; с ним тоже всё может быть в порядке.", "for 1 other order past its limit either; it too may be fine."),
     (4, "ещё по 4 заказам, срок которых прошёл; с ними тоже всё может быть в порядке.", "for 4 other orders past their limit either; they too may be fine."),
     (21, "ещё по 21 заказу, срок которого прошёл; с ним тоже всё может быть в порядке.", "for 21 other orders past their limit either; they too may be fine."),
     (41, "ещё по 41 заказу, срок которого прошёл; с ним тоже всё может быть в порядке.", "for 41 other orders past their limit either; they too may be fine.")],
)  # fmt: skip
@pytest.mark.parametrize("rule", ["unheard-too", "all-unheard"])
def test_what_a_silence_hides_is_not_said_to_have_stopped(rule: str, count: int, ru: str, en: str) -> None:
    said = text(rule, "ru", count=count, service="mes"), text(rule, "en", count=count, service="mes")

    assert (said[0].endswith(ru), said[1].endswith(en)) == (True, True)
    assert not re.search("остановил|stopped|stalled", "".join(said))


WORKING = [
    ("waiting", {"low": 4 * HOUR, "high": 30 * HOUR}, "Ждём согласования в CRM с 10:42 25 сентября: 27 ч рабочего времени, обычно 4–30 ч.",
     "Waiting for approval in CRM since 25 Sep, 10:42: 27 h of working time; usually 4–30 h."),
    ("slower", {"high": 26 * HOUR}, "Ждём согласования в CRM с 10:42 25 сентября: 27 ч рабочего времени; 19 из 20 заказов согласуют за 26 ч.",
     "Waiting for approval in CRM since 25 Sep, 10:42: 27 h of working time; 19 of 20 orders get it within 26 h."),
    ("tight-limit", {"limit": 36 * HOUR, "high": 40 * HOUR}, "Предел этапа «Согласование» тесен: 36 ч рабочего времени, а 19 из 20 заказов укладываются в 40 ч.",
     'The limit of the stage "Approval" is tight: 36 h of working time, while 19 of 20 orders need up to 40 h.'),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "values", "ru", "en"), WORKING)
def test_working_time_is_said_to_be_working_time_and_has_no_days(
    rule: str, values: dict[str, Any], ru: str, en: str
) -> None:
    values = VALUES | {"stage": 2, "counted": "working"} | values
    assert (text(rule, "ru", **values), text(rule, "en", **values)) == (ru, en)


def test_working_time_is_said_where_the_usual_is_not_known() -> None:
    values: dict[str, Any] = {"stage": 2, "counted": "working", "elapsed": HOUR, "since": START}
    assert text("waiting", "ru", **values) == "Ждём согласования в CRM с 10:42 25 сентября: 1 ч рабочего времени."
    assert text("waiting", "en", **values) == "Waiting for approval in CRM since 25 Sep, 10:42: 1 h of working time."


def test_the_zone_is_named_once_at_the_first_time_of_a_group() -> None:
    clauses = tuple(Clause(rule=rule, values=VALUES) for rule in ("no-progress", "should-have", "many"))
    said = " ".join(one.text for one in say_clauses(clauses, TABLE, language="ru", zone=MSK, now=NOW))
    assert said.count("МСК") == 1
    assert said.index("МСК") < said.index("Производство")


def test_the_whole_group_begins_with_the_state() -> None:
    clauses = (Clause(rule="holes"), Clause(rule="probably", values={"stage": 3}))
    verdict = Verdict(state=State.CANNOT_TELL, step=9, now=NOW, clauses=clauses)
    for language, words in (
        ("ru", "Состояние неизвестно: часть записей потеряна. Вероятно, заказ ждёт запуска производства."),
        ("en", "We cannot tell: part of the records is missing. Probably the order waits for production to start."),
    ):
        assert whole_text(verdict, say(verdict, TABLE, language=language, zone=MSK), language) == words


def test_a_system_that_the_table_lacks_is_named_by_its_code_where_that_may_be_shown() -> None:
    shown = replace(TABLE, shown_name={"erp": "erp"}.get)
    assert text("nothing-sent", service="erp", table=shown) == "Система «erp» не отправила заказ дальше."
    for table in (shown, TABLE):
        assert text("nothing-sent", service="ivan", table=table) == "Неизвестная система не отправила заказ дальше."


def test_another_year_is_written_out() -> None:
    assert "2026" in text("no-progress", now=NOW + 200 * DAY, since=START, elapsed=HOUR)


@given(
    rule=st.sampled_from(sorted(set(CLAUSES) - {"waiting-for-person"})),
    at=st.integers(START - 10 * DAY, NOW),
    length=st.integers(0, 20 * DAY),
    count=st.integers(0, 300),
    stage=st.integers(0, 5),
    counted=st.sampled_from(["", "working"]),
)
def test_both_languages_hold_the_same_numbers(
    rule: str, at: int, length: int, count: int, stage: int, counted: str
) -> None:
    values = {**VALUES, "at": at, "since": at, "elapsed": length, "count": count, "stage": stage, "counted": counted}
    ru, en = (sorted(re.findall(r"\d+", text(rule, language, **values))) for language in ("ru", "en"))
    assert ru == en or sorted(ru * 2) == sorted(en * 2)


@pytest.mark.parametrize("rule", sorted(CLAUSES))
def test_a_sentence_holds_only_numbers_of_its_clause(rule: str) -> None:
    for template in CLAUSES[rule]:
        fixed = re.findall(r"\d+", re.sub(r"\{[^}]*\}", "", template.en))
        assert set(fixed) <= {"19", "20"}
        assert {p for p in places(template.en) if p not in {"stage", "status"}} == {
            p for p in places(template.ru) if p not in {"stage", "status"}
        }


@pytest.mark.parametrize(("rule", "ru", "en"), [
    ("gap", "Заказ идёт дальше. В записях пробелы: нет отметок «Заказ создан», «Заказ оформлен» и «Отгружен».",
     'The order moved on. Our record has gaps: no marks "Order created", "Submitted" and "Shipped".'),
    ("gap-behind", "В записях пробелы: нет отметок «Заказ создан», «Заказ оформлен» и «Отгружен», хотя эти шаги заказ прошёл.",
     'Our record has gaps: no marks "Order created", "Submitted" and "Shipped", although the order passed these steps.'),
    ("gap-by-hand", "Отметок «Заказ создан», «Заказ оформлен» и «Отгружен» нет: заказ закрыт вручную.",
     'There are no marks "Order created", "Submitted" and "Shipped": the order was closed by hand.'),
    ("not-traced-status", "Магазин ещё не подключён к трассировке: отметок «Заказ создан», «Заказ оформлен» и «Отгружен» не видно.",
     'The shop is not connected to tracing yet: the marks "Order created", "Submitted" and "Shipped" are not visible.'),
])  # fmt: skip
def test_several_missing_marks_are_said_at_once(rule: str, ru: str, en: str) -> None:
    values: dict[str, Any] = {"status": "INITIATED", "statuses": "INITIATED\nSUBMITTED\nSHIPPED"}
    assert (text(rule, "ru", **values), text(rule, "en", **values)) == (ru, en)


def test_what_the_customer_has_probably_not_done_is_said_as_probable() -> None:
    assert (
        text("checkout-unsure", "ru", elapsed=3 * HOUR)
        == "Вероятно, покупатель не завершил оформление: записи о его окончании нет уже 3 ч."
    )
    assert (
        text("checkout-unsure", "en", elapsed=3 * HOUR)
        == "Probably the customer has not finished checkout: its end has not been recorded for 3 h."
    )


def test_a_service_heard_since_the_deadline_may_have_been_heard_on_this_order() -> None:
    said = text("confidence-standing", "ru", service="mes"), text("confidence-standing", "en", service="mes")
    assert said == (
        "Уверенность высокая: после срока MES передавала данные, записи почти полные.",
        "Confidence is high: MES has sent data since the deadline, the record is nearly whole.",
    )


@pytest.mark.parametrize(("service", "ru"), [("shop", "Часы магазина отстают: его время"), ("mes", "Часы MES отстают: её время")])  # fmt: skip
def test_a_clocks_time_is_that_of_its_service(service: str, ru: str) -> None:
    assert text("clock-shift", "ru", service=service, shift=5 * MINUTE).startswith(ru)


@pytest.mark.parametrize(
    ("ask", "told", "asked"), [("default", "Заказ ещё не оформлен", False), ("telemetry", "Последнее, что видно", True)]
)
def test_of_a_checkout_in_doubt_the_customer_is_told_no_more_than_is_seen(ask: str, told: str, asked: bool) -> None:
    verdict = Verdict(
        state=State.SLOW, step=6, now=NOW, status="INITIATED", stage=0, since=START, cause="customer-left", ask=ask
    )

    assert tell_customer(verdict, TABLE, language="ru", zone=MSK, reached_at=START).startswith(told)
    assert (whom_to_ask(verdict, TABLE) is not None) == asked


def test_support_reads_no_jargon() -> None:
    banned = re.compile(r"\b(span|trace|consumer|DLQ|p95|queue)\b|завис|упал|трейс|спан|\bлаг\b|стоит", re.IGNORECASE)
    everything = [t for ts in CLAUSES.values() for t in ts] + [
        t for c in CHECKS.values() for ts in c.values() for t in ts
    ]
    for template in everything:
        assert not banned.search(re.sub(r"\{[^}]*\}", "", template.en + " " + template.ru))


@pytest.mark.parametrize(("values", "ru", "en"), [
    ({"count": 39, "of": 40, "lacking": 1}, "В записях пробелы: полный путь только у 39 из 40 заказов", "The record has holes: only 39 of 40 orders have every mark"),
    ({"elapsed": 38 * MINUTE}, "MES не передавала данных 38 мин, а другие системы передавали", "MES sent no data for 38 min, while other systems did"),
    ({}, "Часть записей этого заказа потеряна", "Part of this order's records is missing"),
])  # fmt: skip
def test_a_record_with_holes_says_which(values: dict[str, Any], ru: str, en: str) -> None:
    check = Check(rule="record-whole", result="no", values={"service": "mes"} | values)
    said = [check_lines([check], TABLE, language=one, zone=MSK, now=NOW)[0].text for one in ("ru", "en")]
    said = [one.replace("\u00a0", " ") for one in said]
    assert said == [ru, en]
