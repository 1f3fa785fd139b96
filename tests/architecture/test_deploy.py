"""Rules of deploy/: what a file needs, the other one gives it."""

import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from portal import serve
from tests.architecture.source import ROOT

COMPOSE = (ROOT / "deploy" / "compose.yaml").read_text(encoding="utf-8")
NGINX = ROOT / "deploy" / "nginx"
ANALYZE = shutil.which("systemd-analyze")
UNITS = ROOT / "deploy" / "systemd"
SERVICES = sorted(UNITS.glob("*.service"))
OPERATIONS = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
TEMPLATE = (NGINX / "nginx.conf.template").read_text(encoding="utf-8")


def test_compose_gives_nginx_all_its_files_and_names() -> None:
    files = {path.name for path in NGINX.glob("*.conf")}
    assert files == set(re.findall(r"- \./nginx/([\w-]+\.conf):/etc/nginx/\1:ro", COMPOSE))
    for name in set(re.findall(r"\$\{(\w+)\}", TEMPLATE)):
        assert f"\n      {name}: " in COMPOSE, name


def test_the_document_fills_in_the_whole_template() -> None:
    """What envsubst is not told stays in the file as it is, and what is not exported becomes empty."""
    block = next(text for text in re.findall(r"```sh\n(.*?)```", OPERATIONS, re.DOTALL) if "envsubst" in text)
    listed = re.search(r"printf '\$\{%s\} ' ([A-Z_ ]+)\)", block)
    assert listed
    wanted = set(re.findall(r"\$\{(\w+)\}", TEMPLATE))
    assert set(listed[1].split()) == wanted
    assert wanted == set(re.findall(r"\b([A-Z_]+)=", block))
    assert 'mkdir -p "$NGINX_TEMP"' in block


def test_every_included_file_is_there() -> None:
    for path in (*NGINX.glob("*.conf"), NGINX / "nginx.conf.template"):
        for name in re.findall(r"^\s*include ([^;*]+);", path.read_text(encoding="utf-8"), re.MULTILINE):
            assert (NGINX / name).is_file(), f"{path.name}: {name}"


def test_a_location_with_headers_has_them_all() -> None:
    """One add_header in a location takes away those of the levels above: they come from two files and no third."""
    adding = {path.name for path in NGINX.iterdir() if "add_header" in path.read_text(encoding="utf-8")}
    assert adding == {"own-headers.conf", "to-jaeger.conf"}


def test_only_nginx_listens_outside() -> None:
    published = re.findall(r"^      - (\S+:\S*\d+)$", COMPOSE, re.MULTILINE)
    assert len(published) >= 4
    assert all(door.startswith("127.0.0.1:") for door in published)
    assert COMPOSE.count("network_mode: host") == 1


def test_nginx_keeps_nothing() -> None:
    whole = "".join(path.read_text(encoding="utf-8") for path in NGINX.iterdir())
    assert not re.findall(r"^\s*(?:proxy_cache|proxy_store|open_file_cache)\b", whole, re.MULTILINE)
    assert "proxy_max_temp_file_size 0;" in whole


# --- systemd ---


def directives(unit: Path) -> dict[str, list[str]]:
    """Return what a unit file says, by directive; every line is a section, a comment or a directive."""
    said: dict[str, list[str]] = {}
    for line in unit.read_text(encoding="utf-8").splitlines():
        if line and not line.startswith(("[", "#")):
            name, sign, value = line.partition("=")
            assert sign == "=", f"{unit.name}: {line}"
            said.setdefault(name, []).append(value)
    return said


@pytest.mark.parametrize("unit", SERVICES, ids=lambda unit: unit.name)
def test_a_service_may_do_little(unit: Path) -> None:
    said = directives(unit)
    wanted = {"NoNewPrivileges": "yes", "ProtectSystem": "strict", "CapabilityBoundingSet": "", "UMask": "0077"}
    assert {name: said[name][-1] for name in wanted} == wanted
    assert said["User"] == ["portal"]
    assert said["EnvironmentFile"][0] == "/etc/portal/portal.env"
    assert not re.search("SECRET|PASSWORD|KEYS", "".join(said.get("Environment", [])))


def test_the_service_starts_the_portal_and_leaves_it_the_time_to_stop() -> None:
    said = directives(UNITS / "portal.service")
    _, *rest = shlex.split(said["ExecStart"][0])
    assert rest[:2] == serve.command("", workers=1, threads=1, drain=1)[1:3]
    assert "unix:/run/portal/portal.sock" in rest
    assert f"PORTAL_UPSTREAM={rest[rest.index('--bind') + 1]}" in OPERATIONS
    assert int(said["TimeoutStopSec"][0]) >= serve.GRACE + 3
    assert said["KillMode"] == ["mixed"]


def test_every_command_that_runs_by_the_clock_is_one() -> None:
    """Their names are those of the management commands, and each timer has its service."""
    text = "".join(path.read_text(encoding="utf-8") for path in UNITS.iterdir()) + OPERATIONS
    named = set(re.findall(r"portal-hourly@(\w+)", text)) | set(re.findall(r"manage\.py (check_\w+)", text))
    there = {path.stem for path in (ROOT / "portal" / "management" / "commands").glob("[a-z]*.py")}
    assert {"purge", "purge_access_log", "check_access_log"} <= named
    assert named - {"check_stages"} <= there
    for timer in UNITS.glob("*.timer"):
        assert timer.with_suffix(".service") in SERVICES


@pytest.mark.skipif(ANALYZE is None, reason="systemd is not installed")
def test_systemd_understands_every_unit(tmp_path: Path) -> None:
    """With programs of this machine in the place of those that an installation has."""
    for unit in UNITS.iterdir():
        text = unit.read_text(encoding="utf-8").replace("/opt/portal/.venv/bin/python", sys.executable)
        name = unit.name.replace("@.", "@purge.")
        (tmp_path / name).write_text(text.replace("/opt/portal", str(tmp_path)), encoding="utf-8")
    units = sorted(str(path) for path in tmp_path.iterdir())
    done = subprocess.run([str(ANALYZE), "verify", *units], capture_output=True, text=True, check=False)  # noqa: S603
    assert (done.returncode, done.stderr) == (0, "")
