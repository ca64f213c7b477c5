"""Files that appear whole or not at all."""

from __future__ import annotations

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
    mode = _mode(path)
    if mode is not None and not stat.S_ISREG(mode):
        with open(path, "wb") as file:
            yield file
        return
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


def _mode(path: str) -> int | None:
    try:
        return os.stat(path).st_mode
    except FileNotFoundError:
        return None


def _umasked() -> int:
    umask = os.umask(0)  # there is no way to ask for it
    os.umask(umask)
    return 0o666 & ~umask
