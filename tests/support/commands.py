"""The command `routeguide`, run as a user runs it."""

import fcntl
import os
import pty
import struct
import subprocess
import sys
import termios
from pathlib import Path

from routeguide.domain import dataset

from support.serving import WATCHDOG_S

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


def shell(
    folder: Path, arguments: str, variables: dict[str, str] | None = None, stdin: int | None = None
) -> subprocess.CompletedProcess[str]:
    """`routeguide` with arguments and redirections as a shell has them."""
    line = f'exec "{sys.executable}" -m routeguide {arguments}'
    done = subprocess.run(
        ["/bin/sh", "-c", os.fsencode(line)],
        stdin=stdin,
        capture_output=True,
        timeout=WATCHDOG_S,
        cwd=folder,
        env=os.environ | (variables or {}),
        check=False,
    )
    return subprocess.CompletedProcess(
        done.args, done.returncode, done.stdout.decode(), done.stderr.decode()
    )


def modules_of(*arguments: str | Path, path: str | Path = "") -> set[str]:
    """What is imported when a command ends that succeeds; `path` is where Python looks first."""
    program = (
        "import sys; from routeguide.commands.main import main\n"
        "status = main(sys.argv[1:])\n"
        "print(*sorted(sys.modules), file=sys.stderr)\n"
        "sys.exit(status)"
    )
    ended = subprocess.run(
        [sys.executable, "-c", program, *arguments],
        env=os.environ | {"PYTHONPATH": str(path)},
        capture_output=True,
        text=True,
        timeout=WATCHDOG_S,
        check=True,
    )
    return set(ended.stderr.split())


def told_on_a_terminal(*arguments: str | Path, cwd: str | Path = "/") -> bytes:
    """What a command that succeeds writes to its standard error where that is a terminal."""
    ours, its = pty.openpty()
    fcntl.ioctl(its, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 100, 0, 0))
    subprocess.run(
        [ROUTEGUIDE, *arguments],
        stdout=subprocess.DEVNULL,
        stderr=its,
        cwd=cwd,
        check=True,
        timeout=WATCHDOG_S,
    )
    end = b"the end"
    os.write(its, end)  # so that there is something to read, whatever happens
    shown = b""
    while not shown.endswith(end):
        shown += os.read(ours, 1 << 16)
    os.close(its)
    os.close(ours)
    return shown.removesuffix(end)


def features_of(path: Path) -> list[tuple[int, int, str]]:
    index = dataset.load(path).index
    return [(*index.location(id), index.name(id)) for id in range(len(index))]
