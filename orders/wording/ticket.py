"""Ticket: the text that Support pastes into a ticket: words for people, codes in brackets, exact times in UTC."""

from collections.abc import Sequence
from dataclasses import dataclass

from orders.journey.journey import Journey
from orders.journey.stages import StageTable
from orders.journey.verdict import Verdict
from orders.wording.say import Sentence, state_word, whole_text
from orders.wording.times import iso


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketFacts:
    """What a ticket says beside the verdict: safe values only."""

    partner: str
    model: str
    customer: str
    ask: str
    notes: str  # what stands beside the verdict: gaps, trouble with the data; "" where nothing does
    url: str  # the link to this moment
    error_kind: str  # the last error of the open stage: its type, and what its span says of it, masked; "" where none
    error_text: str
    spans: tuple[str, ...]  # links to the spans that prove the verdict


def ticket_text(
    journey: Journey,
    verdict: Verdict,
    sentences: Sequence[Sentence],
    facts: TicketFacts,
    table: StageTable,
    *,
    language: str,
) -> str:
    """Return the text, a fact a line."""
    ru = language == "ru"
    lines = [
        _first(journey.order_id, facts, ru=ru),
        _state(verdict, table, ru=ru),
        whole_text(verdict, sentences, language),
        facts.notes,
        _reached(journey, table, ru=ru),
        _times(verdict, ru=ru),
        f"{'К кому обратиться' if ru else 'Whom to ask'}: {facts.ask}" if facts.ask else "",
        f"{'Состояние на' if ru else 'As of'} {iso(verdict.now // 10**9 * 10**9)}: {facts.url}",
        _error(facts, ru=ru),
        *(f"{'Для разработчика' if ru else 'For the developer'}: {url}" for url in facts.spans),
    ]
    return "\n".join(filter(None, lines))


def _first(order_id: str, facts: TicketFacts, *, ru: bool) -> str:
    words = ("Заказ", "партнёр", "модель", "клиент") if ru else ("Order", "partner", "model", "customer")
    values = (order_id, facts.partner, facts.model, facts.customer)
    return " · ".join(f"{word} {value}" for word, value in zip(words, values, strict=True) if value)


def _error(facts: TicketFacts, *, ru: bool) -> str:
    if not (facts.error_kind or facts.error_text):
        return ""
    kind = f" ({facts.error_kind})" if facts.error_kind else ""
    return f"{'Ошибка' if ru else 'Error'}{kind}" + (f": {facts.error_text}" if facts.error_text else "")


def _state(verdict: Verdict, table: StageTable, *, ru: bool) -> str:
    word = state_word(verdict.state, "ru" if ru else "en")
    line = f"{'Состояние' if ru else 'State'}: {word}" + (f" ({verdict.state})" if verdict.state else "")
    if verdict.stage is None:
        return line
    stage = table.stages[verdict.stage]
    place = f"{'этап' if ru else 'stage'} {stage.index + 1} {'из' if ru else 'of'} {len(table.stages)}"
    return f"{line} · {place}: {stage.name.of('ru' if ru else 'en')} ({stage.start} → {stage.end})"


def _reached(journey: Journey, table: StageTable, *, ru: bool) -> str:
    if journey.reached is None:
        return ""
    status = table.status(journey.reached.status)
    name = status.name.of("ru" if ru else "en") if status else ""
    label = "Последний статус" if ru else "Last status"
    return f"{label}: {name} ({journey.reached.status}), {iso(journey.reached.at)}"


def _times(verdict: Verdict, *, ru: bool) -> str:
    parts = []
    if verdict.deadline is not None:
        parts.append(f"{'срок' if ru else 'deadline'} {iso(verdict.deadline)}")
    if verdict.cause:
        parts.append(f"{'причина' if ru else 'cause'} ({verdict.cause})")
    if verdict.state is not None:
        parts.append(f"{'уверенность' if ru else 'confidence'} ({verdict.confidence})")
    text = "; ".join(parts)
    return text[:1].upper() + text[1:]
