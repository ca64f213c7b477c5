"""Time several ways of computing the same answers against one another, in one run.

How figures are kept comparable:

- A contender is an expression, as in `timeit`. The same expression is checked, timed and printed in
  the report.
- Answers are compared before anything is timed; a difference ends the run.
- Contenders take turns in random order within each repetition, so that a change in the speed of the
  machine affects all of them. A ratio is the median of the ratios within each repetition.
- Each repetition asks new queries: neither caches nor branch predictors can learn the answers.
- If a contender is called once per query, the cost of the bare `for` loop over the same queries is
  measured immediately afterwards and subtracted; the call, and the creation of its arguments if the
  expression does that, is included.
- Each contender answers a few other queries right before its turn, so that it does not pay for
  caches that the previous contender evicted.
- The garbage collector is off: it would charge one contender for the objects of another.
"""

from __future__ import annotations

import gc
import random
import statistics
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

# The queries of one batch: one array or list per parameter, all of the same length.
Columns = Sequence[Any]
# By number: 0 is for comparing answers, 1 for warming up, 2 and later for the repetitions.
Batches = Callable[[int], Columns]

CHECK, WARM_UP, FIRST_TIMED = 0, 1, 2
CHECK_S = 0.3  # the time after which a contender answers no more queries for the comparison


class Difference(Exception):
    """Two contenders gave different answers to the same query."""


def as_lists(columns: Columns) -> Columns:
    """Convert to lists of int or float, for one call per query."""
    return [column.tolist() for column in columns]


def as_given(columns: Columns) -> Columns:
    return columns


@dataclass(frozen=True)
class Contender:
    """One way of answering queries.

    `expression` sees the names in `scope` and those in `over`: the parameters of one query or, if
    it answers a `whole` batch at once, the columns themselves. `prepare` converts a batch to the
    form that the expression expects, before the clock starts. `canonical` converts an answer (or
    all answers of a whole batch) to something that numpy can compare; None excludes a contender
    from the comparison. Contenders of the same `group` get the same queries and must agree.
    """

    name: str
    expression: str
    over: str
    scope: Mapping[str, object] = field(repr=False)
    whole: bool = False
    prepare: Callable[[Columns], Columns] | None = None
    canonical: Callable[[Any], npt.ArrayLike] | None = np.asarray
    group: str = ""
    divisible: bool = True  # False if a batch is a single task, such as a build

    def columns(self, columns: Columns) -> Columns:
        if self.prepare is not None:
            return self.prepare(columns)
        return as_given(columns) if self.whole else as_lists(columns)


@dataclass(frozen=True)
class Effort:
    """The number of samples, and the duration of each if a batch is large enough."""

    repetitions: int
    sample_s: float


@dataclass(frozen=True)
class Spread:
    """A median and its quartiles."""

    median: float
    low: float
    high: float

    @classmethod
    def of(cls, values: Sequence[float]) -> Spread:
        if len(values) < 2:
            return cls(values[0], values[0], values[0])
        low, median, high = statistics.quantiles(values, n=4, method="inclusive")
        return cls(median, low, high)

    @property
    def percent(self) -> float:
        """Half the interquartile range, in percent of the median."""
        return 50 * (self.high - self.low) / self.median if self.median else 0.0


@dataclass
class Race:
    """Seconds per query, by contender and repetition."""

    samples_s: dict[str, list[float]]
    loops_s: dict[str, list[float]]  # the bare loop that was subtracted
    expressions: dict[str, str]

    def cost_s(self, name: str) -> Spread:
        return Spread.of(self.samples_s[name])

    def ratio(self, name: str, to: str) -> Spread:
        """Return the time of `name` divided by that of `to`."""
        pairs = zip(self.samples_s[name], self.samples_s[to], strict=True)
        return Spread.of([one / other for one, other in pairs])

    def fastest(self, names: Iterable[str]) -> str:
        return min(names, key=lambda name: self.cost_s(name).median)


def _compiled(contender: Contender) -> tuple[Callable[[Columns], object], ...]:
    """Return the timed function, its bare loop, and a generator of the answers.

    The names in scope become default arguments: locals, which are the fastest to look up.
    """
    names = ", ".join(f"{name}={name}" for name in contender.scope)
    head = f"(columns, *, {names}):" if names else "(columns):"
    over, expression = contender.over, contender.expression
    if contender.whole:
        source = f"def timed{head}\n {over}, = columns\n return {expression}\n"
    else:
        source = (
            f"def timed{head}\n for {over}, in zip(*columns):\n  {expression}\n"
            f"def bare{head}\n for {over}, in zip(*columns):\n  pass\n"
            f"def answers{head}\n for {over}, in zip(*columns):\n  yield {expression}\n"
        )
    namespace: dict[str, Any] = dict(contender.scope)
    exec(source, namespace)
    if contender.whole:
        return namespace["timed"], namespace["timed"], namespace["timed"]
    return namespace["timed"], namespace["bare"], namespace["answers"]


def _first(columns: Columns, count: int) -> Columns:
    return [column[:count] for column in columns]


def _elapsed_s(function: Callable[[Columns], object], columns: Columns) -> float:
    start_ns = time.perf_counter_ns()
    answer = function(columns)
    elapsed_ns = time.perf_counter_ns() - start_ns
    del answer  # a whole batch of answers is freed outside the timing; single ones within it
    return elapsed_ns * 1e-9


def compare(contenders: Sequence[Contender], batch: Columns) -> None:
    """Raise Difference unless all contenders agree. A slow one answers only the first queries."""
    reference: tuple[str, Any] | None = None
    for contender in contenders:
        if contender.canonical is None:
            continue
        given = _answers(contender, batch)
        if len(given) == 0:
            raise Difference(f"{contender.name} gave no answer")
        if reference is None:
            reference = contender.name, given
        position = _first_difference(given, reference[1])
        if position is not None:
            raise Difference(
                f"{contender.name} and {reference[0]} differ on query {position}:\n"
                f"  {given[position]!r}\n  {reference[1][position]!r}"
            )


def _answers(contender: Contender, batch: Columns) -> Any:
    """Return an array for a whole batch; a list of arrays, until CHECK_S, for single queries."""
    assert contender.canonical is not None
    answers: Any = _compiled(contender)[2](contender.columns(batch))
    if contender.whole:
        return np.asarray(contender.canonical(answers))
    given = []
    deadline_s = time.perf_counter() + CHECK_S
    for answer in answers:
        given.append(np.asarray(contender.canonical(answer)))
        if time.perf_counter() > deadline_s:
            break
    return given


def _first_difference(given: Any, expected: Any) -> int | None:
    count = min(len(given), len(expected))
    if isinstance(given, np.ndarray) or isinstance(expected, np.ndarray):
        one, other = np.asarray(given[:count]), np.asarray(expected[:count])
        if one.shape != other.shape:
            return 0
        same = _close(one, other).reshape(count, -1).all(axis=1)
        return None if same.all() else int(np.argmin(same))
    for position, (one, other) in enumerate(zip(given, expected, strict=False)):
        if one.shape != other.shape or not _close(one, other).all():
            return position
    return None


def _close(one: npt.NDArray[Any], other: npt.NDArray[Any]) -> npt.NDArray[np.bool_]:
    """Compare integers exactly, floating point to 1e-9 of the value or 1e-6 (a micrometer)."""
    if one.dtype.kind == "f":
        same: npt.NDArray[np.bool_] = np.isclose(one, other, rtol=1e-9, atol=1e-6)
    else:
        same = np.equal(one, other)
    return same


def _calibrate(contender: Contender, batch: Columns, sample_s: float) -> int:
    """Return how many queries of a batch make one sample. Runs the contender, to warm it up."""
    timed, _, _ = _compiled(contender)
    length = len(batch[0])
    if not contender.divisible:
        timed(contender.columns(batch))
        return length
    # A contender of whole batches gets them whole unless that is far too slow.
    wanted_s = 10 * sample_s if contender.whole else sample_s
    count = min(length, 64 if contender.whole else 1)
    while True:
        elapsed_s = _elapsed_s(timed, contender.columns(_first(batch, count)))
        if count == length or elapsed_s > wanted_s / 4:
            break
        count = min(length, count * 4)
    return max(1, min(length, int(count * wanted_s / max(elapsed_s, 1e-9))))


def race(
    contenders: Sequence[Contender], batches: Batches | Mapping[str, Batches], effort: Effort
) -> Race:
    """Compare the answers of all contenders, then time them.

    `batches` is shared by all groups, or given by group.
    """
    by_group = batches if isinstance(batches, Mapping) else {c.group: batches for c in contenders}
    for group, batch in by_group.items():
        compare([c for c in contenders if c.group == group], batch(CHECK))

    gc.collect()
    gc.freeze()
    gc.disable()
    try:
        return _race(contenders, by_group, effort)
    finally:
        gc.enable()
        gc.unfreeze()


def _race(contenders: Sequence[Contender], batches: Mapping[str, Batches], effort: Effort) -> Race:
    warm_up = {group: batch(WARM_UP) for group, batch in batches.items()}
    counts = {c.name: _calibrate(c, warm_up[c.group], effort.sample_s) for c in contenders}
    compiled = {c.name: _compiled(c) for c in contenders}
    samples_s: dict[str, list[float]] = {c.name: [] for c in contenders}
    loops_s: dict[str, list[float]] = {c.name: [] for c in contenders if not c.whole}
    turns = list(contenders)
    shuffle = random.Random(len(contenders)).shuffle
    for repetition in range(effort.repetitions):
        timed_batch = {group: batch(FIRST_TIMED + repetition) for group, batch in batches.items()}
        shuffle(turns)
        for contender in turns:
            name, count = contender.name, counts[contender.name]
            timed, bare, _ = compiled[name]
            if contender.divisible:
                settling = _first(warm_up[contender.group], max(1, count // 4))
                timed(contender.columns(settling))
            columns = contender.columns(_first(timed_batch[contender.group], count))
            elapsed_s = _elapsed_s(timed, columns)
            if not contender.whole:
                loop_s = _elapsed_s(bare, columns)
                loops_s[name].append(loop_s / count)
                elapsed_s -= loop_s
            samples_s[name].append(elapsed_s / count)
    return Race(samples_s, loops_s, {c.name: c.expression for c in contenders})
