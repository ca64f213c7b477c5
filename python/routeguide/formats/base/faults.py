"""What can be wrong with a source or with a row of it, in words for people."""

from __future__ import annotations

from routeguide.common.wording import printable


class SourceError(Exception):
    """A source that cannot be read on; the text is one line that names it and says why.

    Nothing of what was read before it is to be used.
    """

    def __init__(self, source_name: str, fault: str) -> None:
        super().__init__(printable(f"{source_name}: {fault}"))


class Refusal(ValueError):
    """A row that cannot be kept: the field at fault ("" for the row as a whole) and the reason."""

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(f"{field}: {reason}" if field else reason)
        self.field = field
        self.reason = reason


def shortened(text: str, limit: int = 40) -> str:
    """As Python would write it, cut where it is long: for what a message quotes."""
    return repr(text if len(text) <= limit else text[: limit - 3] + "...")
