"""The table's own look-ups, and small types that only other rooms use."""

from orders.journey.lookup import ManyLookup, OrderLookup
from orders.journey.spans import Answer, no_attributes
from orders.journey.stages import Words
from tests.journey.story import ORDER, TABLE, Story, at


def test_words_are_kept_in_both_languages() -> None:
    assert (Words("Closed", "Закрыт").of("ru"), Words("Closed", "Закрыт").of("en")) == ("Закрыт", "Closed")


def test_a_fan_out_asks_for_every_name_of_the_instrumented_services() -> None:
    assert TABLE.service_names == ("crm", "mes", "shop")
    assert TABLE.service("mes").code == "mes"
    assert (TABLE.service_code("mes"), TABLE.service_code("batch")) == ("mes", "batch")


def test_milestones_and_queues_are_found_by_service() -> None:
    assert [m.implies for m in TABLE.milestones_of("accept order", "crm")] == ["SUBMITTED"]
    assert TABLE.milestones_of("accept order", "mes") == ()
    assert TABLE.entered_through("orders.priced", "crm") == ("PRICE_CALCULATED",)
    assert TABLE.entered_through("orders.priced", "mes") == ()


def test_a_lookup_knows_whether_it_found_anything() -> None:
    story = Story()
    empty = OrderLookup(journey=story.journey(), verdict=story.verdict(0), answer=Answer(), now=at(0))
    story.status(0, 0, ticket="T-1")
    found = OrderLookup(journey=story.journey(), verdict=story.verdict(0), answer=Answer(), now=at(0))

    assert (empty.known, found.known) == (False, True)
    assert found.journey.ticket == "T-1"
    assert ManyLookup(rows=(found,)).rows[0].journey.order_id == ORDER
    assert no_attributes() == ()


def test_of_two_operations_with_the_same_words_the_earlier_is_told() -> None:
    story = Story()
    story.span("crm", 3, name="POST /api/orders", kind="server", seconds=30)
    story.span("crm", 2.9, name="accept order", seconds=1)

    assert [step.at for step in story.journey().passed] == [at(2.9)]
