"""Compiles the *.in files into hashed requirements, or checks that they still agree; needs the package index.

`make lock` keeps every version that still fits; `python -m tools.lock --upgrade` takes the newest ones.
"""

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parent.parent
NAMES: Final = ("requirements", "requirements-demo", "requirements-dev")  # each is bound by the ones before it
FLAGS: Final = (
    "--quiet",
    "--generate-hashes",
    "--universal",
    "--python-version=3.11",
    "--no-header",
    "--no-emit-index-url",
)


def compile_all(folder: Path, *flags: str) -> None:
    """Compile the three files of a folder in place; raises CalledProcessError where they cannot be resolved."""
    for name in NAMES:
        command = [
            sys.executable,
            "-m",
            "uv",
            "pip",
            "compile",
            "--quiet",
            *FLAGS,
            *flags,
            f"{name}.in",
            "-o",
            f"{name}.txt",
        ]
        subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL)


def stale() -> list[str]:
    """Return the files that a compilation would change, without changing them."""
    with tempfile.TemporaryDirectory() as folder:
        draft = Path(folder)
        for source in (f"{name}{ending}" for name in NAMES for ending in (".in", ".txt")):
            shutil.copy(ROOT / source, draft / source)
        compile_all(draft)
        return [f"{name}.txt" for name in NAMES if (draft / f"{name}.txt").read_bytes() != _kept(name)]


def _kept(name: str) -> bytes:
    return (ROOT / f"{name}.txt").read_bytes()


def main(arguments: list[str]) -> int:
    """Compile, or with --check say what is stale; return the exit code."""
    if "--check" not in arguments:
        compile_all(ROOT, *arguments)
        return 0
    wrong = stale()
    print("\n".join(f"{name} does not follow from its .in file: make lock" for name in wrong) or "locks are fresh")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
