"""Say: a verdict's clauses, notes and checks as sentences, by fixed templates in both languages."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from string import Formatter
from typing import Final

from orders.journey.stages import StageTable
from orders.journey.verdict import Check, Clause, Evidence, State, Verdict
from orders.wording.check_templates import CHECKS
from orders.wording.template import Template
from orders.wording.templates import CLAUSES
from orders.wording.times import Zone
from orders.wording.values import Group, dress

_FORMAT: Final = Formatter()


class WordingError(LookupError):
    """A rule without words: the verdict and its templates have come apart."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """What one clause says, its rule, and what proves it."""

    text: str
    rule: str
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True)
class CheckLine:
    """What one check says: its rule, "yes", "no" or "unknown", and the line."""

    rule: str
    result: str
    text: str


STATE_WORDS: Final[Mapping[State | None, tuple[str, str]]] = {
    State.DONE: ("Closed", "Закрыт"),
    State.ON_TIME: ("On time", "По плану"),
    State.SLOW: ("Slower than usual", "Дольше обычного"),
    State.STALLED: ("Stalled", "Заказ остановился"),
    State.FAILED: ("Failed", "Ошибка"),
    State.CANNOT_TELL: ("Cannot tell", "Состояние неизвестно"),
    None: ("No data", "Данных нет"),
}
SHORT_WORDS: Final[Mapping[State | None, tuple[str, str]]] = {
    **STATE_WORDS,
    State.STALLED: ("Stalled", "Остановился"),
    State.CANNOT_TELL: ("Cannot tell", "Неизвестно"),
}


def state_word(state: State | None, language: str, *, short: bool = False) -> str:
    """Return a state's word: the heading of the verdict, or the short one of a row."""
    return (SHORT_WORDS if short else STATE_WORDS)[state][language == "ru"]


def say(verdict: Verdict, table: StageTable, *, language: str, zone: Zone) -> tuple[Sentence, ...]:
    """Return the verdict's sentence group in reading order, without the state's own word.

    Arguments: the stage table whose names are used; "ru" or "en"; the zone, which is named once, at the first time.
    Raises WordingError for a rule that has no template.
    """
    return say_clauses(verdict.clauses, table, language=language, zone=zone, now=verdict.now)


def say_clauses(
    clauses: Iterable[Clause], table: StageTable, *, language: str, zone: Zone, now: int, labelled: bool = False
) -> tuple[Sentence, ...]:
    """Return clauses as sentences; `labelled` when the zone has been named before them."""
    group = Group(table, language=language, zone=zone, now=now, labelled=labelled)
    return tuple(Sentence(_text(clause, group), clause.rule, clause.evidence) for clause in clauses)


def check_lines(checks: Iterable[Check], table: StageTable, *, language: str, zone: Zone, now: int) -> list[CheckLine]:
    """Return what was looked at, a line each. The zone is named above them, so not again."""
    group = Group(table, language=language, zone=zone, now=now, labelled=True)
    return [CheckLine(check.rule, check.result, _check(check, group)) for check in checks]


def opening(verdict: Verdict, language: str) -> str:
    """Return the words that open the group where it stands alone: "Stalled.", "We cannot tell."; "" when closed."""
    if verdict.state in {State.DONE, None}:
        return ""
    if verdict.state is State.CANNOT_TELL and language == "en":
        return "We cannot tell."
    return f"{state_word(verdict.state, language)}."


def whole_text(verdict: Verdict, sentences: Sequence[Sentence], language: str) -> str:
    """Return state and sentences as one text, as docs/decision.md, "Sentences", orders them."""
    first = opening(verdict, language)
    texts = [sentence.text for sentence in sentences]
    if first and sentences and sentences[0].rule == "holes":
        texts[0] = f"{first[:-1]}: {texts[0][:1].lower()}{texts[0][1:]}"
        first = ""
    return " ".join(filter(None, [first, *texts]))


def _text(clause: Clause, group: Group) -> str:
    if clause.rule not in CLAUSES:
        raise WordingError(f"no words for the rule {clause.rule}")
    return _fill(CLAUSES[clause.rule], clause.values, group)


def _check(check: Check, group: Group) -> str:
    try:
        templates = CHECKS[check.rule][check.result]
    except KeyError as error:
        raise WordingError(f"no words for the check {check.rule}: {check.result}") from error
    return _fill(templates, check.values, group)


def _fill(templates: tuple[Template, ...], values: Mapping[str, int | str], group: Group) -> str:
    dressed = dress(values, group)
    for template in templates:
        text = template.ru if group.language == "ru" else template.en
        if _fits(template, text, values, dressed):
            filled = _FORMAT.vformat(text, (), dressed)
            return filled[:1].upper() + filled[1:]
    raise WordingError(f"values {sorted(values)} fit no template: {templates[-1].en}")


def _fits(template: Template, text: str, values: Mapping[str, int | str], dressed: Mapping[str, object]) -> bool:
    if any(values.get(key) != value for key, value in template.when.items()):
        return False
    return all(place in dressed for place in places(text))


def places(text: str) -> set[str]:
    """Return the names of the values that a template needs."""
    return {name.split(".")[0].split("[")[0] for _, name, _, _ in _FORMAT.parse(text) if name}
