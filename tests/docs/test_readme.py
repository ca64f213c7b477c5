"""README.md: its commands run unchanged, and its examples print what it shows."""

import re
import subprocess
import sys

import pytest
from support.documents import CI_RUN, ROOT, environment, is_run_by_ci, is_taken
from support.processes import LISTENING
from support.serve_processes import serve
from support.serving import WATCHDOG_S

README = (ROOT / "README.md").read_text(encoding="utf-8")

SERVER = "python python/route_server.py"
CLIENT = "python python/route_client.py"


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", README, re.MULTILINE | re.DOTALL)


def test_every_command_is_run() -> None:
    """By a test in this file, or by .ci/run if it needs an environment of its own."""
    if not CI_RUN.exists():
        pytest.skip("a source distribution has no .ci/run")
    commands = {line for block in blocks("sh") for line in block.splitlines()}
    assert {SERVER, CLIENT, "make test", "pip install ."} <= commands
    assert [each for each in sorted(commands - {SERVER, CLIENT}) if not is_run_by_ci(each)] == []


def test_the_server_and_client_commands_work_unchanged() -> None:
    if is_taken("localhost:50051"):
        pytest.skip("the documented port, 50051, is in use on this machine")
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


def test_the_shown_output_is_the_tutorials_output() -> None:
    expected = (ROOT / "tests/data/expected_client_output.txt").read_text(encoding="utf-8")
    lines = {line.rstrip() for line in expected.splitlines()}
    shown = [line for line in blocks("")[0].splitlines() if line != "..."]
    assert shown
    assert set(shown) <= lines


def output_of(example: str) -> list[str]:
    """Run an example; return the lines that it prints."""
    return subprocess.run(
        [sys.executable, "-c", example],
        capture_output=True,
        text=True,
        timeout=WATCHDOG_S,
        check=True,
    ).stdout.splitlines()


def test_the_index_example_prints_what_its_comments_show() -> None:
    _, example = blocks("python")
    shown = re.findall(r"^print\(.*\)\s+# (.*)$", example, re.MULTILINE)
    assert shown
    assert output_of(example)[: len(shown)] == shown


def test_the_client_example_prints_what_is_nearest() -> None:
    example, _ = blocks("python")
    address = "localhost:50051"
    assert address in example
    with serve() as running:
        lines = output_of(example.replace(address, running.address))
    assert len(lines) == 3
    assert [int(line.rsplit(" ", 1)[1]) for line in lines] == sorted(
        int(line.rsplit(" ", 1)[1]) for line in lines
    )
