"""What a command must not write to."""

from __future__ import annotations

import os
from collections.abc import Iterable
from contextlib import suppress

from routeguide.cli import WRONG_USAGE
from routeguide.commands.errors import CommandError

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
