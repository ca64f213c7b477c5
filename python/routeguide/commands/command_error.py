"""The error that ends a subcommand."""

from routeguide.common.cli import FAILURE


class CommandError(Exception):
    """End a subcommand with a message of one line: what is wrong and what to do about it."""

    def __init__(self, text: str, status: int = FAILURE) -> None:
        """`status` is the exit status."""
        super().__init__(" ".join(text.split()))
        self.status = status
