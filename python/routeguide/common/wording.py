"""How messages say things: numbers with what they count, and text from elsewhere."""


def counted(number: int, one: str, several: str = "") -> str:
    """`1 row`, `2,000 rows`; of ("call has", "calls have"), `1 call has`, `2,000 calls have`."""
    return f"{number:,} {one if number == 1 else several or one + 's'}"


def printable(text: str) -> str:
    """One line that does no harm to a terminal."""
    return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in text)
