"""Clock: is the time believable enough to delete by it? Asked before every purge.

A jump cannot be seen in the clock itself, so it is compared with what does not jump with it: with the seconds that
the machine has counted since it started, as they stood when a purge last found the clock right; and with the newest
row that the portal wrote.
"""

import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from django.db.models import Max

from portal.models import AccessRow, ClockMark, KeycloakSession

MOST: Final = timedelta(days=1)  # how far off a clock may be without being called a jump
AHEAD: Final = timedelta(minutes=5)  # by how much clocks of several machines may differ
BOOT_ID: Final = Path("/proc/sys/kernel/random/boot_id")


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """What the machine says: the time, which start of it this is ("" where unknown), seconds since that start."""

    now: datetime
    boot: str
    up: float


def read_clock() -> Clock:
    """Return what this machine says now; the seconds since its start go on while it sleeps."""
    boot = BOOT_ID.read_text(encoding="ascii").strip() if BOOT_ID.exists() else ""
    return Clock(now=datetime.now(UTC), boot=boot, up=time.clock_gettime(time.CLOCK_BOOTTIME))


def doubt(clock: Clock) -> str:
    """Return why nothing may be deleted by this clock, "" where it is believed."""
    mark, newest = ClockMark.objects.order_by("-id").first(), _newest_row()
    if newest and newest > clock.now + AHEAD:
        return f"the newest row is of {_said(newest)}, which lies ahead: the clock went back"
    if mark is None and newest is None:
        return ""
    if mark is not None and mark.at > clock.now + AHEAD:
        return f"the last purge was at {_said(mark.at)}, which lies ahead: the clock went back"
    if mark is not None and mark.boot and mark.boot == clock.boot:
        moved = (clock.now - mark.at) - timedelta(seconds=clock.up - mark.up)
        return f"since the last purge the clock moved by {moved} more than time passed" if abs(moved) > MOST else ""
    last = max(at for at in (mark and mark.at, newest) if at)
    if clock.now - last > MOST:
        return f"the last sign of life is of {_said(last)}: either nobody was here for so long, or the clock jumped"
    return ""


def believe(clock: Clock) -> None:
    """Note that a purge found this clock right; what was noted before is dropped."""
    mark = ClockMark.objects.create(at=clock.now, boot=clock.boot, up=clock.up)
    ClockMark.objects.exclude(pk=mark.pk).delete()


def _newest_row() -> datetime | None:
    found = [
        AccessRow.objects.aggregate(at=Max("at"))["at"],
        KeycloakSession.objects.aggregate(at=Max("last_seen_at"))["at"],
    ]
    return max((at for at in found if at), default=None)


def _said(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M}Z"
