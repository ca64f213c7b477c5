"""Paths that a server must not read while it serves."""

from __future__ import annotations

import os


def is_not_regular(path: str | os.PathLike[str]) -> bool:
    """Return True if the path exists and is not a regular file: a folder, device, pipe or socket.

    A server may be started from a pipe. Reading it again would block if it has no writer.
    """
    return os.path.exists(path) and not os.path.isfile(path)


def not_reloaded(path: str | os.PathLike[str]) -> str:
    """Return the message for a path that `is_not_regular`."""
    return f"{os.fspath(path)}: not a regular file; not reloaded"
