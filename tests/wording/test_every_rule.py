"""Whatever is decided can be said, in both languages, with someone to ask."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from orders.journey.decide import decide
from orders.journey.spans import Answer
from orders.journey.verdict import State
from orders.wording.customer import tell_customer, whom_to_ask
from orders.wording.say import check_lines, say, say_clauses
from orders.wording.times import UTC_ZONE
from tests.journey.story import RETENTION, TABLE, Story, at, healthy_fleet
from tests.journey.test_decide import FACTS


@settings(max_examples=200, deadline=None)
@given(st.lists(FACTS, max_size=10), st.booleans(), st.booleans(), st.booleans(), st.integers(0, 30_000))
def test_every_verdict_can_be_said(
    steps: list[dict[str, Any]], truncated: bool, known: bool, compared: bool, now: int
) -> None:
    story = Story()
    for step in steps:
        story.span(**step)
    fleet = healthy_fleet(now, orders=8) if compared else None
    answer = Answer(spans=tuple(story.spans), truncated=truncated, known_at=at(0) if known else None)
    journey = story.journey(crm=90 * 1_000_000_000)

    verdict = decide(journey, now=at(now), table=TABLE, answer=answer, fleet=fleet, retention=RETENTION)

    for language in ("ru", "en"):
        said = say(verdict, TABLE, language=language, zone=UTC_ZONE)
        notes = say_clauses(verdict.notes, TABLE, language=language, zone=UTC_ZONE, now=at(now))
        checks = check_lines(verdict.checks, TABLE, language=language, zone=UTC_ZONE, now=at(now))
        assert all(sentence.text for sentence in [*said, *notes])
        assert all("{" not in line.text for line in checks)
        reached = journey.reached.at if journey.reached else None
        told = tell_customer(verdict, TABLE, language=language, zone=UTC_ZONE, reached_at=reached)
        assert told or verdict.state is None
        if verdict.state in {State.STALLED, State.FAILED, State.CANNOT_TELL}:
            assert whom_to_ask(verdict, TABLE)
