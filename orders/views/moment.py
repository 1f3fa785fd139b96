"""Moment: `?at=` of a link to a moment, read or refused with the reason."""

from datetime import UTC, datetime

from django.utils.translation import gettext as _

from orders.journey.spans import DAY, SECOND


class MomentRefused(ValueError):  # noqa: N818 - named for what happened
    """The moment that was asked for cannot be shown; the message says why, in the reader's language."""


def moment_of(text: str, *, now: int, retention: int) -> int:
    """Return the instant of an ISO time with Z (or an offset), nanoseconds.

    Raises MomentRefused for what is no such time, lies ahead, or is older than what is kept.
    """
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise MomentRefused(_("The address holds no exact time, such as 2026-09-25T07:42:00Z.")) from error
    if moment.tzinfo is None:
        raise MomentRefused(_("The time in the address has no zone: write it in UTC with Z at the end."))
    delta = moment - datetime(1970, 1, 1, tzinfo=UTC)
    instant = (delta.days * 86_400 + delta.seconds) * SECOND + delta.microseconds * 1_000
    if instant > now:
        raise MomentRefused(_("The time in the address lies ahead: nothing is known of it yet."))
    if instant < now - retention:
        days = round(retention / DAY)
        raise MomentRefused(_("The time in the address is older than the %(days)s days we keep.") % {"days": days})
    return instant
