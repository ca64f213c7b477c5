"""SIGTERM under load, many times: every accepted call ends OK, every other with UNAVAILABLE.

The server logs how many calls it accepted; as many must have ended well for the clients. Run by
`make check-drain`; tests/serving/test_serve_life.py runs a few rounds.
"""

from __future__ import annotations

import argparse
import random
import re
import subprocess
import sys
import tempfile
import time
from collections import Counter
from contextlib import ExitStack
from pathlib import Path

from support.serve_processes import Client, serve

from campaigns.load import write_generation

CHATS = 5
CLIENTS = 2


def one_round(clients: list[Client], load_s: float, grace_s: float, *options: str) -> str:
    """Run one round; return what went wrong, or an empty string."""
    with serve("--grace", str(grace_s), *options) as server:
        for client in clients:
            client.begin(server.address, streams=CHATS)
        time.sleep(load_s)
        server.process.terminate()
        sent_s = time.monotonic()
        try:
            status, log = server.end(grace_s + 10)
        except subprocess.TimeoutExpired:
            return "the server hangs"
        took_s = time.monotonic() - sent_s
    outcomes: Counter[str] = Counter()
    for client in clients:
        outcomes.update(client.finish())
    faults = []
    if status != 0:
        faults.append(f"exit status {status}")
    if took_s > grace_s + 1:
        faults.append(f"took {took_s:.2f} s")
    accepted = sum(
        int(number.replace(",", ""))
        for number in re.findall(r"Stopped: ([\d,]+) calls? ha(?:ve|s) ended$", log, re.M)
    )
    ended_well = outcomes["OK"] + outcomes["answered chat: UNAVAILABLE"]
    if accepted != ended_well:
        faults.append(f"{accepted} calls accepted, {ended_well} ended well")
    if other := set(outcomes) - {"OK", "UNAVAILABLE", "answered chat: UNAVAILABLE"}:
        faults.append(f"outcomes {sorted(other)}")
    if faults:
        return f"{', '.join(faults)}; {dict(outcomes)}; {log!r}"
    return ""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=200)
    parser.add_argument("--seed", type=int, default=random.randrange(10**6))
    parser.add_argument("options", nargs="*", help="for the server")
    chosen = parser.parse_args()
    chance = random.Random(chosen.seed)
    print(f"{chosen.rounds} rounds, seed {chosen.seed}", flush=True)
    bad = 0
    with ExitStack() as stack:
        clients = [stack.enter_context(Client()) for _ in range(CLIENTS)]
        features = Path(stack.enter_context(tempfile.TemporaryDirectory())) / "features.json"
        write_generation(features, 0)
        options = ("--db", str(features), *chosen.options)
        for number in range(1, chosen.rounds + 1):
            if fault := one_round(clients, chance.uniform(0.2, 0.6), 5.0, *options):
                bad += 1
                print(f"round {number}: {fault}", flush=True)
            elif number % 20 == 0:
                print(f"{number} rounds, {bad} bad", flush=True)
    print(f"{chosen.rounds} rounds, {bad} bad")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
