"""Paths that lead to something other than a regular file."""

from __future__ import annotations

import os
import stat

Path = str | os.PathLike[str]


def is_not_regular(path: Path) -> bool:
    """Return True if the path exists and is not a regular file: a folder, device, pipe or socket.

    A server may be started from a pipe, but must not read one while it serves: opening a pipe
    that has no writer blocks.
    """
    return not stat.S_ISREG(_mode(path))


def is_device_or_pipe(path: Path) -> bool:
    """Return True for a device, pipe or socket: it is written in place, never replaced."""
    mode = _mode(path)
    return not (stat.S_ISREG(mode) or stat.S_ISDIR(mode))


def not_reloaded(path: Path) -> str:
    """Return the message for a path that `is_not_regular`."""
    return f"{os.fspath(path)}: not a regular file; not reloaded"


def _mode(path: Path) -> int:
    """Return the mode of a path; that of a regular file if the path does not exist."""
    try:
        return os.stat(path).st_mode
    except OSError:
        return stat.S_IFREG
