"""Features replaced every 100 ms under load: each call ends OK, with answers of one generation.

Run by `make check-swap`; tests/serving/test_serve_reload.py runs half a second of it.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
import tempfile
import time
from collections import Counter
from contextlib import ExitStack
from pathlib import Path

from support.serve_processes import Client, serve

from campaigns.load import write_generation

CLIENTS = 2
GENERATIONS = 10


def swap_under_load(
    folder: Path, clients: list[Client], load_s: float, interval_s: float, *options: str
) -> tuple[Counter[str], int]:
    """Return how often each outcome occurred, and how many generations answered."""
    made = []
    for number in range(GENERATIONS):
        made.append(folder / f"{number}.json")
        write_generation(made[-1], number)
    served = folder / "served.json"
    served.hardlink_to(made[0])
    with serve("--db", served, *options) as server:
        for client in clients:
            client.begin(server.address)
        ends_s = time.monotonic() + load_s
        swaps = 0
        while time.monotonic() < ends_s:
            swaps += 1
            fresh = folder / "fresh.json"
            fresh.hardlink_to(made[swaps % GENERATIONS])
            os.replace(fresh, served)
            served_now_s = time.monotonic()
            if "--watch" not in options:
                server.process.send_signal(signal.SIGHUP)
            time.sleep(max(0.0, served_now_s + interval_s - time.monotonic()))
        outcomes: Counter[str] = Counter()
        seen: dict[str, int] = {}
        for client in clients:
            outcomes.update(client.finish())
            for generation, number in client.generations.items():
                if seen.setdefault(generation, number) != number:
                    outcomes["one name for two generations"] += 1
        status, log = server.stop()
        if status != 0 or "Still serving" in log:
            outcomes[f"exit status {status}: {log}"] += 1
        outcomes["swaps"] = log.count("Now serving")
    return outcomes, len(seen)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--interval", type=float, default=0.1)
    parser.add_argument("options", nargs="*", help="for the server")
    chosen = parser.parse_args()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        clients = [stack.enter_context(Client()) for _ in range(CLIENTS)]
        outcomes, seen = swap_under_load(
            folder, clients, chosen.seconds, chosen.interval, *chosen.options
        )
    print(f"{seen} generations answered; {dict(outcomes)}")
    return 0 if set(outcomes) == {"OK", "swaps"} and seen > 1 else 1


if __name__ == "__main__":
    sys.exit(main())
