"""What the access log takes for an id: what could be a card's number is none, with zeros before it or without."""

import pytest

from portal.access_log.routes import ids_of, is_id


@pytest.mark.parametrize(
    "text", ["4276839155267404", "0378282246310005", "00000000000000004276839155267404", "4276 8391 5526 7404", "c-12"]
)
def test_what_may_be_a_card_is_no_id(text: str) -> None:
    assert not is_id(text)
    assert ids_of([text, "ORD-20398"]) == ("ORD-20398", 1)


@pytest.mark.parametrize(
    "text", ["4276839155267401", "0000000000000001", "0" * 32, "00f067aa0ba902b7", "4bf92f3577b34da6a3ce929d0e0e4736"]
)
def test_a_trace_id_is_one_without_a_letter_too(text: str) -> None:
    assert is_id(text)
