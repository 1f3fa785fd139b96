"""Failures: one line in the log for a call to Jaeger that failed; nothing that came, and nothing that was asked."""

import logging
import time
from typing import Final

from orders.jaeger.errors import JaegerError, NotFound, ServiceRequired
from orders.jaeger.wire import Question

logger = logging.getLogger(__name__)
NO_FAULT: Final = (NotFound, ServiceRequired)  # an answer, and how a storage says what it needs


def service_of(question: Question) -> str:
    """Return the service that a question is about, "" for all."""
    return next((value for name, value in question.params if name in {"service", "query.serviceName"}), "")


def tell(error: JaegerError, service: str, began: float, named: tuple[str, ...]) -> None:
    """Write that a call failed: its kind, the service that was asked about, and how long it took since `began`.

    `began` is an instant of time.monotonic: when it was asked, or when its answer, which cannot be read, was there. A
    service is named where it is one of `named`, the installation's own: any other name came from Jaeger and may be
    anything.
    """
    if isinstance(error, NO_FAULT):
        return
    service = service if service in named else ""
    ms = round((time.monotonic() - began) * 1_000)
    fields = {"kind": type(error).__name__, "service": service, "ms": ms}
    logger.warning("jaeger_call_failed", extra={"fields": fields})
