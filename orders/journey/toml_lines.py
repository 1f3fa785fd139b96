"""TOML with line numbers: a table that knows on which line each of its keys stands, and refuses what it cannot read."""

import re
import tomllib
from collections.abc import Mapping
from typing import Any, Final

Path = tuple[str | int, ...]
_HEADER: Final = re.compile(r"^\s*(\[\[?)\s*([^\[\]]+?)\s*\]\]?\s*(#.*)?$")
_KEY: Final = re.compile(r"^\s*([A-Za-z0-9_.\"'-]+)\s*=")
_AT_LINE: Final = re.compile(r"\(at line (\d+), column \d+\)|\(at end of document\)")


class StageTableError(ValueError):
    """The stage table is wrong. `line` is where (from 1), `sentence` says what to write instead."""

    def __init__(self, line: int, sentence: str) -> None:
        super().__init__(f"line {line}: {sentence}")
        self.line = line
        self.sentence = sentence


class Node:
    """One table of the file: hands out its values by type and remembers which were asked for.

    Every method raises StageTableError, with the line of the key (or of the table's header), where the value
    is absent or of another kind.
    """

    def __init__(self, data: Mapping[str, Any], path: Path, lines: Mapping[Path, int]) -> None:
        self._data = data
        self._path = path
        self._lines = lines
        self._asked: set[str] = set()

    def line(self, key: str = "") -> int:
        """Return the line of a key, or of the nearest table around it that has one."""
        path: Path = (*self._path, key) if key else self._path
        while path and path not in self._lines:
            path = path[:-1]
        return self._lines.get(path, 1)

    def wrong(self, key: str, sentence: str) -> StageTableError:
        """Return the error to raise about a key of this table."""
        return StageTableError(self.line(key), sentence)

    def __contains__(self, key: str) -> bool:
        return key in self._data

    def keys(self) -> tuple[str, ...]:
        """Return the keys in the file's order."""
        return tuple(self._data)

    def _get(self, key: str, kind: type, what: str) -> Any:
        self._asked.add(key)
        if key not in self._data:
            raise self.wrong(key, f"{self.name} lacks `{key}`: write {what}.")
        value = self._data[key]
        if not isinstance(value, kind):
            raise self.wrong(key, f"`{key}` must be {what}.")
        return value

    @property
    def name(self) -> str:
        """Return the table's name for a sentence, such as [service.crm] or [[stage]] number 2."""
        parts = [str(part) for part in self._path if isinstance(part, str)]
        number = next((part for part in self._path if isinstance(part, int)), None)
        if not parts:
            return "The table"
        return f"[{'.'.join(parts)}]" if number is None else f"[[{parts[0]}]] number {number + 1}"

    def text(self, key: str, what: str = "a text in quotes") -> str:
        """Return a text that is not empty."""
        value: str = self._get(key, str, what)
        if not value.strip():
            raise self.wrong(key, f"`{key}` is empty: write {what}.")
        return value

    def flag(self, key: str) -> bool:
        """Return true or false."""
        value: bool = self._get(key, bool, "true or false")
        return value

    def texts(self, key: str) -> tuple[str, ...]:
        """Return a list of texts with at least one."""
        value: list[Any] = self._get(key, list, 'a list of texts, such as ["crm"]')
        if not value or not all(isinstance(item, str) and item.strip() for item in value):
            raise self.wrong(key, f"`{key}` must hold at least one text and texts only.")
        return tuple(value)

    def table(self, key: str) -> "Node":
        """Return a table inside this one."""
        return Node(self._get(key, dict, "a table"), (*self._path, key), self._lines)

    def tables(self, key: str) -> tuple["Node", ...]:
        """Return the tables of a list such as [[stage]]; none where the key is absent."""
        self._asked.add(key)
        if key not in self:
            return ()
        value = self._get(key, list, f"tables under [[{key}]]")
        if not all(isinstance(item, dict) for item in value):
            raise self.wrong(key, f"`{key}` must be tables under [[{key}]].")
        return tuple(Node(item, (*self._path, key, i), self._lines) for i, item in enumerate(value))

    def close(self) -> None:
        """Refuse keys that nobody asked for."""
        for key in self._data:
            if key not in self._asked:
                known = ", ".join(sorted(self._asked))
                raise self.wrong(key, f"{self.name} knows no key `{key}`; it knows: {known}.")


def read(text: str) -> Node:
    """Return the file's root table; StageTableError where the text is not TOML."""
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        found = _AT_LINE.search(str(error))
        line = int(found[1]) if found and found[1] else text.count("\n") + 1
        raise StageTableError(line, f"this is not TOML: {_AT_LINE.sub('', str(error)).strip()}.") from error
    return Node(data, (), _lines(text))


def _lines(text: str) -> Mapping[Path, int]:
    """Return where each header and key stands.

    Keys inside texts of several lines may be found too: harmless, only the keys of the parsed data are looked up.
    """
    lines: dict[Path, int] = {}
    counts: dict[str, int] = {}
    at: Path = ()
    for number, line in enumerate(text.splitlines(), start=1):
        if header := _HEADER.match(line):
            at = _header(header[1] == "[[", header[2], counts)
            lines.setdefault(at, number)
        elif key := _KEY.match(line):
            lines.setdefault((*at, *_split(key[1])), number)
    return lines


def _split(name: str) -> Path:
    return tuple(part.strip().strip("\"'") for part in name.split("."))


def _header(many: bool, name: str, counts: dict[str, int]) -> Path:  # noqa: FBT001 - "[[" or "["
    parts = _split(name)
    first = str(parts[0])
    if many:
        counts[first] = counts.get(first, -1) + 1
    if first in counts:
        return (first, counts[first], *parts[1:])
    return parts
