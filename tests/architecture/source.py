"""The project's own files as the rules read them."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parent.parent.parent
CODE: Final = ("portal", "orders", "demo", "tools", "bench")
SKIPPED: Final = {".git", ".venv", "build", "var", "__pycache__", "vendor", ".hypothesis"}


def modules(*folders: str) -> list[Path]:
    """Return every Python file below the folders, migrations left out."""
    found = (path for folder in folders for path in sorted((ROOT / folder).rglob("*.py")))
    return [path for path in found if "migrations" not in path.parts]


@cache
def tree_of(path: Path) -> ast.Module:
    """Return the parsed module."""
    return ast.parse(path.read_text(encoding="utf-8"))


def imports_of(path: Path) -> Iterator[tuple[str, str]]:
    """Yield what a module imports as (module, name); the name is "" for a plain import."""
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Import):
            yield from ((alias.name, "") for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from ((node.module or "", alias.name) for alias in node.names)


def templates() -> list[Path]:
    """Return every template."""
    return sorted((ROOT / "templates").rglob("*.html"))


def template_name(path: Path) -> str:
    """Return what a template is called in code."""
    return path.relative_to(ROOT / "templates").as_posix()


def texts() -> Iterator[tuple[str, str]]:
    """Yield every text file of the tree as (name from the root, content)."""
    for path in sorted(ROOT.rglob("*")):
        inside = path.relative_to(ROOT)
        if (
            path.is_file()
            and not SKIPPED & set(inside.parts)
            and not any(part.endswith("_cache") for part in inside.parts)
        ):
            try:
                yield inside.as_posix(), path.read_text(encoding="utf-8")
            except UnicodeDecodeError:
                continue


def name(path: Path) -> str:
    """Return a file's name from the root, for messages."""
    return path.relative_to(ROOT).as_posix()
