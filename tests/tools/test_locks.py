"""Of the packages named below none is locked that is older than its first version without a known hole."""

import re

import pytest

from tools import sbom

# First version without the holes named; older ones must not come back by a resolver's choice.
SAFE = {
    "aiohttp": "3.14.5",
    "cryptography": "50",  # CVE-2026-69247; CVE-2026-69248 and CVE-2026-69249 before it, CVE-2026-39892 before those
    "django": "5.2.19",  # CVE-2025-48432 and some twenty more since 5.2
    "django-allauth": "65.21.1",  # 65.19.5 open redirect, 65.20.0 state bound to its provider, 65.21.1 rate limits
    "gunicorn": "23",  # CVE-2024-1135, CVE-2024-6827: request smuggling
    "h11": "0.16",  # CVE-2025-43859: chunked bodies
    "httpx": "0.28.1",  # CVE-2021-41945; its releases are rare: kept behind one room
    "jinja2": "3.1.6",  # CVE-2025-27516: out of the sandbox
    "jwcrypto": "1.5.9",  # CVE-2026-80179; CVE-2026-39373: packed tokens
    "pyjwt": "2.15.1",  # CVE-2026-32597, CVE-2026-48523, CVE-2026-102272 to -102275
    "requests": "2.33",  # CVE-2026-25645; CVE-2024-47081: credentials to another host
    "urllib3": "2.7",  # CVE-2026-44431: headers to another host; CVE-2026-44432: packed answers
}


def parts(version: str) -> tuple[int, ...]:
    return tuple(map(int, re.findall(r"\d+", version.partition(".post")[0])))


@pytest.mark.parametrize("lock", sbom.LOCKS)
def test_every_package_of_every_lock_is_pinned_with_hashes(lock: str) -> None:
    found = list(sbom.locked((sbom.ROOT / lock).read_text(encoding="utf-8")))
    assert len(found) > 5
    assert len({package.name for package in found}) == len(found)


@pytest.mark.parametrize("name", SAFE)
def test_no_lock_holds_a_version_with_a_known_hole(name: str) -> None:
    held = [
        package.version
        for lock in sbom.LOCKS
        for package in sbom.locked((sbom.ROOT / lock).read_text(encoding="utf-8"))
        if package.name == name
    ]
    assert held, "nothing needs it any more: take it off the list"
    assert all(parts(version) >= parts(SAFE[name]) for version in held), f"{name} {held} is below {SAFE[name]}"


def test_versions_are_compared_as_numbers() -> None:
    assert parts("5.2.9") < parts("5.2.19") < parts("5.10") < parts("65.21.1")
    assert parts("0.16.0") >= parts("0.16")
    assert parts("23") <= parts("27.0.1")
