"""Order: exactly what the order page's template may see."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from urllib.parse import quote

from orders.journey.journey import Journey
from orders.journey.lookup import OrderLookup
from orders.journey.verdict import Evidence, State
from orders.pages.rail import Rail, build_rail
from orders.pages.reader import Reader
from orders.pages.side import AlikeCard, JaegerCard, Meter, Source, build_alike, build_jaeger, build_meter, sources
from orders.pages.strip import Strip, build_strip
from orders.wording import phrases, times
from orders.wording.customer import contact_text, tell_customer, whom_to_ask
from orders.wording.say import Sentence, say, say_clauses, state_word
from orders.wording.ticket import TicketFacts, ticket_text
from orders.wording.values import service_of

SURE = frozenset({"confidence-high", "confidence-less", "confidence-standing", "confidence-witness"})
TO_OPEN = frozenset({"waiting", "slower", "checkout-left", "checkout-unsure", "should-have", "waiting-for-person",
                     "waiting-for-carrier", "customer-left", "probably", "not-traced"})  # fmt: skip
TO_ERROR = frozenset({"error-repeated", "call-failed"})
TO_HOP = frozenset({"published-never-consumed", "not-picked-or-not-finished", "consumed-no-result", "nothing-sent",
                    "rejected", "given-back", "set-aside"})  # fmt: skip
TO_REACHED = frozenset({"no-progress", "last-known", "done", "closed-by-hand", "went-back"})
TO_SOURCES = frozenset({"source-silent", "source-never", "all-silent", "unheard-too", "all-unheard"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """One sentence of the verdict: its words, where on the page its proof stands, its span in Jaeger."""

    text: str
    rule: str
    href: str  # "#…", "" where nothing on the page proves it
    span_url: str  # "" where no span proves it
    sure: bool  # it says how sure the verdict is


@dataclass(frozen=True, slots=True, kw_only=True)
class SystemLink:
    """The order in another system."""

    name: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """Who the order is for and where else it stands."""

    partner: str
    model: str
    customer: str
    channel: str  # "site", "api" or ""
    ticket: str
    created: int | None
    systems: tuple[SystemLink, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderPage:
    """The order page."""

    order_id: str
    title: str
    head: Head
    now: int
    at: int | None
    at_banner: str
    trouble: str  # the banner about data that is old, cut or missing; "" where all is well
    fresh_at: int | None  # when the data shown was fetched; None: never
    state: str
    state_word: str
    stage: str
    said: tuple[Said, ...]
    notes: tuple[Said, ...]
    ask: str
    tell: str
    ticket_text: str
    live_url: str
    moment_url: str
    rail: Rail
    strip: Strip | None
    meter: Meter | None
    sources: tuple[Source, ...]
    alike: AlikeCard | None
    jaeger: JaegerCard | None
    machinery: str  # the summary of what developers unfold; "" for Support
    codes: bool
    live: bool  # the page refreshes itself
    known: bool  # anything at all is known of the order
    near: tuple[str, ...]  # numbers to choose from, where nothing is known of this one


def build_order_page(found: OrderLookup, reader: Reader) -> OrderPage:
    """Return the order page for one reader. Pure: what the clock says stands in `found.now`."""
    verdict, journey, language = found.verdict, found.journey, reader.language
    rail = build_rail(found, reader)
    anchors = _anchors(found, rail)
    sentences = say(verdict, reader.table, language=language, zone=reader.zone)
    notes = noted(found, reader)
    contact = whom_to_ask(verdict, reader.table)
    ask = contact_text(contact, language) if contact else ""
    reached_at = journey.reached.at if journey.reached else None
    tell = tell_customer(verdict, reader.table, language=language, zone=reader.zone, reached_at=reached_at)
    live_url = f"{reader.site}/orders/{quote(journey.order_id, safe='')}/"
    moment_url = f"{live_url}?at={times.iso(found.now // 1_000_000_000 * 1_000_000_000)}"
    head = build_head(journey, reader)
    return OrderPage(
        order_id=journey.order_id,
        title=phrases.title(journey.order_id, verdict, language),
        head=head,
        now=found.now,
        at=found.at,
        at_banner=phrases.as_of(found.at, reader.zone, language) if found.at is not None else "",
        trouble=trouble_of(found, reader),
        fresh_at=fresh_at(found),
        state=str(verdict.state or ""),
        state_word=state_word(verdict.state, language),
        stage=phrases.stage_of(verdict, reader.table, language),
        said=_said(sentences, anchors, reader),
        notes=_said([note for note in notes if note.rule != "jaeger-down"], anchors, reader),  # the banner says it
        ask=ask,
        tell=tell,
        ticket_text=_ticket(found, reader, head, (sentences, notes), ask, moment_url),
        live_url=live_url,
        moment_url=moment_url,
        rail=rail,
        strip=build_strip(found, reader),
        meter=build_meter(found, reader),
        sources=sources(found, reader),
        alike=build_alike(found, reader),
        jaeger=build_jaeger(found, reader) if reader.codes and found.known else None,
        machinery=_machinery(journey, reader),
        codes=reader.codes,
        live=found.at is None and verdict.state is not State.DONE,
        known=found.known,
        near=found.near,
    )


def build_head(journey: Journey, reader: Reader) -> Head:
    """Return the head: every foreign value only where it is known to be safe."""
    first = journey.mark(reader.table.statuses[0].code)
    return Head(
        partner=reader.safe("external_partner_id", journey.partner_id),
        model=reader.safe("model_id", journey.model_id),
        customer=reader.safe("customer_id", journey.customer),
        channel=journey.channel if journey.channel in {"site", "api"} else "",
        ticket=reader.safe("ticket_id", journey.ticket),
        created=first.at if first else None,
        systems=tuple(
            SystemLink(
                name=service_of(code, reader.table).name.of(reader.language),
                url=template.replace("{order_id}", quote(journey.order_id, safe="")),
            )
            for code, template in reader.table.links.items()
        ),
    )


def trouble_of(found: OrderLookup, reader: Reader) -> str:
    """Return the banner about what is missing of the data, "" where nothing is."""
    if found.trouble or found.answer.known_at is not None:
        return phrases.not_fresh(found.trouble, found.answer.known_at, reader.zone, reader.language)
    if found.answer.whole:
        return ""
    codes = dict.fromkeys(reader.table.service_code(part.service) for part in found.answer.missing if part.service)
    names = [service_of(code, reader.table).name.of(reader.language) for code in codes]
    return phrases.not_whole(names, reader.language)


def fresh_at(found: OrderLookup) -> int | None:
    """Return when the data shown was fetched, None where there is none."""
    if found.answer.known_at is not None:
        return found.answer.known_at or None
    return found.answer.asked_at or found.now


def _anchors(found: OrderLookup, rail: Rail) -> dict[str, str]:
    """Return where on the page each rule's proof stands."""
    anchors = dict.fromkeys(TO_SOURCES, "#sources") | {
        "holes": "#complete",
        "holes-of": "#complete",
        "partial": "#complete",
        "many": "#alike",
    }
    anchors |= {
        "gap": "#complete",
        "gap-behind": "#complete",
        "gap-by-hand": "#complete",
        "not-traced-status": "#complete",
    }
    if rail.before:
        anchors |= dict.fromkeys(TO_REACHED, f"#{rail.before[-1].id}")
    if rail.open is not None:
        anchors |= dict.fromkeys(TO_OPEN | TO_ERROR | TO_HOP, "#open")
        anchors |= dict.fromkeys(TO_ERROR, "#errors") if rail.open.errors else {}
        anchors |= dict.fromkeys(TO_HOP, "#hop") if rail.open.hop else {}
    return anchors


def _said(sentences: Sequence[Sentence], anchors: dict[str, str], reader: Reader) -> tuple[Said, ...]:
    return tuple(
        Said(
            text=sentence.text,
            rule=sentence.rule,
            href=anchors.get(sentence.rule, ""),
            span_url=span_url(sentence.evidence, reader),
            sure=sentence.rule in SURE,
        )
        for sentence in sentences
    )


def span_url(evidence: Sequence[Evidence], reader: Reader) -> str:
    """Return the link to the last span among a claim's evidence; "" where no span proves it."""
    spans = [one for one in evidence if one.kind == "span"]
    return reader.links.span(spans[-1].trace_id, spans[-1].id) if spans else ""


def noted(found: OrderLookup, reader: Reader) -> tuple[Sentence, ...]:
    """Return what is worth knowing beside the verdict, and why it is in doubt, where the verdict does not say it."""
    told = [(clause.rule, clause.values) for clause in found.verdict.clauses]
    clauses = [
        note
        for note in found.verdict.notes
        if (note.rule, note.values) not in told and (reader.codes or note.rule != "tight-limit")
    ]
    if found.verdict.state not in {State.DONE, State.ON_TIME}:  # "the order moved on" would belie the state
        clauses = [replace(note, rule="gap-behind") if note.rule == "gap" else note for note in clauses]
    return say_clauses(clauses, reader.table, language=reader.language, zone=reader.zone, now=found.now)


def _machinery(journey: Journey, reader: Reader) -> str:
    if not reader.codes or not journey.spans:
        return ""
    return phrases.machinery(journey.traces, len(journey.spans), len(journey.hops), reader.language)


def last_error(found: OrderLookup, reader: Reader) -> tuple[str, str]:
    """Return type and text, masked, of the last error in the open stage; "" and "" where there was none."""
    errors = [trouble for trouble in found.journey.troubles if trouble.at >= (found.verdict.since or 0)]
    if not errors or found.verdict.stage is None:
        return "", ""
    span = errors[-1].span
    return reader.error_kind(span), reader.error_of(span)


def _ticket(
    found: OrderLookup, reader: Reader, head: Head, said: tuple[Sequence[Sentence], ...], ask: str, moment_url: str
) -> str:
    sentences, notes = said
    spans = dict.fromkeys(
        reader.links.span(one.trace_id, one.id)
        for clause in found.verdict.clauses
        for one in clause.evidence
        if one.kind == "span"
    )
    kind, text = last_error(found, reader)
    facts = TicketFacts(partner=head.partner, model=head.model, customer=head.customer, ask=ask, url=moment_url,
                        notes=" ".join(note.text for note in notes), error_kind=kind, error_text=text,
                        spans=tuple(spans)[-3:])  # fmt: skip
    return ticket_text(found.journey, found.verdict, sentences, facts, reader.table, language=reader.language)
