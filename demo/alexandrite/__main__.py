"""The command: fill a receiver with a played fortnight, and with --live go on from there until stopped."""

import argparse
import logging
import signal
import time
from collections.abc import Sequence
from threading import Event

from demo.alexandrite.live import Live
from demo.alexandrite.play import play
from demo.alexandrite.send import send
from demo.alexandrite.showcase import SHOWCASE
from demo.alexandrite.telemetry import TELEMETRY_WORLDS, WORLDS


def main(arguments: Sequence[str] | None = None, stop: Event | None = None) -> None:
    """Play, send, and stay alive if asked to; `arguments` default to the command line's, `stop` to the signals'."""
    wanted = _parser().parse_args(arguments)
    now = time.time_ns()
    world = play(
        world=wanted.world,
        seed=wanted.seed,
        orders=wanted.orders,
        now=now,
        days=wanted.days,
        showcase=wanted.showcase,
    )
    sent = send(world, wanted.otlp_url)
    print(f"{sent} spans of {len(world.orders)} orders sent to {wanted.otlp_url} (world {world.name!r})", flush=True)
    known = {order.order_id for order in world.orders}
    for name, order_id in SHOWCASE.items():
        if order_id in known and (name != "cannot_tell" or wanted.world in TELEMETRY_WORLDS):
            print(f"  {order_id}  {name.replace('_', ' ')}", flush=True)
    if wanted.live:
        Live(world, wanted.seed).run(wanted.otlp_url, stop or _on_signals(), wanted.speed)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m demo.alexandrite", description=__doc__)
    parser.add_argument("--otlp-url", required=True, help="base URL of an OTLP/HTTP receiver: http://127.0.0.1:4318")
    parser.add_argument("--world", default="faults", choices=WORLDS)
    parser.add_argument("--orders", type=int, default=600, help="how many orders in those days")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--days", type=int, default=14)
    parser.add_argument("--no-showcase", dest="showcase", action="store_false", help="leave the fixed orders out")
    parser.add_argument("--live", action="store_true", help="go on until stopped")
    parser.add_argument("--speed", type=float, default=1.0, help="how much faster than real life goes on: 60 is lively")
    return parser


def _on_signals() -> Event:
    stop = Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    return stop


if __name__ == "__main__":
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    main()
