"""Notice that a file has changed without reading it."""

from __future__ import annotations

import os
from typing import NamedTuple


class FileStamp(NamedTuple):
    """Identity, size in bytes and times of a file. Two stamps differ if the file was replaced or
    written to in between; writes within the resolution of the file system's clock may be missed."""

    inode: int
    size: int
    modified_ns: int
    changed_ns: int


def file_stamp(file: str | os.PathLike[str] | int) -> FileStamp | None:
    """Return the stamp of a path or an open descriptor, None if the file cannot be examined.

    Cost: one `stat`.
    """
    try:
        status = os.stat(file)
    except OSError:
        return None
    return FileStamp(status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns)
