"""`python -m bench.masking`: what the masking costs, in processor time of one thread; exit 1 where a gate is missed.

200 spans: their attributes as a page of spans shows them, after they were shown once (a page that refreshes itself),
and for the first time, when every tenth span tells an error in words of its own and forty paths are new as well; and
the latter without those sixty free texts. No server, no network.
"""

import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from bench.figures import Figure
from bench.table import rows
from orders.journey.ids import IdPatterns
from orders.journey.raw import Raw
from orders.journey.spans import Attribute
from orders.privacy.attributes import FREE_TEXT, Policy, shown
from orders.privacy.free_text import FreeText
from orders.privacy.names import Names
from orders.privacy.pseudonyms import Pseudonyms
from orders.privacy.vocabulary import Vocabulary

VOCABULARY: Final = Path(__file__).resolve().parent.parent / "orders" / "privacy" / "vocabulary.txt"
SPANS, REPEATS = 200, 9
Spans = Sequence[Sequence[Attribute]]


def policy() -> Policy:
    """Return the masking as it is installed, with nothing remembered."""
    patterns, pseudonyms = IdPatterns.of(), Pseudonyms([b"key of the measurement"])
    words = Vocabulary.parse(VOCABULARY.read_text(encoding="utf-8"))
    free = FreeText.of(patterns, pseudonyms=pseudonyms, vocabulary=words)
    names = Names.of(patterns, vocabulary=words, own=("shop", "crm", "mes"))
    return Policy.of(patterns, pseudonyms=pseudonyms, free_text=free, names=names)


def spans() -> Spans:
    """Return the attributes of 200 spans, each value a text of its own, as from a decoder."""
    return [[Attribute("span", key, Raw(_fresh(value))) for key, value in _values(n)] for n in range(SPANS)]


def _values(number: int) -> list[tuple[str, object]]:
    usual: list[tuple[str, object]] = [
        ("order_id", "ORD-20398"),
        ("http.request.method", "POST"),
        ("http.route", "/api/v1/orders/{id}/steps"),
        ("url.path", f"/api/v1/orders/ORD-20398/steps/{number % 40}"),
        ("server.address", "orders.internal.alexandrite.example"),
        ("server.port", 8443),
        ("http.response.status_code", 200),
        ("thread.name", f"worker-{number % 16}"),
        ("service.name", "mes"),
        ("service.version", "4.12.0"),
        ("service.instance.id", "mes-7d9f8b6c5-x2x9q"),
        ("telemetry.sdk.language", "java"),
        ("telemetry.sdk.name", "opentelemetry"),
    ]
    whose = f"Anna Petrova <anna{number}@example.com>, +7 912 345-67-{number % 90:02}"
    told = f"Connection refused: crm:8080, order of {whose}"
    return (
        usual if number % 10 else [*usual, ("exception.type", "java.net.ConnectException"), ("exception.message", told)]
    )


def _fresh(value: object) -> object:
    return f"{value} "[:-1] if isinstance(value, str) else value


def milliseconds(do: Callable[[], object]) -> float:
    """Return the processor time that a call takes."""
    start = time.thread_time()
    do()
    return (time.thread_time() - start) * 1000


def figures() -> list[Figure]:
    """Measure."""
    installed = policy()
    first, keyed = [], []
    for _ in range(REPEATS):
        first.append(_showing(policy(), spans()))
        keyed.append(_showing(policy(), [[one for one in span if one.key not in FREE_TEXT] for span in spans()]))
    again = [_showing(installed, spans()) for _ in range(REPEATS + 1)]
    text = "Connection refused: crm:8080 after 1500 ms for ORD-20398 of Anna Petrova <anna@example.com>"
    one = [milliseconds(lambda n=n: _hundred(installed, text, n)) * 10 for n in range(REPEATS)]  # type: ignore[misc]
    return [
        Figure(
            "masking the attributes of 200 spans, remembered from an earlier showing", "ms", tuple(again[1:]), most=2
        ),
        Figure("masking those without their free texts for the first time", "ms", tuple(keyed), most=2),
        Figure("masking all for the first time, 20 new error texts and 40 new paths among them", "ms", tuple(first)),
        Figure("masking an error's text for the first time", "µs", tuple(one)),
    ]


def _showing(installed: Policy, made: Spans) -> float:
    return milliseconds(lambda: [shown(one, installed) for one in made])


def _hundred(installed: Policy, text: str, repeat: int) -> None:
    for number in range(100):
        shown([Attribute("span", "error_message", Raw(f"{text} {repeat}:{number}"))], installed)


def main() -> int:
    """Measure and print."""
    found = figures()
    print("\n".join(rows(found, judged=True)))
    return 0 if all(figure.holds for figure in found) else 1


if __name__ == "__main__":
    sys.exit(main())
