"""The scribe: three services' tracer providers of the real SDK, told what happened and when."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Final

from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan, SpanProcessor, TracerProvider
from opentelemetry.sdk.trace.id_generator import IdGenerator
from opentelemetry.sdk.trace.sampling import ALWAYS_ON, ParentBased, Sampler, TraceIdRatioBased
from opentelemetry.trace import (
    Link,
    NonRecordingSpan,
    SpanContext,
    SpanKind,
    Status,
    StatusCode,
    TraceFlags,
    set_span_in_context,
)
from opentelemetry.trace import Span as ApiSpan

from demo.alexandrite.rhythm import Pace
from demo.alexandrite.world import SERVICES

# Resource attributes as the Java agent (shop, CRM) and the .NET SDK (MES) send them.
RESOURCES: Final[Mapping[str, Mapping[str, str]]] = {
    "shop": {"service.version": "3.14.2", "telemetry.sdk.language": "java", "service.instance.id": "shop-1"},
    "crm": {"service.version": "5.8.1", "telemetry.sdk.language": "java", "service.instance.id": "crm-1"},
    "mes": {"service.version": "2.7.0", "telemetry.sdk.language": "dotnet", "service.instance.id": "mes-1"},
}
SCOPES: Final = {"shop": "shop.orders", "crm": "crm.orders", "mes": "Mes.Orders"}

Value = str | int | bool | float
Attributes = Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a span ended with an error: the error's type, and the text that its description carries."""

    kind: str
    text: str
    raised: bool = True  # an exception event is recorded too


@dataclass(frozen=True, slots=True)
class Told:
    """One finished span, and when it really ended: its own times may come from a clock that is wrong."""

    due: int
    service: str
    span: ReadableSpan


class _Ids(IdGenerator):
    """Trace and span ids drawn from the order's own random numbers."""

    def __init__(self) -> None:
        self.rng = Random(0)

    def generate_trace_id(self) -> int:
        return self.rng.getrandbits(128) | 1

    def generate_span_id(self) -> int:
        return self.rng.getrandbits(64) | 1

    def is_trace_id_random(self) -> bool:
        return True


class _Finished(SpanProcessor):
    """Keeps what has ended until it is taken; unsampled spans never get here."""

    def __init__(self) -> None:
        self._ended: list[ReadableSpan] = []

    def on_end(self, span: ReadableSpan) -> None:
        self._ended.append(span)

    def take(self) -> list[ReadableSpan]:
        taken, self._ended = self._ended, []
        return taken


class Scribe:
    """Writes spans with explicit times; remembers those that were sampled, with their true ends."""

    def __init__(
        self,
        *,
        pace: Pace,
        traced: Sequence[str] = SERVICES,
        skew: Mapping[str, int] | None = None,
        ratio: float = 1.0,
        brief: bool = False,
    ) -> None:
        """Set up one provider a service.

        `traced` are the services with an SDK at all; `skew` is how far a service's clock is ahead, in nanoseconds;
        `ratio` is the share of traces that head sampling keeps; `brief` leaves only spans in and out of a service.
        """
        self.told: list[Told] = []
        self.brief = brief
        self._pace = pace
        self._skew = skew or {}
        self._ids = _Ids()
        self._finished = _Finished()
        sampler = ALWAYS_ON if ratio >= 1.0 else ParentBased(TraceIdRatioBased(ratio))
        self._tracers = {
            name: self._provider(name, sampler).get_tracer(SCOPES[name]) for name in SERVICES if name in traced
        }

    def _provider(self, name: str, sampler: Sampler) -> TracerProvider:
        resource = Resource(
            {
                "service.name": name,
                "service.namespace": "orders",
                "deployment.environment.name": "demo",
                **RESOURCES[name],
            }
        )
        provider = TracerProvider(sampler=sampler, resource=resource, id_generator=self._ids, shutdown_on_exit=False)
        provider.add_span_processor(self._finished)
        return provider

    def aim(self, rng: Random) -> None:
        """Draw the ids of the spans to come from `rng`."""
        self._ids.rng = rng

    def clock(self, service: str, moment: int) -> int:
        """Return what the clock of a service shows at a simulated time."""
        return self._pace.wall(moment) + self._skew.get(service, 0)

    def span(
        self,
        service: str,
        name: str,
        kind: SpanKind,
        when: tuple[int, int],
        *,
        parent: SpanContext | None = None,
        links: Sequence[SpanContext | None] = (),
        attributes: Attributes,
        failure: Failure | None = None,
    ) -> SpanContext | None:
        """Write one span of a service and return its context, or None where the service is not traced.

        `when` is start and end, simulated; `parent` None starts a new trace; links to nothing are left out.
        """
        tracer, (start, end) = self._tracers.get(service), when
        if tracer is None:
            return None
        context = set_span_in_context(NonRecordingSpan(_remote(parent))) if parent else None
        span = tracer.start_span(
            name,
            context=context,
            kind=kind,
            attributes=attributes,
            links=[Link(link) for link in links if link],
            start_time=self.clock(service, start),
        )
        if failure:
            _fail(span, failure, self.clock(service, end))
        span.end(end_time=self.clock(service, end))
        self.told += (Told(self._pace.wall(end), service, one) for one in self._finished.take())
        return span.get_span_context()


def _fail(span: ApiSpan, failure: Failure, moment: int) -> None:
    """Mark a span as failed, the way the agents do: description, error.type, and mostly an exception event."""
    span.set_status(Status(StatusCode.ERROR, failure.text))
    span.set_attribute("error.type", failure.kind)
    if failure.raised:
        event = {"exception.type": failure.kind, "exception.message": failure.text}
        span.add_event("exception", event, timestamp=moment)


def _remote(parent: SpanContext) -> SpanContext:
    """Return the context as it arrives over the wire: ids and flags, nothing else."""
    return SpanContext(parent.trace_id, parent.span_id, is_remote=True, trace_flags=TraceFlags(parent.trace_flags))
