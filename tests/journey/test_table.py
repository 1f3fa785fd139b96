"""The stage table's parser: the shipped table is right, and every mistake is named with its line."""

from pathlib import Path

import pytest

from orders.journey.lengths import instant, length, usual_range, working_hours
from orders.journey.spans import DAY, HOUR, MINUTE, SECOND
from orders.journey.stages import StageTable
from orders.journey.table import StageTableError, parse

TEXT = Path("orders/stages.toml").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def table() -> StageTable:
    return parse(TEXT)


def line_of(text: str, part: str) -> int:
    return text[: text.index(part)].count("\n") + 1


def broken(old: str, new: str) -> StageTableError:
    assert old in TEXT
    with pytest.raises(StageTableError) as caught:
        parse(TEXT.replace(old, new, 1))
    return caught.value


def test_shipped_table_holds_the_platforms_life(table: StageTable) -> None:
    assert [stage.limit for stage in table.stages] == [15 * MINUTE] * 4 + [2 * HOUR, 3 * DAY]
    assert [stage.reporter for stage in table.stages] == ["shop", "mes", "crm", "mes", "mes", "crm"]
    assert [stage.queue for stage in table.stages] == [
        "", "orders.submitted", "orders.priced", "orders.approved", "", "orders.shipped"]  # fmt: skip
    assert all("default" in stage.asks and "telemetry" in stage.asks for stage in table.stages)
    assert "accept order" in {m.operation for m in table.milestones if m.implies == "SUBMITTED"}


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ('limit = "2 h"', 'limit = "2 hours"', "write a length of time"),
        ('limit = "2 h"', "limit = 2", "must be"),
        ('limit = "2 h"', 'limit = "0 h"', "more than nothing"),
        ('limit = "2 h"', 'limit = "2 h"\nlimits = "3 h"', "knows no key `limits`"),
        ('limit = "2 h"', 'limit = "2 h"\nusual = "3 h"', "write a range"),
        ('limit = "2 h"', 'limit = "2 h"\nhours = "always"', "write hours"),
        ('waits_for = "carrier"', 'waits_for = "luck"', "write one of"),
        ('ru_gender = "m"', 'ru_gender = "n"', "write one of f, m"),
        ("instrumented = true", 'instrumented = "yes"', "true or false"),
        ("instrumented = true", 'instrumented = true\ntraced_since = "2026-11-02"', "a time with its zone"),
        ("instrumented = true", 'instrumented = true\ntraced_since = "since May"', "a time with its zone"),
        ('names = ["crm"]', 'names = ["shop"]', "belongs to the service shop"),
        ('names = ["crm"]', "names = []", "at least one text"),
        ('code = "SUBMITTED"', 'code = "INITIATED"', "named twice"),
        ('code = "SUBMITTED"', 'code = "Submitted"', "in capitals"),
        ('from = "SUBMITTED"', 'from = "SHIPPED"', "stages follow the order"),
        ('receiver = "mes"', 'receiver = "crm"', "same service"),
        ('rejected = "mes-developers"', 'rejectet = "mes-developers"', "is no cause"),
        ('rejected = "mes-developers"', 'rejected = "nobody"', "write one of"),
        ('default = "production"', 'waiting-for-person = "production"', "by default is missing"),
        ('waits_for = "person"', 'waits_for = "machine"', "for stages that wait for a person"),
        ("mes = \"https://mes.", "mes = \"ftp://mes.", "starts with https://"),
        ("mes = \"https://mes.", "erp = \"https://mes.", "is no service"),
        ("«{stage}»", "«{etage}»", "holds {etage}"),
        ("[contact.telemetry]", "[contact.telemetrie]", "write a [contact.telemetry]"),
        ('implies = "SUBMITTED"', 'implies = "LOST"', "write one of"),
        ('who = { en = "shop developers"', 'who = { en = ""', "is empty"),
        ('ru_of = "MES"\n', "", "lacks `ru_of`"),
    ],
)  # fmt: skip
def test_a_mistake_is_named(old: str, new: str, sentence: str) -> None:
    assert sentence in broken(old, new).sentence


@pytest.mark.parametrize(
    ("old", "new", "part"),
    [
        ('limit = "2 h"', 'limit = "2 hours"', 'limit = "2 hours"'),
        ('default = "delivery"', 'default = "nobody"', 'default = "nobody"'),
        ("slow = {", "slaw = {", "[tell]"),
        ('receiver = "crm", queue = "orders.shipped"', 'receiver = "moon"', 'receiver = "moon"'),
        ("[closing]", "[closing", "[closing"),
    ],
)
def test_a_mistake_is_named_with_its_line(old: str, new: str, part: str) -> None:
    assert broken(old, new).line == line_of(TEXT.replace(old, new, 1), part)


def test_a_file_that_ends_too_soon_is_wrong_on_its_last_line() -> None:
    with pytest.raises(StageTableError, match="line 2"):
        parse('a = 1\nb = """')


def test_stages_must_lie_between_the_statuses() -> None:
    cut = TEXT[: TEXT.rindex("[[stage]]")] + TEXT[TEXT.index("# --- Milestones") :]
    with pytest.raises(StageTableError, match="7 statuses need 6 stages"):
        parse(cut)
    none = TEXT[: TEXT.index("[[stage]]")] + TEXT[TEXT.index("# --- Milestones") :]
    with pytest.raises(StageTableError, match="there are 0"):
        parse(none)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("service = 1", "must be a table"),
        ("", "The table lacks `service`"),
        (TEXT.replace("[closing]", "[opening]", 1), "The table knows no key `opening`"),
        ("[service]", "names no service"),
        (TEXT[: TEXT.index("[[status]]")], "at least two statuses"),
        ("status = [1]\n" + TEXT[: TEXT.index("[[status]]")], "under"),
        ("status = 1\n" + TEXT[: TEXT.index("[[status]]")], "under"),
    ],
)
def test_the_wrong_shape_is_named(text: str, sentence: str) -> None:
    with pytest.raises(StageTableError, match=sentence):
        parse(text)


def test_what_may_be_left_out_may_be_left_out() -> None:
    text = TEXT
    start, end = text.index("# --- Milestones"), text.index("# --- What Support may tell")
    table = parse(text[:start] + text[end:])
    assert (table.milestones, table.by_hand, table.links) == ((), frozenset(), {})


def test_optional_values_are_read() -> None:
    text = TEXT.replace(
        'limit = "2 h"', 'limit = "2 h"\nusual = "20 min - 1 h"\nhours = "Mon-Fri 09:00-18:00, Europe/Moscow"'
    )
    stage = parse(text).stages[4]
    assert stage.usual == (20 * MINUTE, HOUR)
    assert stage.hours is not None
    assert (stage.hours.days, stage.hours.opens) == (frozenset(range(5)), 9 * 3600)


def test_a_hop_without_a_queue_is_a_call_and_a_milestone_may_imply_nothing() -> None:
    text = TEXT.replace(', queue = "orders.shipped"', "")
    text = text.replace('contact = "4470"\n', "", 1)
    more = '\n[[milestone]]\noperation = "see order"\nservice = "mes"\nwords = { en = "seen", ru = "виден" }\n'
    table = parse(text.replace("# --- Operations by which", more + "\n# ---", 1))
    assert table.stages[5].queue == ""
    assert table.stages[5].sender == "mes"
    assert any(m.operation == "see order" and not m.implies for m in table.milestones)
    with pytest.raises(StageTableError, match="named twice"):
        parse(text.replace("# --- Operations by which", more + more + "\n# ---", 1))


@pytest.mark.parametrize(
    ("text", "nanoseconds"),
    [("90 s", 90 * SECOND), ("15 min", 15 * MINUTE), ("2h", 2 * HOUR), ("1 d 12 h", 36 * HOUR)],
)
def test_lengths(text: str, nanoseconds: int) -> None:
    assert length(text) == nanoseconds


@pytest.mark.parametrize(
    "text",
    [
        "Mon-Fri 09:00-18:00, Mars/Base",
        "Fri-Mon 09:00-18:00, UTC",
        "Mon-Fri 18:00-09:00, UTC",
        "Xxx-Fri 09:00-18:00, UTC",
    ],
)
def test_hours_that_cannot_be(text: str) -> None:
    with pytest.raises(ValueError, match=r"zone|hours"):
        working_hours(text)


def test_a_range_runs_upwards() -> None:
    with pytest.raises(ValueError, match="less than"):
        usual_range("11 min - 4 min")


def test_a_service_may_say_since_when_it_is_traced() -> None:
    text = TEXT.replace("instrumented = true", 'instrumented = true\ntraced_since = "2026-11-02T12:00+03:00"', 1)

    assert parse(text).services[0].traced_since == instant("2026-11-02T09:00Z") == 1_793_610_000 * 1_000_000_000
    assert parse(TEXT).services[0].traced_since == 0
