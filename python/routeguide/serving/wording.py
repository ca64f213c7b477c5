"""Numbers with what they count, as messages say them."""


def counted(count: int, one: str, several: str) -> str:
    """`1 call has`, `2 calls have`, of ("call has", "calls have")."""
    return f"{count} {one if count == 1 else several}"
