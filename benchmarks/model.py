"""The types that a case returns to the program that ran it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from measure import Effort, Race

Direction = Literal["at least", "at most"]


@dataclass(frozen=True)
class Settings:
    """The extent of a measurement. A quick run shows that the cases work; its figures are rough."""

    quick: bool

    @property
    def effort(self) -> Effort:
        return Effort(5, 0.003) if self.quick else Effort(21, 0.02)

    @property
    def batch_effort(self) -> Effort:
        """For contenders that answer a large batch in one call: fewer and longer samples."""
        return Effort(5, 0.01) if self.quick else Effort(11, 0.05)

    def sizes(self, *counts: int) -> list[int]:
        """Return the counts to measure: in a quick run, those up to a million."""
        return [count for count in counts if not self.quick or count <= 1_000_000]


@dataclass(frozen=True)
class Goal:
    """One line of the goals table: a limit and the figure measured."""

    case: str
    part: str
    limit: float
    direction: Direction
    unit: str
    value: float
    remarks: str = ""

    @property
    def is_met(self) -> bool:
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
    """`expressions` lists what was timed: (contender, expression)."""

    title: str
    goals: list[Goal] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)
    expressions: list[tuple[str, str]] = field(default_factory=list)

    def record(self, measured: Race) -> None:
        """Add the expressions of a race to those of the case."""
        for pair in measured.expressions.items():
            if pair not in self.expressions:
                self.expressions.append(pair)
