"""`python -m tests.privacy.figures`: score the masking in full, print the table, exit 1 where a score is missed.

What it costs is told beside the scores and judged by `python -m bench.masking`, on a machine with nothing else to do.

`--write` puts the table into docs/masking.md. Two minutes; `--least 500` is a short run.
"""

import argparse
import random
import string
import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from bench import masking
from orders.journey.ids import IdPatterns
from orders.journey.raw import Raw
from orders.journey.spans import Attribute
from orders.privacy.attributes import Policy, shown
from tests.privacy import texts_score, texts_seen
from tests.privacy.corpus import Corpus
from tests.privacy.hostile import FRAME, disguised
from tests.privacy.masking import ROOT, free_text, mask
from tests.privacy.score import Recall, legibility, recall, survives

PAGE: Final = ROOT / "docs" / "masking.md"
BEGIN: Final = "<!-- the last run: written by `make masking MASKING=--write` -->"
END: Final = "<!-- end of the last run -->"
FREE: Final = frozenset({"name", "address"})
Row = tuple[str, str, str, bool]  # measure, gate, value, holds


def recall_rows(seed: int, least: int) -> Iterator[Row]:
    """Give a row a class: the texts for the score alone, so many items each."""
    found = recall(Corpus(seed).texts(texts_score.PERSONAL, least), mask)
    for kind, score in sorted(found.items()):
        gate = 0.995 if kind in FREE else 0.9995
        yield f"masked: {kind}", f"≥ {gate:.2%}", _share(score), score.share >= gate
        for line in score.missed[:5]:
            print(f"  missed {kind}: {line}", file=sys.stderr)


def _share(score: Recall) -> str:
    return f"{score.share:.3%} of {score.planted:,}"


def hostile_row() -> Row:
    """Return the row of the disguised items."""
    every = list(disguised())
    missed = [(name, item) for name, item, text in every if survives(item, mask(text), FRAME)]
    for name, item in missed:
        print(f"  missed, {name}: {item}", file=sys.stderr)
    share = 1 - len(missed) / len(every)
    return (
        "masked: disguised (zero-width, look-alikes, encoded, …)",
        "≥ 95%",
        f"{share:.2%} of {len(every)}",
        share >= 0.95,
    )


def legibility_rows(rounds: int) -> Iterator[Row]:
    """Give the rows of clean texts: words lost, ids and codes altered, texts still understood."""
    for name, templates, gate in (("seen", texts_seen.CLEAN, 0.05), ("unseen", texts_score.CLEAN, None)):
        found = legibility(templates, mask, random.Random(1), rounds=rounds)
        for line in found.altered[:5]:
            print(f"  altered: {line}", file=sys.stderr)
        lost = found.lost / found.words
        yield (
            f"words lost, {name} texts",
            f"≤ {gate:.0%}" if gate else "",
            f"{lost:.2%} of {found.words:,}",
            not gate or lost <= gate,
        )
        yield (
            f"ids, codes, lengths of time altered, {name} texts",
            "0",
            f"{len(found.altered)} of {found.own:,}",
            not found.altered,
        )
        if not gate:
            value = f"{found.understood / found.texts:.1%} of {found.texts:,}"
            yield "texts still understood by their error type, unseen texts", "", value, True


def unknown_keys(count: int) -> Row:
    """Return the row of keys that nobody allowed: none may show its value."""
    rng = random.Random(2)
    letters = string.ascii_letters + string.digits + "._-" + "абвгд @<>"
    policy = Policy.of(IdPatterns.of(), free_text=free_text())
    keys = ["".join(rng.choices(letters, k=rng.randint(1, 30))) for _ in range(count)]
    attributes = [Attribute("span", key, Raw("ivan@example.ru")) for key in keys if key not in policy.fits]
    leaked = sum(one.text != "" for one in shown(attributes, policy))
    return "values shown under unknown keys", "0", f"{leaked} of {len(attributes):,}", leaked == 0


def speed_rows() -> Iterator[Row]:
    """Give what the masking costs: see `bench.masking`."""
    for figure in masking.figures():
        gate = f"≤ {figure.most:g} {figure.unit}" if figure.most else ""
        yield figure.measure, gate, f"{figure.value:.3g} {figure.unit}", figure.holds


def rows(least: int, seed: int, *, rounds: int = 100, keys: int = 100_000) -> list[Row]:
    """Return every row: `least` items a class, `rounds` of the clean texts, so many unknown keys."""
    return [*recall_rows(seed, least), hostile_row(), *legibility_rows(rounds), unknown_keys(keys)]


def table(found: Sequence[Row]) -> list[str]:
    """Return the table in Markdown."""
    lines = ["| measure | must | measured | holds |", "|---|---|---|---|"]
    return lines + [
        f"| {name} | {gate} | {value} | {('yes' if holds else '**no**') if gate else ''} |"
        for name, gate, value, holds in found
    ]


def write(lines: Sequence[str], page: Path = PAGE) -> None:
    """Put the table between the marks of the page; raise ValueError where a mark is missing."""
    text = page.read_text(encoding="utf-8")
    head, rest = text[: text.index(BEGIN)], text[text.index(END) :]
    page.write_text(
        "\n".join([head + BEGIN, "", f"Measured on {datetime.now(UTC):%d %B %Y}.", "", *lines, "", rest]),
        encoding="utf-8",
    )


def main() -> int:
    """Score, print, and write where asked to."""
    parser = argparse.ArgumentParser(prog="python -m tests.privacy.figures", description=__doc__)
    parser.add_argument("--least", type=int, default=20_000, help="items of each class")
    parser.add_argument("--seed", type=int, default=2026)
    parser.add_argument("--write", action="store_true", help="put the table into docs/masking.md")
    chosen = parser.parse_args()
    scores, costs = rows(chosen.least, chosen.seed), list(speed_rows())
    print("\n".join(table([*scores, *costs])))
    if chosen.write:
        write(table([*scores, *costs]))
    return 0 if all(holds for *_, holds in scores) else 1


if __name__ == "__main__":
    raise SystemExit(main())
