"""A corpus of mangled ids, written by a seeded generator: each case is a typed text and the ids that were meant."""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from orders.journey.ids_letters import LAYOUT_BACK

REAL = (
    *("ORD-20398", "ORD-20401", "ORD-987", "ORD-7", "ORD-1000045", "ORD-20039"),
    *("ORD-306154", "ORD-55", "P-77", "P-1204", "M-1043", "cust-104217"),
)
# Orders that exist too and lie one slip, one zero or one cut away from the real ones.
DECOYS = (
    *("ORD-20", "ORD-398", "ORD-2", "ORD-20389", "ORD-20397", "ORD-20402", "ORD-2040", "ORD-1", "ORD-100004"),
    *("ORD-2003", "ORD-306", "ORD-30615", "ORD-98", "P-7", "P-120", "M-104", "ORD-77", "ORD-1043"),
)
LOOKS = {
    "O": "ОΟ",
    "P": "РΡ",
    "M": "МΜ",
    "c": "с",
    "0": "OОо",
    "1": "lI",
    "3": "Зз",
    "6": "б",
    "4": "ч",
    "5": "S",
    "8": "В",
}
INVISIBLE = "\u200b\u200d\u2060\ufeff\u00ad\u202e\u200e\u2068"
DASHES = "–—−‐‑_ "
SPACES = " \u00a0\u2009\u202f"


@dataclass(frozen=True)
class Case:
    name: str
    typed: str
    meant: tuple[str, ...]


def layout(text: str, _: random.Random) -> str:
    return "".join(LAYOUT_BACK.get(c.lower(), c).upper() if c.isupper() else LAYOUT_BACK.get(c, c) for c in text)


def with_dash_kept(text: str, rng: random.Random) -> str:
    prefix, digits = text.split("-")
    return f"{layout(prefix, rng)}-{digits}"


def look_alike(text: str, rng: random.Random) -> str:
    prefix, digits = text.split("-")
    at = rng.randrange(len(prefix))
    new = "".join(rng.choice(LOOKS.get(c, c)) if i == at or rng.random() < 0.5 else c for i, c in enumerate(prefix))
    places = [i for i, c in enumerate(digits) if c in LOOKS][: max(1, len(digits) // 2)]
    for i in places if rng.random() < 0.6 and len(digits) > 1 else []:
        digits = digits[:i] + rng.choice(LOOKS[digits[i]]) + digits[i + 1 :]
    return f"{new}-{digits}"


def lower(text: str, _: random.Random) -> str:
    return text.swapcase()


def dash(text: str, rng: random.Random) -> str:
    return text.replace("-", rng.choice(DASHES))


def no_dash(text: str, _: random.Random) -> str:
    return text.replace("-", "")


def spaced(text: str, rng: random.Random) -> str:
    prefix, digits = text.split("-")
    grouped = f"{int(digits):,}".replace(",", rng.choice(SPACES))
    return rng.choice((f"{prefix}-{grouped}", f"{prefix} {grouped}", f"{prefix} - {digits}", f" {prefix}- {digits} "))


def stray_space(text: str, rng: random.Random) -> str:
    prefix, digits = text.split("-")
    at = max(1, len(digits) - rng.randint(1, 2))
    return f"{prefix}-{digits[:at]} {digits[at:]}".strip()


def extra_zeros(text: str, rng: random.Random) -> str:
    return text.replace("-", "-" + "0" * rng.randint(1, 2))


def other_digits(text: str, rng: random.Random) -> str:
    zero = rng.choice("\uff10\u0660\u06f0\u0966\U0001d7ce")
    return "".join(chr(ord(zero) + int(c)) if c.isdigit() else c for c in text)


def superscript(text: str, _: random.Random) -> str:
    return text.translate(str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹"))


def full_width(text: str, _: random.Random) -> str:
    return "".join(chr(ord(c) + 0xFEE0) for c in text)


def invisible(text: str, rng: random.Random) -> str:
    at = rng.randrange(1, len(text))
    return text[:at] + rng.choice(INVISIBLE) + text[at:] + rng.choice(INVISIBLE)


def wrapped(text: str, rng: random.Random) -> str:
    return rng.choice(("«{}»", "({}).", "{}.", '"{}",', "order:{}", "id={};", "<{}>", "{}!", "№ {}", "• {}")).format(
        text
    )


def bare(text: str, rng: random.Random) -> str:
    digits = text.split("-")[1]
    return rng.choice(("{}", "№ {}", "#{}", "заказ {}", "Order no. {}", "№{}.", " {} ")).format(digits)


MANGLERS: tuple[Callable[[str, random.Random], str], ...] = (
    *(layout, with_dash_kept, look_alike, lower, dash, no_dash, spaced, stray_space, extra_zeros),
    *(other_digits, superscript, full_width, invisible, wrapped, bare),
)
LETTERS = (
    """Добрый день!

Клиент звонил по поводу {0} от 25.09.2026 на сумму 15 000 руб., тел. +7 912 345-67-89.
Заказ {1} тоже без движения, ждём 3 дня.

С уважением, Анна, доб. 204, 8 (495) 123-45-67""",
    """От: Анна <anna@example.ru>
Кому: support@example.ru
Дата: 21 сентября 2026 г., 10:42
Тема: Заказ {0}

> когда будет {1}? оплачено 12 500,00 ₽ картой 2200 1234 5678 9010""",
    """Заказы: {0}; {1}
Просим ответить до 12:30.""",
    """From: Ann <ann.20401@example.com>
Date: Mon, 21 Sep 2026 10:42:11 +0300
Message-ID: <20398.77@mx>
Subject: Order {0}

Hi, any news of {1}? Paid $1,234.50 on Sep 25, 2026. Call (495) 123-45-67.
--
Ann, 2 years here""",
    "Please check {0} and {1} (see https://crm.local/tickets/55?from=7), waiting since 2026-09-21T10:42:11Z.",
)


def mangled(seed: int) -> Iterator[Case]:
    """Yield every real id through every mangler, a few times."""
    rng = random.Random(seed)
    for mangler in MANGLERS:
        for real in REAL:
            if mangler is not bare or real.startswith("ORD-"):
                for _ in range(3):
                    yield Case(mangler.__name__, mangler(real, rng), (real,))


def letters(seed: int) -> Iterator[Case]:
    """Yield pasted mails and lists with two ids each, one of them mangled."""
    rng = random.Random(seed)
    kinds = (lower, dash, look_alike, with_dash_kept, invisible, no_dash, full_width)
    for letter in LETTERS:
        for _ in range(8):
            first, second = rng.sample([real for real in REAL if len(real) > 6 and real.startswith("ORD-")], 2)
            yield Case("letter", letter.format(rng.choice(kinds)(first, rng), second), (first, second))
    for separator in (", ", " ", "\n", ";", "\t", "\n• ", " и ", ",\n- "):
        yield Case("list", separator.join(REAL), REAL)
        yield Case("numbers", separator.join(r[4:] for r in REAL[:2] + REAL[4:7]), REAL[:2] + REAL[4:7])
