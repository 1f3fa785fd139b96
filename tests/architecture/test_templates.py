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
    used = DJANGOS_OWN | set(_named_in_templates())
    patterns = [re.compile(pattern) for pattern in _named_in_code()]
    names = {template_name(path) for path in templates()} - used
    assert {name for name in names if not any(pattern.fullmatch(name) for pattern in patterns)} == set()


def _named_in_templates() -> Iterator[str]:
    for path in templates():
        yield from re.findall(r"{%-?\s*(?:include|extends)\s+[\"']([^\"']+)", _text(path))


def _named_in_code() -> Iterator[str]:
    """Yield a pattern for every template name in Python; in an f-string, what is filled in may be anything."""
    for path in modules("orders", "portal"):
        for node in ast.walk(tree_of(path)):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.endswith(".html"):
                yield re.escape(node.value)
            elif isinstance(node, ast.JoinedStr):
                parts = [re.escape(str(part.value)) if isinstance(part, ast.Constant) else ".+" for part in node.values]
                if parts[-1].endswith(r"\.html"):
                    yield "".join(parts)


def _text(path: Path) -> str:
    """Return a template without its comments."""
    return re.sub(r"{#.*?#}|{% comment.*?endcomment %}", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)


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
