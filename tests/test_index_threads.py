"""What is promised to threads: one index serves any number, and long work leaves the lock."""

import array
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from random import Random
from threading import Event, Lock, Thread

import oracle
import pytest
from indexes import index_of
from oracle import INT32_MAX, INT32_MIN
from strategies import Field

from routeguide_c import FeatureIndex, haversine_many, path_length

MANY = 200_000


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


def test_buffers_that_change_while_they_are_read_give_ids_and_nothing_else() -> None:
    """find_many reads the caller's memory without the lock: answers may be stale, never wild."""
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
    """A thread keeps the interpreter's lock until it gives it up of its own accord."""
    interval_s = sys.getswitchinterval()
    sys.setswitchinterval(1000)
    yield
    sys.setswitchinterval(interval_s)


def build() -> Callable[[], object]:
    e7s, names = array.array("i", range(MANY)), [""] * MANY
    return lambda: FeatureIndex(e7s, e7s, names)


def find_many() -> Callable[[], object]:
    e7s = array.array("i", range(MANY))
    index = index_of([(0, 0)])
    return lambda: index.find_many(e7s, e7s)


def distances() -> Callable[[], object]:
    e7s = array.array("i", range(MANY))
    return lambda: haversine_many(e7s, e7s, e7s, e7s)


def length() -> Callable[[], object]:
    e7s = array.array("i", range(MANY))
    return lambda: path_length(e7s, e7s)


@pytest.mark.usefixtures("no_forced_switches")
@pytest.mark.parametrize("prepare", [build, find_many, distances, length])
def test_long_work_lets_other_threads_run(prepare: Callable[[], Callable[[], object]]) -> None:
    """With the lock kept, the other thread would get it only after the last round."""
    work = prepare()
    gate, passed = Lock(), Event()
    gate.acquire()

    def other() -> None:
        gate.acquire()
        passed.set()

    thread = Thread(target=other)
    thread.start()
    gate.release()
    for _ in range(100):
        work()
        if passed.is_set():
            break
    ran_meanwhile = passed.is_set()
    thread.join()
    assert ran_meanwhile
