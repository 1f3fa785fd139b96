"""A real Jaeger 2.13 without Docker: built once from its Go module (tools/jaeger), started per storage."""

import hashlib
import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Final

from tools import stack_process as process
from tools.stack_process import StackError
from tools.stack_record import JaegerRecord, cache_dir, run_dir

ROOT: Final = Path(__file__).resolve().parent.parent
CONFIG: Final = ROOT / "deploy" / "jaeger" / "config.yaml"
BADGER_CONFIG: Final = CONFIG.with_name("badger.yaml")
MODULE: Final = ROOT / "tools" / "jaeger"
PACKAGE: Final = "github.com/jaegertracing/jaeger/cmd/jaeger"
OLDEST_GO: Final = (1, 24, 6)
USUAL_PORTS: Final = {
    "memory": {"QUERY": 16686, "QUERY_GRPC": 16685, "OTLP": 4318, "OTLP_GRPC": 4317, "HEALTH": 13133},
    "badger": {"QUERY": 16786, "QUERY_GRPC": 16785, "OTLP": 4418, "OTLP_GRPC": 4417, "HEALTH": 13233},
}


def obtain() -> Path:
    """Return the Jaeger binary, building it where the pinned one is not there yet (3 to 10 minutes).

    Raises StackError where no Go of at least 1.24.6 is found or the build fails.
    """
    pins = hashlib.sha256((MODULE / "go.mod").read_bytes() + (MODULE / "go.sum").read_bytes()).hexdigest()[:8]
    binary = cache_dir() / f"jaeger-2.13-{pins}"
    if not binary.exists():
        draft = binary.with_name(f"{binary.name}.draft")
        _build(_find_go(), draft)
        draft.replace(binary)
    return binary


def _build(go: str, target: Path) -> None:
    process.say("building Jaeger 2.13 (once; 3 to 10 minutes)")
    flags = ["-mod=readonly", "-buildvcs=false", "-trimpath", "-ldflags=-s -w"]
    command = [go, "build", *flags, "-o", str(target), PACKAGE]
    env = {**os.environ, "GOTOOLCHAIN": "local", "GOFLAGS": "", "GOWORK": "off", "CGO_ENABLED": "0"}
    said = ""
    for _ in range(3):  # a network that fails once need not fail the build; what was compiled is kept
        done = subprocess.run(command, cwd=MODULE, env=env, capture_output=True, text=True, check=False)
        if not done.returncode:
            return
        said = done.stderr
    raise StackError(f"Jaeger cannot be built:\n{said[-2000:]}")


def _find_go() -> str:
    """Return the first Go that is new enough, on the path or in the usual places."""
    places = [shutil.which("go") or "", "/usr/local/go/bin/go", *map(str, sorted(Path("/usr/lib").glob("go-*/bin/go")))]
    places += map(str, sorted(Path.home().glob("sdk/go*/bin/go")) + sorted(Path.home().glob("go/bin/go1*")))
    seen = {place: _go_version(place) for place in places if place and Path(place).exists()}
    for place, version in seen.items():
        if version >= OLDEST_GO:
            return place
    had = ", ".join(f"{place} is {'.'.join(map(str, version))}" for place, version in seen.items()) or "none was found"
    raise StackError(
        f"Go 1.24.6 or newer is needed to build Jaeger ({had}).\n"
        "  Install it from go.dev/dl or your system's packages (Debian 12 and 13 have older ones),\n"
        "  or run the same servers with Docker: docker compose -f deploy/compose.yaml up --wait"
    )


def _go_version(go: str) -> tuple[int, ...]:
    env = {**os.environ, "GOTOOLCHAIN": "local"}
    said = subprocess.run([go, "version"], capture_output=True, text=True, check=False, env=env).stdout
    return tuple(int(part) for part in re.findall(r"\d+", said.partition(" go1")[1] + said.partition(" go1")[2])[:3])


def start(binary: Path, storage: str) -> JaegerRecord:
    """Start one Jaeger on loopback; `storage` is "memory" or "badger". Its health is not waited for.

    Ports: JAEGER_MEMORY_QUERY_PORT, JAEGER_BADGER_OTLP_PORT and so on, else the usual ones where free.
    """
    ports = {
        name: process.choose_port(f"JAEGER_{storage.upper()}_{name}_PORT", usual)
        for name, usual in USUAL_PORTS[storage].items()
    }
    env = {f"JAEGER_{name}_PORT": str(port) for name, port in ports.items()}
    # Without this Jaeger traces itself into its own storage, and a service `jaeger` appears among the orders'.
    env |= {"JAEGER_LISTEN_HOST": "127.0.0.1", "OTEL_TRACES_SAMPLER": "always_off"}
    command = [str(binary), "--config", str(CONFIG)]
    if storage == "badger":
        env["JAEGER_BADGER"] = tempfile.mkdtemp(prefix="badger-", dir=run_dir())
        command += ["--config", str(BADGER_CONFIG)]
    log = run_dir() / f"jaeger-{storage}.log"
    pid = process.start(command, log=log, env=env)
    record = JaegerRecord(
        pid=pid,
        started=process.started_at(pid),
        log=str(log),
        health_url=f"http://127.0.0.1:{ports['HEALTH']}/status",
        query_url=f"http://127.0.0.1:{ports['QUERY']}",
        otlp_url=f"http://127.0.0.1:{ports['OTLP']}",
    )
    if "JAEGER_BADGER" in env:
        record["data"] = env["JAEGER_BADGER"]
    return record
