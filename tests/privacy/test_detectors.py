"""Each kind of personal data in the forms in which it is written, and numbers that only look like it."""

import re
import time

import pytest

from orders.journey.raw import Raw
from orders.privacy import checks
from orders.privacy.detect_counts import explained
from orders.privacy.pieces import Work
from tests.privacy.masking import free_text, mask

FORMS = {
    "email": ["ivan@example.ru", "IVAN@EXAMPLE.RU", "ivan%40example.ru", "iv\u200ban@example.ru",
    "ivan%2540example.ru", "ivan@EXAMPLE.ru"],
    "phone": ["+7 (912) 345-67-89", "8 (912) 345-67-89", "8-912-345-67-89", "+7 912 345 67 89", "9123456789",
    "+79123456789", "%2B79123456789",
              "+7\xa0912\xa0345\xa067\xa089", "8 912 345-67-89 доб. 12", "７９１２３４５６７８９"],
    "card": ["4111 1111 1111 1111", "4111-1111-1111-1111", "4111111111111111"],
    "iban": ["DE89 3704 0044 0532 0130 00", "DE89370400440532013000", "de89370400440532013000"],
    "ip": ["2001:db8::1", "2001:0db8:0000:0000:0000:0000:0000:0001"],
    "mac": ["00:1a:2b:3c:4d:5e", "00-1A-2B-3C-4D-5E", "001a.2b3c.4d5e"],
    "passport": ["45 12 345678", "4512 345678", "45 12 № 345678", "4512 №345678"],
    "snils": ["112-233-445 95", "112-233-445-95", "112 233 445 95"],
    "place": ["55.7558, 37.6173", "55.7558,37.6173"],
    "date": ["12.03.1985", "1985-03-12", "12/3/1985", "12 марта 1985", "March 12, 1985", "12th of March 1985",
    "1985/3/12"],
}  # fmt: skip


@pytest.mark.parametrize("kind", FORMS)
def test_every_form_of_a_value_has_the_same_mark(kind: str) -> None:
    marks = {form: mask(f"order failed for {form}") for form in FORMS[kind]}
    assert len(set(marks.values())) == 1, marks
    assert next(iter(marks.values())).startswith(f"order failed for ‹{kind}:")
    for form in FORMS[kind][:1]:
        assert free_text().judge.pseudonyms.is_mark(next(iter(marks.values())).split()[-1], kind, value_of(kind, form))


def value_of(kind: str, form: str) -> str:
    plain = {"phone": checks.digits(form)[-10:], "date": "1985-03-12", "place": form.replace(" ",
    ""), "mac": form.replace(":", ""),
             "iban": form.replace(" ", "")}  # fmt: skip
    return plain.get(kind, checks.digits(form) if kind in {"card", "passport", "snils"} else form)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("паспорт серия 4512 номер 345678", "passport"),
        ("паспорт 4512345678", "passport"),
        ("СНИЛС 11223344595", "snils"),
        ("ИНН 7707083893", "inn"),
        ("for 500100732259", "inn"),
        ("ИНН 9123456789", "inn"),
        ("lat=55.7558", "place"),
        ("55°45'21\"N", "place"),
        ("born 12.03.85", "date"),
        ("дата рождения: 2015-03-12", "date"),
        ("31/12/1999", "date"),
        ("12/31/1999", "date"),
        ("user@xn--e1afmkfd.xn--p1ai", "email"),
        ("почта@пример.рф", "email"),
        ("a@b", "email"),
        ("user@xn--\xff.ru", "email"),
        ("user@xn--a.ru", "email"),
        ("93.184.216.34", "ip"),
        ("::ffff:93.184.216.34", "ip"),
        ("fe80::1%eth0", "ip"),
        ("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl", "secret"),
        ("Authorization: Bearer 0a1b2c3d4e5f", "secret"),
        ("Cookie: session=0a1b2c; theme=dark", "secret"),
        ("password=order", "secret"),
        ("token: 0123456789abcdef0123456789abcdef", "secret"),
        ("api-key 'sk_live_0123456789abcdefgh'", "secret"),
        ("login ivan", "‹…›"),
        ("login=order", "secret"),
        ("cvv=123", "secret"),
        ("999.300.1.10", "phone"),
        ("99.99.2024", "phone"),
        ("2024-13-45", "phone"),
        ("1234567", "phone"),
        ("12345678901234567", "number"),
        ("+441632960961", "phone"),
        ("tel79123456789", "phone"),
        ("DE89 3704 0044 0532 0130 00 from user", "iban"),
        ("BE68539007547034 from user", "iban"),
        ("GB82 WEST 1234 5698 7654 33", "‹…›"),
        ("@mail.example.ru", "‹…›"),
    ],
)  # fmt: skip
def test_other_forms_are_found(text: str, shown: str) -> None:
    masked = mask(f"order failed {text}")
    assert (f"‹{shown}:" if shown.isalpha() else shown) in masked, masked


@pytest.mark.parametrize(
    "text",
    [
        "after 1500 ms", "after 1 234 567 bytes", "1234567890 ns", "timeout=30000", "port 5432", "http://crm:8080",
        "127.0.0.1:5432", "0.0.0.0:80",
        "status code 500", "SQLSTATE 23505", "at 10:42:00.123", "2026-09-25T10:42:00.123Z", "2026-09-25",
        "25.09.2026", "Sep 25, 2026",
        "offset 1790000000000", "timestamp=1790000000", "version 5.2.1.0", "version 10.0.20260825", "HTTP/1.1",
        "0x80070005", "99 %", "99%", "12.5 ms",
        "0.123456789", "1234.567", "PT5M", "P1DT2H", "1h30m15s", "line 42", "worker16", "attempt 3 of 5",
        "попытка 3 из 5", "5 попыток", "token expired",
        "token: expired", "Basic authentication", "ratio 0.5", "errno 111", "index 999999", "5 s", "-1",
        "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        "4bf92f35-77b3-4da6-a3ce-929d0e0e4736", "span_id=1234567890123456", "ORD-1234567890", "P-77", "M-1043",
        "ORD-1, ORD-2", "::1",
        "18446744073709551615 bytes"[-11:],
    ],
)  # fmt: skip
def test_what_says_nothing_of_a_person_stands(text: str) -> None:
    assert mask(f"order failed {text}") == f"order failed {text}"


def test_what_only_looks_like_a_place_or_a_page_is_judged_as_what_it_is() -> None:
    assert "place" not in mask("order 155.755826, 237.617300")
    assert mask("failed 4355 Page") == "failed ‹…›"
    assert mask("failed 12345678901 orders").startswith("failed ‹phone:")


def test_a_late_year_of_two_digits_is_no_birthday_unless_it_is_said_to_be() -> None:
    assert mask("failed 12.03.20") == "failed 12.03.20"
    assert "‹date:" in mask("born 12.03.20")


@pytest.mark.parametrize("month", ["aprıl", "APRİL", "янᲀаря", "авгуᲃта"])
def test_a_month_in_letters_that_only_a_pattern_takes_for_its_own_hides_the_date(month: str) -> None:
    for text in (f"born 12 {month} 1985", f"born {month} 12, 1985, 5 мая 1990"):
        assert not re.search(r"19|12", re.sub("‹.*?›", "", mask(text)))


def test_a_customer_s_number_is_its_pseudonym() -> None:
    assert (
        mask("order of cust-1042 failed")
        == f"order of ‹{free_text().judge.pseudonyms.of_customer('cust-1042')}› failed"
    )


def test_sums_and_days() -> None:
    assert checks.inn("7707083893")
    assert not checks.inn("7707083894")
    assert not checks.inn("77070838")
    assert checks.snils("11223344595")
    assert not checks.snils("1122334459")
    assert not checks.iban("DE89")
    assert checks.day("85", "3", "1") == "1985-03-01"
    assert checks.day("11", "3", "1") == "2011-03-01"
    assert checks.day("1850", "3", "1") == checks.day("1985", "0", "1") == ""


def test_only_texts_are_shown() -> None:
    assert [free_text().show(Raw(value)) for value in (5, None, b"x", ["x"])] == [None] * 4


@pytest.mark.parametrize("piece", ["a", "aA", "é"])
def test_a_number_s_word_is_looked_for_in_linear_time(piece: str) -> None:
    judge = free_text().judge

    def took(length: int) -> float:
        texts = []
        for _ in range(3):
            work, start = Work((piece * length)[:length]), time.thread_time()
            explained(work, judge)
            texts.append(time.thread_time() - start)
        return min(texts)

    assert took(8_000) < 0.1  # two seconds where it is quadratic
