"""`make stack` and `make stack-stop`: a real Jaeger (twice) and a real Keycloak on loopback, without Docker."""

import fcntl
import hashlib
import os
import shutil
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from tools import stack_jaeger, stack_keycloak, stack_process, stack_record
from tools.stack_process import StackError, say
from tools.stack_record import KeycloakRecord, Record, Server


def main(arguments: list[str]) -> int:
    """Start or stop the servers; the addresses go to standard output, all else to standard error."""
    if arguments not in (["start"], ["stop"]):
        print("usage: python3 -m tools.stack start|stop", file=sys.stderr)
        return 2
    try:
        with _alone():
            if arguments == ["stop"]:
                stop()
            else:
                print("\n".join(exports(start())))
    except StackError as trouble:
        print(f"make stack: {trouble}", file=sys.stderr)
        return 1
    return 0


@contextmanager
def _alone() -> Iterator[None]:
    """Hold a lock: two starts at once would build twice and overwrite each other's record."""
    stack_record.run_dir().mkdir(parents=True, exist_ok=True)
    with (stack_record.run_dir() / "lock").open("w", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def start() -> Record:
    """Return what runs, starting it first unless all of it runs and is healthy already."""
    running = stack_record.read()
    if running and running["made_of"] == made_of() and all(_healthy(server) for server in servers(running).values()):
        say("already running")
        return running
    stop()
    with ThreadPoolExecutor(2) as pool:
        keycloak_home = pool.submit(stack_keycloak.obtain)
        jaeger = stack_jaeger.obtain()
        return _start(jaeger, keycloak_home.result())


def made_of() -> str:
    """Return a digest of the configuration and the realm: a start after a change must not meet the old ones."""
    if not stack_keycloak.REALM_FILE.exists():
        raise StackError(f"the realm is not there: {stack_keycloak.REALM_FILE}")
    digest = hashlib.sha256()
    for path in (stack_jaeger.CONFIG, stack_jaeger.BADGER_CONFIG, stack_keycloak.REALM_FILE):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _start(jaeger: Path, keycloak_home: Path) -> Record:
    """Start all, then wait for each; what was started is recorded at once, so that it can always be stopped."""
    record = Record(made_of=made_of(), jaeger={})
    try:
        for storage in stack_jaeger.USUAL_PORTS:
            record["jaeger"][storage] = stack_jaeger.start(jaeger, storage)
            stack_record.write(record)
        record["keycloak"] = stack_keycloak.start(keycloak_home)
        stack_record.write(record)
        _wait(record)
    except BaseException:
        stop()
        raise
    return record


def _wait(record: Record) -> None:
    for name, server in servers(record).items():
        log = Path(server["log"])
        stack_process.wait_until_healthy(name, server["pid"], server["health_url"], log=log, limit=180)
        if doors := stack_process.strangers_doors(server["pid"]):
            raise StackError(f"{name} listens outside loopback: {', '.join(doors)}")
        say(f"{name} is healthy (pid {server['pid']})")


def _healthy(server: Server) -> bool:
    return stack_process.alive(server["pid"], server["started"]) and stack_process.answers(server["health_url"])


def servers(record: Record) -> dict[str, Server]:
    """Return every server of a record by a name to print; a start that broke off may lack Keycloak."""
    found: dict[str, Server] = {f"Jaeger ({storage})": server for storage, server in record["jaeger"].items()}
    if "keycloak" in record:
        found["Keycloak"] = record["keycloak"]
    return found


def stop() -> None:
    """End exactly the recorded processes, wait until they are gone, remove their data and the record."""
    record = stack_record.read()
    if record is None:
        return
    for name, server in servers(record).items():
        stack_process.stop(name, server["pid"], server["started"])
        say(f"{name} is stopped")
    for jaeger in record["jaeger"].values():
        if "data" in jaeger:
            shutil.rmtree(jaeger["data"], ignore_errors=True)
    stack_record.forget()


def exports(record: Record) -> list[str]:
    """Return the lines that point a shell's portal, simulator and contract tests at the servers."""
    memory, badger, keycloak = record["jaeger"]["memory"], record["jaeger"]["badger"], record["keycloak"]
    return [
        f"export JAEGER_URL={memory['query_url']} OTLP_URL={memory['otlp_url']}  # spans in memory",
        f"# or: export JAEGER_URL={badger['query_url']} OTLP_URL={badger['otlp_url']}  # spans in Badger",
        *_keycloak_exports(keycloak),
    ]


def _keycloak_exports(keycloak: KeycloakRecord) -> list[str]:
    return [
        f"export KEYCLOAK_URL={keycloak['url']} KEYCLOAK_REALM={keycloak['realm']}",
        f"export KEYCLOAK_CLIENT_ID={keycloak['client_id']} KEYCLOAK_CLIENT_SECRET={keycloak['client_secret']}",
        f"export PORTAL_URL={keycloak['portal_url']}",
    ]


if __name__ == "__main__":
    os.umask(0o077)
    sys.exit(main(sys.argv[1:]))
