"""How a subcommand fails."""

from routeguide.common.cli import FAILURE


class CommandError(Exception):
    """Ends a subcommand. The text is one line that says what is wrong and what to do about it."""

    def __init__(self, text: str, status: int = FAILURE) -> None:
        super().__init__(" ".join(text.split()))
        self.status = status
