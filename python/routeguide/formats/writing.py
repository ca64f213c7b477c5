"""Files that appear whole or not at all."""

from __future__ import annotations

import errno
import os
import stat
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

STANDARD_OUTPUT = "-"


@contextmanager
def replacing(path: str) -> Iterator[IO[bytes]]:
    """A file to write, which takes the place of `path` where the block ends without an error.

    Until then it has another name in the same folder, and nothing is left of it after an error.
    The new file has the permissions of the old one. Standard output (`-`), devices and pipes are
    written as they are. Raises OSError.
    """
    if path == STANDARD_OUTPUT:
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    if is_special(path):
        with open(path, "wb") as file:
            yield file
        return
    mode = _mode(path)
    if mode is not None and stat.S_ISDIR(mode):  # told now, and not when all is written
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), path)
    target = Path(path)
    handle, unfinished = tempfile.mkstemp(".unfinished", f".{target.name}.", target.parent)
    try:
        with open(handle, "wb") as file:
            os.fchmod(handle, _umasked() if mode is None else stat.S_IMODE(mode))
            yield file
            file.flush()
            os.fsync(handle)
        os.replace(unfinished, path)
    except BaseException:
        with suppress(OSError):
            os.unlink(unfinished)
        raise


def is_special(path: str | os.PathLike[str]) -> bool:
    """Whether it is a device, a pipe or a socket: written to, and not replaced."""
    try:
        mode = os.stat(path).st_mode
    except OSError:
        return False
    return not (stat.S_ISREG(mode) or stat.S_ISDIR(mode))


def _mode(path: str) -> int | None:
    try:
        return os.stat(path).st_mode
    except FileNotFoundError:
        return None


def _umasked() -> int:
    umask = os.umask(0)  # there is no way to ask for it
    os.umask(umask)
    return 0o666 & ~umask
