"""What can go wrong when Jaeger is asked, named for what the caller can do about it.

JaegerError                 no answer, and `reason` says in one word why
├── Unreachable             nobody listens, the connection broke, a gateway says that Jaeger is away: try later
│   └── Untrusted           its certificate is not one that is trusted, or the bundle is wrong: nothing was sent
├── TooSlow                 the deadline passed: ask less, or try later
├── Refused                 401, 403 or another 4xx: the settings (credentials, tenant, limits) are wrong
│   └── ServiceRequired     this storage cannot search without a service: the client asks service by service
├── Unexpected              an answer that is not Jaeger's: a login page, broken JSON, a storage's error
│   ├── Oversized           the answer is larger than the cap on bytes
│   └── NotSpoken           this server does not know the question: it is of the other generation
├── NotFound                no such trace in what is kept
└── Busy                    not asked: too many look-ups in flight, the breaker is open, or Jaeger said 429
BadId (a ValueError)        an id that could not be one: nothing was sent

Messages are for logs and never quote what Jaeger sent.
"""

from typing import ClassVar


class JaegerError(Exception):
    """Jaeger gave no usable answer."""

    reason: ClassVar[str] = "unexpected"


class Unreachable(JaegerError):  # noqa: N818
    """Nobody answered."""

    reason = "unreachable"


class Untrusted(Unreachable):
    """Whoever answered showed a certificate that is not trusted: nothing was sent."""


class TooSlow(JaegerError):  # noqa: N818
    """No answer came before the deadline."""

    reason = "too_slow"


class Refused(JaegerError):  # noqa: N818
    """Jaeger, or what stands before it, would not answer this question."""

    reason = "refused"


class ServiceRequired(Refused):
    """The storage cannot search without a service."""


class Unexpected(JaegerError):  # noqa: N818
    """Something answered, but not as Jaeger does."""


class Oversized(Unexpected):
    """The answer is larger than the cap on bytes."""


class NotSpoken(Unexpected):
    """The server does not know this address or these parameters: it speaks the other generation's API."""


class NotFound(JaegerError):  # noqa: N818
    """There is no such trace in what is kept."""

    reason = "not_found"


class Busy(JaegerError):  # noqa: N818
    """Not now: `retry_after` seconds is what Jaeger asked for, or 0.0 where it did not."""

    reason = "busy"

    def __init__(self, message: str, retry_after: float = 0.0) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class BadId(ValueError):  # noqa: N818
    """What was given cannot be an id: nothing was sent."""


TELLING = (Refused, Busy, Unexpected, TooSlow, Unreachable, NotFound)


def most_telling(errors: list[JaegerError]) -> JaegerError:
    """Return the one of several errors (at least one) that says most about what to do."""
    return next(error for kind in (*TELLING, JaegerError) for error in errors if isinstance(error, kind))
