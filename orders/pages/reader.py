"""Reader: who reads a page and what a page may show and link to: language, zone, codes or none."""

from dataclasses import dataclass

from orders.jaeger.links import Links
from orders.journey.ids_patterns import IdPatterns
from orders.journey.raw import Raw
from orders.journey.spans import Attribute, Span
from orders.journey.stages import StageTable
from orders.privacy.attributes import Policy, error_text, shown
from orders.wording.times import Zone


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """Everything about the reader and the place that changes what a page says."""

    language: str  # "ru" or "en"
    zone: Zone
    codes: bool  # DevOps and Developer: codes, queues, spans
    table: StageTable
    links: Links
    patterns: IdPatterns
    policy: Policy
    site: str  # the portal's own address, without a slash at the end

    def safe(self, key: str, value: str | Raw) -> str:
        """Return a foreign value as it may be shown under an attribute's key; "" where it must be masked."""
        raw = value if isinstance(value, Raw) else Raw(value)
        return shown((Attribute("span", key, raw),), self.policy)[0].text

    def own_order(self, order_id: str) -> str:
        """Return an order's number, "" where it does not look like one of ours: then it could be anybody's anything."""
        return order_id if self.patterns.is_id("order", order_id) else ""

    def error_kind(self, span: Span) -> str:
        """Return the type or code of a span's error as far as it may be shown; "" where it has none or it is masked."""
        return self.policy.names.error_type(span.facts.error_type) or "" if span.facts.error_type else ""

    def error_of(self, span: Span) -> str:
        """Return what a span says in words of its error, masked; "" where it says nothing."""
        return error_text(span.bag(), self.policy) if span.facts.has_error_text else ""
