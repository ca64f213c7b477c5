"""Numbers with what they count, as messages say them."""


def counted(number: int, one: str, several: str = "") -> str:
    """`1 row`, `2,000 rows`; of ("call has", "calls have"), `1 call has`, `2,000 calls have`."""
    return f"{number:,} {one if number == 1 else several or one + 's'}"
