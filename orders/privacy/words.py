"""Words: what no detector judged: known words are shown, unknown ones hidden, with the short numbers beside them."""

import re
from collections.abc import Iterator
from typing import Final

from orders.privacy.judge import Judge
from orders.privacy.pieces import HIDDEN, TAKEN, Piece, Token, Work

_TOKEN = re.compile(r"\x01+|\w+|.", re.DOTALL)
_JOINS: Final = frozenset(" ,.-/#№()«»\"'@+&*")  # between a hidden word and its house number, or the next hidden word
_FAR: Final = 4  # so many joints, or anything else between, and two tokens are no neighbours
_FEWEST_LETTERS: Final = 3  # `и в` are two words
_FEWEST_DIGITS: Final = 5  # digits that stand apart: together they could be somebody's number
_LONGEST_NUMBER: Final = 6
_POSTCODE: Final = 5


_UNKNOWN: Final = Token(HIDDEN, "hidden")
_STRAY: Final = Token(HIDDEN, "stray")


def tokens(work: Work, judge: Judge) -> list[Token]:
    """Return the tokens of a text in its order, unknown words hidden."""
    found: list[Token] = []
    pieces = iter(sorted(work.pieces))
    start = reached = 0
    for text in _TOKEN.findall(work.left):
        at, start = start, start + len(text)
        if at < reached:  # by a phrase
            continue
        if ready := judge.ready.get(text):
            found.append(ready)
        elif text[0] == TAKEN:
            found += _pieces(pieces, at, start)
        elif text[0].isdecimal():
            found.append(_number(text, judge))
        elif text[0].isalnum() or text[0] == "_":
            found.append(_word(work.left, at, text, judge))
            reached = at + len(found[-1].text) if found[-1].kind == "word" else 0
        else:
            found.append(_UNKNOWN)
    return found


def _pieces(pieces: Iterator[Piece], at: int, until: int) -> list[Token]:
    found = []
    while at < until:
        piece = next(pieces)
        found.append(Token(piece.text, piece.kind))
        at = piece.end
    return found


def _word(text: str, at: int, word: str, judge: Judge) -> Token:
    if phrase := judge.vocabulary.phrase_at(text, at, word):
        return Token(phrase, "word")
    if not judge.knows(word):
        return _UNKNOWN if len(word) > 1 else _STRAY
    if len(word) > 1:
        return Token(word, "word")
    return _STRAY if text[at + 1 : at + 2] == "." else Token(word, "letter")


def _number(text: str, judge: Judge) -> Token:
    if text.isdecimal():
        return Token(text, "number") if len(text) <= _LONGEST_NUMBER else _UNKNOWN
    return Token(text, "word") if judge.knows(text) else _UNKNOWN


def judged_together(found: list[Token]) -> list[Token]:
    """Return tokens with what only its neighbours give away hidden too, and neighbouring hidden ones as one.

    That is: a state with its postal code (`OR 97035`), a number beside a hidden word (a house, a postal code), and
    letters or digits that stand apart (`И в а н`).
    """
    kinds = [token.kind for token in found]
    if "letter" in kinds or "stray" in kinds:
        _hide_letters(found)
    if "number" in kinds:
        numbers = [at for at, kind in enumerate(kinds) if kind == "number"]
        if len(numbers) >= _FEWEST_DIGITS:
            _hide_digits(found)
        _hide_postcodes(found, numbers)
        _hide_numbers(found, numbers, -1)
        _hide_numbers(found, numbers[::-1], 1)
    return _joined(found)


def _hide_letters(found: list[Token]) -> None:
    for near in _neighbours(found, {"letter", "stray"}, _JOINS):
        if len(near) >= _FEWEST_LETTERS or any(found[at].kind == "stray" for at in near):
            _hide(found, near)


def _hide_digits(found: list[Token]) -> None:
    for near in _neighbours(found, {"number"}, _JOINS - {","}):
        if len(near) >= _FEWEST_DIGITS and all(len(found[at].text) == 1 for at in near):
            _hide(found, near)


def _hide(found: list[Token], places: list[int]) -> None:
    for at in places:
        found[at] = _UNKNOWN


def _hide_postcodes(found: list[Token], numbers: list[int]) -> None:
    for at in numbers:
        if at > 1 and len(found[at].text) == _POSTCODE and found[at - 1].text == " ":
            state = found[at - 2]
            if state.kind == "word" and len(state.text) == 2 and state.text.isupper():
                _hide(found, [at - 2, at])


def _neighbours(found: list[Token], kinds: set[str], joins: frozenset[str]) -> list[list[int]]:
    """Return the places of tokens of these kinds, those together between which only joints stand."""
    groups: list[list[int]] = []
    apart = _FAR
    for at, token in enumerate(found):
        if token.kind == "between":
            apart += 1 if token.text in joins else _FAR
        elif token.kind in kinds:
            if apart >= _FAR:
                groups.append([])
            groups[-1].append(at)
            apart = 0
        else:
            apart = _FAR
    return groups


def _hide_numbers(found: list[Token], numbers: list[int], side: int) -> None:
    """Hide each of these numbers to whose side (-1: left, 1: right) something hidden stands, a number hidden so too."""
    for number in numbers:
        at, apart = number + side, 0
        while 0 <= at < len(found) and found[at].kind == "between":
            apart += 1 if found[at].text in _JOINS else _FAR
            at += side
        if apart < _FAR and 0 <= at < len(found) and found[at].kind == "hidden":
            found[number] = _UNKNOWN


def _joined(found: list[Token]) -> list[Token]:
    result: list[Token] = []
    near, end = False, 0  # whether nothing but joints stands behind the last hidden one, which ends there
    for token in found:
        if token.kind != "hidden":
            near = near and token.kind == "between" and token.text in _JOINS
        elif near:
            del result[end:]
            continue
        else:
            near, end = True, len(result) + 1
        result.append(token)
    return result
