"""Starting, watching and ending the processes of `make stack`, and proving that they listen on loopback only."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from contextlib import suppress
from ipaddress import IPv6Address, ip_address
from pathlib import Path

PROC = Path("/proc")


class StackError(Exception):
    """A server cannot be had, started or stopped; the text says what to do."""


def say(text: str) -> None:
    """Tell the person at the terminal how far it is; standard output is kept for the addresses."""
    with suppress(BrokenPipeError):  # nobody reads it any more: no reason to leave a server half started
        print(f"stack: {text}", file=sys.stderr, flush=True)


def choose_port(variable: str, usual: int) -> int:
    """Return the port that the variable names, else the usual one where it is free, else a free one.

    Raises StackError where the variable is no number or its port is taken.
    """
    wanted = os.environ.get(variable, "")
    if wanted:
        if not wanted.isdigit() or not _free(int(wanted)):
            raise StackError(f"{variable}={wanted}: not a free port")
        return int(wanted)
    if _free(usual):
        return usual
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


def start(command: Sequence[str], *, log: Path, env: Mapping[str, str]) -> int:
    """Start a server in a session of its own, all it says in `log`, and return its pid."""
    with log.open("wb") as out:
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=out, stderr=out, env={**os.environ, **env}, start_new_session=True
        )
    process.returncode = 0  # it outlives this program on purpose: no warning when the handle goes
    return process.pid


def started_at(pid: int) -> str:
    """Return the kernel's start time of a living pid in clock ticks; "" where it is gone or /proc is not there."""
    fields = _stat(pid)
    return "" if not fields or fields[0] == "Z" else fields[19]


def _stat(pid: int) -> list[str]:
    """Return the fields of /proc/PID/stat from the third on (state, parent, …); the second may hold spaces."""
    try:
        return (PROC / str(pid) / "stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
    except OSError:
        return []


def alive(pid: int, started: str) -> bool:
    """Return whether the process that was started is still there, not another one that got its pid."""
    if PROC.joinpath("self").exists():
        return started_at(pid) == started != ""
    try:
        os.kill(pid, 0)
    except OSError:
        return False
    return True


def answers(url: str) -> bool:
    """Return whether the address answers 200 at once."""
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with direct.open(url, timeout=2) as answer:
            return bool(answer.status == 200)
    except (OSError, urllib.error.HTTPError):
        return False


def wait_until_healthy(name: str, pid: int, url: str, *, log: Path, limit: float) -> None:
    """Poll the health address until it answers 200.

    Raises StackError when the process ends or `limit` seconds pass; the process is then left for `stop`.
    """
    until = time.monotonic() + limit
    while not answers(url):
        with suppress(ChildProcessError):
            if os.waitpid(pid, os.WNOHANG)[0]:
                raise StackError(f"{name} ended while it started; its last words:\n{_tail(log)}")
        if time.monotonic() > until:
            raise StackError(f"{name} is not healthy after {limit:.0f} s ({url}); its last words:\n{_tail(log)}")
        time.sleep(0.1)


def _tail(log: Path) -> str:
    return "\n".join(log.read_text(encoding="utf-8", errors="replace").splitlines()[-15:])


def stop(name: str, pid: int, started: str, *, limit: float = 30) -> None:
    """End exactly this process with TERM and wait until it is gone; a process that is gone already is fine.

    Raises StackError when it is still there after `limit` seconds.
    """
    if not alive(pid, started):
        return
    os.kill(pid, signal.SIGTERM)
    until = time.monotonic() + limit
    while alive(pid, started):
        if time.monotonic() > until:
            raise StackError(f"{name} (pid {pid}) is still there {limit:.0f} s after TERM")
        time.sleep(0.05)


def strangers_doors(pid: int) -> list[str]:
    """Return every address outside loopback on which the process or its children listen (TCP), as the kernel knows.

    Empty where /proc is not there: only Linux can be asked this way.
    """
    doors = set().union(*(_sockets(one) for one in _family(pid)), set())
    found = []
    for table in ("tcp", "tcp6"):
        for line in (PROC / "net" / table).read_text(encoding="ascii").splitlines()[1:] if PROC.exists() else ():
            fields = line.split()
            host, _, port = fields[1].partition(":")
            if fields[3] == "0A" and fields[9] in doors and not is_loopback(host):
                found.append(f"{host}:{int(port, 16)}")
    return found


def is_loopback(kernel_hex: str) -> bool:
    """Return whether an address as /proc/net/tcp writes it (little-endian words in hex) is a loopback one."""
    words = [kernel_hex[at : at + 8] for at in range(0, len(kernel_hex), 8)]
    address = ip_address(b"".join(bytes.fromhex(word)[::-1] for word in words))
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return (mapped or address).is_loopback


def _family(pid: int) -> set[int]:
    """Return the pid and all its descendants."""
    parents = {int(entry.name): _stat(int(entry.name)) for entry in PROC.glob("[0-9]*")}
    family = {pid}
    while more := {child for child, fields in parents.items() if fields and int(fields[1]) in family} - family:
        family |= more
    return family


def _sockets(pid: int) -> set[str]:
    """Return the inodes of the sockets that a process holds."""
    found = set()
    with suppress(OSError):
        for handle in (PROC / str(pid) / "fd").iterdir():
            with suppress(OSError):
                target = str(handle.readlink())
                if target.startswith("socket:["):
                    found.add(target[8:-1])
    return found
