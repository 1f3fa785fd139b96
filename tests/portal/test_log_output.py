"""A log that cannot be written holds nobody up: lines are dropped, counted, and the count is told."""

import json
import logging
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from portal import log_output
from portal.log_lines import JsonLine
from portal.log_output import Stderr
from tests.portal.log_catcher import settle


def handler_of(descriptor: int, room: int = 100) -> tuple[Stderr, logging.Logger]:
    handler = Stderr(descriptor, room)
    handler.setFormatter(JsonLine())
    logger = logging.Logger("portal.test")  # noqa: LOG001 - one that nobody else has
    logger.addHandler(handler)
    return handler, logger


@pytest.fixture
def pipe() -> Iterator[tuple[int, int]]:
    ends = os.pipe()
    yield ends
    for end in ends:
        try:
            os.close(end)
        except OSError:
            continue


def test_a_pipe_that_nobody_reads_blocks_nobody(pipe: tuple[int, int]) -> None:
    handler, logger = handler_of(pipe[1])
    began = time.process_time()
    for number in range(3_000):  # a pipe takes 64 kB, some 500 lines
        logger.info("event", extra={"fields": {"number": number}})
    assert time.process_time() - began < 2
    assert handler.dropped > 1_000
    read = b""
    while b'"dropped": %d}\n' % handler.dropped not in read:
        read += os.read(pipe[0], 65_536)
    numbers = [line["number"] for line in map(json.loads, read.splitlines()) if "number" in line]
    assert numbers[:100] == list(range(100))
    assert len(numbers) + handler.dropped == 3_000
    logger.info("after")
    settle(handler)
    assert b"after" in os.read(pipe[0], 65_536)


def test_a_closed_reader_and_a_closed_stderr_are_counted(pipe: tuple[int, int]) -> None:
    os.close(pipe[0])
    broken, logger = handler_of(pipe[1])
    logger.info("event")
    settle(broken)
    closed, other = handler_of(10_000)
    other.info("event")
    settle(closed)
    assert (broken.dropped, closed.dropped) == (1, 1)


def test_stderr_closed_later_is_not_taken_for_what_has_its_number_now(tmp_path: Path, pipe: tuple[int, int]) -> None:
    handler, logger = handler_of(pipe[1])
    logger.info("before")
    settle(handler)
    with (tmp_path / "database").open("wb") as database:
        os.dup2(database.fileno(), pipe[1])
        logger.info("after")
        settle(handler)
    assert (tmp_path / "database").read_bytes() == b""
    assert os.read(pipe[0], 65_536).count(b"\n") == 2


FULL = """
import logging, os, resource, signal, sys
from portal.log_lines import JsonLine
from portal.log_output import Stderr
from tests.portal.log_catcher import settle
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
out = os.open(sys.argv[1], os.O_WRONLY | os.O_CREAT | os.O_APPEND)
handler = Stderr(out)
handler.setFormatter(JsonLine())
logger = logging.Logger("portal.test")
logger.addHandler(handler)
resource.setrlimit(resource.RLIMIT_FSIZE, (300, resource.RLIM_INFINITY))  # as a full disk: the third line is torn
for number in range(5):
    logger.info("event", extra={"fields": {"number": number}})
settle(handler)
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
logger.info("event", extra={"fields": {"number": 9}})
settle(handler)
print(handler.dropped)
"""


def test_a_full_disk_tears_one_line_and_the_next_ones_are_whole(tmp_path: Path) -> None:
    file = tmp_path / "log"
    done = subprocess.run([sys.executable, "-c", FULL, str(file)], capture_output=True, text=True, check=True)  # noqa: S603 - ourselves
    lines = file.read_text(encoding="ascii").splitlines()
    whole = [json.loads(line) for line in lines if line.endswith("}")]
    assert len(lines) == len(whole) + 1
    assert [line.get("number") for line in whole] == [0, 1, 9, None]
    assert (whole[-1]["event"], whole[-1]["dropped"], done.stdout) == ("log_lines_dropped", 3, "3\n")


def test_a_non_blocking_stderr_loses_nothing(pipe: tuple[int, int]) -> None:
    os.set_blocking(pipe[1], False)
    handler, logger = handler_of(pipe[1], room=5_000)
    for number in range(1_500):
        logger.info("event", extra={"fields": {"number": number}})
    read = b""
    while read.count(b"\n") < 1_500:
        read += os.read(pipe[0], 65_536)
    assert [json.loads(line)["number"] for line in read.splitlines()] == list(range(1_500))
    assert handler.dropped == 0


def test_a_child_writes_too_and_lines_of_many_processes_are_not_mixed(tmp_path: Path, pipe: tuple[int, int]) -> None:
    handler, logger = handler_of(pipe[1])
    logger.info("parent")
    settle(handler)
    children = []
    for child in range(4):
        pid = os.fork()
        if pid == 0:
            for _ in range(20):
                logger.info("child", extra={"fields": {"child": child, "text": "x" * 15_000}})
                settle(handler)
            os._exit(0)
        children.append(pid)
    read = b""
    while read.count(b"\n") < 81:
        read += os.read(pipe[0], 65_536)
    for pid in children:
        os.waitpid(pid, 0)
    lines = [json.loads(line) for line in read.splitlines()]
    assert sorted(line["child"] for line in lines[1:]) == [child for child in range(4) for _ in range(20)]


def test_a_record_that_cannot_be_written_down_breaks_nothing(pipe: tuple[int, int]) -> None:
    class Broken(logging.Formatter):
        def format(self, record: logging.LogRecord) -> str:
            raise RuntimeError("no")

    handler, logger = handler_of(pipe[1])
    handler.setFormatter(Broken())
    logger.info("event")
    assert handler.dropped == 1


def test_what_was_dropped_is_known_to_the_process() -> None:
    root, handler = logging.getLogger(), Stderr(10_000)
    handler._refused = 7
    before = log_output.dropped()
    root.addHandler(handler)
    try:
        assert log_output.dropped() == before + 7
    finally:
        root.removeHandler(handler)


def test_the_last_words_of_a_process_are_written() -> None:
    program = (
        "import logging.config; from portal import log_output;"
        "logging.config.dictConfig(log_output.config('json'));"
        "logging.getLogger('portal.test').info('last_words')"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)  # noqa: S603 - ourselves
    assert json.loads(done.stderr)["event"] == "last_words"


def holds(number: int) -> int:
    """Return the inode behind a descriptor, 0 for none: by now its number may be another's."""
    try:
        return os.fstat(number).st_ino
    except OSError:
        return 0


def test_a_closed_handler_gives_everything_back_and_may_be_used_again(pipe: tuple[int, int]) -> None:
    before = set(threading.enumerate())
    handler, logger = handler_of(pipe[1])
    logger.info("first")
    settle(handler)
    (thread,) = (one for one in set(threading.enumerate()) - before if one.name == "log")
    held = {number: os.fstat(number).st_ino for number in (handler._out, handler._mutex)}
    assert len(held) == 2
    handler.close()
    thread.join(20)
    assert not thread.is_alive()
    assert [number for number, what in held.items() if holds(number) == what] == []
    logger.info("second")
    handler.close()
    assert [json.loads(line)["event"] for line in os.read(pipe[0], 65_536).splitlines()] == ["first", "second"]


def test_what_is_printed_is_withheld(caplog: pytest.LogCaptureFixture) -> None:
    print("anna.canary", file=log_output.Withheld())
    (record,) = caplog.records
    assert "canary" not in str(vars(record))
    assert vars(record)["fields"] == {"characters": 11, "at": "test_log_output.py test_what_is_printed_is_withheld"}
