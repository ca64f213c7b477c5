"""Recognize snapshots without loading the modules that read other files."""

import os
import stat

MAGIC = b"\x89RGX"


def is_snapshot(path: str | os.PathLike[str]) -> bool:
    """Return whether a file starts as a snapshot does. Raises OSError.

    False for a pipe, which is not read: the bytes would be missing for its actual reader.
    """
    if not stat.S_ISREG(os.stat(path).st_mode):
        return False
    with open(path, "rb") as file:
        return file.read(len(MAGIC)) == MAGIC
