"""Numbers of things, in words for people."""

from __future__ import annotations


def counted(number: int, one: str) -> str:
    """The number with what there is so many of."""
    return f"{number:,} {one}" if number == 1 else f"{number:,} {one}s"
