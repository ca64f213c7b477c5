"""Standard streams that a command can rely on, however its process was started."""

from __future__ import annotations

import io
import os
import sys
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from typing_extensions import Buffer


def prepare() -> None:
    """Replace what is closed or cannot be relied on; called once, before anything is opened.

    Objects that a caller has put in place of the process's own streams stay. A closed standard
    input stays None: a command that reads it reports that.
    """
    _occupy()
    if sys.stdout is None:
        sys.stdout = open(1, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
    if sys.stderr is None or sys.stderr is sys.__stderr__:
        sys.stderr = _without_errors(sys.stderr)
    if isinstance(sys.stdout, io.TextIOWrapper):
        # For characters that the encoding lacks, and file names that are not UTF-8.
        sys.stdout.reconfigure(errors="backslashreplace")


def write_for_programs() -> None:
    """Make standard output UTF-8, as JSON requires, whatever the encoding of the terminal is."""
    if isinstance(sys.stdout, io.TextIOWrapper) and sys.stdout.encoding.lower() != "utf-8":
        sys.stdout.reconfigure(encoding="utf-8")


def can_show(text: str) -> bool:
    """Return whether the encoding of standard output has all the characters."""
    try:
        text.encode(getattr(sys.stdout, "encoding", None) or "utf-8")
    except UnicodeEncodeError:
        return False
    return True


def wants_color() -> bool:
    """Return whether standard output is a terminal whose user has not turned colors off."""
    is_plain = os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb"
    return sys.stdout.isatty() and not is_plain


def _occupy() -> None:
    """Open the closed ones of the three descriptors on the null device, for child processes too.

    Otherwise the next file or connection would get such a number, and the output meant for it.
    """
    for descriptor in range(3):
        try:
            os.fstat(descriptor)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # gets the lowest free number, which is this one
            os.set_inheritable(descriptor, True)


class _DroppingFile(io.FileIO):
    """A file that drops what cannot be written: errors have nowhere else to go."""

    def write(self, data: Buffer, /) -> int:
        try:
            written: int | None = super().write(data)
        except OSError:
            written = None
        # It is None for a full non-blocking pipe too.
        return memoryview(data).nbytes if written is None else written


def _without_errors(stream: TextIO | None) -> TextIO:
    encoding = "utf-8" if stream is None else stream.encoding
    raw = io.BufferedWriter(_DroppingFile(2, "w", closefd=False))
    return io.TextIOWrapper(raw, encoding, "backslashreplace", line_buffering=True)
