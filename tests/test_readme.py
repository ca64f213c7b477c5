"""The README's own claims: its commands run verbatim, its example prints what it says."""

import os
import re
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from processes import LISTENING
from serving import WATCHDOG_S

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")

# Commands of the README that .ci/run runs, by their names there: they make environments.
RUN_BY_CI = {"make run", "make test", "pip install .", "pip install '.[test]'", "pytest"}

SERVER = "python python/route_server.py"
CLIENT = "python python/route_client.py"


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", README, re.MULTILINE | re.DOTALL)


def environment() -> dict[str, str]:
    """This interpreter's, with its folder first, as in an activated environment."""
    folder = str(Path(sys.executable).parent)
    return {**os.environ, "PATH": folder + os.pathsep + os.environ["PATH"]}


def test_every_command_is_run_somewhere() -> None:
    commands = {line for block in blocks("sh") for line in block.splitlines()}
    assert commands == RUN_BY_CI | {SERVER, CLIENT}


def test_the_plain_commands_work_as_they_stand() -> None:
    with socket.socket() as trial:
        if trial.connect_ex(("localhost", 50051)) == 0:
            pytest.skip("port 50051, the documented one, is in use on this machine")
    with subprocess.Popen(
        SERVER.split(), cwd=ROOT, env=environment(), stderr=subprocess.PIPE, text=True
    ) as server:
        try:
            assert server.stderr is not None
            assert server.stderr.readline().startswith(LISTENING)
            client = subprocess.run(
                CLIENT.split(),
                cwd=ROOT,
                env=environment(),
                capture_output=True,
                text=True,
                timeout=WATCHDOG_S,
                check=False,
            )
        finally:
            server.terminate()
    assert (client.returncode, server.returncode) == (0, 0)
    assert client.stdout.splitlines()[-1] == (
        "Received message Third message at latitude: 1, longitude: 0"
    )


def test_the_shown_output_is_the_documented_output() -> None:
    documented = (ROOT / "tests/data/expected_client_output.txt").read_text(encoding="utf-8")
    lines = {line.rstrip() for line in documented.splitlines()}
    shown = [line for line in blocks("")[0].splitlines() if line != "..."]
    assert shown
    assert set(shown) <= lines


def test_the_example_prints_what_its_comments_say() -> None:
    (example,) = blocks("python")
    ran = subprocess.run(
        [sys.executable, "-c", example],
        capture_output=True,
        text=True,
        timeout=WATCHDOG_S,
        check=True,
    )
    said = re.findall(r"^print\(.*\)\s+# (.*)$", example, re.MULTILINE)
    assert said
    assert ran.stdout.splitlines()[: len(said)] == said
