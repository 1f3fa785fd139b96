"""Sending spans through the real SDK's OTLP/HTTP exporter, in large batches."""

from collections.abc import Sequence
from typing import Final

import requests
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SpanExportResult

from demo.alexandrite.world import World

BATCH: Final = 2_000  # spans a request: about a megabyte
TIMEOUT: Final = 30.0  # seconds, with the exporter's own retries inside


class NotAcceptedError(RuntimeError):
    """The receiver did not take the spans; the exporter's log says why."""


class Sender:
    """One connection to an OTLP/HTTP receiver."""

    def __init__(self, otlp_url: str, timeout: float = TIMEOUT) -> None:
        """Take the receiver's base URL, such as http://127.0.0.1:4318, or the whole URL that ends in /v1/traces.

        `timeout` is in seconds, for one batch with all its tries.
        """
        path = "/v1/traces"
        base = otlp_url.rstrip("/")
        self._session = requests.Session()
        self._session.trust_env = False  # no proxy and no foreign CA between the demo and its receiver
        endpoint = base if base.endswith(path) else base + path
        self._exporter = OTLPSpanExporter(endpoint=endpoint, timeout=timeout, session=self._session)

    def send(self, spans: Sequence[ReadableSpan]) -> int:
        """Send spans and return how many; raises NotAcceptedError at the first batch that is not taken."""
        for start in range(0, len(spans), BATCH):
            if self._exporter.export(spans[start : start + BATCH]) is not SpanExportResult.SUCCESS:
                raise NotAcceptedError(f"spans from number {start} on were not accepted")
        return len(spans)

    def close(self) -> None:
        """End the connection."""
        self._exporter.shutdown()  # type: ignore[no-untyped-call]  # the SDK gives it no types
        self._session.close()


def send(world: World, otlp_url: str) -> int:
    """Send all of a world's spans to an OTLP/HTTP receiver and return how many; raises NotAcceptedError."""
    sender = Sender(otlp_url)
    try:
        return sender.send(world.spans)
    finally:
        sender.close()
