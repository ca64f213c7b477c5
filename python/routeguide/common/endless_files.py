"""Devices without an end, such as /dev/zero: reading one whole would use up all memory."""

import os
import stat

FAULT = "a device, not a file"


def is_endless(descriptor: int) -> bool:
    """Return whether an open file is a device other than /dev/null and terminals."""
    status = os.fstat(descriptor)
    if not stat.S_ISCHR(status.st_mode) or os.isatty(descriptor):
        return False
    try:
        return status.st_rdev != os.stat(os.devnull).st_rdev
    except OSError:
        return True


def is_endless_path(path: str | os.PathLike[str]) -> bool:
    """Return whether opening `path` gives such a device; False if it cannot be opened."""
    try:
        if not stat.S_ISCHR(os.stat(path).st_mode):  # a pipe can be opened only once
            return False
        with open(path, "rb", buffering=0) as file:
            return is_endless(file.fileno())
    except OSError:
        return False
