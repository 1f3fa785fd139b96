"""Catches log lines as they come out of the real handler and formatter, at the end of a file descriptor."""

import json
import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from portal.log_lines import JsonLine
from portal.log_output import Stderr, config


class Caught:
    """What a handler wrote to a file."""

    def __init__(self, handler: Stderr, file: Path) -> None:
        self.handler = handler
        self.file = file

    @property
    def text(self) -> str:
        """Everything that was written."""
        settle(self.handler)
        return self.file.read_bytes().decode("ascii")

    @property
    def lines(self) -> list[dict[str, Any]]:
        """Every line, read as JSON."""
        return [json.loads(line) for line in self.text.splitlines()]

    def named(self, event: str) -> list[dict[str, Any]]:
        """The lines of one event."""
        return [line for line in self.lines if line["event"] == event]


def settle(handler: Stderr) -> None:
    """Wait until all that was logged is written or lost; a `flush` gives up after a second, as it must."""
    for _ in range(30):
        handler.flush()
        if handler._done >= handler._queued:
            return
    raise AssertionError("the writer of the log does not write")


@contextmanager
def caught(file: Path) -> Iterator[Caught]:
    """Send everything that is logged to `file`, by the configuration of production, until the block ends."""
    levels = {name: logging.getLogger(name).level for name in ("portal", "orders", "")}
    root, descriptor = logging.getLogger(), os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    handler = Stderr(descriptor)
    handler.setFormatter(JsonLine())
    others = [other for other in root.handlers if isinstance(other, Stderr)]
    root.handlers = [*(other for other in root.handlers if other not in others), handler]
    for name, settings in config("json")["loggers"].items():
        if name in levels:
            logging.getLogger(name).setLevel(settings["level"])
    try:
        yield Caught(handler, file)
    finally:
        root.handlers = [*(other for other in root.handlers if other is not handler), *others]
        handler.flush()
        os.close(descriptor)
        for name, level in levels.items():
            logging.getLogger(name).setLevel(level)


@contextmanager
def unreported() -> Iterator[None]:
    """Keep what is logged out of the test's report: lone surrogates cannot be sent from process to process."""
    root = logging.getLogger()
    before, root.handlers = root.handlers, [one for one in root.handlers if isinstance(one, Stderr)]
    try:
        yield
    finally:
        root.handlers = before
