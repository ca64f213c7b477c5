"""Parts of messages: counts with their noun, and text that is not ours."""


def counted(number: int, one: str, several: str = "") -> str:
    """Format a count with its noun: `1 row`, `2,000 rows`; `several` is any other plural."""
    return f"{number:,} {one if number == 1 else several or one + 's'}"


def printable(text: str) -> str:
    """Escape everything in `text` that would break the line or control a terminal."""
    return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in text)
