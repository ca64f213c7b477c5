"""Standard streams that a command can rely on, whatever it was started with."""

from __future__ import annotations

import io
import os
import sys
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from typing_extensions import Buffer


def prepare() -> None:
    """Leaves streams alone that somebody has put in place of the process's own.

    Standard input stays None where it is closed; what reads it says so.
    """
    _occupy()
    if sys.stdout is None:
        sys.stdout = open(1, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
    if sys.stderr is None or sys.stderr is sys.__stderr__:
        sys.stderr = _heedless(sys.stderr)
    if isinstance(sys.stdout, io.TextIOWrapper):
        # Names in which there is more than the encoding has; and file names that are not text.
        sys.stdout.reconfigure(errors="backslashreplace")


def write_for_programs() -> None:
    """Standard output is UTF-8 from here on, as JSON is; a terminal's encoding is for people."""
    if isinstance(sys.stdout, io.TextIOWrapper) and sys.stdout.encoding.lower() != "utf-8":
        sys.stdout.reconfigure(encoding="utf-8")


def can_show(text: str) -> bool:
    """Whether standard output has all the characters."""
    try:
        text.encode(getattr(sys.stdout, "encoding", None) or "utf-8")
    except UnicodeEncodeError:
        return False
    return True


def _occupy() -> None:
    """Opens what is closed of the three to nowhere, for us and the processes that we start.

    Else the next files to be opened, connections of clients among them, take their numbers and get
    what is meant for standard error.
    """
    for descriptor in range(3):
        try:
            os.fstat(descriptor)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # gets the lowest number that is free, which is this one
            os.set_inheritable(descriptor, True)


class _Heedless(io.FileIO):
    """Where messages go. Where they cannot go there, nobody is left to be told."""

    def write(self, data: Buffer, /) -> int:
        try:
            written: int | None = super().write(data)
        except OSError:
            written = None
        # None as well where it would have to wait: a full pipe that somebody has made non-blocking.
        return memoryview(data).nbytes if written is None else written


def _heedless(stream: TextIO | None) -> TextIO:
    encoding = "utf-8" if stream is None else stream.encoding
    raw = io.BufferedWriter(_Heedless(2, "w", closefd=False))
    return io.TextIOWrapper(raw, encoding, "backslashreplace", line_buffering=True)
