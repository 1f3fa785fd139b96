"""The same customer looks the same, and nobody without the key can tell who it is."""

import hmac

import pytest

from orders.privacy.pseudonyms import KeyMissingError, Pseudonyms, prepared, pseudonym

KEY = prepared(b"k")


def test_alike_however_it_is_written_and_other_under_another_key_or_kind() -> None:
    same = {pseudonym("customer", text, KEY) for text in ("cust-1042", "CUST-1042", " cust-1042 ", "ｃust-1042")}
    assert len(same) == 1
    (one,) = same
    assert one.startswith("c-")
    assert len(one) == 8
    others = {
        pseudonym("customer", "cust-1042", prepared(b"l")),
        pseudonym("person", "cust-1042", KEY),
        pseudonym("customer", "cust-1043", KEY),
    }
    assert one not in others
    assert len(others) == 3
    assert pseudonym("customer", "\ud800", KEY)


def test_the_digits_are_those_of_an_hmac_over_kind_and_value() -> None:
    digest = hmac.digest(b"k", b"customer\0cust-1042", "sha256").hex()
    assert pseudonym("customer", "CUST-1042", KEY) == f"c-{digest[:6]}"
    assert Pseudonyms([b"k"]).mark("phone", "9123456789") == "‹phone:951af0a66e›"


def test_no_key_no_pseudonym() -> None:
    with pytest.raises(KeyMissingError):
        prepared(b"")
    for keys in ([], [b"k", b""]):
        with pytest.raises(KeyMissingError):
            Pseudonyms(keys)


def test_keys_rotate() -> None:
    old, new = Pseudonyms([b"old"]), Pseudonyms([b"new", b"old"])
    before = str(old.of_customer("cust-1042"))
    assert new.of_customer("cust-1042") == pseudonym("customer", "cust-1042", prepared(b"new"))
    assert new.is_customer(before, "cust-1042")
    assert not new.is_customer(before, "cust-1043")
    assert not new.is_customer("c-ёжик", "cust-1042")
    assert "old" not in repr(new)


def test_what_is_no_id_has_no_pseudonym() -> None:
    pseudonyms = Pseudonyms([b"k"])
    assert pseudonyms.of_customer(1042) == pseudonyms.of_customer("1042")
    assert [pseudonyms.of_customer(value) for value in (None, True, "", "  ", 1.5, 10**5000)] == [None] * 6
