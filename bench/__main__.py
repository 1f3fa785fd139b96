"""`python -m bench`: measure, print the table, write it into docs/performance.md; exit 1 where a gate is missed.

`--smoke` does each thing a few times, asserts that it happened, judges nothing and writes nothing. Names of figures
(usual, many, large, huge) limit the run to these, and nothing is written.
"""

import argparse
import asyncio
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import aiohttp

from bench import machine, portal
from bench.figures import FIGURES, SMOKE, Figure, Pace
from bench.load import Load
from bench.table import rows, write

PEOPLE = 20


def main() -> int:
    """Measure what is asked for."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--smoke", action="store_true", help="a short run that only proves that everything works")
    parser.add_argument("figures", nargs="*", metavar="FIGURE", help=", ".join(FIGURES))
    chosen = parser.parse_args()
    if unknown := set(chosen.figures) - set(FIGURES):
        parser.error(f"no such figure: {', '.join(unknown)}")
    before = machine.load()
    os.sched_setaffinity(0, machine.LOAD_CORE)
    with tempfile.TemporaryDirectory(prefix="order-journey-bench-") as var, upstream() as address:
        os.environ.update(portal.environment(Path(var), address))
        found = measured(chosen.figures or list(FIGURES), Path(var), address, SMOKE if chosen.smoke else Pace())
    table = rows(found, judged=not chosen.smoke)
    loads = f"Load average of the machine's last minute: {before} at the start, {machine.load()} at the end. "
    loads += f"{machine.python()}."
    print("\n".join([*table, "", loads]))
    if chosen.smoke:
        return 0
    if not chosen.figures:
        write(table, loads)
    return 0 if all(figure.holds for figure in found) else 1


def measured(names: Sequence[str], var: Path, address: str, pace: Pace) -> list[Figure]:
    """Measure these figures, each on a portal that has just been started."""
    cookies = portal.prepare(PEOPLE)
    found = []
    for name in names:
        with portal.running(var / "portal.log") as site:
            found += asyncio.run(_one(name, site, address, cookies, pace))
    return found


async def _one(name: str, site: portal.Portal, address: str, cookies: list[str], pace: Pace) -> list[Figure]:
    connector = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(connector=connector, cookie_jar=aiohttp.DummyCookieJar()) as session:
        print(f"  {name}", file=sys.stderr, flush=True)
        return await FIGURES[name](Load(session, site.url, address, cookies), site, pace)


@contextmanager
def upstream() -> Iterator[str]:
    """Run the upstream on the core of the load and give its address."""
    command = [sys.executable, "-m", "bench.upstream"]
    with subprocess.Popen(
        command, cwd=portal.ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            yield f"http://127.0.0.1:{int(process.stdout.readline())}"
        finally:
            process.stdin.close()


if __name__ == "__main__":
    raise SystemExit(main())
