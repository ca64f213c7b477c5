"""Tasks that a process cannot do without."""

import subprocess
import sys

from support.serving import WATCHDOG_S

FAILING = """
import asyncio, logging
from routeguide.serving.background import run_in_background

async def fail():
    raise ValueError("broken")

async def main():
    run_in_background(fail(), "reload")
    await asyncio.Event().wait()

logging.basicConfig(format="%(message)s")
asyncio.run(main())
"""


def test_an_exception_in_a_task_ends_the_process() -> None:
    ended = subprocess.run(
        [sys.executable, "-c", FAILING],
        capture_output=True,
        text=True,
        timeout=WATCHDOG_S,
        check=False,
    )
    lines = ended.stderr.splitlines()
    assert ended.returncode == 1
    assert lines[0] == "The task 'reload' failed; this process ends"
    assert lines[-1] == "ValueError: broken"
