"""Note templates: what is said beside a verdict, in both languages; the places are those of `orders.wording.template`."""

# ruff: noqa: E501 - a sentence is read best unbroken, the two languages side by side
from collections.abc import Mapping
from typing import Final

from orders.wording.template import Template, one

NOTES: Final[Mapping[str, tuple[Template, ...]]] = {
    "gap": (
        Template(
            "The order moved on. Our record has gaps: no marks {statuses}.",
            "Заказ идёт дальше. В записях пробелы: нет отметок {statuses}.",
        ),
        Template(
            "The order moved on. Our record has a gap: no mark {status.quoted}.",
            "Заказ идёт дальше. В записях пробел: нет отметки {status.quoted}.",
        ),
    ),
    "gap-behind": (
        Template(
            "Our record has gaps: no marks {statuses}, although the order passed these steps.",
            "В записях пробелы: нет отметок {statuses}, хотя эти шаги заказ прошёл.",
        ),
        Template(
            "Our record has a gap: no mark {status.quoted}, although the order passed this step.",
            "В записях пробел: нет отметки {status.quoted}, хотя этот шаг заказ прошёл.",
        ),
    ),
    "gap-by-hand": (
        Template(
            "There are no marks {statuses}: the order was closed by hand.",
            "Отметок {statuses} нет: заказ закрыт вручную.",
        ),
        Template(
            "There is no mark {status.quoted}: the order was closed by hand.",
            "Отметки {status.quoted} нет: заказ закрыт вручную.",
        ),
    ),
    "not-traced": one(
        "{service} is not connected to tracing yet: this step is not visible.",
        "{service} ещё не {service[подключена|подключён]} к трассировке: этого шага не видно.",
    ),
    "not-traced-status": (
        Template(
            "{status.reporter} is not connected to tracing yet: the marks {statuses} are not visible.",
            "{status.reporter} ещё не {status[подключена|подключён]} к трассировке: отметок {statuses} не видно.",
        ),
        Template(
            "{status.reporter} is not connected to tracing yet: the mark {status.quoted} is not visible.",
            "{status.reporter} ещё не {status[подключена|подключён]} к трассировке: отметки {status.quoted} не видно.",
        ),
    ),
    "went-back": one(
        "The status went back from {from.quoted} to {to.quoted} {at.at}.",
        "{at.at} статус вернулся с {from.quoted} на {to.quoted}.",
    ),
    "status-repeated": one(
        "{status.quoted} was reported twice, {first_at.at} and {last_at.bare}.",
        "Отметка {status.quoted} пришла дважды: {first_at.at} и {last_at.at}.",
    ),
    "clock-shift": one(
        "The clock of {service} is slow: its times are shown {shift} later.",
        "Часы {service.of} отстают: {service[её|его]} время показано со сдвигом на {shift}.",
    ),
    "tight-limit": (
        Template(
            'The limit of the stage "{stage.name}" is tight: {limit} of working time, while 19 of 20 orders need up to '
            "{high}.",
            "Предел этапа «{stage.name}» тесен: {limit} рабочего времени, а 19 из 20 заказов укладываются в {high}.",
            {"counted": "working"},
        ),
        Template(
            'The limit of the stage "{stage.name}" is tight: {limit}, while 19 of 20 orders need up to {high}.',
            "Предел этапа «{stage.name}» тесен: {limit}, а 19 из 20 заказов укладываются в {high}.",
        ),
    ),
}  # fmt: skip
