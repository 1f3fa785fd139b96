"""Starting and ending exactly the right processes, and telling loopback from the world."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tools import stack_process as process
from tools.stack_process import StackError

SLEEPER = [sys.executable, "-c", "import time; time.sleep(60)"]
IGNORE_TERM = "import signal, time; signal.signal(15, signal.SIG_IGN); print('deaf', flush=True); time.sleep(60)"
LISTEN = """
import socket, time
door = socket.create_server(('127.0.0.1', 0))
print(door.getsockname()[1], flush=True)
time.sleep(60)
"""


@pytest.fixture
def sleeper() -> Iterator[subprocess.Popen[bytes]]:
    with subprocess.Popen(SLEEPER) as child:
        yield child
        child.kill()


def test_a_process_is_ended_with_term_and_waited_for(sleeper: subprocess.Popen[bytes]) -> None:
    started = process.started_at(sleeper.pid)
    process.stop("sleeper", sleeper.pid, started, limit=5)
    assert not process.alive(sleeper.pid, started)
    assert sleeper.wait(1) == -15


def test_a_process_that_got_the_pid_later_is_left_alone(sleeper: subprocess.Popen[bytes]) -> None:
    process.stop("sleeper", sleeper.pid, "1", limit=1)
    assert sleeper.poll() is None


def test_a_process_that_does_not_go_is_named() -> None:
    with subprocess.Popen([sys.executable, "-c", IGNORE_TERM], stdout=subprocess.PIPE) as child:
        assert child.stdout is not None
        child.stdout.readline()
        with pytest.raises(StackError, match=r"deaf one .* is still there"):
            process.stop("deaf one", child.pid, process.started_at(child.pid), limit=0.2)
        child.kill()


def test_a_server_that_ends_while_it_starts_shows_its_last_words(tmp_path: Path) -> None:
    log = tmp_path / "log"
    pid = process.start([sys.executable, "-c", "print('no such realm')"], log=log, env={})
    with pytest.raises(StackError, match="no such realm"):
        process.wait_until_healthy("it", pid, "http://127.0.0.1:9/", log=log, limit=20)


def test_a_server_that_never_gets_healthy_is_given_up(sleeper: subprocess.Popen[bytes], tmp_path: Path) -> None:
    (tmp_path / "log").write_text("thinking")
    with pytest.raises(StackError, match=r"not healthy after 0 s[\s\S]*thinking"):
        process.wait_until_healthy("it", sleeper.pid, "http://127.0.0.1:9/", log=tmp_path / "log", limit=0.3)


def test_the_usual_port_is_taken_where_it_is_free(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert process.choose_port("NO_SUCH_PORT", port) != port
        monkeypatch.setenv("MY_PORT", str(port))
        with pytest.raises(StackError, match="not a free port"):
            process.choose_port("MY_PORT", 1)
    assert process.choose_port("NO_SUCH_PORT", port) == port


@pytest.mark.parametrize("wrong", ["http", "-1", "1.5"])
def test_a_port_that_is_none_is_refused(wrong: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MY_PORT", wrong)
    with pytest.raises(StackError, match="MY_PORT"):
        process.choose_port("MY_PORT", 1)


@pytest.mark.parametrize(
    ("kernel", "loopback"),
    [
        ("0100007F", True),  # 127.0.0.1
        ("00000000", False),  # every address
        ("0101A8C0", False),  # 192.168.1.1
        ("0000000000000000FFFF00000100007F", True),  # ::ffff:127.0.0.1, how Java listens
        ("00000000000000000000000001000000", True),  # ::1
        ("00000000000000000000000000000000", False),  # ::, every address
        ("0000000000000000FFFF00000101A8C0", False),
    ],
)
def test_loopback_is_told_from_the_world(kernel: str, loopback: bool) -> None:
    assert process.is_loopback(kernel) is loopback


def test_a_door_of_our_own_on_loopback_is_no_strangers_door() -> None:
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        door.listen()
        assert process.strangers_doors(os.getpid()) == []


def test_a_door_is_found_among_a_process_and_its_children(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process, "is_loopback", lambda kernel: False)
    with subprocess.Popen(["sh", "-c", f'"{sys.executable}" -c "{LISTEN}"; true'], stdout=subprocess.PIPE) as parent:
        assert parent.stdout is not None
        port = int(parent.stdout.readline())
        assert f"0100007F:{port}" in process.strangers_doors(parent.pid)
        for child in process._family(parent.pid):
            os.kill(child, 9)
