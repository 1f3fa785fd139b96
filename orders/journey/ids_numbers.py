"""A number as people type it: look-alike letters for digits, groups after it that may or may not belong to it."""

import re
from typing import Final

from orders.journey.ids_letters import DIGIT_LOOKS, as_digits
from orders.journey.ids_patterns import Shape

_DIGIT = "[0-9" + "".join(re.escape(c) for c in DIGIT_LOOKS) + "]"
NUMBER: Final = (
    rf"(?P<number>{_DIGIT}{{1,24}})(?P<tail>(?:(?: {{1,2}}|[-_.,'])[0-9]{{1,3}}(?![^\W_])){{0,9}})(?![^\W_])"
)
BARE: Final = re.compile(rf"(?<![^\W_]){NUMBER}")
_TAIL = re.compile(r"( {1,2}|[-_.,'])([0-9]+)")


class Number:
    """A number as typed: one run of digits, and perhaps groups after it that may or may not belong to it."""

    def __init__(self, found: re.Match[str]) -> None:
        self.typed: str = found["number"]
        self.digits = as_digits(self.typed)
        self.groups: list[tuple[str, str]] = _TAIL.findall(found["tail"])
        lengths = [len(group) for _, group in self.groups]
        self.regular = bool(lengths) and (
            (len(self.digits) <= 3 and set(lengths) == {3}) or (len(self.digits) == 1 and set(lengths) == {1})
        )

    @property
    def plausible(self) -> bool:
        """Return whether at least half of it are digits."""
        return sum(c.isdigit() for c in self.typed) * 2 >= len(self.typed)

    @property
    def joined(self) -> str:
        """Return all digits, those of the groups included."""
        return self.digits + "".join(group for _, group in self.groups)

    def read(self, shape: Shape) -> tuple[str, list[str], bool]:
        """Return the digits, the other readings, and whether the groups were taken as part of the number."""
        stripped = self.typed.rstrip("".join(DIGIT_LOOKS))
        others = [stripped] if stripped.isdigit() and stripped != self.typed else []
        if not self.groups or len(self.joined) > shape.most or self._list:
            return self.digits, others, False
        alike = {len(group) for _, group in self.groups} == {len(self.digits)}  # looks like a list as well
        return self.joined, [self.digits, *(group for _, group in self.groups if alike)], True

    @property
    def _list(self) -> bool:
        """Return whether commas between the groups say that this is a list and no number with its thousands."""
        commas = any("," in mark for mark, _ in self.groups)
        return commas and not (self.regular and len(self.digits) < 3)

    def reasons(self, *, whole: bool) -> set[str]:
        """Return what is mended in the number; `whole`: the groups belong to it."""
        marks = {mark.strip() for mark, _ in self.groups} if whole else set()
        reasons = {"look_alike"} if self.digits != self.typed else set()
        if "" in marks:
            reasons.add("spaces")
        if marks & {"-", "_"}:
            reasons.add("dash")
        if marks & {".", ",", "'"}:
            reasons.add("punctuation")
        return reasons
