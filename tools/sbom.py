"""`make sbom`: the software bill of materials (CycloneDX 1.6, JSON), made from the hashed locks and the vendored files.

Every locked package is in it with its version and every hash that its lock admits; what only the demonstration, the
tests and the checks need has the scope "excluded". Licences are those that the installed packages declare.
"""

import hashlib
import json
import re
import sys
import tomllib
import uuid
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from email.message import Message
from importlib import metadata
from pathlib import Path
from typing import Any, Final, NamedTuple, cast

ROOT: Final = Path(__file__).resolve().parent.parent
OUT: Final = ROOT / "build" / "sbom.cdx.json"
LOCKS: Final = {"requirements.txt": "required", "requirements-demo.txt": "excluded", "requirements-dev.txt": "excluded"}
_PACKAGE: Final = re.compile(
    r"^(?P<name>[A-Za-z0-9._-]+)(?:\[[^\]]*\])?==(?P<version>[^\s;\\]+)(?: ; (?P<marker>[^\\]+?))? *\\?$"
)
_VENDORED: Final = re.compile(
    r"^\| `(?P<file>[^`]+)` \| npm `(?P<name>[^`]+)`[^|]*\| (?P<version>\S+) \| (?P<licence>[^,|]+)"
)
# Packages that declare none: read in the licence files that they bring along, or (colorama) in its sources.
UNDECLARED: Final = {"axe-playwright-python": "MIT", "colorama": "BSD-3-Clause", "httpx-aiohttp": "BSD-3-Clause"}
_LICENCES: Final = {"0BSD": "0BSD", "OFL 1.1": "OFL-1.1"}  # as VENDORED.md writes them → SPDX


class Locked(NamedTuple):
    """One package of a lock: `via` are the packages, or the *.in files ("-r …"), that want it."""

    name: str
    version: str
    marker: str
    hashes: tuple[str, ...]
    via: tuple[str, ...]


def locked(text: str) -> Iterator[Locked]:
    """Yield the packages of a lock as uv writes it; raises ValueError for a package without version or hash."""
    for block in re.split(r"^(?=\S)", re.sub(r"^#.*\n", "", text, flags=re.MULTILINE), flags=re.MULTILINE):
        if not block.strip():
            continue
        head, *lines = block.splitlines()
        found = _PACKAGE.match(head)
        hashes = tuple(re.findall(r"--hash=sha256:([0-9a-f]{64})\b", block))
        if found is None or not hashes:
            raise ValueError(f"not pinned with a hash: {head}")
        via = [re.sub(r"^#\s*(via)?\s*", "", line.strip()) for line in lines if line.strip().startswith("#")]
        yield Locked(normal(found["name"]), found["version"], found["marker"] or "", hashes, tuple(filter(None, via)))


def normal(name: str) -> str:
    """Return a package's name as the index normalises it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def licences(name: str) -> list[dict[str, Any]]:
    """Return what an installed package declares, else what UNDECLARED knows, as CycloneDX has it; may be nothing."""
    try:
        said = cast("Message", metadata.metadata(name))
    except metadata.PackageNotFoundError:
        said = Message()
    if expression := said["License-Expression"]:
        return [{"expression": expression}]
    kinds = [line.rpartition(" :: ")[2] for line in said.get_all("Classifier") or [] if line.startswith("License ::")]
    word = said["License"] or ""
    listed = [kind for kind in kinds if kind != "DFSG approved"] or [word][: 0 < len(word) < 100]
    if not listed and name in UNDECLARED:
        return [{"license": {"id": UNDECLARED[name]}}]
    return [{"license": {"name": kind}} for kind in listed]


def packages() -> dict[str, tuple[Locked, str]]:
    """Return every locked package by name, with its scope: the first lock that has it decides."""
    found: dict[str, tuple[Locked, str]] = {}
    for lock, scope in LOCKS.items():
        for package in locked((ROOT / lock).read_text(encoding="utf-8")):
            found.setdefault(package.name, (package, scope))
    return found


def vendored() -> Iterator[dict[str, Any]]:
    """Yield the files that are kept in the tree as others published them, hashed as they lie here."""
    for line in (ROOT / "static/vendor/VENDORED.md").read_text(encoding="utf-8").splitlines():
        if found := _VENDORED.match(line):
            content = (ROOT / "static" / found["file"]).read_bytes()
            yield {
                "type": "file" if found["file"].startswith("fonts/") else "library",
                "bom-ref": f"file:static/{found['file']}",
                "name": found["name"]
                if not found["file"].startswith("fonts/")
                else f"{found['name']}/{Path(found['file']).name}",
                "version": found["version"],
                "scope": "required",
                "hashes": [{"alg": "SHA-256", "content": hashlib.sha256(content).hexdigest()}],
                "licenses": [{"license": {"id": _LICENCES[found["licence"].strip()]}}],
                "purl": f"pkg:npm/{found['name'].replace('@', '%40')}@{found['version']}",
                "properties": [{"name": "order-journey:file", "value": f"static/{found['file']}"}],
            }


def component(package: Locked, scope: str) -> dict[str, Any]:
    """Return a locked package as a component."""
    made: dict[str, Any] = {
        "type": "library",
        "bom-ref": reference(package),
        "name": package.name,
        "version": package.version,
        "scope": scope,
        "hashes": [{"alg": "SHA-256", "content": digest} for digest in package.hashes],
        "purl": reference(package),
    }
    declared = licences(package.name)
    made |= {"licenses": declared} if declared else {}
    return made | (
        {"properties": [{"name": "order-journey:marker", "value": package.marker}]} if package.marker else {}
    )


def reference(package: Locked) -> str:
    """Return a package's purl, by which other parts of the document call it."""
    return f"pkg:pypi/{package.name}@{package.version}"


def bill(now: datetime) -> dict[str, Any]:
    """Return the whole document, made at `now`; raises ValueError where a lock is not fully pinned."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    found, files = packages(), list(vendored())
    components = [component(package, scope) for package, scope in found.values()] + files
    seal = hashlib.sha256(json.dumps(components, sort_keys=True).encode()).hexdigest()
    root = {"type": "application", "bom-ref": "order-journey", "name": project["name"], "version": project["version"],
            "description": project["description"]}  # fmt: skip
    return {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_OID, seal)}",
        "version": 1,
        "metadata": {"timestamp": f"{now:%Y-%m-%dT%H:%M:%SZ}", "component": root},
        "components": components,
        "dependencies": list(dependencies({name: package for name, (package, _) in found.items()}, files)),
    }


def dependencies(found: Mapping[str, Locked], files: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Yield who wants whom, as the locks tell; the vendored files are the portal's own wish."""
    wanted: dict[str, list[str]] = {"order-journey": [file["bom-ref"] for file in files]}
    for package in found.values():
        for name in package.via:
            by = found.get(normal(name))
            if by is not None or name.startswith("-r "):
                wanted.setdefault(reference(by) if by else "order-journey", []).append(reference(package))
    yield from ({"ref": name, "dependsOn": sorted(set(refs))} for name, refs in wanted.items())


def main() -> int:
    """Write the document; say what has no known licence."""
    made = bill(datetime.now(UTC))
    OUT.parent.mkdir(parents=True, exist_ok=True)
    OUT.write_text(json.dumps(made, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    silent = [part["name"] for part in made["components"] if "licenses" not in part]
    without = f"; no licence known here: {', '.join(silent)}" if silent else ""
    print(f"{OUT.relative_to(ROOT)}: {len(made['components'])} components{without}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
