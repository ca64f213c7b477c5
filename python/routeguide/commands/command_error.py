"""The error that ends a subcommand."""

from collections.abc import Iterator
from contextlib import contextmanager

from routeguide.common.cli import FAILURE, WRONG_USAGE


class CommandError(Exception):
    """End a subcommand with a message of one line: what is wrong and what to do about it."""

    def __init__(self, text: str, status: int = FAILURE) -> None:
        """`status` is the exit status."""
        super().__init__(" ".join(text.split()))
        self.status = status


@contextmanager
def wrong_usage(*errors: type[Exception]) -> Iterator[None]:
    """Raise CommandError with the text of one of these errors and the status of a wrong option."""
    try:
        yield
    except errors as error:
        raise CommandError(str(error), WRONG_USAGE) from error
