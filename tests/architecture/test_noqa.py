"""A security rule is put aside only on one line, by its number and with a reason; for a room only where none serves."""

import re
import tomllib

from tests.architecture.source import ROOT, texts

ASIDE = re.compile(r"#\s*noqa\b(?P<rest>.*)$", re.MULTILINE)
CAREFUL = re.compile(r"\b(S\d{3}|BLE\d{3})\b")
SERVING = ("portal/", "orders/")


def aside() -> list[tuple[str, str]]:
    return [(name, found["rest"]) for name, text in texts() if name.endswith(".py") and not name.startswith("tests/")
            for found in ASIDE.finditer(text)]  # fmt: skip


def test_no_line_puts_all_rules_aside() -> None:
    assert [(name, rest) for name, rest in aside() if not re.match(r": [A-Z]+\d+", rest)] == []


def test_a_security_rule_is_put_aside_with_a_reason() -> None:
    found = [(name, rest) for name, rest in aside() if CAREFUL.search(rest.partition(" - ")[0])]
    assert len(found) > 5
    assert [(name, rest) for name, rest in found if len(rest.partition(" - ")[2]) < 8] == []


def test_what_serves_has_every_security_rule() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["ruff"]["lint"]
    assert {"S", "BLE"} <= set(settings["select"])
    assert [rule for rule in settings["ignore"] if CAREFUL.match(rule)] == []
    loose = {
        pattern: rules
        for pattern, rules in settings["per-file-ignores"].items()
        if pattern.startswith(SERVING) and any(rule in {"S", "BLE"} or CAREFUL.match(rule) for rule in rules)
    }
    assert loose == {}
