"""How many attacks on the sign-in are tried: each entry of a table is a test of its own, and no two are the same."""

from collections.abc import Sized

import pytest

from tests.portal import test_sign_in_answers as answers
from tests.portal import test_sign_in_attacks as attacks
from tests.portal import test_sign_in_back_channel as back_channel
from tests.portal import test_sign_in_forged as forged
from tests.portal import test_sign_in_next as next_page
from tests.portal import test_sign_in_roles as roles

# By the name of the attack; a dictionary's names are distinct by themselves, a list's entries are looked at.
TABLES: dict[str, Sized] = {
    "roles from elsewhere": roles.ROLES,
    "people who may no longer": roles.ENDS,
    "forged tokens at the sign-in": forged.TOKENS,
    "tokens in another's place": forged.SWAPPED,
    "pairs of tokens forged alike": forged.BOTH,
    "forged tokens at the re-check": forged.EITHER,
    "other discovery documents": answers.DISCOVERIES,
    "other keys": answers.KEYS,
    "other answers of the token endpoint": answers.TOKEN_ANSWERS,
    "changed callbacks": attacks.CALLBACKS,
    "made-up callbacks": attacks.MADE_UP,
    "beginnings that do not fit": attacks.BEGINNINGS,
    "parameters of the request": attacks.PARAMETERS,
    "addresses to be led to": next_page.NEXT,
    "forged logout tokens": back_channel.WRONG,
}


def test_there_are_enough_and_no_two_are_the_same(capsys: pytest.CaptureFixture[str]) -> None:
    for name, table in TABLES.items():
        if isinstance(table, list):
            assert len(set(table)) == len(table), name
    total = sum(map(len, TABLES.values()))
    with capsys.disabled():
        print(f"\n{total} attacks on the sign-in:", ", ".join(f"{len(t)} {name}" for name, t in TABLES.items()))  # noqa: T201
    assert total >= 500
    assert len(forged.TOKENS) >= 60
    assert len(next_page.NEXT) >= 60
    assert len(back_channel.WRONG) >= 20
