"""Templates: what is said for each rule of docs/decision.md, in both languages; places: `orders.wording.template`."""

# ruff: noqa: E501 - a sentence is read best unbroken, the two languages side by side
from collections.abc import Mapping
from typing import Final

from orders.wording.note_templates import NOTES
from orders.wording.template import Template, one

CLAUSES: Final[Mapping[str, tuple[Template, ...]]] = {
    # --- Within the limit, and left by the customer ---
    "waiting": (
        Template(
            "Waiting for {stage.waiting} since {since.stamp}: {elapsed} of working time; usually {usual}.",
            "Ждём {stage.waiting} с {since.stamp}: {elapsed} рабочего времени, обычно {usual}.",
            {"counted": "working"},
        ),
        Template(
            "Waiting for {stage.waiting} since {since.stamp}: {elapsed} of working time.",
            "Ждём {stage.waiting} с {since.stamp}: {elapsed} рабочего времени.",
            {"counted": "working"},
        ),
        Template(
            "Waiting for {stage.waiting} for {elapsed}; usually {usual}.",
            "Ждём {stage.waiting} уже {elapsed}, обычно {usual}.",
        ),
        Template("Waiting for {stage.waiting} for {elapsed}.", "Ждём {stage.waiting} уже {elapsed}."),
    ),
    "slower": (
        Template(
            "Waiting for {stage.waiting} since {since.stamp}: {elapsed} of working time; 19 of 20 orders "
            "{stage.within} within {high}.",
            "Ждём {stage.waiting} с {since.stamp}: {elapsed} рабочего времени; 19 из 20 заказов {stage.within} за "
            "{high}.",
            {"counted": "working"},
        ),
        Template(
            "Waiting for {stage.waiting} for {elapsed}; 19 of 20 orders {stage.within} within {high}.",
            "Ждём {stage.waiting} уже {elapsed}; 19 из 20 заказов {stage.within} за {high}.",
        ),
    ),
    "checkout-left": one(
        "The customer has not finished checkout for {elapsed}.", "Покупатель не завершает оформление уже {elapsed}."
    ),
    "checkout-unsure": one(
        "Probably the customer has not finished checkout: its end has not been recorded for {elapsed}.",
        "Вероятно, покупатель не завершил оформление: записи о его окончании нет уже {elapsed}.",
    ),
    # --- Stopped ---
    "no-progress": one("No progress since {since.stamp} ({elapsed}).", "Движения нет с {since.stamp} ({elapsed})."),
    "should-have": one("{stage.should} by {deadline.clock}.", "{stage.should} до {deadline.clock}."),
    "many": one(
        "{count} {count[order has|orders have]} stopped at this stage since {since.clock}.",
        "С {since.clock} на этом этапе {count[остановился|остановились|остановились]} "
        "{count} {count[заказ|заказа|заказов]}.",
    ),
    # --- Causes that spans can prove ---
    "published-never-consumed": one(
        "{sender} sent the order to {receiver} {at.at}. There is no sign that {receiver} took it.",
        "{sender} {sender[отправила|отправил]} заказ в {receiver} {at.at}. Подтверждения приёма нет.",
    ),
    "not-picked-or-not-finished": one(
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
    "nothing-sent": one(
        "{service} has not sent the order on.", "{service} не {service[отправила|отправил]} заказ дальше."
    ),
    "call-failed": one(
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
    "given-back": one(
        "{service} gave the order back {at.at} without accepting it. Whether it will be sent again is not visible.",
        "{service} не {service[приняла|принял]} заказ и {service[вернула|вернул]} его {at.at}. Будет ли он отправлен "
        "снова, не видно.",
    ),
    "set-aside": one(
        "The order did not get through to {service} and was set aside {at.at}. It will not be sent again by itself.",
        "Заказ не дошёл до {service.of} и {at.at} был отложен. Автоматически он повторно не отправится.",
    ),
    "waiting-for-person": one("{stage.person}", "{stage.person}"),
    "waiting-for-carrier": one(
        "The carrier has not confirmed delivery.", "Перевозчик не подтвердил доставку."
    ),
    "customer-left": one("The customer has not finished checkout.", "Покупатель не завершает оформление."),
    # --- How sure ---
    "confidence-high": one(
        "Confidence is high: {service} is reporting, the record is nearly whole.",
        "Уверенность высокая: {service} на связи, записи почти полные.",
    ),
    "confidence-standing": one(
        "Confidence is high: {service} has sent data since the deadline, the record is nearly whole.",
        "Уверенность высокая: после срока {service} {service[передавала|передавал]} данные, записи почти полные.",
    ),
    "confidence-witness": one(
        "Confidence is high: {service} has sent nothing since the deadline, while what comes after it is reporting "
        "and shows no next step of the order.",
        "Уверенность высокая: после срока {service} ничего не {service[передавала|передавал]}, а следующие "
        "системы на связи, и следующего шага заказа в них не видно.",
    ),
    "not-yet": one(
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
            "Less sure: no other order was seen to pass this stage meanwhile.",
            "Уверенность средняя: не видно, чтобы другие заказы за это время прошли этап, сравнить не с чем.",
        ),
    ),
    # --- Cannot tell: the data, not the order, may be what is missing ---
    "source-silent": one(
        "{service} has sent no data for any order since {since.clock}. The order itself may be fine.",
        "С {since.clock} {service} не передаёт данные ни по одному заказу. С самим заказом всё может быть в порядке.",
    ),
    "source-never": one(
        "{service} has sent no data for any order. The order itself may be fine.",
        "{service} не передаёт данные ни по одному заказу. С самим заказом всё может быть в порядке.",
    ),
    "all-silent": one(
        "No system has sent data for any order since {since.clock}. The order itself may be fine.",
        "С {since.clock} ни одна система не передаёт данные. С самим заказом всё может быть в порядке.",
    ),
    "history-short": one(
        "What is known of other orders does not reach back to this moment. The order itself may be fine.",
        "Данные о других заказах не достают до этого момента. С самим заказом всё может быть в порядке.",
    ),
    "unheard-too": one(
        "{service} has not reported the next step for {count} other {count[order|orders]} past {count[its|their]} limit "
        "either; {count[it|they]} too may be fine.",
        "{service} не {service[сообщила|сообщил]} о следующем шаге ещё по {count} {count[заказу|заказам|заказам]}, срок "
        "{count[которого|которых|которых]} прошёл; с {count[ним|ними|ними]} тоже всё может быть в порядке.",
    ),
    "all-unheard": one(
        "The next step has not been reported for {count} other {count[order|orders]} past {count[its|their]} limit "
        "either; {count[it|they]} too may be fine.",
        "О следующем шаге нет сведений ещё по {count} {count[заказу|заказам|заказам]}, срок "
        "{count[которого|которых|которых]} прошёл; с {count[ним|ними|ними]} тоже всё может быть в порядке.",
    ),
    "holes": one("Part of the records is missing.", "Часть записей потеряна."),
    "holes-of": one("Part of the records of {service} is missing.", "Часть записей {service.of} потеряна."),
    "probably": one("Probably the order waits for {stage.waiting}.", "Вероятно, заказ ждёт {stage.waiting}."),
    "partial": one(
        "Some data did not arrive in time. Shown is what came.", "Часть данных не пришла вовремя. Показано то, что есть."
    ),
    "jaeger-down": (
        Template(
            "Fresh data is unavailable. This is what we knew {at.at}.",
            "Свежие данные недоступны. Показано то, что было известно на {at.clock}.",
        ),
        Template("Fresh data is unavailable.", "Свежие данные недоступны."),
    ),
    "jaeger-silent": one(
        "The data store does not answer. Nothing is known of this order.",
        "Хранилище данных не отвечает. Об этом заказе ничего не известно.",
    ),
    "too-old": one(
        "The order is older than the {days} days we keep. This is what is left.",
        "Заказ старше {days} {days[дня|дней|дней]}, которые мы храним. Вот что осталось.",
    ),
    "before-tracing": one(
        "{service} has sent data only since {since.clock}, and the order got here before that: what followed may have "
        "left no record.",
        "{service} передаёт данные только с {since.clock}, а заказ дошёл сюда раньше: дальнейшее могло не попасть в "
        "записи.",
    ),
    "no-data": one(
        "No data for this number in {days} days. The order may exist: check the number or look in CRM.",
        "За {days} {days[день|дня|дней]} данных по этому номеру нет. Сам заказ может существовать: проверьте номер "
        "или посмотрите в CRM.",
    ),
    "last-known": one("Last we know: {status.said} {at.at}.", "Последнее, что известно: {status.said} {at.at}."),
    "seen": one(
        "{service} worked on the order {at.at}; no status was reported.",
        "{service} {service[работала|работал]} с заказом {at.at}; статус не передан.",
    ),
    "seen-error": one(
        "{service} reported an error {at.at}; no status was reported.",
        "{service} {service[сообщила|сообщил]} об ошибке {at.at}; статус не передан.",
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
    "closed-by-hand": one(
        "Closed by hand; delivery was not confirmed.", "Закрыт вручную, доставка не подтверждена."
    ),
    **NOTES,
}  # fmt: skip
