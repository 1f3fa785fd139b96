"""The judge itself: it passes our pages, sees what html5lib sees, and catches what it is there for."""

from typing import Any

import html5lib
import pytest

from tests.hostile.conftest import As
from tests.hostile.judge import NotOurs, check, check_csv, check_page, elements
from tests.hostile.routes import address
from tests.hostile.test_access import TABLE
from tests.orders.conftest import FakeJaeger


def seen_by_a_browser(html: str) -> list[tuple[str, tuple[str, ...]]]:
    """Return (tag, attribute names) as a browser's parser finds them, without those that it adds by itself."""
    found = [node for node in html5lib.parse(html, namespaceHTMLElements=False).iter() if isinstance(node.tag, str)]
    names = [(str(node.tag).rpartition("}")[2].lower(), node) for node in found]
    return [(tag, tuple(sorted(str(key).rpartition("}")[2].lower() for key in node.attrib))) for tag, node in names]


def test_our_own_pages_pass_and_are_read_alike_by_a_browser(someone: As, jaeger: FakeJaeger) -> None:
    client, pages = someone("devops"), 0
    for route in TABLE:
        if route == "logout/":
            continue
        answer: Any = client.get(address(route) + ("?" + TABLE[route]["query"] if "query" in TABLE[route] else ""))
        check(answer)
        if "html" in answer["Content-Type"] and answer.content:
            pages += 1
            html = answer.content.decode()
            assert sorted(elements(html)) == sorted(seen_by_a_browser(html)), route
    assert pages > 10


@pytest.mark.parametrize(
    "piece",
    [
        "<script>x</script>", "<img src=x onerror=y>", "<p onclick='x'>", '<a href="javascript:x">', "<!-- x -->",
        "< b",
        '<p hx-on:load="x">', '<a href="//evil.example">', '<p style="x">', "<svg/onload=x>", "a < b", "<iframe>",
        '<a href="https://evil.example/">', '<form formaction="data:x">', "<p title=x>", '<p title="a"b="c">',
        '<a href="java&#x73;cript:x">', '<base target="x">', "<?php x ?>", "<![CDATA[x]]>", '<p title="<b>">',
    ],
)  # fmt: skip
def test_what_is_not_ours_is_caught(piece: str) -> None:
    with pytest.raises(NotOurs):
        check_page(f'<!doctype html>\n<html lang="ru"><body>{piece}</body></html>')


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@x", "\t=1", "＝1", " =1", '"\n=1"'])
def test_a_formula_is_caught(cell: str) -> None:
    with pytest.raises(NotOurs):
        check_csv(f"\ufefforder_id;state\r\nORD-1;{cell}\r\n")
