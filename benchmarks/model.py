"""What a case hands to the report."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from measure import Effort, Race

Direction = Literal["at least", "at most"]


@dataclass(frozen=True)
class Settings:
    """How much to measure. Quick: for continuous integration, where figures only have to exist."""

    quick: bool

    @property
    def effort(self) -> Effort:
        return Effort(5, 0.003) if self.quick else Effort(21, 0.02)

    @property
    def batch_effort(self) -> Effort:
        """For contenders that answer a large batch in one call: fewer and longer samples."""
        return Effort(5, 0.01) if self.quick else Effort(11, 0.05)

    @property
    def slow_limit(self) -> int:
        """Features, at most, for peers that take long, to build above all."""
        return 10_000 if self.quick else 1_000_000

    def sizes(self, *counts: int) -> list[int]:
        """Those of the counts that are measured: up to a million when quick."""
        return [count for count in counts if not self.quick or count <= 1_000_000]


@dataclass(frozen=True)
class Goal:
    """One line of the goals table: a limit that the issue sets, and what was measured.

    `value` is None where it was not measured; `text` then says why.
    """

    case: str
    part: str
    limit: float
    direction: Direction
    unit: str
    value: float | None
    text: str = ""

    @property
    def met(self) -> bool | None:
        if self.value is None:
            return None
        if self.direction == "at least":
            return self.value >= self.limit
        return self.value <= self.limit


@dataclass(frozen=True)
class Table:
    title: str
    header: list[str]
    rows: list[list[str]]
    note: str = ""


@dataclass
class CaseResult:
    """`series` holds the numbers for the plot: name -> [(x, seconds)]; `raw` all samples."""

    title: str
    goals: list[Goal] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)
    series: dict[str, list[tuple[float, float]]] = field(default_factory=dict)
    raw: dict[str, object] = field(default_factory=dict)
    expressions: list[tuple[str, str]] = field(default_factory=list)

    def record(self, title: str, measured: Race) -> None:
        """Keeps the samples, and what was timed under which name."""
        self.raw[title] = measured.samples_s
        for pair in measured.expressions.items():
            if pair not in self.expressions:
                self.expressions.append(pair)
