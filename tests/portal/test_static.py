"""What is served as files: vendored as published, and within the security policy."""

import hashlib
import json
import re
from pathlib import Path

import pytest
from django.conf import settings

STATIC = Path(settings.BASE_DIR) / "static"
TEMPLATES = sorted((Path(settings.BASE_DIR) / "templates").rglob("*.html"))
SHEETS = sorted((STATIC / "css").glob("*.css"))
ROWS = re.findall(
    r"^\| `(\S+)` \|.*\| ([0-9a-f]{64}) \|$", (STATIC / "vendor" / "VENDORED.md").read_text(), re.MULTILINE
)


@pytest.mark.parametrize(("name", "digest"), ROWS)
def test_a_vendored_file_is_as_published(name: str, digest: str) -> None:
    assert hashlib.sha256((STATIC / name).read_bytes()).hexdigest() == digest


def test_every_vendored_file_is_listed() -> None:
    kept = {
        path.relative_to(STATIC).as_posix() for folder in ("vendor", "fonts") for path in (STATIC / folder).iterdir()
    }
    named = {name for name, _ in ROWS}
    assert {name for name in kept if name.endswith((".js", ".woff2"))} == named


def test_htmx_may_not_evaluate_run_scripts_style_or_keep_pages() -> None:
    base = (Path(settings.BASE_DIR) / "templates" / "base.html").read_text()
    config = json.loads(base.split('name="htmx-config" content=\'')[1].split("'")[0])
    assert not any(
        config[name] for name in ("allowEval", "allowScriptTags", "includeIndicatorStyles", "historyCacheSize")
    )
    assert config["selfRequestsOnly"] is True


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_no_template_needs_more_than_the_policy_allows(path: Path) -> None:
    source = path.read_text()
    assert not re.search(r"\sstyle\s*=|<style|\son[a-z]+\s*=|hx-on|js:|javascript:|\|safe\b|autoescape off", source)
    assert all("src=" in tag for tag in re.findall(r"<script[^>]*>", source))


@pytest.mark.parametrize("path", SHEETS, ids=lambda path: path.name)
def test_no_sheet_has_gradients_shadows_or_foreign_files(path: Path) -> None:
    rules = re.sub(r"/\*.*?\*/", "", path.read_text(), flags=re.DOTALL)
    assert not re.search(r"gradient|shadow|@import|https?:|//|data:", rules)
    assert all((path.parent / name).resolve().is_file() for name in re.findall(r'url\("([^"]+)"\)', rules))


def test_every_sheet_is_linked_by_the_frame() -> None:
    base = (Path(settings.BASE_DIR) / "templates" / "base.html").read_text()
    assert [path.name for path in SHEETS if f"css/{path.name}" not in base] == []


def test_measures_hold_every_whole_per_cent() -> None:
    sheet = (STATIC / "css" / "measures.css").read_text()
    assert [int(value) for value in re.findall(r"\.w-\d+ \{ width: (\d+)%; \}", sheet)] == list(range(101))
    assert [int(value) for value in re.findall(r"\.l-\d+ \{ left: (\d+)%; \}", sheet)] == list(range(101))
