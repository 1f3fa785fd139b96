"""Counts: numbers that say nothing of a person (lengths, amounts, codes), and long ones that may be a telephone's.

Where a pattern begins with the signs that it may begin with, and looks back only then, the search skips to them.
"""

import re
from collections.abc import Iterable
from typing import Final

from orders.privacy import checks
from orders.privacy.checks import words_of
from orders.privacy.judge import Judge
from orders.privacy.pieces import Work

_FINE_UNITS: Final = words_of(
    "ms msec millis millisecond milliseconds us μs µs micros microseconds ns nanos nanosecond nanoseconds b kb mb "
    "gb tb kib mib gib tib byte bytes мс мкс нс байт байта б кб мб гб кбайт мбайт"
)  # units of which there may be very many
_UNITS: Final = _FINE_UNITS | words_of(
    "s sec secs second seconds min mins minute minutes h hr hrs hour hours d day days week weeks bit bits row "
    "rows record records message messages item items order orders attempt attempts try tries time times request "
    "requests retry retries connection connections span spans line lines character characters char chars thread "
    "threads partition partitions entry entries element elements px mm cm rps hz khz mhz ghz field fields "
    "argument arguments parameter parameters column columns event events file files error errors percent replica "
    "replicas node nodes consumer consumers task tasks job jobs page pages сек секунд секунды секунда мин минут "
    "минуты минута ч час часа часов д дн дня дней день строк строки строка запись записи записей сообщение "
    "сообщения сообщений попытка попытки попыток раз раза заказ заказа заказов запрос запроса запросов элемент "
    "элемента элементов шт символ символа символов поток потока потоков руб мм см событие события событий ошибка "
    "ошибки ошибок"
)
_LARGE: Final = words_of(
    "offset seq sequence timeout epoch lag ttl timestamp ts pid size length version generation таймаут смещение "
    "смещения"
)  # words before which stand numbers of up to 13 digits
_EXPLAINING: Final = _LARGE | words_of(
    "code status port line col column char character errno error http sqlstate exit attempt attempts retry "
    "retries thread position count limit depth partition tag stage step signal level max min total expected got "
    "actual channel node worker shard process build revision was returned threshold bytes state index row код "
    "кодом кода статус статусом статуса порт порту порта строка строке строки попытка попытки версия версии этап "
    "этапа этапе шаг шага шаге позиция позиции размер размером длина длиной лимит канал канала канале ожидалось "
    "получено сборка сборки процесс процесса процессе"
)
_VALUE = re.compile(r"[ :=#№<>\"'(](?P<value>-?(?P<whole>\d{1,13})(?:\.\d{1,9})?)(?!\d|[^\W_]|[ ().-]{1,3}\d)")
_FARTHEST: Final = 40  # characters before a value in which the word that explains it stands
_EXPLAINS_BACKWARDS = re.compile(r"[\"'(]?(?:\s?[:=#№<>]{1,2}\s?|\s?№?\s)[\"')\]]?([^\W\d_]+)")
_VERSION = re.compile(
    r"(?:(?<![^\W_])[vV]|ersion|ерси[яи]|(?<=[A-Za-z])/)[ :=]{0,2}(?P<value>\d{1,8}(?:\.\d{1,8}){1,4})(?!\d)"
)
_HEX = re.compile(r"0(?<![^\W_]0)[xX][0-9A-Fa-f]{1,16}(?![^\W_])", re.ASCII)
_DECIMAL = re.compile(r"[0-9]\.\d")
_MAY_BE_AMOUNT = re.compile(r"[0-9]\s?(?:[^\W\d_]|%)")
_AMOUNT = re.compile(
    r"(?=[0-9-])(?<![^\W_])(?<!\d[.,])(?<!\d[ ()-])(?<!\+)-?(?P<number>\d{1,3}(?:[ ,]\d{3}){1,4}|\d{1,13})"
    r"(?:[.,]\d{1,9})?\s?(?P<unit>[^\W\d_]+|%)(?!\w|\.\s?\d)"
)
_PERIOD = re.compile(r"P(?<![^\W_]P)(?:\d{1,4}D)?T?(?:\d{1,4}[HMS]|\d{1,4}\.\d{1,9}S){1,3}(?![^\W_])", re.ASCII)
_LENGTH = re.compile(r"(?=[0-9])(?<![^\W_])(?:\d{1,4}(?:\.\d{1,9})?(?:ms|us|µs|ns|[dhms])){2,5}(?![^\W_])")
_SHORT = re.compile(r"(?=[0-9-])(?<![\w.,+])-?(?:0\.\d{1,18}|\d{1,6}\.\d{1,3}|\d{1,3}\.\d{4})(?!\w|[.,-]\d|[ ()]\d)")
_SMALL: Final = 6  # digits of a code
_MANY: Final = 9  # digits of an amount of things
_TELEPHONE = re.compile(
    r"(?<![\d+])(?:(?:(?:\+|00)?7|8)[ .-]?)?(?:\(\d{3}\)|\d{3})[ .-]{0,2}\d{3}[ .-]?\d\d[ .-]?\d\d(?!\d)"
    r"|(?<![\d+])(?:(?:\+|00)?1[ .-]?)?(?:\(\d{3}\)|\d{3})[ .-]{0,2}\d{3}[ .-]?\d{4}(?!\d)"
    r"|\+\d{7,15}(?!\d)"
)
_DIALLED = re.compile(r"[0-9+(][0-9+() .-]{6,}")  # in which telephones are looked for
_RUN = re.compile(r"[0-9+(](?:(?<=\d)|(?<=\()\d|(?<=\+)\(?\d)(?:[ .()_*~·•–—|-]{0,2}\d)*")
_SEVEN = re.compile(r"[0-9](?<!\d\d)(?<!\d\D\d)(?<!\d\D\D\d)(?<!\d\D\D\D\d)(?:\D{0,3}\d){6}")
_EXTENSION = re.compile(r"\s?(?:x|ext\.?|доб\.?)\s?\d{1,6}(?![^\W_])", re.IGNORECASE)
_LONG: Final = 7  # digits: from here on a number could be a telephone's
_LONGEST: Final = 15  # and not from here on (E.164)


def explained(work: Work, judge: Judge) -> None:
    """Keep numbers that a word before them explains: `port 5432`, `status code 500`, `offset=1790000000000`."""
    text = work.left
    for found in _VALUE.finditer(text):
        at = found.start("value")
        before = _EXPLAINS_BACKWARDS.match(text[max(0, at - _FARTHEST) : at][::-1])
        name = before[1][::-1].lower() if before else ""
        if name in _EXPLAINING and (len(found["whole"]) <= _SMALL or name in _LARGE):
            work.keep(found, "value")
    for found in _VERSION.finditer(work.left) if _DECIMAL.search(work.left) else ():
        work.keep(found, "value")
    for found in _HEX.finditer(work.left):
        work.keep(found)


def amounts(work: Work, judge: Judge) -> None:
    """Keep lengths of time, amounts with a unit and short decimals."""
    units = _MAY_BE_AMOUNT.search(work.left)
    for found in _AMOUNT.finditer(work.left) if units else ():
        unit = found["unit"]  # "page", not "Page": that could be a street's
        few = len(checks.digits(found["number"])) <= _MANY
        if unit.lower() in _FINE_UNITS or (few and (unit in _UNITS or unit == "%")):
            work.keep(found)
    for regex in (_PERIOD, *((_LENGTH,) if units else ()), *((_SHORT,) if _DECIMAL.search(work.left) else ())):
        for found in regex.finditer(work.left):
            work.keep(found)


def telephones(work: Work, judge: Judge) -> None:
    """Mark telephone numbers, and as one every number of seven digits or more that is left, however it is grouped."""
    if _SEVEN.search(work.left):
        text = work.left
        for dialled in _DIALLED.finditer(text):
            _mark_long(work, judge, _TELEPHONE.finditer(text, *dialled.span()))
    if _SEVEN.search(work.left):
        _mark_long(work, judge, _RUN.finditer(work.left))


def _mark_long(work: Work, judge: Judge, numbers: Iterable[re.Match[str]]) -> None:
    for found in numbers:
        number = checks.digits(found[0])
        if len(number) < _LONG:
            continue
        extension = _EXTENSION.match(work.left, found.end())
        kind, value = ("phone", number[-10:]) if len(number) <= _LONGEST else ("number", number)
        judge.mark(work, (found.start(), extension.end() if extension else found.end()), kind, value)
