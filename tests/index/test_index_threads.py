"""Any number of threads use one index, and long work releases the interpreter's lock."""

import array
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from random import Random
from threading import Event, Lock, Thread

import pytest
from support import oracle
from support.indexes import index_of
from support.oracle import INT32_MAX, INT32_MIN
from support.strategies import Field

from routeguide_c import (
    FeatureIndex,
    e7_from_latitudes,
    e7_from_longitudes,
    haversine_many,
    path_length,
)
from routeguide_c._core import _encode_lookups, _encode_page, _page_bytes, count_byte

MANY = 200_000
MANY_BYTES = bytes(100 * MANY)


def test_threads_share_one_index_and_build_others() -> None:
    field = Field("clusters", count=3000, seed=1)
    index = index_of(field.points)
    ids = [index.find(*point) for point in field.points]

    def work(seed: int) -> bool:
        own_field = Field("nested", count=3000, seed=seed)
        own = index_of(own_field.points)
        assert list(index.find_many(*zip(*field.points, strict=True))) == ids
        return all(
            list(of.query(*rectangle)) == oracle.query(these.points, rectangle)
            for of, these in ((own, own_field), (index, field))
            for rectangle in these.rectangles(10)
        )

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(work, range(32)))


def test_buffers_that_change_while_they_are_read_still_give_ids() -> None:
    """find_many reads the caller's memory without the lock: answers may be stale, but are ids."""
    field = Field("nested", count=3000, seed=2)
    index = index_of(field.points)
    lats_e7, lons_e7 = (array.array("i", e7s) for e7s in zip(*field.points * 20, strict=True))
    stop = Event()

    def scribble() -> None:
        random = Random(3)
        while not stop.is_set():
            at = random.randrange(len(lats_e7))
            lats_e7[at] = random.randint(INT32_MIN, INT32_MAX)
            lons_e7[at] = random.choice(field.points)[1]

    writer = Thread(target=scribble)
    writer.start()
    try:
        answers = [index.find_many(lats_e7, lons_e7) for _ in range(50)]
    finally:
        stop.set()
        writer.join()
    for ids in answers:
        assert -1 <= min(ids) <= max(ids) < len(index)


@pytest.fixture
def no_forced_switches() -> Iterator[None]:
    """Let a thread keep the interpreter's lock until it releases it by itself."""
    interval_s = sys.getswitchinterval()
    sys.setswitchinterval(1000)
    yield
    sys.setswitchinterval(interval_s)


E7S = array.array("i", range(MANY))
DEGREES = array.array("d", [4.5] * MANY)
NAMES = [""] * MANY
EVERY_OTHER = (0, 0, MANY // 2, MANY)  # a rectangle with half of the points (i, i)


@pytest.fixture(scope="module")
def many() -> FeatureIndex:
    return FeatureIndex(E7S, E7S, ["name"] * MANY)


@pytest.fixture(scope="module")
def saved(many: FeatureIndex, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("saved") / "many.rgx"
    many.save(path)
    return path


LONG_WORK: dict[str, Callable[[FeatureIndex, Path], object]] = {
    "build": lambda many, saved: FeatureIndex(E7S, E7S, NAMES),
    "find_many": lambda many, saved: many.find_many(E7S, E7S),
    "query": lambda many, saved: many.query(*EVERY_OTHER),
    "query_box": lambda many, saved: many.query_box(*EVERY_OTHER),
    "query_box across the antimeridian": lambda many, saved: many.query_box(0, 9, MANY, 5),
    "nearest": lambda many, saved: many.nearest(0, 0, MANY),
    "within": lambda many, saved: many.within(0, 0, 1e7),
    "named": lambda many, saved: many.named(E7S),
    "unnamed_count": lambda many, saved: many.unnamed_count(),
    "duplicate_count": lambda many, saved: many.duplicate_count(),
    "locations": lambda many, saved: many.locations(E7S),
    "locations in degrees": lambda many, saved: many.degrees.locations(),
    "to_arrow": lambda many, saved: many.to_arrow(),
    "along in degrees": lambda many, saved: many.degrees.along([0, 1], [0, 1], 1e6),
    "page_bytes": lambda many, saved: _page_bytes(many, E7S, 0, MANY),
    "encode_page": lambda many, saved: _encode_page(many, E7S, 0, MANY),
    "encode_lookups": lambda many, saved: _encode_lookups(many, E7S),
    "save": lambda many, saved: many.save(saved),
    "open": lambda many, saved: FeatureIndex.open(saved),
    "open in memory": lambda many, saved: FeatureIndex.open(saved, verify=False, map=False),
    "haversine_many": lambda many, saved: haversine_many(E7S, E7S, E7S, E7S),
    "haversine_many from one": lambda many, saved: haversine_many(0, 0, E7S, E7S),
    "path_length": lambda many, saved: path_length(E7S, E7S),
    "e7_from_latitudes": lambda many, saved: e7_from_latitudes(DEGREES),
    "e7_from_longitudes": lambda many, saved: e7_from_longitudes(DEGREES),
    "count_byte": lambda many, saved: count_byte(MANY_BYTES, 0),
}


@pytest.mark.usefixtures("no_forced_switches")
@pytest.mark.parametrize("name", LONG_WORK)
def test_long_work_lets_other_threads_run(name: str, many: FeatureIndex, saved: Path) -> None:
    """If the lock were kept, the other thread would run only after the last round."""
    work = LONG_WORK[name]
    gate, passed = Lock(), Event()
    gate.acquire()

    def other() -> None:
        gate.acquire()
        passed.set()

    thread = Thread(target=other)
    thread.start()
    gate.release()
    for _ in range(100):
        work(many, saved)
        if passed.is_set():
            break
    ran_meanwhile = passed.is_set()
    thread.join()
    assert ran_meanwhile
