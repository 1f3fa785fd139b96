"""nginx of deploy/ as a service: systemd gives it a socket as standard output; the journal has its access log."""

import json
import re
import socket
import subprocess
from pathlib import Path

import pytest

from tests.contract import edge
from tests.contract.edge_fixtures import names

__all__ = ["names"]

OPERATIONS = (edge.ROOT / "docs" / "operations.md").read_text(encoding="utf-8")


def documented() -> str:
    """Return ACCESS_LOG as docs/operations.md sets it for systemd."""
    found = re.search(r"^export .*\bACCESS_LOG=(\S+)", OPERATIONS, re.MULTILINE)
    assert found
    return found[1]


@pytest.mark.parametrize(("access_log", "starts"), [(documented(), True), ("/dev/stdout", False)])
def test_standard_output_may_be_a_socket(tmp_path: Path, access_log: str, starts: bool) -> None:
    """The second case is why the first one is documented: nginx opens a file, and a socket is none."""
    made = edge.somewhere(tmp_path)
    edge.prepare(made, jaeger="127.0.0.1:9", access_log=access_log)
    ours, journal = socket.socketpair()
    with ours, journal:
        checked = subprocess.run(  # noqa: S603 - our own nginx
            [*edge.command(made), "-t"], stdout=journal.fileno(), stderr=subprocess.PIPE, text=True, check=False
        )
    assert (checked.returncode == 0) is starts, checked.stderr
    assert starts or 'open() "/dev/stdout" failed' in checked.stderr


def test_each_request_is_a_line_of_the_journal(tmp_path: Path, names: None) -> None:
    made, path = edge.somewhere(tmp_path), tmp_path / "log"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as journal:
        journal.bind(str(path))
        journal.settimeout(10)
        with edge.nginx(made, jaeger="127.0.0.1:9", access_log=documented().replace("/dev/log", str(path))):
            made.get("/orders/ORD-20398/?secret=1")
            lines = [journal.recv(65536).decode() for _ in range(2)]
    told = json.loads(lines[-1].partition(" nginx: ")[2])
    assert (told["method"], told["status"], told["host"]) == ("GET", 502, edge.PORTAL_HOST)
    assert "ORD-20398" not in "".join(lines)
    assert "secret" not in "".join(lines)
