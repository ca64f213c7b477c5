"""Where a command must not write, or cannot: told before anything is read."""

from __future__ import annotations

import os
from collections.abc import Iterable
from contextlib import suppress

from routeguide.commands.command_error import CommandError
from routeguide.common.atomic_file import STANDARD_OUTPUT, is_written_directly
from routeguide.common.cli import WRONG_USAGE

Path = str | os.PathLike[str]


def refuse_inputs(output: Path, inputs: Iterable[Path]) -> None:
    """Raises CommandError where writing `output` would replace a file that is read."""
    for path in inputs:
        with suppress(OSError):  # there is none to replace
            if os.path.samefile(output, path) and os.path.isfile(output):
                raise CommandError(
                    f"{os.fspath(output)}: this file is read; name another one to write",
                    WRONG_USAGE,
                )


def refuse_twice(output: Path, option: str, other: Path, other_option: str) -> None:
    """Raises CommandError where two options name one file; one would be lost."""
    try:
        are_same = os.path.realpath(output) == os.path.realpath(other)
    except FileNotFoundError:  # the folder that we are in is gone
        are_same = os.fspath(output) == os.fspath(other)
    if are_same and not is_written_directly(output):
        text = f"{os.fspath(output)}: {option} and {other_option} are the same file"
        raise CommandError(text, WRONG_USAGE)


def refuse_unwritable(output: Path) -> None:
    """Raises CommandError where no file can be written: a folder that is missing, or is none.

    A file takes the place of another one when it is whole, so the folder has to let it.
    """
    path = os.fspath(output)
    if path == STANDARD_OUTPUT or is_written_directly(path):
        return
    folder = os.path.dirname(path) or os.curdir
    fault = ""
    if not path:
        fault = "a file needs a name"
    elif os.path.isdir(path):
        fault = "it is a folder; name a file in it"
    elif not os.path.isdir(folder):
        fault = f"there is no folder {folder}"
    elif not os.access(folder, os.W_OK | os.X_OK):
        fault = f"nothing can be written in the folder {folder}"
    if fault:
        raise CommandError(f"{path}: {fault}", WRONG_USAGE)


def refuse_unless_file(output: Path) -> None:
    """As refuse_unwritable, where what is written is a file that has to be opened afterwards."""
    path = os.fspath(output)
    if path == STANDARD_OUTPUT or is_written_directly(path):
        raise CommandError(f"{path}: a snapshot is a file; name one", WRONG_USAGE)
    refuse_unwritable(path)
