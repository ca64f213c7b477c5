"""Run the scripts in python/ as users do, as processes of their own."""

import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from support.serving import WATCHDOG_S

ROOT = Path(__file__).parents[2]
SCRIPTS = ROOT / "python"
LISTENING = "Server listening on "


def run(script: str | Path, *arguments: str | Path) -> "subprocess.CompletedProcess[str]":
    """Run a script to its end, in an unrelated folder."""
    return subprocess.run(
        [sys.executable, SCRIPTS / script, *arguments],
        capture_output=True,
        text=True,
        timeout=WATCHDOG_S,
        cwd="/",
        check=False,
    )


class Server:
    """A server process that has printed its address."""

    def __init__(self, process: "subprocess.Popen[str]", says_on: str) -> None:
        self.process = process
        stream = process.stderr if says_on == "stderr" else process.stdout
        assert stream is not None
        self.said: list[str] = []
        for line in stream:
            self.said.append(line)
            if line.startswith(LISTENING):
                self.address = line.removeprefix(LISTENING).rstrip()
                return
        raise AssertionError(f"ended without listening: {self.said} {process.communicate()}")

    @property
    def port(self) -> str:
        return self.address.rpartition(":")[2]

    def end(self) -> tuple[int, str, str]:
        """Wait for the end; returns the exit status and the output since the address."""
        output, errors = self.process.communicate(timeout=WATCHDOG_S)
        return self.process.returncode, output, errors


@contextmanager
def server(
    *arguments: str | Path,
    script: str = "route_server.py",
    address: str = "localhost:0",
    says_on: str = "stderr",
    prefix: Sequence[str | Path] = (sys.executable,),
) -> Iterator[Server]:
    """Run a server script on a free port; it is killed at the end of the block."""
    process = subprocess.Popen(
        [*prefix, SCRIPTS / script, "--address", address, *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd="/",
    )
    with process:
        try:
            yield Server(process, says_on)
        finally:
            process.kill()


def kind_options(kind: str) -> list[str]:
    """Options for route_server.py to be one of serving.KINDS."""
    return ["--asyncio"] if kind == "asyncio" else []


def is_running(pid: int) -> bool:
    """Return whether a process exists that is not a child of this one; zombies do not count."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return " Z " not in Path(f"/proc/{pid}/stat").read_text()
