"""The judge of answers: is a page still made of our own tags and attributes alone, is a file still what it says?

The judge demands more than a browser does: every `<` must open a tag of ours with quoted attributes that the templates
use. On such a page all HTML parsers agree, so nothing that came from outside can have become markup. That this holds
is itself tested: html5lib, which reads as browsers do, sees the same elements.
"""

import csv
import io
import json
import re
from functools import cache
from pathlib import Path
from typing import Any, Final

from django.conf import settings

_NAME = r"[a-zA-Z][a-zA-Z0-9]*"
_ATTRIBUTE = r"""\s+([a-zA-Z][a-zA-Z0-9:_-]*)(?:="([^"<]*)"|='(\{[^'<>]*\})')?"""
_TAG: Final = re.compile(rf"<(/?)({_NAME})((?:{_ATTRIBUTE})*)\s*/?>")
_ATTRIBUTES: Final = re.compile(_ATTRIBUTE)
_LEADS: Final = frozenset({"href", "src", "action", "hx-get", "formaction", "data", "xlink:href"})
_TEMPLATE = re.compile(r"\{%.*?%\}|\{\{.*?\}\}|\{#.*?#\}", re.DOTALL)
_FORMULA = tuple("=+-@\t\r\n\0＝＋－＠")


class NotOurs(AssertionError):  # noqa: N818 - named for what was found
    """Something in an answer is not of our making."""


def elements(html: str) -> list[tuple[str, tuple[str, ...]]]:
    """Return (tag, attribute names) of every start tag; raises NotOurs for markup that no template writes."""
    found = []
    for tag in _TAG.finditer(html):
        slash, name, attributes = tag[1], tag[2].lower(), _ATTRIBUTES.findall(tag[3])
        if slash:
            continue
        names = tuple(sorted(one[0].lower() for one in attributes))
        found.append((name, names))
        for key, value, _ in attributes:
            if key.lower() in _LEADS and not leads_where_it_may(value):
                raise NotOurs(f"<{name} {key}={value!r}>")
    left = _TAG.sub("", html)
    if "<" in left.replace("<!doctype html>", "", 1):
        at = left.index("<", 15)
        raise NotOurs(f"no tag of ours: {left[at : at + 80]!r}")
    return found


def without_tags(html: str) -> str:
    """Return what stands between the tags of a page that passed; a line end stands for each tag."""
    return _TAG.sub("\n", html)


def leads_where_it_may(address: str) -> bool:
    """Return whether an address is a path or a place on this site, Jaeger's or that of a system of the stage table."""
    if address.startswith(("/", "#", "?", "mailto:")) or not address:
        return not address.startswith(("//", "/\\"))
    return address.startswith((settings.JAEGER_UI_URL + "/", settings.PORTAL_URL + "/", "https://crm.", "https://mes."))


@cache
def ours() -> tuple[frozenset[str], frozenset[str]]:
    """Return the names of all tags and attributes that templates, form widgets and drawn shapes write."""
    root = Path(settings.BASE_DIR)
    texts = [path.read_text(encoding="utf-8") for path in (root / "templates").rglob("*.html")]
    texts.append((root / "orders" / "marks.py").read_text(encoding="utf-8"))
    bare = [_TEMPLATE.sub(" ", text) for text in texts]
    tags = {name.lower() for text in bare for name in re.findall(rf"<({_NAME})", text)} | {"textarea", "input"}
    names = {name.lower() for text in bare for name in re.findall(r"[\s\"']([a-zA-Z][a-zA-Z0-9:-]*)(?==[\"'{])", text)}
    bare_names = {"hidden", "defer", "crossorigin", "data-live", "data-row", "data-zone", "data-help", "data-find",
                  "required", "open", "cols", "rows", "maxlength", "autocapitalize", "autofocus", "selected", "checked",
                  "aria-hidden", "datetime", "title", "data-ago", "tabindex", "disabled",
                  "data-sign-out", "data-signed-out"}  # fmt: skip
    return frozenset(tags), frozenset(names | bare_names)


def check_page(html: str) -> None:
    """Raise NotOurs where a page holds a tag, an attribute or an address that is none of ours."""
    tags, names = ours()
    for tag, attributes in elements(html):
        odd = {tag} - tags or set(attributes) - names or {one for one in attributes if one.startswith("on")}
        files = {"defer", "src"} <= set(attributes) <= {"defer", "src", "integrity", "crossorigin"}
        odd = odd or ({"inline"} if tag == "script" and not files else set())
        if odd:
            raise NotOurs(f"<{tag} {' '.join(attributes)}>: {sorted(odd)}")


def check(answer: Any) -> None:
    """Raise NotOurs where an answer is not what its headers say, or holds anything but our own markup."""
    kind, text = answer.headers.get("Content-Type", ""), answer.content.decode()
    if kind.startswith("text/html"):
        check_page(text)
    elif kind.startswith("application/json"):
        json.loads(text)
    elif kind.startswith("text/csv"):
        check_csv(text)
    elif text and not kind.startswith("text/plain"):
        raise NotOurs(f"an answer of type {kind!r}")
    for name, value in answer.headers.items():
        if "\r" in value or "\n" in value or "\0" in value:
            raise NotOurs(f"a header of two lines: {name}")


def check_csv(text: str) -> None:
    """Raise NotOurs where a cell begins as a formula does, or the rows are not equally long."""
    rows = list(csv.reader(io.StringIO(text.removeprefix("\ufeff")), delimiter=";" if ";" in text[:40] else ","))
    if len({len(row) for row in rows}) != 1:
        raise NotOurs("rows of different lengths")
    for cell in (cell for row in rows for cell in row):
        if cell.lstrip(" \xa0\u200b\ufeff").startswith(_FORMULA):
            raise NotOurs(f"a formula: {cell[:40]!r}")
