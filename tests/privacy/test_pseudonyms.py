"""The same customer looks the same, and nobody without the key can tell who it is."""

import pytest

from orders.privacy.pseudonyms import KeyMissingError, Pseudonyms, pseudonym


def test_alike_however_it_is_written_and_other_under_another_key_or_kind() -> None:
    same = {pseudonym("customer", text, b"k") for text in ("cust-1042", "CUST-1042", " cust-1042 ", "ｃust-1042")}
    assert len(same) == 1
    (one,) = same
    assert one.startswith("c-")
    assert len(one) == 8
    others = {
        pseudonym("customer", "cust-1042", b"l"),
        pseudonym("person", "cust-1042", b"k"),
        pseudonym("customer", "cust-1043", b"k"),
    }
    assert one not in others
    assert len(others) == 3
    assert pseudonym("customer", "\ud800", b"k")


def test_no_key_no_pseudonym() -> None:
    with pytest.raises(KeyMissingError):
        pseudonym("customer", "cust-1042", b"")
    for keys in ([], [b"k", b""]):
        with pytest.raises(KeyMissingError):
            Pseudonyms(keys)


def test_keys_rotate() -> None:
    old, new = Pseudonyms([b"old"]), Pseudonyms([b"new", b"old"])
    before = str(old.of_customer("cust-1042"))
    assert new.of_customer("cust-1042") == pseudonym("customer", "cust-1042", b"new")
    assert new.is_customer(before, "cust-1042")
    assert not new.is_customer(before, "cust-1043")
    assert not new.is_customer("c-ёжик", "cust-1042")
    assert "old" not in repr(new)


def test_what_is_no_id_has_no_pseudonym() -> None:
    pseudonyms = Pseudonyms([b"k"])
    assert pseudonyms.of_customer(1042) == pseudonyms.of_customer("1042")
    assert [pseudonyms.of_customer(value) for value in (None, True, "", "  ", 1.5, 10**5000)] == [None] * 6
