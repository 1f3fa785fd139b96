"""Words: what no detector judged: known words are shown, unknown ones hidden, with the short numbers beside them."""

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from orders.privacy.judge import Judge
from orders.privacy.pieces import HIDDEN, Piece, Work

_TOKEN = re.compile(
    r"(?P<taken>\x01+)|(?P<word>[^\W\d]\w*)|(?P<number>\d+)(?P<tail>\w*)"
    r"|(?P<space>[ ]+)|(?P<sign>[!\"#$%&'()*+,./:;<=>?@\[\\\]^`{|}~«»“”„‘’–—−№•·°→←×±≤≥-])|(?P<other>.)",
    re.DOTALL,
)
_JOINS: Final = frozenset(" ,.-/#№()«»\"'@+&*")  # between a hidden word and its house number, or the next hidden word
_FAR: Final = 4  # so many joints, or anything else between, and two tokens are no neighbours
_FEWEST_LETTERS: Final = 3  # `и в` are two words
_FEWEST_DIGITS: Final = 5  # digits that stand apart: together they could be somebody's number
_LONGEST_NUMBER: Final = 6
_POSTCODE: Final = 5


class Token(NamedTuple):
    """One token of a text, judged."""

    text: str
    kind: str  # "word", "letter", "stray" (an unknown letter), "number", "kept", "mark", "hidden" or "between"


def tokens(work: Work, judge: Judge) -> list[Token]:
    """Return the tokens of a text in its order, unknown words hidden."""
    found: list[Token] = []
    pieces = iter(work.pieces)
    at = 0
    for token in _TOKEN.finditer(work.left):
        if token.start() < at:  # a phrase reached so far
            continue
        at = token.end()
        if token["taken"]:
            found += _pieces(pieces, token.start(), at)
        elif token["word"]:
            shown = _word(work.left, token.start(), token["word"], judge)
            at = max(at, token.start() + len(shown.text)) if shown.kind == "word" else at
            found.append(shown)
        else:
            found.append(_other(token, judge))
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
        return Token(HIDDEN, "hidden" if len(word) > 1 else "stray")
    if len(word) > 1:
        return Token(word, "word")
    return Token(HIDDEN, "stray") if text[at + 1 : at + 2] == "." else Token(word, "letter")


def _other(token: re.Match[str], judge: Judge) -> Token:
    if token["space"] or token["sign"]:
        return Token(token[0], "between")
    if token["number"] and not token["tail"] and len(token["number"]) <= _LONGEST_NUMBER:
        return Token(token[0], "number")
    if token["tail"] and judge.knows(token[0]):
        return Token(token[0], "word")
    return Token(HIDDEN, "hidden")


def judged_together(found: list[Token]) -> list[Token]:
    """Return tokens with what only its neighbours give away hidden too, and neighbouring hidden ones as one.

    That is: a state with its postal code (`OR 97035`), a number beside a hidden word (a house, a postal code), and
    letters or digits that stand apart (`И в а н`).
    """
    _hide_letters(found)
    _hide_postcodes(found)
    for order in (range(len(found)), range(len(found) - 1, -1, -1)):
        _hide_numbers(found, order)
    return _joined(found)


def _hide_letters(found: list[Token]) -> None:
    for near in _neighbours(found, {"letter", "stray"}, _JOINS):
        if len(near) >= _FEWEST_LETTERS or any(found[at].kind == "stray" for at in near):
            _hide(found, near)
    for near in _neighbours(found, {"number"}, _JOINS - {","}):
        if len(near) >= _FEWEST_DIGITS and all(len(found[at].text) == 1 for at in near):
            _hide(found, near)


def _hide(found: list[Token], places: list[int]) -> None:
    for at in places:
        found[at] = Token(HIDDEN, "hidden")


def _hide_postcodes(found: list[Token]) -> None:
    for at in range(len(found) - 2):
        state, space, code = found[at : at + 3]
        two = state.kind == "word" and len(state.text) == 2 and state.text.isupper()
        if two and space.text == " " and code.kind == "number" and len(code.text) == _POSTCODE:
            _hide(found, [at, at + 2])


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


def _hide_numbers(found: list[Token], order: range) -> None:
    beside, apart = False, 0
    for at in order:
        token = found[at]
        if token.kind == "between":
            apart += 1 if token.text in _JOINS else _FAR
            continue
        beside = token.kind == "hidden" or (beside and apart < _FAR and token.kind == "number")
        if beside:
            found[at] = Token(HIDDEN, "hidden")
        apart = 0


def _joined(found: list[Token]) -> list[Token]:
    result: list[Token] = []
    for token in found:
        if token.kind == "hidden":
            back = len(result)
            while back and result[back - 1].kind == "between" and result[back - 1].text in _JOINS:
                back -= 1
            if back and result[back - 1].kind == "hidden":
                del result[back:]
                continue
        result.append(token)
    return result
