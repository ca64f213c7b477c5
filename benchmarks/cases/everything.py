"""A rectangle that holds everything: the price of writing down all ids."""

from __future__ import annotations

import ours
import peers
import text
from data import clustered, uniform
from measure import race
from model import CaseResult, Goal, Settings, Table

from cases.rectangles import our_query
from cases.skew import everywhere

LIMIT = 5.0
MASK = "numpy mask" + peers.ORDERED


def run(settings: Settings) -> CaseResult:
    result = CaseResult("Everything matches")
    for make in (uniform, clustered):
        for count in settings.sizes(10_000, 1_000_000, 10_000_000):
            points = make(count)
            contenders = [*our_query(points), peers.mask(points)]
            if count <= 1_000_000:
                contenders += peers.geoindex(points)
            measured = race(
                contenders,
                everywhere(points),
                settings.effort,
            )
            names = list(measured.samples_s)
            rows = text.race_rows(measured, names, ours.NAME)
            for row, name in zip(rows, names, strict=True):
                gigabytes_s = 4e-9 * count / measured.cost_s(name).median
                row.append(f"{text.three_digits(gigabytes_s)} GB/s")
            title = f"{points.name}, n = {text.count(count)}"
            header = ["", "a query", "times ours", "ids written, 4 bytes each"]
            result.tables.append(Table(title, header, rows))
            result.record(title, measured)
            if count >= 1_000_000:
                ratio = measured.ratio(MASK, ours.NAME)
                words = f"quartiles {text.quartiles(ratio)}"
                case = "everything matches, against numpy mask + flatnonzero"
                goal = Goal(case, title, LIMIT, "at least", "x faster", ratio.median, words)
                result.goals.append(goal)
    return result
