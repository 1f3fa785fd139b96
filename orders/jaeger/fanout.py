"""Several questions at once, under one deadline: what has come by the soft one is enough, if anything has."""

import asyncio
import time
from collections.abc import Sequence
from concurrent.futures import CancelledError
from typing import Final, NamedTuple

from orders.jaeger.errors import JaegerError, TooSlow
from orders.jaeger.replies import Reply
from orders.jaeger.transport import Transport
from orders.jaeger.wire import Question

GRACE: Final = 0.25  # seconds past the hard deadline for the loop to say so itself

Came = Reply | JaegerError


class Until(NamedTuple):
    """The two deadlines of a look-up, as time.monotonic counts (which is the loop's own clock)."""

    soft: float
    hard: float


def ask(transport: Transport, questions: Sequence[Question], until: Until) -> list[Came]:
    """Return what each question brought, in their order: a reply, or why there is none.

    Never later than the hard deadline and GRACE.
    """
    future = transport.submit(lambda: _gathered(transport, questions, until))
    try:
        return future.result(max(until.hard - time.monotonic(), 0.0) + GRACE)
    except (TimeoutError, CancelledError):
        future.cancel()
        return [TooSlow("the loop itself was too slow")] * len(questions)


async def _gathered(transport: Transport, questions: Sequence[Question], until: Until) -> list[Came]:
    tasks = [asyncio.create_task(_one(transport, question, until.hard)) for question in questions]
    _, pending = await asyncio.wait(tasks, timeout=max(until.soft - time.monotonic(), 0.0))
    while pending and not any(task.done() and _is_good(task.result()) for task in tasks):
        _, pending = await asyncio.wait(pending, return_when=asyncio.FIRST_COMPLETED)
    for task in pending:
        task.cancel()
    return [task.result() if task not in pending else TooSlow("not there at the soft deadline") for task in tasks]


async def _one(transport: Transport, question: Question, deadline: float) -> Came:
    try:
        return await transport.get(question, deadline)
    except JaegerError as error:
        return error


def _is_good(came: Came) -> bool:
    return isinstance(came, Reply) and came.status < 429
