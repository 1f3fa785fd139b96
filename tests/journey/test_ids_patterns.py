"""What an id looks like is a setting: read strictly, refused by name."""

import pytest

from orders.journey.ids_patterns import IdPatterns, PatternError, Shape


def test_defaults_and_overrides() -> None:
    patterns = IdPatterns.of({"order": r"A\d{4}"})
    assert patterns.shapes[0] == Shape("order", "A", "", 4, 4)
    assert patterns.kinds_of("A1234") == ("order",)
    assert patterns.kinds_of("P-77") == ("partner",)
    assert not patterns.is_id("order", "A12345")
    assert not patterns.is_id("order", "A１２３４")
    assert not patterns.is_id("order", "A1234\n")


@pytest.mark.parametrize(
    "pattern",
    [
        *(
            "",
            r"ORD-\d+",
            r"ORD-\d*",
            r"(a)",
            "a|b",
            ".",
            r"\d{1,65}",
            r"\d{2}" * 33,
            "[z-a]",
            "[^a]",
            r"-\d",
            r"\.a",
            "a?b",
        ),
        *("a?b", r"\d{1,2}" * 4, r"\w", "№1", r"\d{5,2}", r"a/\d", "^a", "a$", r"_\d", "{2}"),
    ],
)
def test_a_pattern_that_could_be_slow_or_odd_is_refused_by_name(pattern: str) -> None:
    with pytest.raises(PatternError, match="order") as caught:
        IdPatterns.of({"order": pattern})
    assert (caught.value.kind, caught.value.pattern) == ("order", pattern)


def test_an_unknown_kind_is_refused() -> None:
    with pytest.raises(PatternError, match="parcel"):
        IdPatterns.of({"parcel": r"\d"})


@pytest.mark.parametrize(
    "pattern", [r"[A-Z]{2}\d{4}", r"A\d{2}-\d{3}", r"A1-\d{3}", r"AB?\d{3}", r"A[0-9]-\d", r"\d{3}A"]
)
def test_patterns_without_a_shape_stay_free(pattern: str) -> None:
    patterns = IdPatterns.of({"order": pattern})
    assert [kind for kind, _ in patterns.free] == ["order"]


def test_zero_readings() -> None:
    assert Shape("order", "ORD", "-", 1, 10).write("020") == ("ORD-020", "ORD-20")
    assert Shape("order", "ORD", "-", 4, 4).write("20") == ("ORD-0020",)
    assert Shape("order", "", "", 1, 3).write("000") == ("000", "0")
