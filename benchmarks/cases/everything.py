"""A rectangle that contains everything: the cost of writing all ids."""

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
CASE = "everything matches, against numpy mask + flatnonzero"


def run(settings: Settings) -> CaseResult:
    result = CaseResult("Everything matches")
    for make in (uniform, clustered):
        for count in settings.sizes(1_000_000, 10_000_000):
            points = make(count)
            measured = race(
                [*our_query(points), peers.mask(points)], everywhere(points), settings.effort
            )
            names = list(measured.samples_s)
            rows = text.race_rows(measured, names, ours.NAME)
            for row, name in zip(rows, names, strict=True):
                gigabytes_s = 4e-9 * count / measured.cost_s(name).median
                row.append(f"{text.three_digits(gigabytes_s)} GB/s")
            title = f"{points.name}, n = {text.count(count)}"
            header = ["", "a query", "relative", "ids written, 4 bytes each"]
            result.tables.append(Table(title, header, rows))
            result.record(measured)
            ratio = measured.ratio(MASK, ours.NAME)
            remarks = f"quartiles {text.quartiles(ratio)}"
            result.goals.append(
                Goal(CASE, title, LIMIT, "at least", "x faster", ratio.median, remarks)
            )
    return result
