"""Snapshots told from other files, without loading what reads those."""

import os
import stat

_MAGIC = b"\x89RGX"


def is_snapshot(path: str | os.PathLike[str]) -> bool:
    """Whether a file begins as a snapshot does. Raises OSError.

    A pipe is none, and is not looked into: what was read of it nobody else could read.
    """
    if not stat.S_ISREG(os.stat(path).st_mode):
        return False
    with open(path, "rb") as file:
        return file.read(len(_MAGIC)) == _MAGIC
