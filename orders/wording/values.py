"""Values: a clause's numbers, instants and codes, dressed for a template in one language."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from orders.journey.spans import SECOND
from orders.journey.stages import Service, Stage, StageTable, Words
from orders.wording import times
from orders.wording.times import NBSP, Zone

INSTANTS: Final = frozenset({"at", "since", "deadline", "first_at", "last_at"})
LENGTHS: Final = frozenset({"elapsed", "low", "high", "limit", "shift", "allowed"})
SERVICES: Final = frozenset({"service", "sender", "receiver"})
STATUSES: Final = frozenset({"status", "from", "to"})


class Group:
    """A group of sentences: the language, the zone, the present moment, and whether the zone was named already."""

    def __init__(self, table: StageTable, *, language: str, zone: Zone, now: int, labelled: bool = False) -> None:
        self.table = table
        self.language = language
        self.zone = zone
        self.now = now
        self.labelled = labelled

    def clock(self, instant: int) -> str:
        """Return "10:42 MSK" at the first time of the group, "10:42" after that."""
        text = times.clock(instant, self.zone)
        if self.labelled:
            return text
        self.labelled = True
        return f"{text}{NBSP}{self.zone.label(instant, self.language)}"

    def day(self, instant: int) -> str:
        """Return "25 сентября", "25 Sep"; "" today; with the year where it is another."""
        if times.same_day(instant, self.now, self.zone):
            return ""
        day = times.day_month(instant, self.zone, self.language, short=self.language == "en")
        year = times.iso(instant)[:4]
        return day if year == times.iso(self.now)[:4] else f"{day}{NBSP}{year}"


class At:
    """An instant in the forms that templates name; the zone is labelled when a form is first asked for."""

    def __init__(self, instant: int, group: Group) -> None:
        self._instant = instant
        self._group = group

    @property
    def clock(self) -> str:
        """Return "10:42 on 25 Sep", "10:42 25 сентября"."""
        day, text = self._group.day(self._instant), self._group.clock(self._instant)
        if not day:
            return text
        return f"{text} on {day}" if self._group.language == "en" else f"{text} {day}"

    @property
    def stamp(self) -> str:
        """Return "25 Sep, 10:42", "10:42 25 сентября"."""
        day = self._group.day(self._instant)
        if not day or self._group.language == "ru":
            return self.clock
        return f"{day}, {self._group.clock(self._instant)}"

    @property
    def at(self) -> str:
        """Return "at 10:42 on 25 Sep", "25 сентября в 10:42"."""
        if self._group.language == "en":
            return f"at {self.clock}"
        day, text = self._group.day(self._instant), self._group.clock(self._instant)
        return f"{day} в {text}" if day else f"в {text}"

    @property
    def bare(self) -> str:
        """Return the same as `clock`, where a preposition stands before it already."""
        return self.clock

    @property
    def on(self) -> str:
        """Return "on 25 Sep, 10:42", "25 сентября в 10:42"."""
        if self._group.language == "ru":
            return self.at
        return f"on {self.stamp}" if self._group.day(self._instant) else self.at


@dataclass(frozen=True)
class Named:
    """A service in a sentence: its name, its genitive (`of`), the verb of its gender (`[приняла|принял]`)."""

    service: Service
    language: str

    def __str__(self) -> str:
        return self.service.name.of(self.language)

    @property
    def of(self) -> str:
        """Return the genitive."""
        return self.service.ru_of if self.language == "ru" else str(self)

    def __getitem__(self, forms: str) -> str:
        feminine, masculine = forms.split("|")
        return feminine if self.service.ru_gender == "f" else masculine


@dataclass(frozen=True)
class Reached:
    """A status in a sentence: in quotation marks, or as what has happened."""

    name: str
    reporter: Named
    language: str

    @property
    def quoted(self) -> str:
        """Return the name in the quotation marks of the language."""
        return f"«{self.name}»" if self.language == "ru" else f'"{self.name}"'

    @property
    def said(self) -> str:
        """Return what has happened: "submitted", "заказ оформлен"."""
        lower = self.name[:1].lower() + self.name[1:]
        return f"заказ {lower}" if self.language == "ru" and " " not in lower else lower

    def __getitem__(self, forms: str) -> str:
        return self.reporter[forms]


@dataclass(frozen=True)
class Counted:
    """A count: `{count}` and the form that goes with it, `{count[заказ|заказа|заказов]}`, `{count[order|orders]}`."""

    count: int
    language: str

    def __str__(self) -> str:
        return times.number(self.count)

    def __getitem__(self, forms: str) -> str:
        parts = forms.split("|")
        if self.language == "ru":
            return times.plural_ru(self.count, parts[0], parts[1], parts[2])
        return times.plural_en(self.count, parts[0], parts[1])


@dataclass(frozen=True)
class Staged:
    """A stage's own words in one language."""

    stage: Stage
    language: str

    def __getattr__(self, name: str) -> str:
        words = getattr(self.stage, name)
        assert isinstance(words, Words)  # noqa: S101 - templates are tested, every one
        return words.of(self.language)


def service_of(code: str, table: StageTable) -> Service:
    """Return the service of the table, or one made of the code where telemetry names one that the table lacks.

    Telemetry's names are foreign: one that may hold more than a name is not shown (`StageTable.shown_name`).
    """
    for service in table.services:
        if service.code == code:
            return service
    shown = table.shown_name(code)
    if shown is None:
        name, ru_of = Words(en="an unknown system", ru="неизвестная система"), "неизвестной системы"
    else:
        name, ru_of = Words(en=f'the system "{shown}"', ru=f"система «{shown}»"), f"системы «{shown}»"
    return Service(code=code, names=frozenset({code}), name=name, ru_of=ru_of, ru_gender="f",
                   instrumented=True, silent_after=0)  # fmt: skip


def dress(values: Mapping[str, int | str], group: Group) -> dict[str, object]:
    """Return a clause's values as templates name them; `usual` stands for `low` and `high` together.

    Where `counted` is "working", lengths of time are of working time.
    """
    dressed: dict[str, object] = {}
    days = values.get("counted") != "working"
    for key, value in values.items():
        if key in INSTANTS and not value:
            continue
        dressed[key] = _length(int(value), group, days=days) if key in LENGTHS else _dress(key, value, group)
    if "low" in values and "high" in values:
        low, high = int(values["low"]) / SECOND, int(values["high"]) / SECOND
        dressed["usual"] = times.span_of_time(low, high, group.language, days=days)
    return dressed


def _length(value: int, group: Group, *, days: bool) -> str:
    return times.duration(max(0, value) // SECOND, group.language, days=days)


def _dress(key: str, value: int | str, group: Group) -> object:
    table, language = group.table, group.language
    if key in INSTANTS:
        return At(int(value), group)
    if key in SERVICES:
        return Named(service_of(str(value), table), language)
    if key in STATUSES:
        return reached(str(value), group)
    if key == "statuses":
        return times.list_and([reached(code, group).quoted for code in str(value).split("\n")], language)
    if key == "stage":
        return Staged(table.stages[int(value)], language)
    return Counted(value, language) if isinstance(value, int) else value


def reached(code: str, group: Group) -> Reached:
    """Return a status in the group's language; the code itself where the table has none."""
    status = group.table.status(code)
    name = status.name.of(group.language) if status else code
    reporter = Named(service_of(status.reported_by if status else "", group.table), group.language)
    return Reached(name, reporter, group.language)
