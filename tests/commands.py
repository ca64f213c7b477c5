"""The command `routeguide`, run as a user runs it."""

import subprocess
import sys
from pathlib import Path

from serving import WATCHDOG_S

ROUTEGUIDE = Path(sys.executable).with_name("routeguide")


def run(
    *arguments: str | Path, input: bytes = b"", cwd: str | Path = "/"
) -> "subprocess.CompletedProcess[str]":
    """Run a command to its end, its output not a terminal."""
    done = subprocess.run(
        [ROUTEGUIDE, *arguments],
        input=input,
        capture_output=True,
        timeout=WATCHDOG_S,
        cwd=cwd,
        check=False,
    )
    return subprocess.CompletedProcess(
        done.args, done.returncode, done.stdout.decode(), done.stderr.decode()
    )
