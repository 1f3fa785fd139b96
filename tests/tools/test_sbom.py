"""The bill of materials: valid CycloneDX, every locked package with version, hashes and licence, htmx too."""

import hashlib
import json
import re
from datetime import UTC, datetime
from typing import Any

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

from tools import sbom

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
LOCK = """
# a comment
django==5.2.19 \\
    --hash=sha256:{a} \\
    --hash=sha256:{b}
    # via
    #   -r requirements.in
    #   django-allauth
Odd.Name[extra]==1.0 ; sys_platform == 'win32' \\
    --hash=sha256:{a}
    # via django
""".format(a="a" * 64, b="b" * 64)


@pytest.fixture(scope="module")
def bill() -> dict[str, Any]:
    return sbom.bill(NOW)


def test_it_is_valid_by_the_schema(bill: dict[str, Any]) -> None:
    validator = JsonStrictValidator(SchemaVersion.V1_6)
    assert validator.validate_str(json.dumps(bill)) is None
    assert validator.validate_str(json.dumps(bill | {"surprise": 1})) is not None


def test_every_locked_package_is_in_it_with_its_version_and_all_its_hashes(bill: dict[str, Any]) -> None:
    parts = {(part["name"], part["version"]): part for part in bill["components"]}
    for lock in sbom.LOCKS:
        text = (sbom.ROOT / lock).read_text(encoding="utf-8")
        heads = re.findall(r"^([A-Za-z0-9][^=\[\s]*)(?:\[.*\])?==([^\s;]+)", text, re.MULTILINE)
        assert len(heads) > 5
        for name, version in heads:
            assert (sbom.normal(name), version) in parts, f"{lock}: {name} {version}"
        listed = {digest["content"] for part in bill["components"] for digest in part["hashes"]}
        assert set(re.findall(r"sha256:([0-9a-f]{64})", text)) <= listed
    assert all(part["hashes"] for part in bill["components"])


def test_what_only_tests_and_checks_need_is_marked(bill: dict[str, Any]) -> None:
    scopes = {part["name"]: part["scope"] for part in bill["components"]}
    assert (scopes["django"], scopes["httpx"], scopes["htmx.org"]) == ("required",) * 3
    assert (scopes["pytest"], scopes["ruff"], scopes["opentelemetry-sdk"]) == ("excluded",) * 3


def test_every_component_has_a_licence(bill: dict[str, Any]) -> None:
    assert [part["name"] for part in bill["components"] if not part.get("licenses")] == []


def test_vendored_files_are_hashed_as_they_lie_there_and_none_is_forgotten(bill: dict[str, Any]) -> None:
    found = {
        part["bom-ref"].removeprefix("file:"): part for part in bill["components"] if part["bom-ref"][:5] == "file:"
    }
    kept = {f"static/{folder}/{path.name}" for folder in ("vendor", "fonts")
            for path in (sbom.ROOT / "static" / folder).iterdir() if path.suffix not in {".md", ".txt"}}  # fmt: skip
    assert found.keys() == kept
    for name, part in found.items():
        assert part["hashes"] == [
            {"alg": "SHA-256", "content": hashlib.sha256((sbom.ROOT / name).read_bytes()).hexdigest()}
        ]
    htmx = next(part for part in found.values() if part["name"] == "htmx.org")
    assert (htmx["version"], htmx["licenses"]) == ("2.0.11", [{"license": {"id": "0BSD"}}])


def test_it_tells_who_wants_whom_by_references_that_exist(bill: dict[str, Any]) -> None:
    known = {part["bom-ref"] for part in bill["components"]} | {"order-journey"}
    wants = {entry["ref"]: entry["dependsOn"] for entry in bill["dependencies"]}
    assert wants.keys() <= known
    assert {ref for refs in wants.values() for ref in refs} == known - {"order-journey"}


def test_the_same_locks_give_the_same_document_but_for_its_time(bill: dict[str, Any]) -> None:
    again = sbom.bill(datetime(2027, 1, 1, tzinfo=UTC))
    assert again["serialNumber"] == bill["serialNumber"]
    assert again | {"metadata": 0} == bill | {"metadata": 0}


def test_a_lock_is_read_as_uv_writes_it() -> None:
    django, odd = sbom.locked(LOCK)
    assert django == sbom.Locked("django", "5.2.19", "", ("a" * 64, "b" * 64), ("-r requirements.in", "django-allauth"))
    assert odd == sbom.Locked("odd-name", "1.0", "sys_platform == 'win32'", ("a" * 64,), ("django",))


@pytest.mark.parametrize(
    "line", ["django==5.2.19", "django>=5.2.19 \\\n    --hash=sha256:" + "a" * 64, "git+https://x/y"]
)
def test_a_package_without_version_or_hash_is_refused(line: str) -> None:
    with pytest.raises(ValueError, match="not pinned"):
        list(sbom.locked(line))
