"""Listed: the words of lists: their headings, what is old, left out or more, and what the search corrected."""

from collections.abc import Sequence

from orders.wording import times
from orders.wording.phrases import not_fresh
from orders.wording.times import Zone
from orders.wording.values import Counted


def _pick(language: str, en: str, ru: str) -> str:
    return ru if language == "ru" else en


def row_not_fresh(trouble: str, known_at: int | None, zone: Zone, language: str) -> str:
    """Return a row's note: since when its order is known like this; where nothing is, why."""
    if not known_at:
        return not_fresh(trouble, None, zone, language)
    when = times.moment(known_at, zone, language)
    return _pick(language, f"as known at {when}", f"по данным на {when}")


def rows_not_fresh(trouble: str, count: int, of: int, zone: Zone, language: str) -> str:
    """Return why rows of a list are not fresh and how many, for the banner; each row says how old it is."""
    why = not_fresh(trouble, None, zone, language)
    en = f"{why} Not fresh: {count} of {of} orders; their rows say what is known, and since when."
    return _pick(language, en, f"{why} Не обновлено заказов: {count} из {of}; в строках указано, на когда данные.")


def more_orders(rest: int, language: str) -> str:
    """Return how many more orders there are than the list shows; "" for none."""
    if not rest:
        return ""
    number = Counted(rest, language)
    if language == "en":
        return f"The newest are shown; {number} more {number['order was|orders were']} found."
    found = number["найден|найдены|найдено"]
    return f"Показаны самые новые; {found} ещё {number} {number['заказ|заказа|заказов']}."


def _mended(typed: str, meant: str, language: str) -> str:
    if typed:
        return _pick(language, f"Read as {meant}: you typed “{typed}”.", f"Понято как {meant}: введено «{typed}».")
    return _pick(language, f"Read as {meant}: the number was corrected.", f"Понято как {meant}: номер исправлен.")


def _mended_more(count: int, language: str) -> str:
    en = f"And {count} more numbers were corrected." if count > 1 else "And one more number was corrected."
    return _pick(language, en, f"Исправлено ещё номеров: {count}.")


def _unread(texts: Sequence[str], more: int, language: str) -> str:
    listed = ", ".join(f"“{text}”" if language == "en" else f"«{text}»" for text in texts)
    if more and listed:
        listed += _pick(language, f" and {more} more", f" и ещё {more}")
    elif more:
        listed = _pick(language, f"{more} pieces of text", f"фрагментов текста — {more}")
    return _pick(language, f"Not found: {listed}.", f"Не найдено: {listed}.")


def announced(
    mended: Sequence[tuple[str, str]],
    unread: Sequence[str],
    language: str,
    *,
    cut: bool,
    more: tuple[int, int] = (0, 0),
) -> str:
    """Return what the search corrected (typed, meant), what it did not understand, and whether the text was cut.

    Where `typed` is "", because it names a person, only that it was corrected is said. `more` is how many corrections
    and how many texts there are that are only counted.
    """
    parts = [_mended(typed, meant, language) for typed, meant in mended]
    if more[0]:
        parts.append(_mended_more(more[0], language))
    if unread or more[1]:
        parts.append(_unread(unread, more[1], language))
    if cut:
        parts.append(
            _pick(language, "The text was too long: its end was not read.", "Текст слишком длинный: конец не прочитан.")
        )
    return " ".join(parts)


def left_out(wrong: int, over: int, language: str) -> str:
    """Return what of an address's list was left out: entries that are no order numbers, and those over the limit."""
    parts = []
    if wrong:
        en = f"Not order numbers, left out: {wrong}."
        parts.append(_pick(language, en, f"Не номера заказов, пропущено: {wrong}."))
    if over:
        en = f"Too many orders for one list: the last {over} were left out."
        parts.append(_pick(language, en, f"Слишком много заказов для одного списка, последние пропущены: {over}."))
    return " ".join(parts)


def heading(kind: str, value: str, language: str) -> str:
    """Return the heading of a list of orders: of a partner, model or customer (its pseudonym)."""
    words = {
        "partner": ("Partner", "Партнёр"),
        "model": ("Model", "Модель"),
        "customer": ("Customer", "Клиент"),
    }[kind]
    return f"{_pick(language, *words)} {value}"


def several(count: int, language: str) -> str:
    """Return the heading of a pasted list."""
    number = Counted(count, language)
    if language == "en":
        return f"{number} {number['order|orders']}"
    return f"{number} {number['заказ|заказа|заказов']}"
