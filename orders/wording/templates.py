"""Templates: what is said for each rule, in both languages. The rules are those of docs/decision.md.

A place is `{value}`; its form follows a point: `{at.at}` "at 10:42 on 25 Sep" / "25 сентября в 10:42", `{at.clock}`
"10:42 on 25 Sep" / "10:42 25 сентября", `{at.stamp}` "25 Sep, 10:42" (alike in Russian), `{at.on}` "on 25 Sep, 10:42".
`{service.of}` is the genitive; `{service[приняла|принял]}` the verb of its gender; `{count[заказ|заказа|заказов]}` the
form of its number. Of several templates of one rule the first that fits is taken: `when` must hold, and every value
it names must be there.
"""

# ruff: noqa: E501 - a sentence is read best unbroken, the two languages side by side
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final


@dataclass(frozen=True, slots=True)
class Template:
    """One sentence in both languages, and the values with which alone it is right."""

    en: str
    ru: str
    when: Mapping[str, int | str] = field(default_factory=dict)


def _one(en: str, ru: str) -> tuple[Template, ...]:
    return (Template(en, ru),)


CLAUSES: Final[Mapping[str, tuple[Template, ...]]] = {
    # --- Within the limit, and left by the customer ---
    "waiting": (
        Template(
            "Waiting for {stage.waiting} for {elapsed}; usually {usual}.",
            "Ждём {stage.waiting} уже {elapsed}, обычно {usual}.",
        ),
        Template("Waiting for {stage.waiting} for {elapsed}.", "Ждём {stage.waiting} уже {elapsed}."),
    ),
    "slower": _one(
        "Waiting for {stage.waiting} for {elapsed}; 19 of 20 orders {stage.within} within {high}.",
        "Ждём {stage.waiting} уже {elapsed}; 19 из 20 заказов {stage.within} за {high}.",
    ),
    "checkout-left": _one(
        "The customer has not finished checkout for {elapsed}.", "Покупатель не завершает оформление уже {elapsed}."
    ),
    # --- Stopped ---
    "no-progress": _one("No progress since {since.stamp} ({elapsed}).", "Движения нет с {since.stamp} ({elapsed})."),
    "should-have": _one("{stage.should} by {deadline.clock}.", "{stage.should} до {deadline.clock}."),
    "many": _one(
        "{count} {count[order has|orders have]} stopped at this stage since {since.clock}.",
        "С {since.clock} на этом этапе {count[остановился|остановились|остановились]} "
        "{count} {count[заказ|заказа|заказов]}.",
    ),
    # --- Causes that spans can prove ---
    "published-never-consumed": _one(
        "{sender} sent the order to {receiver} {at.at}. There is no sign that {receiver} took it.",
        "{sender} {sender[отправила|отправил]} заказ в {receiver} {at.at}. Подтверждения приёма нет.",
    ),
    "not-picked-or-not-finished": _one(
        "{sender} sent the order to {receiver} {at.at}. Either {receiver} did not take it, or it took it and has not "
        "finished.",
        "{sender} {sender[отправила|отправил]} заказ в {receiver} {at.at}. Либо {receiver} его не "
        "{receiver[приняла|принял]}, либо {receiver[приняла|принял]} и не {receiver[закончила|закончил]}.",
    ),
    "consumed-no-result": (
        Template(
            "{service} took the order {at.at} and has not reported a result.",
            "{service} {service[приняла|принял]} заказ {at.at}, но о результате не {service[сообщила|сообщил]}.",
        ),
        Template("{service} has not reported a result.", "{service} не {service[сообщила|сообщил]} о результате."),
    ),
    "nothing-sent": _one(
        "{service} has not sent the order on.", "{service} не {service[отправила|отправил]} заказ дальше."
    ),
    "call-failed": _one(
        "{receiver} did not accept the order from {sender}: error {at.at}.",
        "{receiver} не {receiver[приняла|принял]} заказ от {sender.of}: ошибка {at.at}.",
    ),
    "error-repeated": (
        Template(
            "{service} reported an error {at.at}.",
            "{service} {service[сообщила|сообщил]} об ошибке {at.at}.",
            {"count": 1},
        ),
        Template(
            "{service} reported an error {count} times, last {at.at}.",
            "{service} {service[сообщила|сообщил]} об ошибке {count} {count[раз|раза|раз]}, последний раз {at.at}.",
        ),
    ),
    "rejected": (
        Template(
            "{service} rejected the order {at.at}. It will not be sent again by itself.",
            "{service} {service[отклонила|отклонил]} заказ {at.at}. Автоматически он повторно не отправится.",
        ),
        Template(
            "{service} rejected the order. It will not be sent again by itself.",
            "{service} {service[отклонила|отклонил]} заказ. Автоматически он повторно не отправится.",
        ),
    ),
    "waiting-for-person": _one("{stage.person}", "{stage.person}"),
    "waiting-for-carrier": _one(
        "The carrier has not confirmed delivery.", "Перевозчик не подтвердил доставку."
    ),
    "customer-left": _one("The customer has not finished checkout.", "Покупатель не завершает оформление."),
    # --- How sure ---
    "confidence-high": _one(
        "Confidence is high: {service} is reporting, the record is nearly whole.",
        "Уверенность высокая: {service} на связи, записи почти полные.",
    ),
    "confidence-witness": _one(
        "Confidence is high: {service} is quiet, and what comes after it is reporting and has not got the order.",
        "Уверенность высокая: {service} молчит, а следующие системы на связи, и заказ до них не дошёл.",
    ),
    "not-yet": _one(
        "At this moment nothing had been recorded of the order yet.",
        "На этот момент об этом заказе ещё ничего не было записано.",
    ),
    "confidence-less": (
        Template(
            "Less sure: nothing is known of other orders right now.",
            "Уверенность низкая: данных о других заказах сейчас нет.",
            {"reason": "fleet-missing"},
        ),
        Template(
            "Less sure: what is known of other orders does not reach back that far.",
            "Уверенность низкая: данные о других заказах не достают так далеко назад.",
            {"reason": "history-missing"},
        ),
        Template(
            "Less sure: too few other orders have passed this stage to compare with.",
            "Уверенность средняя: этап прошло слишком мало других заказов, чтобы сравнить.",
            {"reason": "few-passages"},
        ),
        Template(
            "Less sure: no other order has passed this stage meanwhile.",
            "Уверенность средняя: другие заказы за это время этап не проходили, сравнить не с чем.",
        ),
    ),
    # --- Cannot tell: the data, not the order, may be what is missing ---
    "source-silent": _one(
        "{service} has sent no data for any order since {since.clock}. The order itself may be fine.",
        "С {since.clock} {service} не передаёт данные ни по одному заказу. С самим заказом всё может быть в порядке.",
    ),
    "source-never": _one(
        "{service} has sent no data for any order. The order itself may be fine.",
        "{service} не передаёт данные ни по одному заказу. С самим заказом всё может быть в порядке.",
    ),
    "all-silent": _one(
        "No system has sent data for any order since {since.clock}. The order itself may be fine.",
        "С {since.clock} ни одна система не передаёт данные. С самим заказом всё может быть в порядке.",
    ),
    "holes": _one("Part of the records is missing.", "Часть записей потеряна."),
    "probably": _one("Probably the order waits for {stage.waiting}.", "Вероятно, заказ ждёт {stage.waiting}."),
    "partial": _one(
        "Some data did not arrive in time. Shown is what came.", "Часть данных не пришла вовремя. Показано то, что есть."
    ),
    "jaeger-down": (
        Template(
            "Fresh data is unavailable. This is what we knew {at.at}.",
            "Свежие данные недоступны. Показано то, что было известно на {at.clock}.",
        ),
        Template("Fresh data is unavailable.", "Свежие данные недоступны."),
    ),
    "jaeger-silent": _one(
        "The data store does not answer. Nothing is known of this order.",
        "Хранилище данных не отвечает. Об этом заказе ничего не известно.",
    ),
    "too-old": _one(
        "The order is older than the {days} days we keep. This is what is left.",
        "Заказ старше {days} {days[дня|дней|дней]}, которые мы храним. Вот что осталось.",
    ),
    "before-tracing": _one(
        "{service} has sent data only since {since.clock}, and the order got here before that: what followed may have "
        "left no record.",
        "{service} передаёт данные только с {since.clock}, а заказ дошёл сюда раньше: дальнейшее могло не попасть в "
        "записи.",
    ),
    "no-data": _one(
        "No data for this number in {days} days. The order may exist: check the number or look in CRM.",
        "За {days} {days[день|дня|дней]} данных по этому номеру нет. Сам заказ может существовать: проверьте номер "
        "или посмотрите в CRM.",
    ),
    "last-known": _one("Last we know: {status.said} {at.at}.", "Последнее, что известно: {status.said} {at.at}."),
    "seen": _one(
        "{service} worked on the order {at.at}; no status was reported.",
        "{service} {service[работала|работал]} с заказом {at.at}; статус не передан.",
    ),
    # --- Closed ---
    "done": (
        Template(
            "Closed {at.on}, {elapsed} after it was created; usually {usual}.",
            "Закрыт {at.on}, через {elapsed} после создания; обычно {usual}.",
        ),
        Template(
            "Closed {at.on}, {elapsed} after it was created.", "Закрыт {at.on}, через {elapsed} после создания."
        ),
        Template("Closed {at.on}.", "Закрыт {at.on}."),
    ),
    "closed-by-hand": _one(
        "Closed by hand; delivery was not confirmed.", "Закрыт вручную, доставка не подтверждена."
    ),
    # --- Notes ---
    "gap": _one(
        "The order moved on. Our record has a gap: no mark {status.quoted}.",
        "Заказ идёт дальше. В записях пробел: нет отметки {status.quoted}.",
    ),
    "gap-behind": _one(
        "Our record has a gap: no mark {status.quoted}, although the order went on from there.",
        "В записях пробел: нет отметки {status.quoted}, хотя этот шаг заказ прошёл.",
    ),
    "not-traced": _one(
        "{service} is not connected to tracing yet: this step is not visible.",
        "{service} ещё не {service[подключена|подключён]} к трассировке: этого шага не видно.",
    ),
    "not-traced-status": _one(
        "{status.reporter} is not connected to tracing yet: the mark {status.quoted} is not visible.",
        "{status.reporter} ещё не {status[подключена|подключён]} к трассировке: отметки {status.quoted} не видно.",
    ),
    "went-back": _one(
        "The status went back from {from.quoted} to {to.quoted} {at.at}.",
        "{at.at} статус вернулся с {from.quoted} на {to.quoted}.",
    ),
    "status-repeated": _one(
        "{status.quoted} was reported twice, {first_at.at} and {last_at.bare}.",
        "Отметка {status.quoted} пришла дважды: {first_at.at} и {last_at.at}.",
    ),
    "clock-shift": _one(
        "The clock of {service} is slow: its times are shown {shift} later.",
        "Часы {service.of} отстают: её время показано со сдвигом на {shift}.",
    ),
    "tight-limit": _one(
        'The limit of the stage "{stage.name}" is tight: {limit}, while 19 of 20 orders need up to {high}.',
        "Предел этапа «{stage.name}» тесен: {limit}, а 19 из 20 заказов укладываются в {high}.",
    ),
}  # fmt: skip

CHECKS: Final[Mapping[str, Mapping[str, tuple[Template, ...]]]] = {
    "answer-whole": {
        "yes": _one("All data received, for {days} days", "Данные получены полностью, за {days} {days[день|дня|дней]}"),
        "no": _one("Some data did not arrive", "Данные получены не полностью"),
        "unknown": _one("Not known whether all data came", "Неизвестно, все ли данные получены"),
    },
    "source-alive": {
        "yes": (
            Template("{service} is reporting: last data {elapsed} ago", "{service} на связи: последние данные {elapsed} назад"),
            Template("{service} is reporting", "{service} на связи"),
        ),
        "no": (
            Template("{service} is silent: last data {elapsed} ago", "{service} молчит: последние данные {elapsed} назад"),
            Template("{service}: no data from it at all", "{service}: данных нет совсем"),
        ),
        "unknown": _one("{service}: not known whether it is reporting", "{service}: неизвестно, на связи ли"),
    },
    "source-stopped": {
        "yes": _one("{service} passes orders on", "{service} передаёт заказы дальше"),
        "no": _one("{service} has passed nothing on for {elapsed}, while the systems after it are reporting", "{service} ничего не передаёт дальше уже {elapsed}, хотя следующие системы на связи"),
        "unknown": _one("Not known whether {service} passes orders on", "Неизвестно, передаёт ли {service} заказы дальше"),
    },
    "record-whole": {
        "yes": (
            Template("The record has no gaps: {count} of {of} orders have every mark", "Записи без пробелов: полный путь у {count} из {of} {of[заказа|заказов|заказов]}", {"lacking": 0}),
            Template("The record is nearly whole: {count} of {of} orders have every mark", "Записи почти без пробелов: полный путь у {count} из {of} {of[заказа|заказов|заказов]}"),
        ),
        "no": (
            Template("The record has holes: only {count} of {of} orders have every mark", "В записях пробелы: полный путь только у {count} из {of} {of[заказа|заказов|заказов]}"),
            Template("Part of this order's records is missing", "Часть записей этого заказа потеряна"),
        ),
        "unknown": _one("How whole the record is cannot be told: nothing to compare with", "Полнота записей неизвестна: сравнить не с чем"),
    },
    "others-pass": {
        "yes": _one("{count} {count[other order|other orders]} passed this stage meanwhile", "За это время этап {count[прошёл|прошли|прошли]} {count} {count[другой заказ|других заказа|других заказов]}"),
        "no": _one("No other order passes this stage", "Другие заказы этап не проходят"),
        "unknown": _one("No other order has passed this stage meanwhile", "Другие заказы за это время этап не проходили"),
    },
    "alike": {
        "no": _one("{count} more {count[order has|orders have]} stopped in the same way, the first {since.at}", "Так же {count[остановился|остановились|остановились]} ещё {count} {count[заказ|заказа|заказов]}, первый {since.at}"),
        "yes": _one("No other order has stopped in the same way", "Других заказов с такой остановкой нет"),
        "unknown": _one("Not known whether others have stopped in the same way", "Неизвестно, остановились ли так же другие"),
    },
    "within-retention": {
        "yes": _one("The order is not older than the data we have", "Заказ не старше данных, которые у нас есть"),
        "no": _one("The order is older than the data we have", "Заказ старше данных, которые у нас есть"),
        "unknown": _one("How old the order is is not known", "Возраст заказа неизвестен"),
    },
}  # fmt: skip
