"""`python -m demo.jaeger`: the stand-in as a program, until Ctrl-C or TERM."""

import argparse
import signal

from demo.jaeger.house import GENERATIONS, STORAGES
from demo.jaeger.server import StandInJaeger


def main() -> None:
    """Read the options, start, say where, wait for a signal, stop."""
    parser = argparse.ArgumentParser(prog="python -m demo.jaeger", description="A stand-in Jaeger on loopback.")
    parser.add_argument("--port", type=int, default=16686, help="query API and pages (0: any free port)")
    parser.add_argument("--otlp-port", type=int, default=4318, help="OTLP over HTTP (0: any free port)")
    parser.add_argument("--generation", choices=GENERATIONS, default="2.20")
    parser.add_argument("--storage", choices=STORAGES, default="memory")
    parser.add_argument("--max-traces", type=int, default=100_000)
    chosen = parser.parse_args()
    signals = {signal.SIGINT, signal.SIGTERM}
    signal.pthread_sigmask(signal.SIG_BLOCK, signals)  # before any thread starts, so that sigwait gets them
    jaeger = StandInJaeger(chosen.generation, chosen.max_traces, chosen.storage)
    with jaeger.start(chosen.port, chosen.otlp_port):
        print(f"Stand-in Jaeger {chosen.generation}: {jaeger.query_url} (OTLP {jaeger.otlp_url}/v1/traces)", flush=True)
        signal.sigwait(signals)


if __name__ == "__main__":
    main()
