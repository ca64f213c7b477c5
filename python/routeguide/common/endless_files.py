"""Devices, which have no end: what takes in a whole file would take all memory for them."""

import os
import stat

FAULT = "a device, not a file"


def leads_to_endless(path: str | os.PathLike[str]) -> bool:
    """As is_endless, of a file that somebody else opens; False where it cannot be opened."""
    try:
        if not stat.S_ISCHR(os.stat(path).st_mode):  # a pipe can be opened only once
            return False
        with open(path, "rb", buffering=0) as file:
            return is_endless(file.fileno())
    except OSError:
        return False


def is_endless(descriptor: int) -> bool:
    """Whether an open file is a device such as /dev/zero. /dev/null ends at once; a terminal and
    what comes through a pipe when somebody has it so."""
    status = os.fstat(descriptor)
    if not stat.S_ISCHR(status.st_mode) or os.isatty(descriptor):
        return False
    try:
        return status.st_rdev != os.stat(os.devnull).st_rdev
    except OSError:
        return True
