"""The stage table's types: statuses, stages, services, milestones; what an operator writes in stages.toml."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Words:
    """The same words in both languages."""

    en: str
    ru: str

    def of(self, language: str) -> str:
        """Return the words in "ru" or "en"."""
        return self.ru if language == "ru" else self.en


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """Whom to ask."""

    who: Words
    contact: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """One system that reports: its code, the service.name values it uses, its name."""

    code: str
    names: frozenset[str]
    name: Words
    ru_of: str  # genitive, as in "от магазина"
    ru_gender: str  # "f" or "m": MES приняла, магазин принял
    instrumented: bool
    silent_after: int  # nanoseconds
    traced_since: int = 0  # nanoseconds since 1970: what happened before left no span


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """One status of an order; `index` is its place in the order's life, from 0."""

    code: str
    index: int
    name: Words
    reported_by: str  # code of a service


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkingHours:
    """The hours in which alone a limit runs."""

    days: frozenset[int]  # 0 is Monday
    opens: int  # seconds after midnight
    closes: int
    zone: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """The way from one status to the next; an order in status X is in the stage that begins with X."""

    index: int  # from 0; stage i begins with status i
    start: str
    end: str
    name: Words
    reporter: str  # service that reports `end`
    waits_for: str  # "customer", "machine", "person" or "carrier"
    limit: int  # nanoseconds
    usual: tuple[int, int] | None
    hours: WorkingHours | None
    sender: str  # the hop into this stage: who sends, through what, who receives; "" where there is none
    receiver: str
    queue: str  # "" for HTTP
    receipt: bool  # the receiver marks that a message came before it works on it
    waiting: Words  # "the price from MES" / "расчёта цены от MES", after "Waiting for" / "Ждём"
    within: Words  # "get it" / "рассчитывают": "19 of 20 orders … within 9 min" / "19 из 20 заказов … за 9 мин"
    should: Words  # "The price should have come" / "Цена должна была появиться", before the deadline
    person: Words  # "MES has the order; an operator has to start it." or "" where no person is waited for
    asks: Mapping[str, Contact] = field(default_factory=dict)  # by cause; "default" and "telemetry" always


@dataclass(frozen=True, slots=True, kw_only=True)
class Milestone:
    """An operation that is worth a word on the rail; it may imply that a status was reached."""

    operation: str
    service: str
    words: Words  # "accepted in CRM" / "принят в CRM"
    implies: str  # a status code, or ""


def _withheld(_: str) -> None:
    """Show no name that is not the operator's own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StageTable:
    """The whole table; `check_stages` says what is wrong with one."""

    services: tuple[Service, ...]
    statuses: tuple[Status, ...]
    stages: tuple[Stage, ...]
    milestones: tuple[Milestone, ...]
    by_hand: frozenset[str]  # operations that close an order by hand
    links: Mapping[str, str]  # service code → template with {order_id}
    tells: Mapping[str, Words]  # what to tell the customer, by state; may hold {stage}, {date}, {last}
    shown_name: Callable[[str], str | None] = field(default=_withheld, repr=False, compare=False)  # of other services
    _services: Mapping[str, Service] = field(default_factory=dict, compare=False)
    _codes: Mapping[str, str] = field(default_factory=dict, compare=False)
    _statuses: Mapping[str, Status] = field(default_factory=dict, compare=False)
    _steps: Mapping[tuple[object, str], tuple[Milestone, ...]] = field(default_factory=dict, compare=False)
    _entered: Mapping[tuple[str, str], tuple[str, ...]] = field(default_factory=dict, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_services", {service.code: service for service in self.services})
        object.__setattr__(self, "_codes", {name: s.code for s in self.services for name in s.names})
        object.__setattr__(self, "_statuses", {status.code: status for status in self.statuses})
        steps: dict[tuple[object, str], tuple[Milestone, ...]] = {}
        for milestone in self.milestones:
            key = (milestone.operation, milestone.service)
            steps[key] = (*steps.get(key, ()), milestone)
        object.__setattr__(self, "_steps", steps)
        entered: dict[tuple[str, str], tuple[str, ...]] = {}
        for stage in self.stages:
            if stage.queue:
                into = (stage.queue, stage.receiver)
                entered[into] = (*entered.get(into, ()), stage.start)
        object.__setattr__(self, "_entered", entered)

    def service(self, code: str) -> Service:
        """Return the service with this code; KeyError where the table has none."""
        return self._services[code]

    def knows(self, code: str) -> bool:
        """Return whether the table has a service with this code."""
        return code in self._services

    def service_code(self, name: str) -> str:
        """Return the code of the service that calls itself `name` in telemetry; the name itself if unknown."""
        return self._codes.get(name, name)

    def status(self, code: str) -> Status | None:
        """Return the status with this code, None where the table has none."""
        return self._statuses.get(code)

    def milestones_of(self, operation: object, service: str) -> tuple[Milestone, ...]:
        """Return the milestones that an operation of a service (its code) passes."""
        return self._steps.get((operation, service), ())

    def entered_through(self, queue: str, receiver: str) -> tuple[str, ...]:
        """Return the statuses with which the stages begin that a message in a queue leads into."""
        return self._entered.get((queue, receiver), ())

    def own_names(self) -> Iterator[str]:
        """Yield what the operator wrote of telemetry's names: services, statuses, operations, queues."""
        for service in self.services:
            yield from (service.code, *service.names)
        yield from (status.code for status in self.statuses)
        yield from (stage.queue for stage in self.stages)
        yield from (milestone.operation for milestone in self.milestones)
        yield from self.by_hand

    @property
    def service_names(self) -> tuple[str, ...]:
        """Return every service.name of instrumented services, sorted: what a fan-out asks for."""
        return tuple(sorted(name for s in self.services if s.instrumented for name in s.names))
