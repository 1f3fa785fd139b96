"""Finding ids in a text: links, trace ids, written-out ids however mangled, announced and listed bare numbers."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Final
from urllib.parse import unquote

from orders.journey.ids_letters import (
    Folded,
    explain,
    fold,
    mended,
    typings,
    words_readings,
)
from orders.journey.ids_noise import AND, ANNOUNCES, FILLER, GAP, LINK, chunks, without_noise, words_in
from orders.journey.ids_numbers import BARE, NUMBER, Number
from orders.journey.ids_patterns import IdPatterns, Shape

_FOUND = "\x01"  # stands where an id was found
_TRACEPARENT = re.compile(r"(?<!\w)00-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}(?!\w)")
_HEX = re.compile(r"(?<![^\W_])(?:[0-9a-f]{32}|(?=[0-9]{0,15}[a-f])[0-9a-f]{16})(?![^\W_])", re.IGNORECASE)
_TRACE_PATH = re.compile(r"/trace/([0-9a-f]{1,32})(?![^\W_])", re.IGNORECASE)
_SPAN_QUERY = re.compile(r"[?&]uiFind=([0-9a-f]{1,16})(?![^\W_])", re.IGNORECASE)
_OWN_PATH = re.compile(r"/(orders|partners)/([^/?#]{1,200})")
_WORD = re.compile(r"[^\s,;()<>«»\"\x01]{1,80}")
_LIST_COMMA = re.compile(r"(?<=\d)[бюБЮ](?=[^\W\d_])|(?<=\d)[юЮ](?![^\W_])")  # the comma and full-stop keys
_MOST_BARE: Final = 400  # bare numbers of one text; more than a person pastes
_OWN_KINDS: Final = {"orders": "order", "partners": "partner"}


@dataclass(frozen=True, slots=True)
class Found:
    """A place where an id may stand: the readings and what was mended for them."""

    start: int  # place in the folded text, for the order
    typed: str
    kinds: tuple[str, ...] = ()
    readings: tuple[str, ...] = ()  # ids, most plausible first; none: a part of a list that is no id
    rivals: tuple[str, ...] = ()  # ids that must not exist for a reading to be sure
    reasons: frozenset[str] = frozenset()
    span: str = ""


@dataclass(slots=True)
class _Scan:
    """A text in work: what is left to read in it, and what was found."""

    patterns: IdPatterns
    folded: Folded
    left: str = ""
    found: list[Found] = field(default_factory=list)

    def take(self, start: int, end: int, mark: str = _FOUND) -> str:
        """Close a region and return how it was typed."""
        self.left = self.left[:start] + mark * (end - start) + self.left[end:]
        return self.folded.typed(start, end)


def scan(text: str, patterns: IdPatterns, *, most: int) -> list[Found]:
    """Return up to `most` places of `text` where ids stand, in the order of the text."""
    folded = fold(text)
    folded = replace(folded, text=_LIST_COMMA.sub(",", folded.text))
    work = _Scan(patterns, folded, folded.text)
    _links(work, most)
    work.left = without_noise(work.left)
    _traces(work, most)
    _written(work, most)
    _free(work, most)
    _announced(work, most)
    _listed(work, most)
    return sorted(work.found, key=lambda found: found.start)[:most]


def _links(work: _Scan, most: int) -> None:
    for link in list(LINK.finditer(work.left))[:most]:
        work.take(link.start(), link.end(), GAP)
        work.found += [replace(found, start=link.start()) for found in _in_link(link[0], work.patterns)]


def _in_link(link: str, patterns: IdPatterns) -> Iterator[Found]:
    trace = _TRACE_PATH.search(link)
    own = _OWN_PATH.search(link)
    if trace:
        span = _SPAN_QUERY.search(link)
        yield from _trace(0, link, trace[1], span[1] if span else "")
        return
    rest = link.split("://", 1)[-1].partition("/")[2]
    inside = _Scan(patterns, fold(unquote(own[2]) if own else unquote(rest)))
    inside.left = inside.folded.text
    _written(inside, 10)
    if own and not inside.found and (number := BARE.match(inside.left)):
        _bare(inside, number, 0, _OWN_KINDS[own[1]])
    yield from inside.found


def _trace(start: int, typed: str, digits: str, span: str = "") -> Iterator[Found]:
    if digits.strip("0"):
        yield Found(start, typed, ("trace",), (digits.lower().zfill(32),), span=span.lower().zfill(16) if span else "")


def _traces(work: _Scan, most: int) -> None:
    for found in list(_TRACEPARENT.finditer(work.left))[:most]:
        work.found += _trace(found.start(), work.take(found.start(), found.end()), found[1], found[2])
    for found in list(_HEX.finditer(work.left))[:most]:
        kinds = work.patterns.kinds_of(found[0])
        typed = work.take(found.start(), found.end())
        if kinds:
            work.found.append(
                Found(found.start(), typed, (*kinds, "trace"), (found[0],), reasons=_reasons(typed, set()))
            )
        else:
            traces = _trace(found.start(), typed, found[0])
            work.found += [replace(trace, reasons=frozenset(mended(typed))) for trace in traces]


@lru_cache(maxsize=64)
def _written_regex(shape: Shape) -> re.Pattern[str]:
    letters = "".join(f"[{re.escape(typings(letter))}]" for letter in shape.prefix)
    return re.compile(rf"(?<![^\W_])(?P<prefix>{letters})(?P<mark>[ \t]{{0,2}}[-_.:/#=~]{{0,2}}[ \t]{{0,2}}#?){NUMBER}")


def _written(work: _Scan, most: int) -> None:
    for shape in work.patterns.shapes:
        if shape.prefix:
            for found in list(_written_regex(shape).finditer(work.left))[:most]:
                _write(work, shape, found)


def _write(work: _Scan, shape: Shape, found: re.Match[str]) -> None:
    prefix, number = found["prefix"], Number(found)
    if not number.plausible or (len(prefix) == 1 and not _plain_enough(work.left, found)):
        return
    digits, others, whole = number.read(shape)
    reasons = explain(prefix, shape.prefix) | _mark_reasons(found["mark"], shape.mark) | number.reasons(whole=whole)
    readings = shape.write(digits)
    rivals = () if _bound(work, found) else tuple(i for other in others for i in shape.write(other))
    if "keyboard_layout" in reasons or (whole and not number.regular and not _alone(work.left, found)):
        readings, rivals = readings + rivals[:1], rivals[1:]
    if not readings:
        return
    if readings[0] != f"{shape.prefix}{shape.mark}{digits}":
        reasons.add("zeros")
    typed = work.take(found.start(), found.end() if whole else found.end("number"))
    told = frozenset() if typed == readings[0] else _reasons(typed, reasons)
    work.found.append(Found(found.start(), typed, (shape.kind,), readings, rivals, told))


def _plain_enough(text: str, found: re.Match[str]) -> bool:
    """Return whether an id with one letter stands alone in its part, or is written with its mark and no space."""
    return _alone(text, found) or (found["mark"] in {"-", "_"} and " " not in found["tail"])


def _alone(text: str, found: re.Match[str]) -> bool:
    """Return whether nothing else stands in this part of a list."""
    start, end = found.span()
    edges = {"", "\n", "\t", ",", ";"}
    return text[max(start - 1, 0) : start] in edges and text[end : end + 1] in edges


def _bound(work: _Scan, found: re.Match[str]) -> bool:
    """Return whether the groups of a number are held together by no-break spaces: then they are one number."""
    start, end = found.span("tail")
    return start < end and not set(work.folded.typed(start, end)) & set(" -_.,'")


def _mark_reasons(typed: str, meant: str) -> set[str]:
    if typed == meant:
        return set()
    reasons = {"spaces"} if " " in typed or "\t" in typed else set()
    if typed.strip() not in {meant, ""}:
        reasons.add("dash" if set(typed.strip()) <= {"-", "_"} else "punctuation")
    return reasons or {"dash"}


def _reasons(typed: str, reasons: set[str]) -> frozenset[str]:
    return frozenset(reasons | mended(typed))


def _free(work: _Scan, most: int) -> None:
    """Find ids of the patterns that are more than letters and a number: mended by whole words only."""
    if not work.patterns.free:
        return
    for word in list(_WORD.finditer(work.left))[:most]:
        typed = word[0].strip(".:!?'#")
        read = [(i, why) for i, why in ((typed, ""), *words_readings(typed)) if _free_kinds(work, i)]
        if read:
            start = word.start() + word[0].index(typed)
            source = work.take(start, start + len(typed))
            ids = tuple(i for i, _ in read) if read[0][1] else (typed,)
            reasons = _reasons(source, {read[0][1]} - {""})
            work.found.append(Found(start, source, _free_kinds(work, ids[0]), ids, reasons=reasons))


def _free_kinds(work: _Scan, text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(kind for kind, regex in work.patterns.free if regex.fullmatch(text)))


def _announced(work: _Scan, most: int) -> None:
    """Find bare numbers after a word such as "order" or a number sign, and those that a list goes on with."""
    starts = [(m.end(), m.lastgroup or "") for m in ANNOUNCES.finditer(work.left)]
    kinds = {found.start: found.kinds[0] for found in work.found}
    starts += [(m.end(), kinds.get(m.start(), "order")) for m in re.finditer(rf"{_FOUND}+", work.left)]
    taken = 0
    for at, group in sorted(starts)[: most * 4]:
        if at >= taken:
            least = 1 if group == "number" else 3
            taken = _follow(work, at, "order" if group == "number" else group, least)


def _follow(work: _Scan, at: int, kind: str, least: int) -> int:
    joint = FILLER
    while gap := joint.match(work.left, at):
        number = BARE.match(work.left, gap.end())
        if not number or len(number["number"]) + len(number["tail"]) < least:
            break
        end = _bare(work, number, number.start(), kind)
        if end is None:
            break
        at, joint, least = end, AND, 3
    return at


def _bare(work: _Scan, found: re.Match[str], start: int, kind: str) -> int | None:
    """Take a bare number as an id of `kind`; return where it ends, or None when it cannot be one."""
    shapes = [shape for shape in work.patterns.shapes if shape.kind == kind]
    if not shapes or len(work.found) >= _MOST_BARE or not (number := Number(found)).plausible:
        return None
    widest = max(shapes, key=lambda shape: shape.most)
    digits, others, whole = number.read(widest)
    readings = tuple(i for shape in shapes for i in shape.write(digits))
    if not readings:
        return None
    end = found.end() if whole else found.end("number")
    typed = work.take(found.start(), end)
    told = frozenset() if typed == readings[0] else _reasons(typed, {"prefix"} | number.reasons(whole=whole))
    rivals = () if _bound(work, found) else tuple(i for shape in shapes for o in others for i in shape.write(o))
    work.found.append(Found(start, typed, (kind,), readings, rivals, told))
    return end


def _listed(work: _Scan, most: int) -> None:
    """Find bare numbers where the whole text is a list; keep the parts of it that are no ids."""
    parts = chunks(work.left)[:most]
    numbers = {(start, part) for start, part in parts if not words_in(BARE.sub(" ", part).replace(_FOUND, " "))}
    if len(numbers) * 2 < len(parts) or any(len(words_in(part)) > 3 for _, part in set(parts) - numbers):
        return
    least = 1 if len(numbers) == len(parts) else 3
    for start, part in parts:
        if (start, part) in numbers:
            _numbers_of(work, start, part, least)
        elif _FOUND not in part and (word := part.strip()):
            at = start + part.index(word)
            work.found.append(Found(at, work.folded.typed(at, at + len(word))))


def _numbers_of(work: _Scan, start: int, part: str, least: int) -> None:
    at, end = start, start + len(part)
    while number := BARE.search(work.left, at, end):
        taken = None
        if len(number["number"]) + len(number["tail"]) >= least:
            taken = _bare(work, number, number.start(), "order")
        at = taken or number.end("number")
