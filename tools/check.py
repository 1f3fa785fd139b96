"""`make check`: every rule that needs no server, each step with its time; all are run, then the failed ones named.

`python -m tools.check NAME …` runs only the named steps.
"""

import os
import secrets
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parent.parent
BIN: Final = Path(sys.executable).parent
PURE: Final = ("journey", "jaeger", "privacy")
# What a real installation sets; `check --deploy` would warn of anything less.
PRODUCTION: Final = {
    "SECRET_KEY": secrets.token_urlsafe(64),
    "PORTAL_URL": "https://orders.example",
    "JAEGER_URL": "https://jaeger.example",
    "KEYCLOAK_URL": "https://keycloak.example",
    "KEYCLOAK_CLIENT_SECRET": secrets.token_urlsafe(32),
    "PSEUDONYM_KEYS": f"2026:{secrets.token_urlsafe(32)}",
}
STEPS: Final[dict[str, list[str]]] = {
    "lint": ["ruff", "check", "."],
    "format": ["ruff", "format", "--check", "."],
    "types": ["mypy"],
    "rooms": ["lint-imports"],
    "architecture": ["pytest", "-q", "tests/architecture"],
    "dependencies": ["deptry", "."],
    "spelling": ["codespell"],
    "templates": ["djlint", "templates", "--lint", "--quiet"],
    "settings": ["python", "manage.py", "check", "--deploy", "--fail-level", "WARNING"],
    "migrations": ["python", "manage.py", "makemigrations", "--check", "--dry-run"],
    "catalogues": ["python", "-m", "tools.messages", "--check"],
    "locks": ["python", "-m", "tools.lock", "--check"],
    "coverage-run": ["coverage", "run", "-m", "pytest", "-q", *(f"tests/{room}" for room in PURE)],
    "coverage-combine": ["coverage", "combine", "--quiet"],
    "coverage": [
        "coverage", "report", "--skip-covered", "--show-missing", "--fail-under=100",
        "--include=" + ",".join(f"orders/{room}/*" for room in PURE),
    ],
}  # fmt: skip


def environment(name: str) -> Mapping[str, str]:
    """Return the environment of a step: Django's own checks see a production-like portal, coverage a place apart."""
    data = ROOT / "build" / "coverage"
    data.mkdir(parents=True, exist_ok=True)
    kept = {key: value for key, value in os.environ.items() if key != "PORTAL_DEMO"}
    return kept | {"COVERAGE_FILE": str(data / ".coverage")} | (PRODUCTION if "manage.py" in STEPS[name] else {})


def run(name: str) -> bool:
    """Run one step, print its time, and its output where it failed; return whether it passed."""
    program, *arguments = STEPS[name]
    began = time.monotonic()
    done = subprocess.run(
        [str(BIN / program), *arguments], cwd=ROOT, env=environment(name), capture_output=True, text=True, check=False
    )
    passed = done.returncode == 0
    print(f"{'ok    ' if passed else 'FAILED'} {name:17} {time.monotonic() - began:5.1f} s", flush=True)
    if not passed:
        print(f"{done.stdout}{done.stderr}", flush=True)
    return passed


def main(names: list[str]) -> int:
    """Run the steps and return the exit code."""
    unknown = [name for name in names if name not in STEPS]
    if unknown:
        print(f"no such step: {', '.join(unknown)}; there are {', '.join(STEPS)}")
        return 2
    failed = [name for name in names or STEPS if not run(name)]
    print(f"failed: {', '.join(failed)}" if failed else "all checks passed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
