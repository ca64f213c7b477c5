"""The README's own claims: its commands run verbatim, its example prints what it says."""

import os
import re
import shlex
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from processes import LISTENING
from serving import WATCHDOG_S

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")

CI_RUN = ROOT / ".ci/run"

SERVER = "python python/route_server.py"
CLIENT = "python python/route_client.py"


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", README, re.MULTILINE | re.DOTALL)


def environment() -> dict[str, str]:
    """This interpreter's, with its folder first, as in an activated environment."""
    folder = str(Path(sys.executable).parent)
    return {**os.environ, "PATH": folder + os.pathsep + os.environ["PATH"]}


def words_of(line: str) -> list[str]:
    """A shell line's words, without a comment and without what keeps a command quiet."""
    try:
        words = shlex.split(line, comments=True)
    except ValueError:  # a quotation that ends on another line
        return []
    return [word for word in words if word not in ("-q", "--quiet")]


def is_run_by_ci(command: str) -> bool:
    """True where a line of .ci/run is the command, with more arguments or without."""
    wanted = words_of(command)
    lines = [words_of(line) for line in CI_RUN.read_text(encoding="utf-8").splitlines()]
    return any(words[: len(wanted)] == wanted for words in lines)


def test_every_command_is_run_somewhere() -> None:
    """By a test of this file or by .ci/run, which makes the environments that others need."""
    if not CI_RUN.exists():
        pytest.skip("an sdist has no .ci/run")
    commands = {line for block in blocks("sh") for line in block.splitlines()}
    assert {SERVER, CLIENT, "make test", "pip install ."} <= commands
    assert [each for each in sorted(commands - {SERVER, CLIENT}) if not is_run_by_ci(each)] == []


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
