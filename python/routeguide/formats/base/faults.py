"""Errors in a source or in a row of it, in words for users."""

from __future__ import annotations

from routeguide.common.wording import printable


class SourceError(Exception):
    """A source that cannot be read to its end; the text is one line with its name and the reason.

    What was read before must not be used.
    """

    def __init__(self, source_name: str, fault: str) -> None:
        super().__init__(printable(f"{source_name}: {fault}"))


class Refusal(ValueError):
    """A row that is rejected: the field at fault ("" for the whole row) and the reason."""

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(f"{field}: {reason}" if field else reason)
        self.field = field
        self.reason = reason


def shortened(text: str, limit: int = 40) -> str:
    """Quote text for a message: its repr, cut after `limit` characters."""
    return repr(text if len(text) <= limit else text[: limit - 3] + "...")
