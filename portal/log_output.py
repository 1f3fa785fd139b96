"""Where log lines go: to stderr, by a thread of its own, so that a log that cannot be written holds up no request.

A line is put in a queue; where that is full, or stderr is closed, a full disk or a pipe that nobody reads, the line is
dropped and counted, and the count is written as soon as something can be written again.
"""

import fcntl
import io
import logging
import os
import select
import sys
import threading
import time
import warnings
from contextlib import suppress
from pathlib import Path
from queue import SimpleQueue
from types import TracebackType
from typing import Any, Final

ROOM: Final = 4000  # lines that may wait to be written
_END: Final = b""  # in the queue: there will be nothing more
TOGETHER: Final = 0.02  # seconds in which lines gather: each waking of the writer takes a page's thread off the core
PATIENCE: Final = 1.0  # seconds that the end of a process waits for its last lines

logger = logging.getLogger("portal.log_output")


class Stderr(logging.Handler):
    """Writes each record as a whole line to a file descriptor of its own, never in the caller's thread.

    Workers share stderr: each line is written under a lock that all processes of this installation know (an flock of
    this very file), so that no two are mixed. Threads do not outlive a fork: the writer starts anew in the child.
    """

    def __init__(self, descriptor: int = 2, room: int = ROOM) -> None:
        super().__init__()
        self._source, self._room, self._pid = descriptor, room, 0
        self._queue: SimpleQueue[bytes] = SimpleQueue()
        self._out = self._mutex = -1
        self._refused = self._lost = self._told = 0
        self._queued = self._done = 0
        self._torn = False

    @property
    def dropped(self) -> int:
        """Return how many lines of this process were not written."""
        return self._refused + self._lost

    def emit(self, record: logging.LogRecord) -> None:
        """Put the record's line in the queue, or count it."""
        try:
            line = self.format(record).encode("ascii", "backslashreplace") + b"\n"
            if self._pid != os.getpid():
                self._start()
            if self._queue.qsize() >= self._room:
                self._refused += 1
                return
            self._queued += 1
            self._queue.put(line)
        except Exception:  # noqa: BLE001 - a log line that cannot be made must not break what it tells of
            self._refused += 1

    def flush(self) -> None:
        """Wait until what was logged is written or dropped, at most PATIENCE seconds."""
        until = time.monotonic() + PATIENCE
        while self._pid == os.getpid() and self._done < self._queued and time.monotonic() < until:
            time.sleep(0.002)

    def close(self) -> None:
        """Write what waits, then end the thread and give its descriptors back; a later line starts another."""
        super().close()
        if self._pid == os.getpid():
            self.flush()
            self._pid = 0
            self._queue.put(_END)

    def _start(self) -> None:
        self._queue, self._queued, self._done = SimpleQueue(), 0, 0
        self._mutex = os.open(__file__, os.O_RDONLY | os.O_CLOEXEC)
        with suppress(OSError):  # a closed stderr: every line is then counted as lost
            self._out = os.dup(self._source)  # its own: were stderr closed, its number could become a socket's
        self._pid = os.getpid()
        mine = (self._queue, self._out, self._mutex)
        threading.Thread(target=self._run, args=mine, name="log", daemon=True).start()

    def _run(self, queue: "SimpleQueue[bytes]", *descriptors: int) -> None:
        while line := queue.get():
            if queue.empty():
                time.sleep(TOGETHER)
            if not self._write(line):
                self._lost += 1
            if queue.empty() and self.dropped > self._told and self._write(self._confession()):
                self._told = self.dropped
            self._done += 1
        for descriptor in descriptors:
            with suppress(OSError):
                os.close(descriptor)

    def _write(self, line: bytes) -> bool:
        whole = rest = b"\n" + line if self._torn else line
        try:
            fcntl.flock(self._mutex, fcntl.LOCK_EX)
            try:
                while rest:
                    rest = rest[self._some(rest) :]
            finally:
                fcntl.flock(self._mutex, fcntl.LOCK_UN)
        except OSError:
            self._torn = self._torn or len(rest) < len(whole)
            return False
        self._torn = False
        return True

    def _some(self, data: bytes) -> int:
        try:
            return os.write(self._out, data)
        except BlockingIOError:  # somebody made the shared stderr non-blocking
            select.select([], [self._out], [], PATIENCE)
            return 0

    def _confession(self) -> bytes:
        record = logger.makeRecord(logger.name, logging.WARNING, __file__, 0, "log_lines_dropped", (), None)
        record.fields = {"dropped": self.dropped}
        return self.format(record).encode("ascii", "backslashreplace") + b"\n"


class Withheld(io.TextIOBase):
    """Stands in for sys.stderr: what is printed becomes a log line that says how much and from where, not what."""

    def writable(self) -> bool:
        """Return that it may be written to."""
        return True

    def write(self, text: str, /) -> int:
        """Log that something was printed; line ends alone are part of what came before."""
        if text.strip():
            code = sys._getframe(1).f_code  # noqa: SLF001 - there is no other way to see one's caller
            place = f"{Path(code.co_filename).name} {code.co_name}"
            logger.warning("printed", extra={"fields": {"characters": len(text), "at": place}})
        return len(text)


class Faults(logging.Filter):
    """Lets records with an exception pass."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Return whether an exception is told of."""
        return bool(record.exc_info)


def config(form: str, *, level: str = "INFO") -> dict[str, Any]:
    """Return the logging configuration (as logging.config.dictConfig takes it) for "json" or "text" lines.

    The portal's own loggers speak from `level` on, everybody else's from WARNING on; `django.request` only of
    exceptions: the request's own line has the status.
    """
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"line": {"()": f"portal.log_lines.{'JsonLine' if form == 'json' else 'Words'}"}},
        "handlers": {"stderr": {"class": "portal.log_output.Stderr", "formatter": "line"}},
        "root": {"handlers": ["stderr"], "level": "WARNING"},
        "loggers": {
            "portal": {"level": level},
            "orders": {"level": level},
            "gunicorn.error": {"level": "INFO"},
            "gunicorn.http.wsgi": {"level": "ERROR"},  # warns of each HEAD whose body it rightly drops
            "django.request": {"level": "ERROR", "filters": ["faults"]},
        },
        "filters": {"faults": {"()": "portal.log_output.Faults"}},
    }


def dropped() -> int:
    """Return how many log lines of this process were not written."""
    return sum(handler.dropped for handler in logging.getLogger().handlers if isinstance(handler, Stderr))


def take_over() -> None:
    """Have warnings and exceptions that nobody caught written as log lines too; for a process that serves.

    Python's own ways would print their messages, and those can quote what was being read.
    """
    logging.raiseExceptions = False
    sys.excepthook = _uncaught
    threading.excepthook = lambda told: _uncaught(told.exc_type, told.exc_value, told.exc_traceback)
    sys.unraisablehook = lambda told: _uncaught(told.exc_type, told.exc_value, told.exc_traceback)
    warnings.showwarning = _warned


def _uncaught(kind: type[BaseException], error: BaseException | None, trace: TracebackType | None) -> None:
    if not issubclass(kind, KeyboardInterrupt | SystemExit):
        logger.critical("uncaught_exception", exc_info=(kind, error or kind(), trace))


def _warned(
    message: Warning | str, category: type[Warning], filename: str, lineno: int, *_: object, **__: object
) -> None:
    place = f"{Path(filename).parent.name}/{Path(filename).name}:{lineno}"
    logger.warning("warning", extra={"fields": {"category": category.__name__, "at": place}})
