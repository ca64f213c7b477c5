"""Files that cannot be read a second time."""

from __future__ import annotations

import os


def is_special(path: str | os.PathLike[str]) -> bool:
    """True for what is there and is no plain file: a folder, a device or a pipe.

    A server may be started from a pipe. Read again, while it serves, it could keep a thread
    waiting for ever.
    """
    return os.path.exists(path) and not os.path.isfile(path)


def refusal(path: str | os.PathLike[str]) -> str:
    """What to say of one, in one line."""
    return f"{os.fspath(path)}: no plain file, and so not read again"
