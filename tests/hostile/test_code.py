"""What our code must not contain, and how long its patterns may take: rules that no request can show."""
# ruff: noqa: E501 - tables of what is tried read best in rows

import ast
import importlib
import pkgutil
import re
import time
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings

import orders
import portal
from orders import wiring
from orders.journey.ids import MOST_CHARACTERS, recognise
from tests.architecture.source import modules, name, tree_of
from tests.hostile.payloads import CORPUS

FOREIGN = {"pickle", "marshal", "shelve", "dill", "yaml", "subprocess", "telnetlib", "xml", "xmlrpc"}
CALLS = {"eval", "exec", "compile", "__import__"}
RAW_SQL = {"extra", "raw", "RawSQL"}
SAFE = {"mark_safe", "SafeString", "Markup", "format_html"}
KEYS_OF_OUR_OWN = {"portal/access_log/filters.py"}  # its `**` spreads a function of its own that names two columns
DRAWN = {"orders/marks.py", "portal/templates.py"}  # where our own markup is made: shapes, times, translations
SQL = {"portal/access_log/", "portal/database.py", "portal/migrations/", "portal/ops.py", "portal/clock.py"}
LONG = 1_000
EVIL = ("a", "A", "0", " ", "-", ".", "/", "aA0", "a.", "a-", "0-", "0.", "0 ", "a@", "@", "=", "a=", "%", "eyJ", "Aa ", "+7", "::",
    "\u0430", "({", "\"", "'", "\\", "<", "://", "ORD-", "1,", "\n", "a:", "_", "0:", "bearer ", "\u00a0")  # fmt: skip


def calls(tree: ast.AST) -> Iterator[tuple[str, ast.Call]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            named = node.func
            yield (named.id if isinstance(named, ast.Name) else getattr(named, "attr", "")), node


def test_nothing_is_read_that_can_run() -> None:
    """Neither pickles nor YAML, neither shells nor code out of texts: cache and sessions hold JSON."""
    found = []
    for path in modules("orders", "portal"):
        for node in ast.walk(tree_of(path)):
            names = [one.name for one in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            found += [(name(path), one) for one in names if one.partition(".")[0] in FOREIGN]
        for called, node in calls(tree_of(path)):
            bare = isinstance(node.func, ast.Name)
            found += [(name(path), called)] if called in CALLS and bare else []
    assert [one for one in found if one[1] != "compile"] == []
    assert "pickle" not in str(settings.CACHES).lower()
    assert getattr(settings, "SESSION_SERIALIZER", "json").lower().find("pickle") < 0


def test_no_query_is_made_out_of_a_request() -> None:
    """No `**` of foreign keys into the ORM, no order_by of a variable from a request, no SQL outside its rooms."""
    found = []
    for path in modules("orders", "portal"):
        where = name(path)
        for called, node in calls(tree_of(path)):
            given = [keyword.value for keyword in node.keywords if keyword.arg is None]
            spread = any(not (isinstance(one, ast.Call) and where in KEYS_OF_OUR_OWN) for one in given)
            if called in {"filter", "exclude", "get", "annotate", "alias", "aggregate", "create", "update"} and spread:
                found.append((where, called, node.lineno))
            fixed = bool(node.args) and isinstance(
                node.args[0], ast.Constant | ast.Name
            )  # a text of ours, values apart
            if (called in RAW_SQL and not fixed) or (
                called == "order_by" and any(not isinstance(a, ast.Constant) for a in node.args)
            ):
                found.append((where, called, node.lineno))
            if called in {"execute", "executescript"} and not fixed and not where.startswith(tuple(SQL)):
                found.append((where, called, node.lineno))
    assert found == []


def test_markup_is_made_where_it_is_drawn_and_nowhere_else() -> None:
    found = [
        (name(path), called)
        for path in modules("orders", "portal")
        for called, _ in calls(tree_of(path))
        if called in SAFE
    ]
    assert {where for where, _ in found} <= DRAWN, found
    templates = list((settings.BASE_DIR / "templates").rglob("*.html"))
    for path in templates:
        text = path.read_text(encoding="utf-8")
        odd = re.findall(r"\|\s*safe\b|autoescape\s+(?:off|false)|hx-on|\bjs:|hx-vals|javascript:|\son\w+=", text)
        assert odd == [], path
    assert len(templates) > 20


def patterns() -> Iterator[tuple[str, "re.Pattern[Any]"]]:
    """Yield (name, pattern) of every pattern that a module of ours holds."""
    for package in (orders, portal):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if ".migrations" in module.name or module.name.endswith("wsgi"):
                continue
            held = vars(importlib.import_module(module.name))
            for key, value in held.items():
                if isinstance(value, re.Pattern):
                    yield f"{module.name}.{key}", value


def test_no_pattern_explodes() -> None:
    """Each pattern of ours on texts made to mislead it, as long as an address or a header may be.

    Free text is longer: what reads it as a whole is timed as a whole, below and in tests/privacy.
    """
    texts = [piece * (LONG // len(piece)) + "!" for piece in EVIL]
    slow = {}
    for where, pattern in patterns():
        began = time.process_time()
        for text in texts:
            told = text if isinstance(pattern.pattern, str) else text.encode()
            pattern.search(told)
            pattern.fullmatch(told)
        if (took := time.process_time() - began) > len(texts) * 0.05:
            slow[where] = round(took, 2)
    assert slow == {}


@pytest.mark.hostile
def test_no_text_is_slow_to_read() -> None:
    slow = {}
    for piece in EVIL[::3]:
        began = time.process_time()
        recognise(piece * (MOST_CHARACTERS // len(piece)), wiring.patterns())
        if (took := time.process_time() - began) > 3:  # some tenths of a second on a machine of its own
            slow[piece] = took
    assert slow == {}


def test_the_corpus_is_read_without_an_error() -> None:
    for text in CORPUS:
        recognise(text, wiring.patterns())
