"""A Jaeger in memory with the client's signatures: searches whole traces by attribute, newest first."""

from collections.abc import Iterable

from orders.jaeger.errors import JaegerError
from orders.journey.spans import Answer, Missing, Span


class FakeJaeger:
    """Answers from a list of spans; `broken` is raised, `missing` is named in every answer."""

    def __init__(self, spans: Iterable[Span] = ()) -> None:
        self.spans = list(spans)
        self.asked: list[tuple[str, str, int, int]] = []
        self.broken: JaegerError | None = None
        self.missing: tuple[Missing, ...] = ()

    def newest(self, attribute: str, value: str, *, start: int, end: int, limit: int) -> Answer:
        return self._search(attribute, value, start, end, limit)

    def find(self, attribute: str, value: str, *, start: int, end: int) -> Answer:
        return self._search(attribute, value, start, end, 200)

    def trace(self, trace_id: str, *, start: int, end: int) -> Answer:
        return Answer(spans=tuple(s for s in self.spans if s.trace_id == trace_id), start=start, end=end)

    def _search(self, attribute: str, value: str, start: int, end: int, limit: int) -> Answer:
        self.asked.append((attribute, value, start, end))
        if self.broken is not None:
            raise self.broken
        hits = [s for s in self.spans if start <= s.start <= end and self._carries(s, attribute, value)]
        hits.sort(key=lambda s: -s.start)
        traces = list(dict.fromkeys(s.trace_id for s in hits))
        found = set(traces[:limit])
        return Answer(spans=tuple(s for s in self.spans if s.trace_id in found), truncated=len(traces) >= limit,
                      missing=self.missing, start=start, end=end)  # fmt: skip

    def _carries(self, span: Span, attribute: str, value: str) -> bool:
        facts = span.facts
        said = {"status": (facts.status,), "order_id": facts.order_ids, "external_partner_id": (facts.partner_id,),
                "model_id": (facts.model_id,), "customer_id": ()}  # fmt: skip
        return value in said.get(attribute, ())
