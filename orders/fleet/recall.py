"""Recall: the last whole answer on each order, kept in memory for the minutes in which Jaeger may be away."""

import threading
from collections import OrderedDict
from dataclasses import replace
from typing import Final

from orders.journey.spans import HOUR, Answer

AGE: Final = HOUR  # an older answer is not shown
ORDERS: Final = 300
SPANS: Final = 100_000


class Recall:
    """A bounded memory of answers, by order id. Thread-safe; nothing of it is ever written to disk."""

    def __init__(self) -> None:
        self._answers: OrderedDict[str, Answer] = OrderedDict()
        self._spans = 0
        self._lock = threading.Lock()

    def keep(self, order_id: str, answer: Answer) -> None:
        """Remember a whole answer that holds something; the longest unused go when it is too much."""
        if not answer.whole or not answer.spans:
            return
        with self._lock:
            self._drop(order_id)
            self._answers[order_id] = answer
            self._spans += len(answer.spans)
            while len(self._answers) > ORDERS or (self._spans > SPANS and len(self._answers) > 1):
                self._drop(next(iter(self._answers)))
            for old in [one for one, known in self._answers.items() if answer.asked_at - known.asked_at > AGE]:
                self._drop(old)

    def _drop(self, order_id: str) -> None:
        old = self._answers.pop(order_id, None)
        self._spans -= len(old.spans) if old else 0

    def last(self, order_id: str, now: int) -> Answer | None:
        """Return what was known last, marked with when that was; None where that is too long ago or nothing."""
        with self._lock:
            answer = self._answers.get(order_id)
            if answer is None or now - answer.asked_at > AGE:
                return None
            self._answers.move_to_end(order_id)
            return replace(answer, known_at=answer.asked_at)
