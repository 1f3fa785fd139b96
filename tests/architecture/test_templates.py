"""Rules of the templates: all compile, all are used, htmx knows every word, nothing is inline."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.template import loader

from tests.architecture.source import modules, template_name, templates, tree_of

DJANGOS_OWN = {"400.html", "403.html", "403_csrf.html", "404.html", "500.html"}  # rendered by Django, by these names
SWAPS = {
    "innerHTML",
    "outerHTML",
    "textContent",
    "beforebegin",
    "afterbegin",
    "beforeend",
    "afterend",
    "delete",
    "none",
}
SWAP_MODIFIER = re.compile(r"(swap|settle|scroll|show|ignoreTitle|transition|focus-scroll):\S+")
INLINE = {
    "a script in the page": re.compile(r"<script(?![^>]*\bsrc=)[^>]*>", re.IGNORECASE),
    "a style in the page": re.compile(r"<style\b|\sstyle\s*=", re.IGNORECASE),
    "a handler in an attribute": re.compile(r"\son[a-z]+\s*=", re.IGNORECASE),
    "hx-on": re.compile(r"\bhx-on\b"),
    "evaluated text": re.compile(r"[\"'\s](js|javascript):", re.IGNORECASE),
}
LONGEST = 120  # 80 is the guide


@pytest.mark.parametrize("path", templates(), ids=template_name)
def test_it_compiles(path: Path) -> None:
    assert loader.get_template(template_name(path)) is not None


def test_every_template_is_used() -> None:
    constants = {str(node.value) for node in _code() if isinstance(node, ast.Constant)}
    used = DJANGOS_OWN | constants | set(_named_in_templates())
    built = [_pattern(node) for node in _code() if isinstance(node, ast.JoinedStr)]
    names = {template_name(path) for path in templates()} - used
    assert {one for one in names if not any(_fits(pattern, one, constants) for pattern in built)} == set()


def _named_in_templates() -> Iterator[str]:
    for path in templates():
        yield from re.findall(r"{%-?\s*(?:include|extends)\s+[\"']([^\"']+)", _text(path))


def _code() -> Iterator[ast.AST]:
    for path in modules("orders", "portal"):
        yield from ast.walk(tree_of(path))


def _pattern(text: ast.JoinedStr) -> str:
    return "".join(re.escape(str(part.value)) if isinstance(part, ast.Constant) else "(.+)" for part in text.values)


def _fits(pattern: str, wanted: str, constants: set[str]) -> bool:
    """Return whether an f-string can give the name: whatever is filled in must itself stand in the code."""
    found = re.fullmatch(pattern, wanted) if pattern.endswith(r"\.html") else None
    return found is not None and constants.issuperset(found.groups())


def _text(path: Path) -> str:
    """Return a template without its comments."""
    return re.sub(r"{#.*?#}", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)


def test_every_swap_is_one_that_htmx_knows() -> None:
    wrong = [
        f"{template_name(path)}: {value}"
        for path in templates()
        for value in re.findall(r"hx-swap=\"([^\"]*)\"", _text(path))
        if value.split()[0] not in SWAPS or not all(map(SWAP_MODIFIER.fullmatch, value.split()[1:]))
    ]
    assert wrong == []


def test_every_target_exists() -> None:
    ids = {found for path in templates() for found in re.findall(r"\bid=\"([^\"{]+)\"", _text(path))}
    wrong = [
        f"{template_name(path)}: #{target}"
        for path in templates()
        for target in re.findall(r"hx-(?:target|include|indicator|select)=\"#([^\"{]+)\"", _text(path))
        if target not in ids
    ]
    assert wrong == []


@pytest.mark.parametrize("what", INLINE)
def test_nothing_is_inline(what: str) -> None:
    assert [template_name(path) for path in templates() if INLINE[what].search(_text(path))] == []


def test_no_template_is_too_long_to_read() -> None:
    lengths = {template_name(path): len(path.read_text(encoding="utf-8").splitlines()) for path in templates()}
    assert {name: lines for name, lines in lengths.items() if lines > LONGEST} == {}
