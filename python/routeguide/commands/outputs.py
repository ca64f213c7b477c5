"""Files that commands write, checked before anything is read."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from typing import IO

from routeguide.commands.command_error import CommandError
from routeguide.common.atomic_file import STANDARD_OUTPUT, is_written_directly, replacing
from routeguide.common.cli import WRONG_USAGE

Path = str | os.PathLike[str]


def refuse_inputs(output: Path, inputs: Iterable[Path]) -> None:
    """Raise CommandError if writing `output` would replace one of the inputs."""
    for path in inputs:
        with suppress(OSError):  # one of them does not exist
            if os.path.samefile(output, path) and os.path.isfile(output):
                text = f"{os.fspath(output)}: this file is read; name another one to write"
                raise CommandError(text, WRONG_USAGE)


def refuse_twice(output: Path, option: str, other: Path, other_option: str) -> None:
    """Raise CommandError if two options name one file."""
    try:
        are_same = os.path.realpath(output) == os.path.realpath(other)
    except FileNotFoundError:  # the current folder was removed
        are_same = os.fspath(output) == os.fspath(other)
    if are_same and not is_written_directly(output):
        text = f"{os.fspath(output)}: {option} and {other_option} are the same file"
        raise CommandError(text, WRONG_USAGE)


def refuse_unwritable(output: Path) -> None:
    """Raise CommandError if a file cannot be created or replaced there.

    Replacing a file needs permission to write to its folder.
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
        fault = f"no permission to write to the folder {folder}"
    if fault:
        raise CommandError(f"{path}: {fault}", WRONG_USAGE)


def refuse_unless_file(output: Path) -> None:
    """Raise CommandError if there can be no regular file, which can be opened afterwards."""
    path = os.fspath(output)
    if path == STANDARD_OUTPUT or is_written_directly(path):
        raise CommandError(f"{path}: a snapshot is a file; name one", WRONG_USAGE)
    refuse_unwritable(path)


@contextmanager
def replaced(output: Path) -> Iterator[IO[bytes]]:
    """Open a file to write, which appears complete when the block ends, or not at all.

    Raises CommandError for errors of writing.
    """
    try:
        with replacing(os.fspath(output)) as file:
            yield file
    except BrokenPipeError:
        raise
    except OSError as error:
        raise CommandError(f"{os.fspath(output)}: {error.strerror or error}") from error
