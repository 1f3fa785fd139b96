"""Rules of the documents: every setting is described, every decision that code names exists, links lead somewhere."""

import ast
import re
from collections.abc import Iterator

import pytest

from orders.jaeger import breaker, transport
from orders.jaeger.config import JaegerConfig
from tests.architecture.source import ROOT, modules, texts, tree_of

OPERATIONS, SECURITY = ROOT / "docs" / "operations.md", ROOT / "docs" / "security.md"
READS = {f"env.{name}" for name in ("text", "secret", "flag", "number", "words", "secret_words", "pairs")}
IDS = ("ORDER", "PARTNER", "CUSTOMER", "MODEL")


def reads(*functions: str) -> Iterator[ast.Call]:
    """Yield where the settings read a variable by one of these functions."""
    for node in ast.walk(tree_of(ROOT / "portal" / "settings.py")):
        if isinstance(node, ast.Call) and ast.unparse(node.func) in functions:
            yield node


def variables_read() -> Iterator[str]:
    """Yield every variable that the settings read; the part of a name that is filled in stands as `*`."""
    yield from (_name(node.args[0]) for node in reads(*READS))


def defaults() -> dict[str, str]:
    """Return what each number of the settings is by default."""
    return {_name(node.args[0]): ast.unparse(node.args[1]) for node in reads("env.number")}


def section(title: str) -> str:
    """Return a part of docs/security.md."""
    return SECURITY.read_text(encoding="utf-8").partition(f"## {title}\n")[2].partition("\n## ")[0]


def _name(argument: ast.expr) -> str:
    if isinstance(argument, ast.JoinedStr):
        return "".join(str(part.value) if isinstance(part, ast.Constant) else "*" for part in argument.values)
    assert isinstance(argument, ast.Constant)
    return str(argument.value)


def described() -> set[str]:
    rows = re.findall(r"^\| (`[A-Z].*?) \|", OPERATIONS.read_text(encoding="utf-8"), re.MULTILINE)
    return {name for row in rows for name in re.findall(r"`([A-Z][A-Z0-9_]+)`", row)}


def test_every_variable_of_the_settings_is_described() -> None:
    read = {name.replace("*", kind) for name in variables_read() for kind in (IDS if "*" in name else ("",))}
    assert read == described()


def test_every_number_is_described_as_it_is() -> None:
    text = OPERATIONS.read_text(encoding="utf-8")
    told = {
        name: value
        for names, values in re.findall(r"^\| (`[A-Z].*?) \| ([^|]+) \|", text, re.MULTILINE)
        for name, value in zip(re.findall(r"`(\w+)`", names), values.strip().split(", "), strict=False)
    }
    assert len(defaults()) > 10
    assert {name: told[name] for name in defaults()} == defaults()


def test_the_limits_are_described_as_they_are() -> None:
    words = set(re.findall(r"\d+", section("Limits")))
    assert {value for name, value in defaults().items() if name.startswith("RATE_")} <= words


def test_every_secret_of_the_settings_is_in_the_inventory() -> None:
    secrets = {_name(node.args[0]) for node in reads("env.secret", "env.secret_words")}
    assert len(secrets) > 5
    assert secrets <= set(re.findall(r"`(\w+)`", section("Keys and secrets")))


def events() -> Iterator[str]:
    """Yield every event that the portal logs under a name; sentences are no names."""
    for path in modules("portal"):
        for node in ast.walk(tree_of(path)):
            if isinstance(node, ast.Call) and ast.unparse(node.func).startswith("logger."):
                words = [one.value for one in node.args if isinstance(one, ast.Constant)]
                yield from (one for one in words if isinstance(one, str) and re.fullmatch(r"[a-z_]+", one))


def test_every_event_of_the_log_is_in_the_inventory() -> None:
    found = set(events())
    assert len(found) > 15
    assert found <= set(re.findall(r"`(\w+)`", section("Logs")))


def test_the_calls_to_jaeger_are_described_as_they_are() -> None:
    config = JaegerConfig(base_url="http://127.0.0.1")
    row = next(line for line in section("Who talks to whom").splitlines() if line.startswith("| portal → Jaeger |"))
    for words in (
        f"{config.max_in_flight} look-ups",
        f"{config.connect:g} s to connect",
        f"{config.hard_deadline:g} s a page",
        f"{transport.RETRY_FROM:.0%}".replace("%", " %"),
        f"half of ten calls in {breaker.WINDOW:g} s fail: {breaker.PAUSE:g} s of rest",
        f"a Retry-After up to {breaker.LONGEST:g} s",
    ):
        assert words in row
    assert (breaker.SHARE, breaker.LEAST) == (0.5, 10)


def test_no_other_file_of_the_site_or_the_app_reads_the_environment() -> None:
    readers = [
        name
        for name, text in texts()
        if name.startswith(("portal/", "orders/"))
        and name.endswith(".py")
        and re.search(r"\bos\.(environ|getenv)", text)
    ]
    assert readers == ["portal/env.py", "portal/wsgi.py"]


def test_every_decision_that_is_referred_to_exists_and_is_numbered_once() -> None:
    numbers = [path.name[:4] for path in (ROOT / "docs" / "adr").glob("*.md")]
    assert sorted(numbers) == [f"{n:04}" for n in range(1, len(numbers) + 1)]
    named = {number for _, text in texts() for number in re.findall(r"docs/adr/(\d{4})", text)}
    assert named <= set(numbers)


@pytest.mark.parametrize("part", ["Context", "Decision", "Consequences"])
def test_every_decision_has_its_three_parts(part: str) -> None:
    assert [path.name for path in (ROOT / "docs" / "adr").glob("*.md")
            if f"**{part}.**" not in path.read_text(encoding="utf-8")] == []  # fmt: skip


def test_every_link_between_documents_leads_somewhere() -> None:
    broken = [
        f"{name}: {target}"
        for name, text in texts()
        if name.endswith(".md")
        for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", text)
        if not (ROOT / name).parent.joinpath(target).exists()
    ]
    assert broken == []


def test_the_first_screen_is_two_commands() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert len(readme.splitlines()) < 120
    assert re.findall(r"^make ([a-z]+)", readme, re.MULTILINE)[:2] == ["demo", "test"]
