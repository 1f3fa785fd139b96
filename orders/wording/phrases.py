"""Phrases: the short words of pages that hold a number, a time or a name, in both languages."""

from orders.journey.hours import spent
from orders.journey.journey import Hop
from orders.journey.spans import SECOND
from orders.journey.stages import Service, Stage, StageTable
from orders.journey.verdict import Alike, State, Verdict
from orders.wording import times
from orders.wording.times import NBSP, Zone
from orders.wording.values import At, Counted, Group


def _pick(language: str, en: str, ru: str) -> str:
    return ru if language == "ru" else en


def length(nanoseconds: int, language: str, *, days: bool = True) -> str:
    """Return a length of time given in nanoseconds; nothing is shorter than nothing. `days` as in `times.duration`."""
    return times.duration(max(0, nanoseconds) // SECOND, language, days=days)


def counted_length(nanoseconds: int, stage: Stage, language: str) -> str:
    """Return a length of time as a stage's limit counts it: "12 h", or "12 h of working time" where it has hours."""
    if stage.hours is None:
        return length(nanoseconds, language)
    spoken = length(nanoseconds, language, days=False)
    return _pick(language, f"{spoken} of working time", f"{spoken} рабочего времени")


def capital(text: str) -> str:
    """Return a text that begins with a capital."""
    return text[:1].upper() + text[1:]


def alone(service: Service, language: str) -> str:
    """Return a service's name as it stands alone, in a row or a box: "Shop", "Магазин"."""
    return capital(service.name.of(language).removeprefix("the "))


def title(order_id: str, verdict: Verdict, language: str) -> str:
    """Return the page's title: number and state, so that a tab says where the order is."""
    words = {
        State.DONE: (f"Order {order_id}: closed", f"Заказ {order_id} закрыт"),
        State.ON_TIME: (f"Order {order_id}: on time", f"Заказ {order_id}: по плану"),
        State.SLOW: (f"Order {order_id}: slower than usual", f"Заказ {order_id}: дольше обычного"),
        State.STALLED: (f"Order {order_id} has stopped", f"Заказ {order_id} остановился"),
        State.FAILED: (f"Order {order_id}: error", f"Заказ {order_id}: ошибка"),
        State.CANNOT_TELL: (f"Order {order_id}: cannot tell", f"Заказ {order_id}: состояние неизвестно"),
        None: (f"Order {order_id}: no data", f"Заказ {order_id}: данных нет"),
    }
    return _pick(language, *words[verdict.state])


def stage_of(verdict: Verdict, table: StageTable, language: str) -> str:
    """Return "stage 4 of 6 · Production start"; "" where no stage is open."""
    if verdict.stage is None:
        return ""
    number, of, name = verdict.stage + 1, len(table.stages), table.stages[verdict.stage].name.of(language)
    return _pick(language, f"stage {number} of {of} · {name}", f"этап {number} из {of} · {name}")


def usually(usual: tuple[int, int], stage: Stage, language: str) -> str:
    """Return "usually 4–11 min"."""
    spoken = times.span_of_time(usual[0] / SECOND, usual[1] / SECOND, language, days=stage.hours is None)
    return _pick(language, f"usually {spoken}", f"обычно {spoken}")


def over_limit(over: int, stage: Stage, language: str) -> str:
    """Return "14 min over the limit"."""
    spoken = length(over, language, days=stage.hours is None)
    return _pick(language, f"{spoken} over the limit", f"на {spoken} дольше предела")


def waited(verdict: Verdict, stage: Stage, heard_at: int | None, language: str) -> str:
    """Return how long the open stage lasts, beside its name: against the limit, or since when nothing was heard.

    `heard_at` is when the last thing of the order was seen, nanoseconds. Both sides count what the limit counts.
    """
    if verdict.since is None or verdict.limit is None:
        return ""
    if verdict.state is State.CANNOT_TELL:
        quiet = length(verdict.now - max(verdict.since, heard_at or 0), language)
        return _pick(language, f"nothing heard for {quiet}", f"сведений нет {quiet}")
    elapsed = counted_length(spent(verdict.since, verdict.now, stage.hours), stage, language)
    limit = length(verdict.limit, language, days=stage.hours is None)
    return _pick(language, f"{elapsed}, the limit is {limit}", f"{elapsed} при пределе {limit}")


def waits_for(stage: Stage, table: StageTable, verdict: Verdict, language: str) -> str:
    """Return what the open stage waits for: the mark of the next status, and from whom."""
    service = table.service(stage.reporter)
    end = table.status(stage.end)
    mark = end.name.of(language) if end else stage.end
    name = service.name.of(language)
    if verdict.step == 8 and all(clause.rule != "history-short" for clause in verdict.clauses):
        en = f"{capital(name)} reports this step, and no data comes from there."
        return _pick(language, en, f"Этот шаг отмечает {name}, а данных оттуда нет.")
    return _pick(language, f'Waiting for the mark "{mark}" from {name}.', f"Ждём от {service.ru_of} отметку «{mark}».")


def milestone(words: str, at: int, group: Group) -> str:
    """Return "accepted in CRM at 10:05"."""
    return f"{words} {At(at, group).at}"


def sent_leg(hop: Hop | None, group: Group) -> str:
    """Return what the first leg of a hand-over says: when it was sent, or that nothing shows it."""
    if hop is None or hop.sent_at is None:
        return _pick(group.language, "sending not seen", "отправка не видна")
    return At(hop.sent_at, group).clock


def taken_leg(hop: Hop | None, receiver: Service, group: Group) -> str:
    """Return what the last leg of a hand-over says: when it was taken, refused, or that nothing shows it."""
    if hop is not None and hop.unread:
        return _pick(group.language, "set aside", "отложен")
    if hop is not None and hop.dead_letter:
        return _pick(group.language, "rejected", "отклонён")
    if hop is not None and hop.given_back is not None:
        return _pick(
            group.language, f"given back {At(hop.given_back, group).at}", f"возвращён {At(hop.given_back, group).at}"
        )
    if hop is None or hop.taken_at is None:
        return _pick(group.language, "taking not confirmed", "приём не подтверждён")
    return _pick(group.language, f"taken {At(hop.taken_at, group).at}", f"принят {At(hop.taken_at, group).at}")


def call_error(language: str) -> str:
    """Return what stands on the line of a call that failed."""
    return _pick(language, "error", "ошибка")


def alike(found: Alike, language: str) -> tuple[str, str]:
    """Return two sentences on orders stopped alike: how many partners, "" for one; how many joined in the last hour."""
    partners = ""
    if found.partners > 1:
        partners = _pick(
            language, f"{found.partners} partners are affected.", f"Затронуто партнёров: {found.partners}."
        )
    if not found.last_hour:
        return partners, _pick(
            language, "None has joined in the last hour.", "За последний час не добавилось ни одного."
        )
    number = Counted(found.last_hour, language)
    added = number["добавился|добавилось|добавилось"] if language == "ru" else ""
    return partners, _pick(language, f"{number} joined in the last hour.", f"За последний час {added} {number}.")


def marks_seen(seen: int, of: int, language: str) -> str:
    """Return "7 of 7 expected marks"."""
    word = times.plural_ru(of, "ожидаемой отметки", "ожидаемых отметок", "ожидаемых отметок")
    return _pick(language, f"{seen} of {of} expected marks.", f"{seen} из {of} {word}.")


def kept_until(instant: int, zone: Zone, language: str) -> str:
    """Return until when the order's records are kept."""
    day = times.day_month(instant, zone, language)
    return _pick(language, f"Kept until {day}.", f"Данные хранятся до {day}.")


def silent_since(since: int, group: Group) -> str:
    """Return "silent since 11:20"; where a source was never heard, that."""
    if not since:
        return _pick(group.language, "no data", "данных нет")
    when = At(since, group).clock
    return _pick(group.language, f"silent since {when}", f"нет данных с {when}")


def answered_in(seconds: float, language: str) -> str:
    """Return "answers in 0.2 s"."""
    spoken = times.duration(seconds, language)
    return _pick(language, f"answers in {spoken}", f"отвечает за {spoken}")


def as_of(instant: int, zone: Zone, language: str) -> str:
    """Return the banner of a link to a moment."""
    when = times.moment(instant, zone, language)
    return _pick(language, f"This is the order as it was on {when}.", f"Показано состояние заказа на {when}.")


def not_fresh(trouble: str, known_at: int | None, zone: Zone, language: str) -> str:
    """Return why the data is not fresh and how old it is, for the banner."""
    reasons = {
        "unreachable": ("Jaeger cannot be reached.", "Jaeger недоступен."),
        "too_slow": ("Jaeger did not answer in time.", "Jaeger не ответил вовремя."),
        "refused": ("Jaeger refused the request.", "Jaeger отклонил запрос."),
        "unexpected": ("Jaeger gave an answer that cannot be read.", "Ответ Jaeger прочитать не удалось."),
        "busy": (
            "Jaeger is overloaded or has not been answering; it will be asked again in a few seconds.",
            "Jaeger перегружен или не отвечал; через несколько секунд его спросят снова.",
        ),
    }
    why = _pick(language, *reasons.get(trouble, ("Fresh data is unavailable.", "Свежие данные недоступны.")))
    if not known_at:
        return why
    when = times.moment(known_at, zone, language)
    return _pick(language, f"{why} This is what we knew at {when}.", f"{why} Показано то, что было известно на {when}.")


def not_whole(names: list[str], language: str) -> str:
    """Return what is missing of a partial answer: which services did not answer."""
    if not names:
        return _pick(language, "The answer was cut: there may be more.", "Ответ неполный: данных может быть больше.")
    listed = times.list_and(names, language)
    en = f"No data came from: {listed}. Shown is what came."
    return _pick(language, en, f"Не пришли данные: {listed}. Показано то, что есть.")


def machinery(traces: int, spans: int, hops: int, language: str) -> str:
    """Return the summary of what developers unfold."""
    if language == "en":
        parts = [
            f"{n} {times.plural_en(n, one, f'{one}s')}"
            for n, one in ((traces, "trace"), (spans, "span"), (hops, "hop"))
        ]
        return f"{', '.join(parts)}, events and attributes"
    return (
        f"{traces} {times.plural_ru(traces, 'трассировка', 'трассировки', 'трассировок')}, "
        f"{spans} {times.plural_ru(spans, 'запись', 'записи', 'записей')}, "
        f"{hops} {times.plural_ru(hops, 'передача', 'передачи', 'передач')}, события и атрибуты"
    )


def passed_for(elapsed: int, name: str, language: str) -> str:
    """Return a segment of the strip for who hears or hovers it: "Pricing: 9 min"."""
    return f"{name}: {length(elapsed, language)}"


def waiting_for(elapsed: int, language: str) -> str:
    """Return the open end of the strip."""
    spoken = length(elapsed, language)
    return _pick(language, f"waiting {spoken}", f"ожидание {spoken}")


def now_tick(now: int, zone: Zone, language: str) -> str:
    """Return the last tick of the strip: "now, 26 Sep, 13:44"."""
    when = times.moment(now, zone, language, label=False)
    return _pick(language, f"now, {when}", f"сейчас, {when}")


def row_summary(verdict: Verdict, table: StageTable, language: str) -> str:
    """Return one line about an order for lists: the stage and how long it waits; "" where nothing is known."""
    if verdict.stage is None or verdict.since is None:
        return ""
    name = table.stages[verdict.stage].name.of(language)
    elapsed = length(verdict.now - verdict.since, language)
    return _pick(language, f"{name}, waiting {elapsed}", f"{name}, ждёт{NBSP}{elapsed}")
