"""Check templates: what is said of each thing that was looked at, in both languages."""

# ruff: noqa: E501 - a line is read best unbroken, the two languages side by side
from collections.abc import Mapping
from typing import Final

from orders.wording.template import Template, one

CHECKS: Final[Mapping[str, Mapping[str, tuple[Template, ...]]]] = {
    "answer-whole": {
        "yes": one("All data received, for {days} days", "Данные получены полностью, за {days} {days[день|дня|дней]}"),
        "no": one("Some data did not arrive", "Данные получены не полностью"),
        "unknown": one("Not known whether all data came", "Неизвестно, все ли данные получены"),
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
        "unknown": (
            Template("{service}: last data {elapsed} ago, none since the deadline", "{service}: последние данные {elapsed} назад, после срока их не было"),
            Template("{service}: not known whether it is reporting", "{service}: неизвестно, на связи ли"),
        ),
    },
    "source-stopped": {
        "yes": one("{service} passes orders on", "{service} передаёт заказы дальше"),
        "no": one("{service} has passed nothing on for {elapsed}, while the systems after it are reporting", "{service} ничего не передаёт дальше уже {elapsed}, хотя следующие системы на связи"),
        "unknown": one("Not known whether {service} passes orders on", "Неизвестно, передаёт ли {service} заказы дальше"),
    },
    "record-whole": {
        "yes": (
            Template("The record has no gaps: {count} of {of} orders have every mark", "Записи без пробелов: полный путь у {count} из {of} {of[заказа|заказов|заказов]}", {"lacking": 0}),
            Template("The record is nearly whole: {count} of {of} orders have every mark", "Записи почти без пробелов: полный путь у {count} из {of} {of[заказа|заказов|заказов]}"),
        ),
        "no": (
            Template("The record has holes: only {count} of {of} orders have every mark", "В записях пробелы: полный путь только у {count} из {of} {of[заказа|заказов|заказов]}"),
            Template("{service} sent no data for {elapsed}, while other systems did", "{service} не {service[передавала|передавал]} данных {elapsed}, а другие системы передавали"),
            Template("Part of this order's records is missing", "Часть записей этого заказа потеряна"),
        ),
        "unknown": one("How whole the record is cannot be told: nothing to compare with", "Полнота записей неизвестна: сравнить не с чем"),
    },
    "others-pass": {
        "yes": one("{count} {count[other order|other orders]} passed this stage meanwhile", "За это время этап {count[прошёл|прошли|прошли]} {count} {count[другой заказ|других заказа|других заказов]}"),
        "no": one("No other order passes this stage", "Другие заказы этап не проходят"),
        "unknown": one("No other order was seen to pass this stage meanwhile", "Не видно, чтобы за это время этап прошли другие заказы"),
    },
    "alike": {
        "no": one("{count} more {count[order has|orders have]} stopped in the same way, the first {since.at}", "Так же {count[остановился|остановились|остановились]} ещё {count} {count[заказ|заказа|заказов]}, первый {since.at}"),
        "yes": one("No other order has stopped in the same way", "Других заказов с такой остановкой нет"),
        "unknown": one("Not known whether others have stopped in the same way", "Неизвестно, остановились ли так же другие"),
    },
    "within-retention": {
        "yes": one("The order is not older than the data we have", "Заказ не старше данных, которые у нас есть"),
        "no": one("The order is older than the data we have", "Заказ старше данных, которые у нас есть"),
        "unknown": one("How old the order is is not known", "Возраст заказа неизвестен"),
    },
}  # fmt: skip
