"""Snapshots told from other files, without loading what reads those."""

import os

_MAGIC = b"\x89RGX"


def is_snapshot(path: str | os.PathLike[str]) -> bool:
    """Whether a file begins as a snapshot does. Raises OSError."""
    with open(path, "rb") as file:
        return file.read(len(_MAGIC)) == _MAGIC
