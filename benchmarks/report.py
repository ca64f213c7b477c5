"""Write a benchmark's results: the goals for the repository, everything else into build/bench."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import text
from model import Goal

HERE = Path(__file__).resolve().parent
BUILD = HERE.parent / "build" / "bench"


@dataclass(frozen=True)
class Report:
    """Results of a benchmark. `file` is its name here and in build/bench; `details` is Markdown."""

    file: str
    title: str
    command: str
    method: str
    goals: Sequence[Goal]
    details: Sequence[str]
    machine: Mapping[str, str]

    def goals_page(self) -> str:
        """The page that is kept in the repository: the goals, the machine and the commit."""
        return self._page(
            f"Written by `{self.command}`, which writes the method and all tables to "
            f"`build/bench/{self.file}`.",
            [],
        )

    def full_page(self) -> str:
        return self._page(f"Written by `{self.command}`.\n\n{self.method.strip()}", self.details)

    def _page(self, introduction: str, details: Sequence[str]) -> str:
        parts = [f"# {self.title}", introduction, "## Goals", goals_table(self.goals)]
        parts.append(goals_summary(self.goals))
        parts += details
        rows = [[key, value] for key, value in self.machine.items()]
        parts += ["## Machine", table(["", ""], rows, ":---")]
        return "\n\n".join(parts) + "\n"

    def write(self, is_complete: bool) -> None:
        """Write the full page, and the goals page if the run was complete. Print the goals."""
        BUILD.mkdir(parents=True, exist_ok=True)
        (BUILD / self.file).write_text(self.full_page(), encoding="utf-8")
        if is_complete:
            (HERE / self.file).write_text(self.goals_page(), encoding="utf-8")
        print(goals_table(self.goals), goals_summary(self.goals), sep="\n\n")
        print(f"\nAll tables: {BUILD / self.file}")


def table(header: Sequence[str], rows: Sequence[Sequence[str]], align: str = "---:") -> str:
    def line(cells: Sequence[str]) -> str:
        return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"

    rule = "| " + " | ".join(["---", *[align] * (len(header) - 1)]) + " |"
    return "\n".join([line(header), rule, *map(line, rows)])


def goals_table(goals: Sequence[Goal]) -> str:
    rows = [
        [
            f"{goal.case}: {goal.part}",
            f"{goal.direction} {_figure(goal.limit, goal.unit)}",
            _figure(goal.value, goal.unit),
            "met" if goal.is_met else "**missed**",
            goal.remarks,
        ]
        for goal in goals
    ]
    return table(["case", "goal", "figure", "", "remarks"], rows, ":---")


def goals_summary(goals: Sequence[Goal]) -> str:
    met = sum(goal.is_met for goal in goals)
    summary = f"{met} met, {len(goals) - met} missed."
    if met == len(goals):
        return summary
    return f"{summary} What was tried for those: [tried.md](tried.md)."


def _figure(value: float, unit: str) -> str:
    if unit == "":
        return f"{value:.1e}"
    digits = f"{value:.0f}" if value == int(value) else text.three_digits(value)
    return f"{digits}{unit}" if unit.startswith("x") else f"{digits} {unit}"
