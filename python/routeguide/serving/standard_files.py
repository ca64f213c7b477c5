"""Standard input, output and error, which whoever starts a server may have closed."""

from __future__ import annotations

import os


def fill_standard_files() -> None:
    """Open what is closed of the three, to nowhere, for us and the processes that we start.

    Else the next files to be opened, connections of clients among them, take their numbers and get
    what is meant for standard error.
    """
    for descriptor in range(3):
        try:
            os.fstat(descriptor)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # gets the lowest number that is free, which is this one
        os.set_inheritable(descriptor, True)
