"""The report: the goals first, then every table, then the machine."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import text
from model import CaseResult, Goal

TRIED = Path(__file__).resolve().parent / "tried.md"

HOW = """\
Written by `make bench` (`python benchmarks/run.py`). Every case runs in a process of its own,
one thread at work unless a row says otherwise. The answers of all contenders are compared before
anything is timed. Contenders take turns in random order, each repetition with queries not asked
before; a cost is the median over the repetitions, ± half the distance between the quartiles; a
ratio is the median of the ratios within each repetition. For contenders called query by query,
the bare `for` loop is taken off; the call, with the making of its arguments, is in.
"""


def table(header: Sequence[str], rows: Sequence[Sequence[str]], align: str = "---:") -> str:
    def line(cells: Sequence[str]) -> str:
        return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"

    rule = "| " + " | ".join(["---", *[align] * (len(header) - 1)]) + " |"
    return "\n".join([line(header), rule, *map(line, rows)])


def _figure(value: float, unit: str) -> str:
    if unit == "":
        return f"{value:.1e}"
    digits = f"{value:.0f}" if value == int(value) else text.three_digits(value)
    return f"{digits}{unit}" if unit.startswith("x") else f"{digits} {unit}"


def verdict(goal: Goal) -> str:
    if goal.met is None:
        return "not measured"
    return "met" if goal.met else "**SHORT**"


def goals_table(goals: Sequence[Goal]) -> str:
    rows = [
        [
            f"{goal.case}: {goal.part}",
            f"{goal.direction} {_figure(goal.limit, goal.unit)}",
            "" if goal.value is None else _figure(goal.value, goal.unit),
            verdict(goal),
            goal.text,
        ]
        for goal in goals
    ]
    return table(["case", "goal", "figure", "", "remarks"], rows, ":---")


def goals_summary(goals: Sequence[Goal]) -> str:
    met = sum(goal.met is True for goal in goals)
    short = sum(goal.met is False for goal in goals)
    unknown = len(goals) - met - short
    return f"{met} met, {short} short, {unknown} not measured."


def tried(goals: Sequence[Goal]) -> str:
    """What tried.md says about the cases that fall short: its sections are named as the cases."""
    notes: dict[str, str] = {}
    for section in TRIED.read_text(encoding="utf-8").split("\n## ")[1:]:
        title, _, body = section.partition("\n")
        notes[title.strip()] = body.strip()
    cases = dict.fromkeys(goal.case for goal in goals if goal.met is False)
    return "\n\n".join(
        f"- {case}: {notes.get(case, 'nothing written down yet.')}" for case in cases
    )


def _case(result: CaseResult) -> str:
    parts = [f"## {result.title}"]
    for one in result.tables:
        parts += [f"### {one.title}", table(one.header, one.rows)]
        if one.note:
            parts.append(one.note)
    if not result.tables:
        parts.append("Nothing to show: " + "; ".join({goal.text for goal in result.goals}) + ".")
    if result.expressions:
        rows = [[name, f"`{expression}`"] for name, expression in result.expressions]
        parts += [
            "<details><summary>What is timed</summary>",
            table(["", "expression"], rows, ":---"),
        ]
        parts.append("</details>")
    return "\n\n".join(parts)


def render(
    results: Sequence[CaseResult], machine: Mapping[str, str], quick: bool, plot: str
) -> str:
    goals = [goal for result in results for goal in result.goals]
    parts = ["# Benchmark results", HOW.strip()]
    if quick:
        parts.append("**Quick mode: small sizes and few repetitions; the figures are rough.**")
    parts += ["## Goals", goals_table(goals), goals_summary(goals)]
    if any(goal.met is False for goal in goals):
        parts += ["What was tried where a figure falls short:", tried(goals)]
    parts.append(f"![Costs by size, number of hits and contender]({plot})")
    parts += [_case(result) for result in results]
    described = [[key, value] for key, value in machine.items()]
    parts += ["## Machine", table(["", ""], described, ":---")]
    return "\n\n".join(parts) + "\n"
