"""Rules of the rooms that no linter knows: purity, the one door to raw values, time as an argument, size."""

import ast
import sys

import pytest

from tests.architecture.source import CODE, ROOT, imports_of, modules, name, tree_of

MAY_UNSEAL = ("orders/privacy/", "orders/jaeger/", "orders/journey/")
MAY_ASK_THE_TIME = ("orders/views/", "orders/management/", "orders/wiring.py")
CLOCKS = {("datetime", "now"), ("datetime", "utcnow"), ("datetime", "today"), ("date", "today"), ("time", "time"),
          ("time", "time_ns"), ("timezone", "now")}  # fmt: skip
LONGEST = 300


@pytest.mark.parametrize(("room", "allowed"), [("journey", ("journey",)), ("privacy", ("journey", "privacy"))])
def test_a_pure_room_imports_the_standard_library_alone(room: str, allowed: tuple[str, ...]) -> None:
    ours = tuple(f"orders.{one}" for one in allowed)
    foreign = [
        f"{name(path)}: {module}"
        for path in modules(f"orders/{room}")
        for module, _ in imports_of(path)
        if module.partition(".")[0] not in sys.stdlib_module_names and not _inside(module, ours)
    ]
    assert foreign == []


def _inside(module: str, rooms: tuple[str, ...]) -> bool:
    return any(module == room or module.startswith(f"{room}.") for room in rooms)


def test_raw_values_are_opened_only_where_they_are_judged() -> None:
    callers = {
        name(path)
        for path in modules(*CODE)
        if not name(path).startswith(MAY_UNSEAL)
        for module, imported in imports_of(path)
        if (imported == "unseal" and module.startswith("orders.")) or (module, imported) == ("orders.journey", "raw")
    }
    assert callers == set()


def test_nothing_below_a_view_or_a_command_asks_what_time_it_is() -> None:
    asked = [
        f"{name(path)}:{node.lineno}"
        for path in modules("orders")
        if not name(path).startswith(MAY_ASK_THE_TIME)
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.Attribute) and (_last_name(node.value), node.attr) in CLOCKS
    ]
    assert asked == []


def test_no_clock_is_imported_by_name_below_a_view() -> None:
    taken = [
        f"{name(path)}: from {module} import {imported}"
        for path in modules("orders")
        if not name(path).startswith(MAY_ASK_THE_TIME)
        for module, imported in imports_of(path)
        if (module.rpartition(".")[2], imported) in CLOCKS
    ]
    assert taken == []


def _last_name(node: ast.expr) -> str:
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def test_no_module_is_longer_than_can_be_read_at_once() -> None:
    lengths = {name(path): len(path.read_text(encoding="utf-8").splitlines()) for path in modules(*CODE)}
    assert {module: lines for module, lines in lengths.items() if lines > LONGEST} == {}


def test_the_first_line_of_every_module_says_what_lives_there() -> None:
    silent = [
        name(path)
        for path in modules(*CODE, "tests")
        if path.read_text(encoding="utf-8").strip() and not ast.get_docstring(tree_of(path))
    ]
    assert silent == []


def test_every_room_of_the_app_has_tests_beside_it() -> None:
    rooms = {path.parent.name for path in (ROOT / "orders").glob("*/*.py")} & {
        "journey",
        "jaeger",
        "privacy",
        "wording",
    }
    assert {room for room in rooms if not any((ROOT / "tests" / room).glob("test_*.py"))} == set()
