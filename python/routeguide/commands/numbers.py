"""Numbers of things, in words for people."""

from __future__ import annotations


def counted(number: int, one: str, many: str = "") -> str:
    """The number with what there is so many of; `many` where that is not `one` with an s."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"
