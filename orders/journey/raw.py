"""Raw: a foreign value that cannot be rendered, logged or stored by accident."""

from typing import Final, NoReturn


class Raw:
    """A value as it came from outside, closed until `unseal` opens it.

    Only `orders.privacy` (to decide what may be shown) and `orders.jaeger` and `orders.journey` (to compare it)
    may open one: `tests/architecture` holds that. Equality and hash look through, so raw values can be compared
    and used as keys; everything that would turn one into text raises TypeError.
    """

    __slots__ = ("_value",)

    def __init__(self, value: object) -> None:
        self._value = value

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Raw) and self._value == other._value

    def __hash__(self) -> int:
        return hash(("raw", repr(self._value)))

    def __repr__(self) -> str:
        return "Raw(…)"

    def __str__(self) -> NoReturn:
        raise TypeError("a raw value cannot be rendered: let orders.privacy read it")

    def __format__(self, spec: str) -> NoReturn:
        raise TypeError("a raw value cannot be rendered: let orders.privacy read it")

    def __reduce__(self) -> NoReturn:
        raise TypeError("a raw value cannot be stored: let orders.privacy read it")


def unseal(raw: Raw) -> object:
    """Return what a raw value holds; see Raw for who may call this."""
    return raw._value  # noqa: SLF001 - this is the one door


NOTHING: Final = Raw("")
