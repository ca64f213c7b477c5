"""What can be wrong with a request, apart from what its type already rules out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

# A status has 8 KiB on the wire, and a reader no patience for the rest.
_TOLD = 8


class FieldViolation(NamedTuple):
    """A field by its path in the request, `box.south_e7` or `route[2].latitude_e7`, and what it
    should have been."""

    field: str
    reason: str


class InvalidRequestError(Exception):
    """A request with fields that cannot be what they are. The text names each, with the reason."""

    def __init__(self, violations: Sequence[FieldViolation]) -> None:
        self.violations = tuple(violations[:_TOLD])
        told = [f"{field}: {reason}" for field, reason in self.violations]
        if len(violations) > _TOLD:
            told.append(f"and {len(violations) - _TOLD} more")
        super().__init__("; ".join(told))


class GenerationGoneError(Exception):
    """A query that cannot be resumed: the data that it was asked of is served no more."""

    def __init__(self, generation: str) -> None:
        super().__init__(
            f"page_token: generation {generation} of the data is gone; start the query over"
        )
