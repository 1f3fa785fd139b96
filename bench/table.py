"""The table of a run, as Markdown, printed and kept in docs/performance.md between two marks."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from bench.figures import Figure

PAGE: Final = Path(__file__).resolve().parent.parent / "docs" / "performance.md"
BEGIN: Final = "<!-- the last run: written by `make bench` -->"
END: Final = "<!-- end of the last run -->"


def rows(figures: Sequence[Figure], *, judged: bool) -> list[str]:
    """Return the lines of the table; unjudged, it says nothing of what holds."""
    lines = ["| measure | must | median | each repeat | holds | |", "|---|---|---|---|---|---|"]
    for figure in figures:
        gated = figure.most is not None or figure.least is not None
        holds = ("yes" if figure.holds else "**no**") if gated and judged else ""
        repeats = ", ".join(map(_number, figure.values)) if len(figure.values) > 1 else ""
        value = f"{_number(figure.value)} {figure.unit}"
        lines.append(f"| {figure.measure} | {_gate(figure)} | {value} | {repeats} | {holds} | {figure.note} |")
    return lines


def write(table: Sequence[str], loads: str) -> None:
    """Put a run's table between the marks; raise ValueError where a mark is missing."""
    text = PAGE.read_text(encoding="utf-8")
    head, rest = text[: text.index(BEGIN)], text[text.index(END) :]
    when = f"Measured on {datetime.now(UTC):%d %B %Y}. {loads}"
    PAGE.write_text("\n".join([head + BEGIN, "", when, "", *table, "", rest]), encoding="utf-8")


def _gate(figure: Figure) -> str:
    if figure.most is not None:
        return f"≤ {figure.most:g} {figure.unit}"
    return f"≥ {figure.least:g} {figure.unit}" if figure.least is not None else ""


def _number(value: float) -> str:
    return f"{value:.3f}" if value < 2 else f"{value:.1f}" if value < 100 else f"{value:,.0f}"
