"""The promise of the search box: 95 of 100 mangled ids resolved, none wrong in silence, every correction told."""

import pytest

from orders.journey.ids import IdPatterns, recognise, resolve
from tests.journey.ids_corpus import DECOYS, REAL, Case, letters, mangled

PATTERNS = IdPatterns.of()
EXISTS = frozenset(REAL + DECOYS)
SEEDS = (1, 2, 3)


def read(case: Case) -> tuple[bool, list[str]]:
    """Return whether exactly the meant ids came out, and what was wrong in silence."""
    results = [resolve(token, EXISTS.__contains__) for token in recognise(case.typed, PATTERNS).tokens]
    ids = [result.id for result in results if result.id]
    wrong = [i for i in ids if i not in case.meant]
    wrong += [r.token.as_typed for r in results if r.state == "corrected" and not r.corrections]
    wrong += [r.token.as_typed for r in results if r.state == "exact" and r.id != r.token.as_typed]
    return ids == list(case.meant), wrong


@pytest.mark.parametrize("seed", SEEDS)
def test_mangled_ids_resolve_and_none_is_wrong_in_silence(seed: int) -> None:
    cases = [*mangled(seed), *letters(seed)]
    read_cases = [(case, *read(case)) for case in cases]
    unread = [case for case, right, _ in read_cases if not right]
    assert [(case.typed, wrong) for case, _, wrong in read_cases if wrong] == []
    assert len(cases) >= 500
    assert len(unread) / len(cases) <= 0.05, [(c.name, c.typed) for c in unread]


@pytest.mark.parametrize("kind", sorted({case.name for case in [*mangled(1), *letters(1)]}))
def test_every_class_of_mangling_is_mostly_read(kind: str) -> None:
    cases = [case for seed in SEEDS for case in [*mangled(seed), *letters(seed)] if case.name == kind]
    unread = [case for case in cases if not read(case)[0]]
    # "ORD-2040 1" with both ORD-20401 and ORD-2040 there cannot be decided: the decoys were put there for it.
    bound = 0.5 if kind == "stray_space" else 0.15
    assert len(unread) / len(cases) <= bound, [c.typed for c in unread]


@pytest.mark.parametrize("seed", SEEDS)
def test_nothing_near_is_taken_where_the_meant_order_is_not_there(seed: int) -> None:
    for case in [*mangled(seed), *letters(seed)]:
        exists = EXISTS - set(case.meant)
        taken = [resolve(token, exists.__contains__).id for token in recognise(case.typed, PATTERNS).tokens]
        assert not any(taken), case.typed
