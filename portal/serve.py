"""`python -m portal.serve`: the portal's server, its settings and its stop, in one place for every way of starting it.

A stop (SIGTERM) is three steps: /readyz says no, the server goes on answering for `--drain` seconds so that a balancer
notices, then it takes no more connections, and what is under way gets GRACE seconds to end. SIGHUP replaces the workers
one by one, on the same listener, with code, stage table and secrets read anew.
"""

import argparse
import logging
import os
import secrets
import sys
import tempfile
import time
from collections.abc import Sequence
from logging.config import dictConfig
from pathlib import Path
from typing import Any, Final

from gunicorn.app.base import BaseApplication
from gunicorn.arbiter import Arbiter
from gunicorn.glogging import Logger

from portal import env, log_output

logger = logging.getLogger("portal.serve")

GRACE: Final = 20  # seconds that what is under way gets to end; a page takes 8 at most
# glibc's own ways keep what one large answer took, thread by thread (measured: 275 instead of 186 MB).
MEMORY: Final = {"MALLOC_ARENA_MAX": "1", "MALLOC_MMAP_THRESHOLD_": "65536", "MALLOC_TRIM_THRESHOLD_": "65536"}


class Log(Logger):  # type: ignore[misc]
    """The server's own words as log lines like all others. It writes no line a request: portal.logs does."""

    def setup(self, cfg: Any) -> None:
        """Send everything to the portal's own handler."""
        super().setup(cfg)
        for log in (self.error_log, self.access_log):
            log.handlers, log.propagate = [], True
        dictConfig(
            log_output.config(env.text("LOG_FORMAT", "text" if env.flag("PORTAL_DEMO", default=False) else "json"))
        )


class Master(Arbiter):  # type: ignore[misc]
    """gunicorn's master, which lets balancers notice before it stops."""

    def handle_term(self) -> None:
        """Make /readyz say no, give that its time, then stop."""
        try:
            Path(env.text("DRAINING_FILE")).touch()
        except OSError as error:  # a full disk: the stop goes on, only unannounced
            logger.warning("draining_unannounced", extra={"fields": {"why": type(error).__name__}})
        logger.info("draining", extra={"fields": {"seconds": self.app.drain}})
        time.sleep(self.app.drain)
        super().handle_term()


class Server(BaseApplication):  # type: ignore[misc]
    """gunicorn with the portal's settings; each worker loads the portal itself, after its fork."""

    def __init__(self, asked: argparse.Namespace) -> None:
        self._asked = asked
        self.drain: float = asked.drain
        super().__init__()

    def load_config(self) -> None:
        """Set what differs from gunicorn's own ways."""
        for name in ("bind", "workers", "threads"):
            self.cfg.set(name, getattr(self._asked, name))
        self.cfg.set("worker_class", "gthread")
        self.cfg.set("keepalive", 75)  # longer than a proxy keeps a connection, so that never both close it at once
        self.cfg.set("graceful_timeout", GRACE)
        self.cfg.set("control_socket_disable", True)
        self.cfg.set("logger_class", Log)
        self.cfg.set("post_worker_init", started)
        self.cfg.set("worker_exit", stopped)

    def load(self) -> object:
        """Return the portal, or end the start with the reason: nobody has asked anything yet that it could quote."""
        try:
            from portal.wsgi import application
        except Exception as error:
            logger.critical("start_refused", exc_info=error, extra={"fields": {"why": str(error)}})
            sys.exit(Arbiter.APP_LOAD_ERROR)
        return application

    def run(self) -> None:
        """Serve until a signal ends it, then leave nothing behind."""
        mark = Path(env.text("DRAINING_FILE"))
        mark.unlink(missing_ok=True)
        try:
            master = Master(self)  # from here on what is said is heard
            logger.info("serving", extra={"fields": vars(self._asked)})
            master.run()
        finally:
            mark.unlink(missing_ok=True)


def started(worker: object) -> None:
    """Let nothing but log lines out of a worker that answers requests: gunicorn prints what exceptions say."""
    sys.stderr = log_output.Withheld()


def stopped(server: object, worker: object) -> None:
    """End a worker's background work: Python would wait for every search of it that still has to begin."""
    from orders import wiring

    wiring.stop()


def command(bind: str, *, workers: int, threads: int, drain: float) -> list[str]:
    """Return the command that serves the portal in this environment; `drain` in seconds."""
    asked = {"bind": bind, "workers": workers, "threads": threads, "drain": drain}
    return [sys.executable, "-m", "portal.serve", *(f"--{name}={value}" for name, value in asked.items())]


def main(arguments: Sequence[str]) -> None:
    """Serve; raises SystemExit with 0 after a stop that was asked for."""
    parser = argparse.ArgumentParser(prog="portal.serve", description="Serves the portal.")
    parser.add_argument("--bind", default="127.0.0.1:8300", help="address:port, or unix:/path")
    parser.add_argument("--workers", type=int, default=2, help="processes (default 2)")
    parser.add_argument("--threads", type=int, default=64, help="threads of each (default 64)")
    parser.add_argument("--drain", type=float, default=3, help="seconds between /readyz saying no and the stop (3)")
    asked = parser.parse_args(arguments)
    mark = Path(tempfile.gettempdir()) / f"portal-{secrets.token_hex(8)}.draining"
    wanted = env.inherited({**MEMORY, "DRAINING_FILE": str(mark)})
    if not all(map(env.text, [*MEMORY, "DRAINING_FILE"])):  # both count only for a process that began with them
        os.execve(sys.executable, [sys.executable, "-m", "portal.serve", *arguments], wanted)  # noqa: S606 - this very program
    log_output.take_over()
    Server(asked).run()


if __name__ == "__main__":
    main(sys.argv[1:])
