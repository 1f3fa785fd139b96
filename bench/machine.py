"""What a process costs and what the machine is doing, read from Linux's /proc; and which core is whose."""

import os
import platform
from pathlib import Path
from typing import Final

TICK: Final = os.sysconf("SC_CLK_TCK")


_OURS: Final = sorted(os.sched_getaffinity(0))
PORTAL_CORE: Final = {_OURS[0]}  # the core of the portal
LOAD_CORE: Final = {_OURS[-1]}  # the core of load and upstream; the same where there is but one


def cpu_seconds(pid: int) -> float:
    """Return the processor time that a process has used, seconds."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICK


def memory(pid: int) -> tuple[float, float]:
    """Return what a process holds in memory now, and the most it ever held, MB."""
    lines = dict(line.split(":", 1) for line in Path(f"/proc/{pid}/status").read_text().splitlines())
    return int(lines["VmRSS"].split()[0]) / 1024, int(lines["VmHWM"].split()[0]) / 1024


def children(pid: int) -> list[int]:
    """Return the processes that a process has started."""
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def load() -> str:
    """Return the load average of the last minute; above the number of cores, others compete with us."""
    return f"{os.getloadavg()[0]:.1f}"


def python() -> str:
    """Return which Python this is: how it was built moves every figure (docs/performance.md)."""
    return f"{platform.python_implementation()} {platform.python_version()}, {platform.python_compiler()}"
