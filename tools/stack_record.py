"""What `make stack` started and where: one JSON file outside the work tree, read by the contract tests."""

import json
import os
from pathlib import Path
from typing import NotRequired, TypedDict, cast


class Server(TypedDict):
    """One running server; addresses are base URLs without a slash at the end."""

    pid: int
    started: str  # the kernel's start time of that pid, so that a pid given anew is never stopped; "" where unknown
    log: str
    health_url: str


class JaegerRecord(Server):
    """A Jaeger: where it is asked, where it takes OTLP over HTTP (without /v1/traces), and what to remove after."""

    query_url: str
    otlp_url: str
    data: NotRequired[str]


class KeycloakRecord(Server):
    """A Keycloak with the realm of deploy/keycloak imported; the secrets are made up for it and die with it."""

    url: str
    realm: str
    portal_url: str  # the portal that the realm lets in: redirects and back-channel logout go there
    client_id: str
    client_secret: str
    admin_user: str  # of the realm `master`
    admin_password: str


class Record(TypedDict):
    """Everything that runs, by storage for the Jaegers."""

    made_of: str  # a digest of the files it was started from
    jaeger: dict[str, JaegerRecord]
    keycloak: NotRequired[KeycloakRecord]  # not there for the moment between the two starts


def cache_dir() -> Path:
    """Return the folder outside the work tree that holds what was built, unpacked and started."""
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "order-journey"


def run_dir() -> Path:
    """Return the folder of the running servers: the record, their logs and their data."""
    return cache_dir() / "run"


def record_file() -> Path:
    """Return where the record lies."""
    return run_dir() / "stack.json"


def read() -> Record | None:
    """Return what was started last and not stopped since; None where nothing was."""
    try:
        return cast("Record", json.loads(record_file().read_text(encoding="utf-8")))
    except FileNotFoundError:
        return None


def write(record: Record) -> None:
    """Replace the record in one step, readable by its owner only, since it holds secrets."""
    draft = record_file().with_suffix(".draft")
    draft.unlink(missing_ok=True)
    draft.touch(mode=0o600)
    draft.write_text(json.dumps(record, indent=2) + "\n", encoding="utf-8")
    draft.replace(record_file())


def forget() -> None:
    """Remove the record: nothing runs any more."""
    record_file().unlink(missing_ok=True)
