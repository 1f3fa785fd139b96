"""Which attributes may be shown: an allow-list by key, each key with the type that its value must have."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final, NamedTuple

from orders.journey.ids_patterns import IdPatterns
from orders.journey.raw import Raw, unseal
from orders.journey.spans import CUSTOMER_ID, Attribute
from orders.privacy.free_text import FreeText
from orders.privacy.names import NAMED, Names
from orders.privacy.pseudonyms import Pseudonyms, id_text
from orders.privacy.types import TYPES, Fit, one_of
from orders.privacy.vocabulary import Vocabulary

STATUSES: Final = ("INITIATED", "SUBMITTED", "PRICE_CALCULATED", "MANUFACTURING_APPROVED", "MANUFACTURING_STARTED",
                   "SHIPPED", "CLOSED")  # fmt: skip

# Key → name of its type in orders.privacy.types; "status" and "id:<kind>" are bound to the installation by Policy.of.
# The keys are the platform's own, those that the Collector lets through, and OpenTelemetry's that hold no free text.
ALLOWED: Final[Mapping[str, str]] = MappingProxyType({
    "order_id": "id:order", "order.id": "id:order", "external_partner_id": "id:partner", "model_id": "id:model",
    "status": "status", "order.status": "status", "otel.status_code": "outcome", "error": "bool",
    "timestamp": "time", "channel": "channel", "ticket_id": "ticket", "span.kind": "kind",
    **dict.fromkeys(("service.name", "service.namespace", "peer.service", "otel.scope.name"), "ident"),
    **dict.fromkeys(("telemetry.sdk.name", "otel.library.name", "code.function", "code.namespace"), "ident"),
    **dict.fromkeys(("error.type", "exception.type", "code.function.name", "rpc.service", "rpc.method"), "ident"),
    **dict.fromkeys(("service.version", "telemetry.sdk.version", "otel.scope.version"), "version"),
    **dict.fromkeys(("otel.library.version", "process.runtime.version", "messaging.client.version"), "version"),
    **dict.fromkeys(("deployment.environment.name", "deployment.environment"), "environment"),
    **dict.fromkeys(("http.request.method", "http.method"), "method"),
    **dict.fromkeys(("http.response.status_code", "http.status_code", "rpc.grpc.status_code"), "int"),
    **dict.fromkeys(("server.port", "net.peer.port", "network.peer.port", "process.pid", "thread.id"), "int"),
    **dict.fromkeys(("http.request.resend_count", "http.request.body.size", "http.response.body.size"), "int"),
    **dict.fromkeys(("messaging.batch.message_count", "messaging.message.body.size", "retry.count"), "int"),
    **dict.fromkeys(("messaging.rabbitmq.message.delivery_tag", "messaging.rabbitmq.delivery_tag"), "int"),
    **dict.fromkeys(("rabbitmq.x_death.count", "db.response.returned_rows", "duration_ms"), "number"),
    **dict.fromkeys(("http.route", "url.template"), "route"),
    **dict.fromkeys(("url.scheme", "network.protocol.name", "network.transport", "http.scheme"), "protocol"),
    **dict.fromkeys(("server.address", "net.peer.name"), "host"),
    **dict.fromkeys(("network.protocol.version", "http.flavor"), "version"),
    **dict.fromkeys(("messaging.system", "db.system", "db.system.name", "rpc.system"), "system"),
    **dict.fromkeys(("telemetry.sdk.language", "process.runtime.name"), "language"),
    **dict.fromkeys(("messaging.destination.name", "messaging.destination", "rabbitmq.x_death.queue"), "queue"),
    **dict.fromkeys(("messaging.rabbitmq.destination.routing_key", "messaging.consumer.group.name"), "queue"),
    **dict.fromkeys(("messaging.operation.name", "messaging.operation.type", "messaging.operation"), "step"),
    **dict.fromkeys(("messaging.message.id", "messaging.message_id", "service.instance.id"), "token"),
    "messaging.message.conversation_id": "token",
    "rabbitmq.x_death.reason": "death",
    **dict.fromkeys(("db.operation", "db.operation.name"), "statement"),
    **dict.fromkeys(("db.collection.name", "db.sql.table", "db.namespace", "db.name"), "ident"),
})  # fmt: skip

# Where a span says in words what went wrong, the most telling first.
ERROR_TEXTS: Final = ("error_message", "exception.message", "otel.status_description")
# Keys whose value is a free text, an address or a statement: shown as `orders.privacy.free_text` lets it through.
FREE_TEXT: Final = frozenset({
    "error_message", "exception.message", "otel.status_description", "message", "event", "event.name",
    "db.query.text", "db.statement", "url.full", "url.path", "http.url", "http.target",
})  # fmt: skip

_REMEMBERED: Final = 8_192
_KEY = re.compile(r"(?!.*\d{5})[a-z][a-z0-9_.-]{0,63}", re.ASCII)
# Place, key, value and its type: of a text its hash, of numbers only those that are shown as they stand. So nothing is
# kept that may not be seen.
Asked = tuple[str, str, object, type]


class ShownAttribute(NamedTuple):
    """One attribute as a person may see it; of a masked one nothing is left but its key, where that is safe."""

    place: str  # "span", "resource", "scope", "event" or "link"
    key: str  # "" when the key itself is masked
    text: str  # "" when masked
    masked: bool


@dataclass(frozen=True, slots=True)
class Policy:
    """What may be shown here, key by key. Make one with `Policy.of`."""

    fits: Mapping[str, Fit] = field(repr=False)
    names: Names = field(repr=False)
    decided: dict[Asked, ShownAttribute] = field(default_factory=dict, repr=False, compare=False)

    @classmethod
    def of(
        cls,
        patterns: IdPatterns,
        *,
        pseudonyms: Pseudonyms | None = None,
        free_text: FreeText | None = None,
        names: Names | None = None,
        statuses: Iterable[str] = STATUSES,
        allowed: Mapping[str, str] = ALLOWED,
    ) -> "Policy":
        """Return the policy of one installation.

        `patterns` says what its ids look like, `statuses` which order statuses it has, `allowed` maps a key to the
        name of its type. A customer's key is shown as a pseudonym, and masked without `pseudonyms`; the values of
        FREE_TEXT are shown masked word by word, and withheld without `free_text`; of names (services, kinds of errors,
        routes, queues, hosts) what `names` knows is shown, and without it nothing.

        Raises KeyError for an unknown type.
        """
        known = names or Names.of(patterns, vocabulary=Vocabulary())
        own = _own_types(patterns, statuses) | {kind: known.fit(kind) for kind in NAMED}
        fits = {key: own.get(kind) or TYPES[kind] for key, kind in allowed.items()}
        free = dict.fromkeys(FREE_TEXT, _text_of(free_text)) if free_text else {}
        customer = dict.fromkeys(CUSTOMER_ID, pseudonyms.of_customer if pseudonyms else _never)
        return cls({**free, **fits, **customer}, known)

    def remember(self, asked: Asked, decision: ShownAttribute) -> None:
        """Keep what was decided; when there is too much of it, begin anew."""
        if len(self.decided) >= _REMEMBERED:
            self.decided.clear()
        self.decided[asked] = decision


def _own_types(patterns: IdPatterns, statuses: Iterable[str]) -> dict[str, Fit]:
    return {
        "status": one_of(*statuses, "OK", "ERROR"),
        **{f"id:{kind}": _id_of(patterns, kind) for kind in ("order", "partner", "model")},
        "token": _token_of(patterns),
    }


def _id_of(patterns: IdPatterns, kind: str) -> Fit:
    own = "|".join(regex.pattern for of, regex in patterns.regexes if of == kind)
    match = re.compile(own or "(?!)", re.ASCII).fullmatch

    def fit(value: object) -> str | None:
        text = value if isinstance(value, str) else id_text(value)
        return text if match(text) else None

    return fit


def _token_of(patterns: IdPatterns) -> Fit:
    order = _id_of(patterns, "order")
    return lambda value: TYPES["token"](value) or order(value)


def _text_of(free_text: FreeText) -> Fit:
    def fit(value: object) -> str | None:
        found = free_text.show(Raw(value))
        return found.text or None if found else None

    return fit


def _never(_: object) -> None:
    return None


def shown(attributes: Iterable[Attribute], policy: Policy) -> tuple[ShownAttribute, ...]:
    """Return each attribute as it may be seen: its text when key and type are allowed, otherwise masked.

    A key that does not look like one (lower-case ASCII, digits, `_.-`, at most 64 characters, no run of five
    digits) is masked as well: keys can hold personal data too.
    """
    known = policy.decided.get
    found = []
    for place, key, raw in attributes:
        value = unseal(raw)
        kind = type(value)
        asked = (place, key, hash(value) if kind is str else value, kind)
        decision = known(asked) if kind is str or kind is int else None
        found.append(decision or _show(asked, value, policy))
    return tuple(found)


def error_text(attributes: Iterable[Attribute], policy: Policy) -> str:
    """Return what a span's attributes say in words of its error, masked; "" where they say nothing."""
    told = {key: Attribute(place, key, value) for place, key, value in attributes if key in ERROR_TEXTS}
    texts = (one.text for one in shown([told[key] for key in ERROR_TEXTS if key in told], policy))
    return next(filter(None, texts), "")


def _show(asked: Asked, value: object, policy: Policy) -> ShownAttribute:
    place, key, _, kind = asked
    fit = policy.fits.get(key)
    if fit is None:
        decision = ShownAttribute(place, key if _KEY.fullmatch(key) else "", "", True)
    else:
        text = fit(value)
        decision = ShownAttribute(place, key, text or "", text is None)
    if decision.key and (kind is str or (kind is int and not decision.masked and decision.text == str(value))):
        policy.remember(asked, decision)
    return decision
