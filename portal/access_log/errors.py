"""What can stop an answer before it is given.

AccessLogError
├── NotRecordedError: no row, so no data: 503
└── TooManyError: this person asked too often: 429
"""


class AccessLogError(Exception):
    """The access log does not let the answer pass."""


class NotRecordedError(AccessLogError):
    """The row could not be written; `reason` is one of portal.database's."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class TooManyError(AccessLogError):
    """The limit of `meter` is reached; `retry_after` (seconds) says when the next answer is free."""

    def __init__(self, meter: str, retry_after: int) -> None:
        super().__init__(meter)
        self.meter, self.retry_after = meter, retry_after
