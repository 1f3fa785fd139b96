"""One event is one line that reads back as it was; what others log, and what exceptions say, stays out of it."""

import json
import logging
import sys
import threading
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from orders.journey.raw import Raw
from portal import log_output
from portal.log_lines import LONGEST, WITHHELD, JsonLine, Words, contents
from tests.portal.log_catcher import Caught, caught, unreported

CANARY = "anna.canary@example.org"
NASTY = '\r\n\x00\x1b\x7f\x85\u2028\u2029\u202e\u2066\ud800\udfff\U0001f600"\\{}%sЖ'
texts = st.text(
    st.one_of(st.characters(categories=["L", "N", "Cc", "Cf", "Cs", "Zl", "Zp", "So"]), st.sampled_from(NASTY))
)
scalars = st.one_of(st.none(), st.booleans(), st.integers(-(2**63) + 1, 2**63 - 1), texts,
                    st.floats(allow_nan=False, allow_infinity=False))  # fmt: skip


@pytest.fixture
def log(tmp_path: Path) -> Iterator[Caught]:
    with caught(tmp_path / "log") as found:
        yield found


@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(values=st.lists(st.one_of(scalars, st.lists(scalars, max_size=4)), min_size=50, max_size=60))
def test_ten_thousand_hostile_values_are_as_many_lines_that_read_back(values: list[object], tmp_path: Path) -> None:
    file = tmp_path / "log"
    file.unlink(missing_ok=True)
    with caught(file) as log, unreported():
        for value in values:
            event = value if isinstance(value, str) else "event"
            logging.getLogger("portal.test").info("%s", event, extra={"fields": {"value": value}})
        found = [(line["event"], line["value"]) for line in log.lines]
        assert log.text.count("\n") == len(values)
        assert all(sign == "\n" or " " <= sign <= "~" for sign in log.text)
    assert found == [(value if isinstance(value, str) else "event", value) for value in values]


def test_a_line_has_its_keys_and_its_time_in_utc(log: Caught) -> None:
    logging.getLogger("portal.test").warning("it_happened", extra={"fields": {"count": 3}})
    (line,) = log.lines
    assert list(line) == ["time", "level", "logger", "pid", "event", "count"]
    assert line["time"][-1] == "Z"
    assert len(line["time"]) == len("2026-01-01T00:00:00.000Z")
    assert (line["level"], line["logger"], line["count"]) == ("WARNING", "portal.test", 3)


def test_a_field_cannot_stand_in_for_what_the_line_says_itself(log: Caught) -> None:
    logging.getLogger("portal.test").info("event", extra={"fields": {"logger": "django", "level": "DEBUG"}})
    (line,) = log.lines
    assert (line["logger"], line["level"], line["logger_"], line["level_"]) == (
        "portal.test",
        "INFO",
        "django",
        "DEBUG",
    )


def test_what_json_has_not_is_named_by_its_type_alone() -> None:
    fields = {"raw": Raw(CANARY), "raws": [Raw(CANARY)], "nan": float("nan"), "dict": {CANARY: 1}, "huge": 10**5000}
    record = logging.LogRecord("portal.test", logging.INFO, __file__, 1, "found %s", (Raw(CANARY),), None)
    record.fields = fields
    text = JsonLine().format(record)
    line = json.loads(text)
    assert CANARY not in text
    assert line["event"] == "found %s"
    assert (line["raw"], line["raws"], line["nan"], line["dict"]) == ("<Raw>", ["<Raw>"], "<float>", "<dict>")
    assert line["huge"] == "<int>"


def test_a_line_that_would_be_too_long_is_shortened_and_says_so(log: Caught) -> None:
    ids = [f"ORD-{number}" for number in range(1500)]
    fields = {"text": "\U0001f600" * 5_000, "ids": ids}
    logging.getLogger("portal.test").info("long", extra={"fields": fields})
    logging.getLogger("portal.test").info("many", extra={"fields": {f"name{n}": "x" * 900 for n in range(100)}})
    long, many = log.lines
    assert all(len(line) < LONGEST for line in log.text.splitlines())
    assert (long["cut"], many["cut"]) == (True, True)
    assert long["ids"][-1] == ids[-1]


@pytest.mark.parametrize(
    "name", ["django.security.DisallowedHost", "allauth", "aiohttp.client", "urllib3.connectionpool", "asyncio", "x"]
)
def test_what_others_put_into_their_messages_stays_out(log: Caught, name: str) -> None:
    other = logging.getLogger(name)
    other.error("%s: %s", "Not Found", f"/orders/{CANARY}/", extra={"fields": {"path": CANARY}}, exc_info=False)
    other.error(f"Invalid request from {CANARY}")
    other.error("Connection to {} failed".format(CANARY))  # noqa: UP032 - as others do it
    other.error(ValueError(CANARY))
    assert CANARY not in log.text
    events = [line["event"] for line in log.lines]
    assert events == ["%s: %s", WITHHELD, WITHHELD, WITHHELD]
    assert log.lines[1]["at"].startswith("test_log_lines.test_what_others")


def test_django_tells_only_of_exceptions_for_the_requests_own_line_has_the_status(log: Caught) -> None:
    logging.getLogger("django.request").error("%s: %s", "Service Unavailable", f"/orders/{CANARY}/")
    logging.getLogger("django.request").error("%s: %s", "Server Error", f"/orders/{CANARY}/", exc_info=KeyError(CANARY))
    assert CANARY not in log.text
    assert [line["exception"] for line in log.lines] == ["KeyError"]


def test_of_an_exception_the_type_and_the_way_are_told_and_no_value(log: Caught) -> None:
    def reads(secret: str) -> None:
        try:
            int(secret)
        except ValueError as error:
            raise LookupError(f"no such thing: {secret}") from error

    try:
        reads(CANARY)
    except LookupError:
        logging.getLogger("portal.test").exception("it_failed")
    (line,) = log.lines
    assert CANARY not in log.text
    assert line["exception"] == "LookupError"
    assert [frame.partition(":")[0] for frame in line["frames"]] == ["tests/portal/test_log_lines.py"] * 2
    assert line["frames"][-1].endswith(" reads")
    assert len(line["caused_by"]) == 1
    assert line["caused_by"][0].startswith("ValueError at tests/portal/test_log_lines.py:")


def test_what_speaks_of_the_installation_may_speak(log: Caught) -> None:
    wrong = ImproperlyConfigured("SECRET_KEY is not set")
    logging.getLogger("gunicorn.error").error("Exception in worker process", exc_info=wrong)
    (line,) = log.lines
    assert (line["event"], line["message"]) == ("Exception in worker process", "SECRET_KEY is not set")


def test_exceptions_that_cause_each_other_come_to_an_end(log: Caught) -> None:
    first, second = ValueError(CANARY), KeyError(CANARY)
    first.__cause__, second.__cause__ = second, first
    logging.getLogger("portal.test").error("round", exc_info=first)
    assert log.lines[0]["caused_by"] == ["KeyError at ?"]


def test_words_for_a_terminal_are_one_line_too() -> None:
    record = logging.getLogger("portal.test").makeRecord(
        "portal.test",
        logging.INFO,
        __file__,
        1,
        "two\nlines \x1b[31m",
        (),
        None,
        extra={"fields": {"n": 1, "s": "a b"}},
    )
    line = Words().format(record)
    assert line.endswith(r'INFO portal.test two\nlines \x1b[31m n=1 s="a b"')


def test_a_broken_record_is_a_line_all_the_same() -> None:
    record = logging.LogRecord("portal.test", logging.INFO, __file__, 1, "%d of %s", ("x",), None)
    assert contents(record)["event"] == "%d of %s"
    assert json.loads(JsonLine().format(record))["event"] == "%d of %s"


def test_warnings_and_what_nobody_caught_become_lines(log: Caught) -> None:
    kept = (logging.raiseExceptions, sys.excepthook, sys.unraisablehook, warnings.showwarning)
    hook = threading.excepthook
    try:
        log_output.take_over()
        warnings.showwarning(UserWarning(CANARY), UserWarning, "/somewhere/site-packages/thing/part.py", 7)
        sys.excepthook(ValueError, ValueError(CANARY), None)
        thread = threading.Thread(target=lambda: int(CANARY))
        thread.start()
        thread.join()
    finally:
        logging.raiseExceptions, sys.excepthook, sys.unraisablehook, warnings.showwarning = kept
        threading.excepthook = hook
    warned, uncaught, in_thread = log.lines
    assert CANARY not in log.text
    assert (warned["category"], warned["at"]) == ("UserWarning", "thing/part.py:7")
    assert (uncaught["event"], uncaught["exception"]) == ("uncaught_exception", "ValueError")
    assert in_thread["frames"][-1].endswith("<lambda>")
