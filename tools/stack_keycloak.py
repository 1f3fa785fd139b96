"""A real Keycloak without Docker: unpacked from its Maven artifact, prepared once, the realm imported at each start."""

import hashlib
import json
import os
import re
import secrets
import shutil
import subprocess
import zipfile
from pathlib import Path
from typing import Final

from tools import stack_process as process
from tools.stack_process import StackError
from tools.stack_record import KeycloakRecord, cache_dir, run_dir

ROOT: Final = Path(__file__).resolve().parent.parent
REALM_FILE: Final = ROOT / "deploy" / "keycloak" / "demo" / "alexandrite-realm.json"
VERSION: Final = "26.7.3"
ARTIFACT: Final = f"org.keycloak:keycloak-quarkus-dist:{VERSION}:zip"
SHA256: Final = "27a6535553c3cdcd083872ba40629efafb3475e3b758e0c6f691395561dd0f1f"
COPY: Final = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy"
PREPARED: Final = "data/prepared"  # the database after the first start, without a realm of ours: 7 s instead of 12
ELSE: Final = "or run the same servers with Docker: docker compose -f deploy/compose.yaml up --wait"


def obtain() -> Path:
    """Return Keycloak's folder, fetched, checked, unpacked, built and started once (a minute the first time).

    Raises StackError where Maven or a Java is missing, or a step fails.
    """
    home = cache_dir() / f"keycloak-{VERSION}"
    if not (home / PREPARED).exists():
        shutil.rmtree(home, ignore_errors=True)
        process.say(f"fetching and preparing Keycloak {VERSION} (once; about a minute)")
        with zipfile.ZipFile(_fetch()) as packed:
            packed.extractall(home.parent)
        _prepare(home)
    return home


def _fetch() -> Path:
    """Return the checked archive from Maven."""
    archive = cache_dir() / f"keycloak-quarkus-dist-{VERSION}.zip"
    if not archive.exists() or _digest(archive) != SHA256:
        maven = shutil.which("mvn")
        if maven is None:
            raise StackError(f"Maven is needed to fetch Keycloak (apt-get install maven),\n  {ELSE}")
        command = [maven, "-q", "-B", COPY, f"-Dartifact={ARTIFACT}", f"-DoutputDirectory={cache_dir()}"]
        _run(command, "Keycloak cannot be fetched", env=_java_env())
    if _digest(archive) != SHA256:
        raise StackError(f"{archive.name} is not what was pinned: its SHA-256 is {_digest(archive)}")
    return archive


def _digest(path: Path) -> str:
    with path.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def _prepare(home: Path) -> None:
    """Compile the server for its options, start it once for an empty database with an admin, keep a copy of that."""
    (run_dir() / "keycloak-build.log").unlink(missing_ok=True)
    script = str(home / "bin" / "kc.sh")
    _run(
        ["bash", script, "build", "--db=dev-file", "--health-enabled=true"], "Keycloak cannot be built", env=_java_env()
    )
    password = secrets.token_urlsafe(24)
    record = _launch(home, "", env={"KC_BOOTSTRAP_ADMIN_USERNAME": "admin", "KC_BOOTSTRAP_ADMIN_PASSWORD": password})
    try:
        wait(record)
    finally:
        process.stop("Keycloak", record["pid"], record["started"])
    admin = home / "data" / "admin-password"
    admin.touch(mode=0o600)
    admin.write_text(password, encoding="utf-8")
    shutil.copytree(home / "data" / "h2", home / "data" / "h2.draft")
    (home / "data" / "h2.draft").rename(home / PREPARED)


def _run(command: list[str], trouble: str, *, env: dict[str, str]) -> None:
    done = subprocess.run(command, env={**os.environ, **env}, capture_output=True, text=True, check=False)
    if done.returncode:
        raise StackError(f"{trouble}:\n{(done.stdout + done.stderr)[-2000:]}")


def start(home: Path) -> KeycloakRecord:
    """Start Keycloak on loopback with the realm imported anew; its health is not waited for.

    Ports: KEYCLOAK_PORT and KEYCLOAK_HEALTH_PORT. PORTAL_URL names the portal that the realm lets in, else
    127.0.0.1:8300 where that port is free, else a free one.
    """
    shutil.rmtree(home / "data" / "h2", ignore_errors=True)
    shutil.copytree(home / PREPARED, home / "data" / "h2")
    (home / "data" / "import").mkdir(exist_ok=True)
    shutil.copy(REALM_FILE, home / "data" / "import" / REALM_FILE.name)
    portal_url = os.environ.get("PORTAL_URL") or f"http://127.0.0.1:{process.choose_port('PORTAL_PORT', 8300)}"
    secret = secrets.token_urlsafe(24)
    env = {"PORTAL_CLIENT_SECRET": secret, "PORTAL_URL": portal_url.rstrip("/")}
    record = _launch(home, "--import-realm", env=env)
    record["realm"], record["client_id"] = names()
    record["client_secret"] = secret
    record["portal_url"] = env["PORTAL_URL"]
    return record


def names() -> tuple[str, str]:
    """Return what the realm file calls the realm and its one client."""
    realm = json.loads(REALM_FILE.read_text(encoding="utf-8"))
    return realm["realm"], realm["clients"][0]["clientId"]


def wait(record: KeycloakRecord) -> None:
    """Wait until Keycloak says it is ready: not when its log does, it answers 503 for a while after that."""
    process.wait_until_healthy("Keycloak", record["pid"], record["health_url"], log=Path(record["log"]), limit=180)


def _launch(home: Path, *options: str, env: dict[str, str]) -> KeycloakRecord:
    port = process.choose_port("KEYCLOAK_PORT", 8180)
    health_port = process.choose_port("KEYCLOAK_HEALTH_PORT", 9180)
    url = f"http://127.0.0.1:{port}"
    command = [
        "bash", str(home / "bin" / "kc.sh"), "start", "--optimized", *filter(None, options),
        "--cache=local",  # at `build` it would be ignored, and a cluster opened on every interface
        "--http-enabled=true", f"--hostname={url}", "--http-host=127.0.0.1", f"--http-port={port}",
        "--http-management-host=127.0.0.1", f"--http-management-port={health_port}",
    ]  # fmt: skip
    log = run_dir() / "keycloak.log"
    pid = process.start(command, log=log, env={**_java_env(), **env})
    admin = home / "data" / "admin-password"
    return KeycloakRecord(
        pid=pid,
        started=process.started_at(pid),
        log=str(log),
        health_url=f"http://127.0.0.1:{health_port}/health/ready",
        url=url,
        realm="",
        portal_url="",
        client_id="",
        client_secret="",
        admin_user="admin",
        admin_password=admin.read_text(encoding="utf-8") if admin.exists() else "",
    )


def _java_env() -> dict[str, str]:
    """Return the newest Java of 25, 21 and 17, the versions Keycloak 26 supports, as its environment.

    The quick compiler alone (C1) halves the start. Raises StackError where there is none of them.
    """
    homes = [os.environ.get("JAVA_HOME", ""), *map(str, sorted(Path("/usr/lib/jvm").glob("*")))]
    if java := shutil.which("java"):
        homes.append(str(Path(java).resolve().parent.parent))
    versions = {home: _java_version(home) for home in homes if home and Path(home, "bin", "java").exists()}
    for wanted in (25, 21, 17):
        for home, version in versions.items():
            if version == wanted:
                return {"JAVA_HOME": home, "JAVA_OPTS_APPEND": "-XX:TieredStopAtLevel=1"}
    raise StackError(f"Keycloak needs Java 25, 21 or 17 (apt-get install openjdk-17-jre-headless),\n  {ELSE}")


def _java_version(home: str) -> int:
    java = str(Path(home, "bin", "java"))
    said = subprocess.run([java, "-version"], capture_output=True, text=True, check=False).stderr
    found = re.search(r'version "(\d+)', said)
    return int(found[1]) if found else 0
