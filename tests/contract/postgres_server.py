"""A PostgreSQL of the tests' own: the system's binaries, a folder of its own, loopback only, gone at the end."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg

from demo.parts import free_port

BINARIES = Path("/usr/lib/postgresql")
OWNER, PORTAL, DATABASE = "owner", "portal", "orders"


@dataclass(frozen=True, slots=True, kw_only=True)
class PostgresServer:
    """A running PostgreSQL: `owner` made its tables, `portal` is to be whom the portal signs in as."""

    port: int
    folder: Path
    binaries: Path

    def settings(self, user: str = OWNER) -> dict[str, Any]:
        """Return Django's settings of the database."""
        return {"ENGINE": "django.db.backends.postgresql", "HOST": "127.0.0.1", "PORT": str(self.port),
                "NAME": DATABASE, "USER": user, "PASSWORD": "", "OPTIONS": {}, "CONN_MAX_AGE": 600,
                "CONN_HEALTH_CHECKS": True}  # fmt: skip

    def environment(self, user: str = PORTAL) -> dict[str, str]:
        """Return the portal's variables for it."""
        return {"DATABASE_HOST": "127.0.0.1", "DATABASE_PORT": str(self.port), "DATABASE_NAME": DATABASE,
                "DATABASE_USER": user}  # fmt: skip

    def run(self, *statements: str, user: str = "postgres", database: str = DATABASE) -> None:
        """Run statements, each in a transaction of its own."""
        with psycopg.connect(host="127.0.0.1", port=self.port, user=user, dbname=database, autocommit=True) as there:
            for statement in statements:
                there.execute(statement.encode())

    def start(self) -> None:
        """Start it and wait until it answers."""
        log = self.folder / "log"
        self._as_postgres("pg_ctl", "start", "--wait", "-D", str(self.folder / "data"), "-l", str(log))

    def stop(self, how: str = "immediate") -> None:
        """Stop it: "immediate" as a crash would."""
        self._as_postgres("pg_ctl", "stop", "-m", how, "-D", str(self.folder / "data"))

    def initialise(self) -> None:
        """Make its folder and the settings of its port."""
        data = self.folder / "data"
        self._as_postgres("initdb", "-D", str(data), "-U", "postgres", "--auth=trust", "--no-sync")
        more = f"port = {self.port}\nlisten_addresses = '127.0.0.1'\nunix_socket_directories = ''\n"
        with (data / "postgresql.conf").open("a", encoding="utf-8") as file:
            file.write(more + "fsync = off\nmax_connections = 60\n")

    def _as_postgres(self, program: str, *arguments: str) -> None:
        """Run a program of PostgreSQL, which refuses to be run by root."""
        user = "postgres" if os.getuid() == 0 else None
        command = [str(self.binaries / program), *arguments]
        with (self.folder / "commands").open("ab") as words:
            subprocess.run(command, check=True, user=user, cwd=self.folder, stdout=words, stderr=words)  # noqa: S603


def binaries() -> Path | None:
    """Return the folder of the newest PostgreSQL on this machine, None without one."""
    found = sorted(BINARIES.glob("*/bin/initdb"), key=lambda path: int(path.parent.parent.name))
    return found[-1].parent if found else None


@contextmanager
def running(where: Path) -> Iterator[PostgresServer]:
    """Run a server with an empty database and its two users; stop it with the block."""
    folder = Path(tempfile.mkdtemp(prefix="postgres-"))
    if os.getuid() == 0:
        shutil.chown(folder, "postgres", "postgres")
    server = PostgresServer(port=free_port(), folder=folder, binaries=where)
    try:
        server.initialise()
        server.start()
        server.run(f"CREATE ROLE {OWNER} LOGIN", f"CREATE DATABASE {DATABASE} OWNER {OWNER}", database="postgres")
        yield server
    finally:
        server.stop("fast")
        shutil.rmtree(folder)
