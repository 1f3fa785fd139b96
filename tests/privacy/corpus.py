"""Personal data that nobody has, in Russian and English, and texts with it: what the masking is scored on.

Names, addresses and mail boxes are Faker's, of which the vocabulary knows nothing; documents and numbers are made here,
with their check digits, in every form in which people write them.
"""

import base64
import random
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import Final, NamedTuple

from faker import Faker

from orders.privacy.checks import iban, inn, luhn, snils

Item = Callable[[random.Random], str]
_SLOT = re.compile(r"\{(\w+)\}")
_BASE64: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


class Sample(NamedTuple):
    """A text with personal data in it."""

    text: str
    planted: tuple[tuple[str, str], ...]  # (class, item as it stands in the text)
    own: str  # the text without the items


class Corpus:
    """Makes items and texts; the same seed makes the same ones."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self._fakers = (Faker("ru_RU"), Faker("en_US"))
        for number, faker in enumerate(self._fakers):
            faker.seed_instance(seed * 2 + number)
        self.makers: Mapping[str, Callable[[], str]] = {
            "name": self.name, "address": self.address, "email": self.email,
            **{kind: partial(make, self.random) for kind, make in MADE.items()},
        }  # fmt: skip

    def name(self) -> str:
        """Return a full name, with initials, the other way round, or in capitals."""
        russian, faker = self._either()
        if russian and self.random.random() < 0.3:
            last, first, middle = faker.last_name_male(), faker.first_name_male(), faker.middle_name_male()
            name = self.random.choice(
                (f"{last} {first} {middle}", f"{last} {first[0]}. {middle[0]}.", f"{last} {first}")
            )
        elif self.random.random() < 0.1:
            name = f"{faker.last_name()}, {faker.first_name()}"
        else:
            name = faker.name()
        return name.upper() if self.random.random() < 0.05 else name

    def address(self) -> str:
        """Return a postal address in one line."""
        return self._either()[1].address().replace("\n", ", ")

    def email(self) -> str:
        """Return an address, with a tag, in capitals, percent-encoded, or of a Cyrillic domain."""
        russian, faker = self._either()
        address = faker.email()
        local, _, domain = address.partition("@")
        forms = [address, address, f"{local}+shop@{domain}", address.upper(), f"{local}%40{domain}"]
        if russian:
            forms += [
                f"{local}@почта-{faker.last_name_male().lower()}.рф",
                f"{faker.first_name_male().lower()}@пример.рф",
            ]
        return self.random.choice(forms)

    def item(self, kind: str) -> str:
        """Return an item of a class."""
        return self.makers[kind]()

    def sample(self, template: str) -> Sample:
        """Return a template filled; its own numbers and ids are drawn as well."""
        planted, parts, own, at = [], [], [], 0
        template = template.replace("{{", "[").replace("}}", "]")
        for slot in _SLOT.finditer(template):
            filled = fill_own(slot[1], self.random) if slot[1] in OWN else self.item(slot[1])
            parts += [template[at : slot.start()], filled]
            own += [template[at : slot.start()], filled if slot[1] in OWN else "\n"]
            if slot[1] not in OWN:
                planted.append((slot[1], filled))
            at = slot.end()
        return Sample("".join([*parts, template[at:]]), tuple(planted), "".join([*own, template[at:]]))

    def texts(self, templates: Sequence[str], least: int) -> Iterator[Sample]:
        """Give texts until there are `least` items of every class that the templates have."""
        holding: dict[str, list[str]] = {}
        for template in templates:
            for slot in dict.fromkeys(_SLOT.findall(template)):  # in their order: a set's is another in each process
                if slot not in OWN:
                    holding.setdefault(slot, []).append(template)
        made: Counter[str] = Counter(dict.fromkeys(holding, 0))
        while (rarest := min(made.items(), key=lambda pair: pair[1]))[1] < least:
            sample = self.sample(self.random.choice(holding[rarest[0]]))
            made.update(kind for kind, _ in sample.planted)
            yield sample

    def _either(self) -> tuple[bool, Faker]:
        russian = self.random.random() < 0.5
        return russian, self._fakers[not russian]


def _digits(rng: random.Random, count: int) -> str:
    return "".join(rng.choices("0123456789", k=count))


def _checked(rng: random.Random, head: str, length: int, check: Callable[[str], bool], tail: int = 1) -> str:
    """Return a number that begins with `head` and whose last `tail` digits check the others."""
    while True:
        body = head + _digits(rng, length - len(head) - tail)
        for last in range(10**tail):
            number = f"{body}{last:0{tail}}"
            if check(number):
                return number


def phone(rng: random.Random) -> str:
    """Return a telephone number in one of the forms in which people write it."""
    if rng.random() < 0.7:
        code, a, b, c = f"9{_digits(rng, 2)}", _digits(rng, 3), _digits(rng, 2), _digits(rng, 2)
        return rng.choice((
            f"+7 ({code}) {a}-{b}-{c}", f"8 ({code}) {a}-{b}-{c}", f"8-{code}-{a}-{b}-{c}", f"+7 {code} {a} {b} {c}",
            f"+7{code}{a}{b}{c}", f"8{code}{a}{b}{c}", f"{code}{a}{b}{c}", f"+7\xa0{code}\xa0{a}\xa0{b}\xa0{c}",
            f"%2B7{code}{a}{b}{c}",
            f"8 {code} {a}-{b}-{c}", f"+7-{code}-{a}-{b}-{c}", f"({code}) {a}-{b}-{c}", f"7{code}{a}{b}{c}",
        ))  # fmt: skip
    code, a, b = f"{rng.randint(2, 9)}{_digits(rng, 2)}", f"{rng.randint(2, 9)}{_digits(rng, 2)}", _digits(rng, 4)
    return rng.choice((
        f"({code}) {a}-{b}", f"{code}-{a}-{b}", f"+1-{code}-{a}-{b}", f"+1{code}{a}{b}", f"{code}.{a}.{b}",
        f"1 ({code}) {a}-{b}",
        f"001-{code}-{a}-{b}", f"{code}-{a}-{b}x{_digits(rng, 3)}", f"+1 {code} {a} {b}",
        f"+1-{code}-{a}-{b} ext. {_digits(rng, 3)}",
    ))  # fmt: skip


def card(rng: random.Random) -> str:
    """Return a payment card's number: Visa, Mastercard, Mir, American Express."""
    head, length = rng.choice((("4", 16), ("5", 16), ("220", 16), ("22", 16), ("34", 15), ("37", 15), ("62", 19)))
    number = _checked(rng, head, length, luhn)
    gap = rng.choice(("", " ", "-"))
    if length == 15:
        return gap.join((number[:4], number[4:10], number[10:]))
    return gap.join(number[at : at + 4] for at in range(0, length, 4))


def passport(rng: random.Random) -> str:
    """Return a Russian passport's series and number."""
    a, b, c = _digits(rng, 2), _digits(rng, 2), _digits(rng, 6)
    return rng.choice((f"{a} {b} {c}", f"{a}{b} {c}", f"{a}{b}{c}", f"{a} {b} № {c}", f"{a}{b} №{c}"))


def insurance(rng: random.Random) -> str:
    """Return a Russian insurance number."""
    n = _checked(rng, "", 11, snils, tail=2)
    return rng.choice(
        (
            f"{n[:3]}-{n[3:6]}-{n[6:9]} {n[9:]}",
            f"{n[:3]}-{n[3:6]}-{n[6:9]}-{n[9:]}",
            f"{n[:3]} {n[3:6]} {n[6:9]} {n[9:]}",
            n,
        )
    )


def taxpayer(rng: random.Random) -> str:
    """Return a Russian taxpayer's number, of a firm or a person."""
    return _checked(rng, "", 10, inn) if rng.random() < 0.5 else _checked(rng, "", 12, inn, tail=2)


def account(rng: random.Random) -> str:
    """Return an account number (IBAN), in groups or not."""
    country, length = rng.choice(
        (("DE", 22), ("GB", 22), ("FR", 27), ("NL", 18), ("ES", 24), ("PL", 28), ("KZ", 20), ("BE", 16))
    )
    bank = "".join(rng.choices("ABCDEFGHIJKLMNOPQRSTUVWXYZ", k=4)) if country in {"GB", "NL"} else ""
    body = bank + _digits(rng, length - 4 - len(bank))
    number = next(f"{country}{check:02}{body}" for check in range(2, 99) if iban(f"{country}{check:02}{body}"))
    return " ".join(number[at : at + 4] for at in range(0, length, 4)) if rng.random() < 0.5 else number


def address_of_network(rng: random.Random) -> str:
    """Return an IPv4 or IPv6 address that belongs to somebody."""
    if rng.random() < 0.7:
        return ".".join(str(rng.randint(1 if at == 0 else 0, 255)) for at in range(4)).replace("127.", "128.", 1)
    groups = [f"{rng.getrandbits(16):x}" for _ in range(8)]
    return rng.choice((":".join(groups), f"2001:db8::{groups[0]}:{groups[1]}", f"fe80::{groups[2]}"))


def hardware(rng: random.Random) -> str:
    """Return a MAC address."""
    parts = [f"{rng.getrandbits(8):02x}" for _ in range(6)]
    return rng.choice(
        (":".join(parts), "-".join(parts).upper(), ".".join("".join(parts[at : at + 2]) for at in (0, 2, 4)))
    )


def _random_text(rng: random.Random, least: int, most: int, letters: str = _BASE64) -> str:
    return "".join(rng.choices(letters, k=rng.randint(least, most)))


def jwt(rng: random.Random) -> str:
    """Return a signed token."""
    head = base64.urlsafe_b64encode(b'{"alg":"RS256","typ":"JWT"}').decode().rstrip("=")
    return f"{head}.eyJ{_random_text(rng, 40, 90)}.{_random_text(rng, 43, 43)}"


def api_key(rng: random.Random) -> str:
    """Return a key of one of the known kinds."""
    alphanumeric = _BASE64[:-2]
    return rng.choice((
        f"sk_live_{_random_text(rng, 24, 24, alphanumeric)}", f"ghp_{_random_text(rng, 36, 36, alphanumeric)}",
        f"AKIA{_random_text(rng, 16, 16, alphanumeric[:26])}", f"AIza{_random_text(rng, 35, 35)}",
        f"xoxb-{_random_text(rng, 30, 40, alphanumeric)}", f"glpat-{_random_text(rng, 20, 20)}",
    ))  # fmt: skip


_MONTHS: Final = (
    "января",
    "февраля",
    "марта",
    "апреля",
    "мая",
    "июня",
    "июля",
    "августа",
    "сентября",
    "октября",
    "ноября",
    "декабря",
)
_ENGLISH: Final = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
                   "November", "December")  # fmt: skip


def birthday(rng: random.Random) -> str:
    """Return a date of birth."""
    y, m, d = rng.randint(1930, 2012), rng.randint(1, 12), rng.randint(1, 28)
    return rng.choice((
        f"{d:02}.{m:02}.{y}", f"{y}-{m:02}-{d:02}", f"{m:02}/{d:02}/{y}", f"{d} {_MONTHS[m - 1]} {y}",
        f"{_ENGLISH[m - 1]} {d}, {y}",
        f"{d}.{m}.{y}",
    ))  # fmt: skip


def place(rng: random.Random) -> str:
    """Return coordinates on the globe."""
    a, b = rng.uniform(-89, 89), rng.uniform(-179, 179)
    return rng.choice((f"{a:.6f}, {b:.6f}", f"{a:.5f},{b:.5f}", f"{a:.4f} {b:.4f}", f"{a:.7f}; {b:.7f}"))


MADE: Final[Mapping[str, Item]] = {
    "phone": phone, "card": card, "passport": passport, "snils": insurance, "inn": taxpayer, "iban": account,
    "ip": address_of_network, "mac": hardware, "jwt": jwt, "bearer": lambda rng: _random_text(rng, 20, 60),
    "cookie": lambda rng: _random_text(rng, 24, 40), "apikey": api_key, "birth": birthday, "geo": place,
}  # fmt: skip
OWN: Final[Mapping[str, Item]] = {
    "order": lambda rng: f"ORD-{rng.randint(1, 10**9)}",
    "partner": lambda rng: f"P-{rng.randint(1, 999_999)}",
    "trace": lambda rng: f"{rng.getrandbits(128) | 0xA << 124:032x}",
    "span": lambda rng: f"{rng.getrandbits(64) | 0xB << 60:016x}",
    "n": lambda rng: str(rng.randint(0, 9_999)),
    "ms": lambda rng: str(rng.randint(1, 99_999)),
    "port": lambda rng: str(rng.choice((80, 443, 5432, 5672, 8080, 9092, 16686))),
    "code": lambda rng: str(rng.choice((400, 401, 403, 404, 409, 422, 429, 500, 502, 503, 504))),
}


def fill_own(slot: str, rng: random.Random) -> str:
    """Return an id, code or amount that says nothing of a person and must never be altered."""
    return OWN[slot](rng)
