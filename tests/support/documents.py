"""Run the commands of a document as a reader would, and compare their output with the one shown.

A fenced block of `sh` or `python` contains commands; a block without a language right after it
shows their output. There `...` stands for any text within a line and, on a line of its own, for any
lines.
"""

from __future__ import annotations

import fcntl
import os
import pty
import re
import shlex
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import termios
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

from support.serving import WATCHDOG_S

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
CI_RUN = ROOT / ".ci/run"

# The address in the documents' commands, and what a server prints when it is ready.
DOCUMENTED_ADDRESS = "localhost:50051"
SERVING = "Serving on "

_TERMINAL = (24, 80)  # rows, columns
_BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Block:
    """A block of commands in a document."""

    language: str
    text: str
    line: int  # number in the document
    shown: str | None  # the output that the document shows

    @property
    def is_server(self) -> bool:
        return self.text.startswith("routeguide serve ")

    @property
    def commands(self) -> list[str]:
        return self.text.splitlines()


def blocks_of(page: Path) -> list[Block]:
    """Return the blocks of commands of a document, in order."""
    text = page.read_text(encoding="utf-8")
    found = list(_BLOCK.finditer(text))
    blocks = []
    for number, match in enumerate(found):
        language, body = match.groups()
        if language not in ("sh", "python"):
            continue
        shown = None
        if number + 1 < len(found):
            after = found[number + 1]
            if not after[1] and not text[match.end() : after.start()].strip():
                shown = after[2]
        blocks.append(Block(language, body, text.count("\n", 0, match.start()) + 1, shown))
    return blocks


def pattern_of(shown: str) -> re.Pattern[str]:
    """Return a pattern of the outputs that the shown one allows."""
    lines = (
        r"(?:.*\n)*?" if line == "..." else ".*?".join(map(re.escape, line.split("..."))) + r"\n"
        for line in shown.splitlines()
    )
    return re.compile("".join(lines))


def environment() -> dict[str, str]:
    """Return the environment variables of an activated virtual environment of this interpreter."""
    folder = str(Path(sys.executable).parent)
    return {**os.environ, "PATH": folder + os.pathsep + os.environ["PATH"]}


def words_of(line: str) -> list[str]:
    """Split a line of shell into words, without comments and options that silence output."""
    try:
        words = shlex.split(line, comments=True)
    except ValueError:  # a quoted string that continues on the next line
        return []
    return [word for word in words if word not in ("-q", "--quiet")]


def is_run_by_ci(command: str) -> bool:
    """True if a line or step of .ci/run is the command, with or without more arguments."""
    wanted = words_of(command)
    for line in CI_RUN.read_text(encoding="utf-8").splitlines():
        words = words_of(line)
        if words[:1] in (["step"], ["beside"]):
            words = words[2:]  # without the step's name
        if words[: len(wanted)] == wanted:
            return True
    return False


class Reader:
    """Enters the commands of a document in a terminal, in one folder.

    Servers run until the context ends. If the documented port is in use, another one replaces it in
    the commands, and is replaced back in the output.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._servers: list[subprocess.Popen[str]] = []
        self._address = DOCUMENTED_ADDRESS
        self._environment = environment() | {
            "HOME": str(folder),
            "NO_COLOR": "1",
            "LC_ALL": "C.UTF-8",
            "TERM": "xterm",
        }
        self._environment.pop("COLUMNS", None)

    def __enter__(self) -> Reader:
        if is_taken(DOCUMENTED_ADDRESS):
            with socket.socket() as trial:
                trial.bind(("localhost", 0))
                self._address = f"localhost:{trial.getsockname()[1]}"
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        for server in self._servers:
            server.send_signal(signal.SIGTERM)
        for server in self._servers:
            server.communicate(timeout=WATCHDOG_S)
        if error is None:
            assert [server.returncode for server in self._servers] == [0] * len(self._servers)

    def enter(self, block: Block) -> str:
        """Run a block; return its standard output followed by its standard error."""
        text = block.text.replace(DOCUMENTED_ADDRESS, self._address)
        if block.is_server:
            printed = self._start(text)
        elif block.language == "python":
            printed = self._run([sys.executable, "-W", "error", "-c", text])
        else:
            printed = self._run(["bash", "-euo", "pipefail", "-c", text])
        return printed.replace(self._address, DOCUMENTED_ADDRESS)

    def _start(self, text: str) -> str:
        """Start a server; return what it prints until it is ready."""
        server = subprocess.Popen(
            ["bash", "-c", f"exec {text}"],
            cwd=self._folder,
            env=self._environment,
            stderr=subprocess.PIPE,
            text=True,
        )
        self._servers.append(server)
        assert server.stderr is not None
        lines = []
        for line in server.stderr:
            lines.append(line)
            if line.startswith(SERVING):
                return "".join(lines)
        raise AssertionError(f"the server exited before it was ready: {lines}")

    def _run(self, command: list[str]) -> str:
        """Run a command; return its output.

        Standard output is a terminal, which affects the format of the output. Standard error is a
        file, which turns progress bars off.
        """
        ours, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", *_TERMINAL, 0, 0))
        with tempfile.TemporaryFile() as errors:
            process = subprocess.Popen(
                command,
                cwd=self._folder,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=theirs,
                stderr=errors,
            )
            os.close(theirs)
            printed = _read_all(ours)
            os.close(ours)
            status = process.wait(WATCHDOG_S)
            errors.seek(0)
            text = (printed + errors.read()).decode()
        assert status == 0, f"status {status}: {command}\n{text}"
        return text


def _read_all(terminal: int) -> bytes:
    parts: list[bytes] = []
    while True:
        try:
            part = os.read(terminal, 65536)
        except OSError:  # EIO: all processes that had the other end open have exited
            part = b""
        if not part:
            return re.sub(rb"\r+\n", b"\n", b"".join(parts))
        parts.append(part)


def is_taken(address: str) -> bool:
    """True if a socket listens at the address."""
    host, _, port = address.rpartition(":")
    with socket.socket() as trial:
        return trial.connect_ex((host, int(port))) == 0
