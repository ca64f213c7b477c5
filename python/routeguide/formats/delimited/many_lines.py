"""Names of many lines. They may be what somebody wrote; they may be all the rows between two
quotes that are there by mistake, which are lost then and would not be missed."""

from __future__ import annotations

from routeguide.formats.base.faults import shortened

MANY = 10  # lines


def remark(name: str) -> str:
    """What to say about it; "" for nothing."""
    lines = name.count("\n") + 1
    if lines < MANY:
        return ""
    begun = shortened(name.partition("\n")[0])
    return (
        f"a name of {lines:,} lines, {begun}: where its quotes are there by mistake, rows are lost"
        " in it; --no-quotes takes quotes as they are"
    )
