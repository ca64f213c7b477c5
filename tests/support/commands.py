"""The command `routeguide`, run in a process of its own or, which is faster, in this one."""

import fcntl
import os
import pty
import struct
import subprocess
import sys
import termios
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from routeguide.commands.main import main
from routeguide.domain import dataset

from support.serving import WATCHDOG_S

ROUTEGUIDE = Path(sys.executable).with_name("routeguide")


class Ended(NamedTuple):
    status: int
    out: str
    err: str


class Command:
    """Runs commands in this process."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys

    def __call__(self, *arguments: object) -> Ended:
        """Run a command to its end, which may be a wrong usage or a signal."""
        status: object
        try:
            status = main([str(argument) for argument in arguments])
        except SystemExit as error:
            status = error.code
        assert isinstance(status, int)
        return Ended(status, *self._capsys.readouterr())

    def printed(self, *arguments: object) -> str:
        """Return the output of a command that succeeds without a message."""
        ended = self(*arguments)
        assert (ended.status, ended.err) == (0, "")
        return ended.out

    def refused(self, *arguments: object, status: int = 2) -> str:
        """Return the message of a command that fails: one line, after the name of the command."""
        ended = self(*arguments)
        assert (ended.status, ended.out) == (status, "")
        (line,) = ended.err.splitlines()
        prefix = f"routeguide {arguments[0]}: "
        assert line.startswith(prefix)
        return line.removeprefix(prefix)


def run(
    *arguments: str | Path,
    program: Sequence[object] = (ROUTEGUIDE,),
    cwd: str | Path = "/",
    variables: Mapping[str, str] | None = None,
    **streams: Any,
) -> "subprocess.CompletedProcess[str]":
    """Run a command, or another program, in a process of its own, with no terminal.

    `variables` are added to the environment. `streams` are those of subprocess.run; by default
    the input is empty and the outputs are captured.
    """
    defaults: dict[str, Any] = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    if "stdin" not in streams:
        defaults["input"] = b""
    done: subprocess.CompletedProcess[bytes] = subprocess.run(
        [*map(str, program), *map(os.fsencode, arguments)],
        cwd=cwd,
        env=os.environ | (variables or {}),
        timeout=WATCHDOG_S,
        check=False,
        **defaults | streams,
    )
    return subprocess.CompletedProcess(
        done.args, done.returncode, (done.stdout or b"").decode(), done.stderr.decode()
    )


def shell(
    folder: Path, arguments: str, variables: Mapping[str, str] | None = None, **streams: Any
) -> "subprocess.CompletedProcess[str]":
    """Run a command whose arguments and redirections a shell parses."""
    line = f'exec "{sys.executable}" -m routeguide {arguments}'
    return run(
        "-c", line, program=["/bin/sh"], cwd=folder, variables=variables,
        **{"stdin": None} | streams,
    )  # fmt: skip


def python(program: str) -> list[str]:
    """Return how to run a program that has the function `main` of the command."""
    header = "import sys; from routeguide.commands.main import main\n"
    return [sys.executable, "-c", header + program]


def modules_of(*arguments: str | Path, path: str | Path = "") -> set[str]:
    """Return the modules imported by a command that succeeds; Python looks in `path` first."""
    program = "status = main(sys.argv[1:]); print(*sys.modules, file=sys.stderr); sys.exit(status)"
    done = run(*arguments, program=python(program), variables={"PYTHONPATH": str(path)})
    assert done.returncode == 0
    return set(done.stderr.split())


def shown_on_a_terminal(
    *arguments: str | Path, stream: str = "stderr", cwd: str | Path = "/"
) -> bytes:
    """Return what a command that succeeds writes to one of its streams, which is a terminal."""
    ours, its = pty.openpty()
    fcntl.ioctl(its, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 100, 0, 0))
    stdout, stderr = (its, None) if stream == "stdout" else (subprocess.DEVNULL, its)
    shown = b""
    with (
        os.fdopen(ours, "rb", buffering=0) as terminal,
        subprocess.Popen(
            [ROUTEGUIDE, *arguments], cwd=cwd, stdout=stdout, stderr=stderr
        ) as process,
    ):
        os.close(its)
        with suppress(OSError):  # how Linux reports the end of a terminal
            while part := terminal.read(1 << 16):
                shown += part
    assert process.returncode == 0
    return shown


def features_of(path: Path) -> list[tuple[int, int, str]]:
    index = dataset.load(path).index
    return [(*index.location(id), index.name(id)) for id in range(len(index))]
