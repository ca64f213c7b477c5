"""Errors of requests that parse but cannot be answered."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

# Violations named in an error: a status has 8 KiB on the wire.
_MOST_NAMED = 8


class FieldViolation(NamedTuple):
    """A field by its path in the request, `box.south_e7` or `route[2].latitude_e7`, and the rule
    that it breaks."""

    field: str
    reason: str


class InvalidRequestError(Exception):
    """A request has invalid fields. The text names the first of them, each with the reason."""

    def __init__(self, violations: Sequence[FieldViolation]) -> None:
        self.violations = tuple(violations[:_MOST_NAMED])
        texts = [f"{field}: {reason}" for field, reason in self.violations]
        if len(violations) > _MOST_NAMED:
            texts.append(f"and {len(violations) - _MOST_NAMED} more")
        super().__init__("; ".join(texts))


class GenerationGoneError(Exception):
    """A query cannot be resumed: its generation of the data is no longer served."""

    def __init__(self, generation: str) -> None:
        super().__init__(
            f"page_token: generation {generation} of the data is gone; start the query over"
        )
