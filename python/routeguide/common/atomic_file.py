"""Output files that appear complete or not at all."""

from __future__ import annotations

import errno
import os
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import IO

STANDARD_OUTPUT = "-"

# Characters of the name that the hidden file shares. With all, it might be too long.
_SHARED = 50


@contextmanager
def replacing(path: str) -> Iterator[IO[bytes]]:
    """Open a file that replaces `path` when the block ends without an exception.

    Until then it is a hidden file in the same folder; an exception removes it. The new file gets
    the permissions of the file it replaces, else those that the umask allows. File and folder are
    synced to disk. Standard output (`-`), devices and pipes are written directly. Raises OSError;
    `path` is then unchanged.
    """
    if path == STANDARD_OUTPUT:
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    if is_written_directly(path):
        with open(path, "wb") as file:
            yield file
        return
    mode = _mode(path)
    if mode is not None and stat.S_ISDIR(mode):  # here, rather than after everything is written
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), path)
    folder, name = os.path.split(path)
    unfinished = os.path.join(folder, f".{name[:_SHARED]}.{os.urandom(8).hex()}.unfinished")
    handle = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666)
    try:
        with open(handle, "wb") as file:
            if mode is not None:
                os.fchmod(handle, stat.S_IMODE(mode))
            yield file
            file.flush()
            os.fsync(handle)
        os.replace(unfinished, path)
    except BaseException:
        with suppress(OSError):
            os.unlink(unfinished)
        raise
    _sync_folder(folder or os.curdir)


def is_written_directly(path: str | os.PathLike[str]) -> bool:
    """Return whether `path` is a device, a pipe or a socket, which is written to, not replaced."""
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


def _sync_folder(folder: str) -> None:
    """Make a rename in the folder survive a power failure, as far as its file system can.

    A failure is not reported: the new file is in place, and an error would say that it is not.
    """
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
