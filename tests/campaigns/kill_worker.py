"""SIGKILL of a worker under load: calls end with UNAVAILABLE at worst, and the worker is replaced.

Run by `make check-workers`; tests/serving/test_serve_workers.py runs one round.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import sys
import tempfile
import time
from collections import Counter
from contextlib import ExitStack
from pathlib import Path

from support.serve_processes import Client, ServeProcess, children_of, serve

from campaigns.load import write_generation

CLIENTS = 2
MAX_REPLACE_S = 2.0


def kill_one(server: ServeProcess, chance: random.Random) -> float:
    """Kill a worker; return the seconds until another one serves."""
    os.kill(chance.choice(sorted(children_of(server))), signal.SIGKILL)
    killed_s = time.monotonic()
    server.wait_for_log("serves again")
    return time.monotonic() - killed_s


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--seed", type=int, default=random.randrange(10**6))
    chosen = parser.parse_args()
    chance = random.Random(chosen.seed)
    print(f"{chosen.rounds} rounds, seed {chosen.seed}", flush=True)
    outcomes: Counter[str] = Counter()
    took_s = []
    with ExitStack() as stack:
        clients = [stack.enter_context(Client()) for _ in range(CLIENTS)]
        features = Path(stack.enter_context(tempfile.TemporaryDirectory())) / "features.json"
        write_generation(features, 0)
        for _ in range(chosen.rounds):
            with serve("--db", features, "--workers", "2") as server:
                for client in clients:
                    client.begin(server.address)
                time.sleep(chance.uniform(0.1, 0.5))
                took_s.append(kill_one(server, chance))
                for client in clients:
                    outcomes.update(client.finish())
    print(f"{dict(outcomes)}; replaced within {max(took_s):.2f} s")
    return 0 if set(outcomes) <= {"OK", "UNAVAILABLE"} and max(took_s) < MAX_REPLACE_S else 1


if __name__ == "__main__":
    sys.exit(main())
