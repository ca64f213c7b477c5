"""Vectors and indexes as Arrow data: what pyarrow and polars read out of them, and for how long."""

import ctypes
import gc
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import numpy
import polars
import pyarrow
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.indexes import index_of
from support.oracle import Point
from support.strategies import any_name, any_point, on_earth, trials

from routeguide_c import FeatureIndex, SnapshotError, haversine_many

BATCH = 1 << 17  # features of a record batch


def vectors() -> Iterator[tuple[Any, Any]]:
    """Vectors in an object of their own, in memory of their own and in that of an index."""
    for count in (0, 1, 5, 1000, 5000):
        index = FeatureIndex(range(count), [0] * count)
        yield index.query(0, 0, count, 0), pyarrow.uint32()
        yield index.lats_e7, pyarrow.int32()
        yield index.nearest(0, 0, count).distances_m, pyarrow.float64()


@pytest.mark.parametrize(("vector", "arrow_type"), [*vectors()])
def test_a_vector_is_an_arrow_array(vector: Any, arrow_type: Any) -> None:
    array = pyarrow.array(vector)
    array.validate(full=True)
    assert array.type == arrow_type
    assert array.null_count == 0
    assert array.to_pylist() == vector
    if len(vector):
        assert numpy.shares_memory(array.to_numpy(), numpy.asarray(vector))
    assert polars.Series(vector).to_list() == vector
    assert pyarrow.DataType._import_from_c_capsule(vector.__arrow_c_schema__()) == arrow_type


def test_the_type_is_the_vectors_whatever_is_requested() -> None:
    vector = FeatureIndex([3], [4]).lats_e7
    schema, _array = vector.__arrow_c_array__(pyarrow.int64().__arrow_c_schema__())
    assert pyarrow.DataType._import_from_c_capsule(schema) == pyarrow.int32()


def test_an_array_outlives_its_vector_and_lets_go_of_it() -> None:
    vector = haversine_many(0, 0, range(5000), range(5000))
    expected, before = vector.tolist(), sys.getrefcount(vector)
    array = pyarrow.array(vector)
    part = array[4990:]
    assert sys.getrefcount(vector) == before + 1
    del array
    gc.collect()
    assert sys.getrefcount(vector) == before + 1
    watched = vector
    del vector
    assert part.to_pylist() == expected[4990:]
    del part
    assert sys.getrefcount(watched) == before


def test_capsules_without_a_consumer_are_freed() -> None:
    index = index_of([(1, 2)] * 10)
    vector = index.query(0, 0, 9, 9)
    before = sys.getrefcount(vector), sys.getrefcount(index)
    for _ in range(3):
        capsules: list[Any] = [vector.__arrow_c_schema__(), vector.__arrow_c_array__()]
        capsules.append(index.__arrow_c_stream__())
        assert sys.getrefcount(vector) == before[0] + 1
        assert sys.getrefcount(index) == before[1] + 1
        del capsules
        assert (sys.getrefcount(vector), sys.getrefcount(index)) == before


# --- an index ---


@trials(60)
@given(features=st.lists(st.tuples(any_point, any_name), max_size=40))
def test_an_index_is_a_table(features: list[tuple[Point, str]]) -> None:
    index = index_of([point for point, _ in features], [name for _, name in features])
    table = index.to_arrow()
    table.validate(full=True)
    assert table.schema == pyarrow.schema(
        [
            pyarrow.field("lat_e7", pyarrow.int32(), nullable=False),
            pyarrow.field("lon_e7", pyarrow.int32(), nullable=False),
            pyarrow.field("name", pyarrow.string(), nullable=False),
        ]
    )
    assert [tuple(row.values()) for row in table.to_pylist()] == [*index]
    again = FeatureIndex(table["lat_e7"], table["lon_e7"], table["name"])
    assert again.fingerprint == index.fingerprint


def test_many_features_come_in_batches_without_a_copy_of_the_coordinates() -> None:
    count = 2 * BATCH + 5
    points = on_earth(Random(3), count)
    names = ["", "naïve", "a name", "🜨"] * (count // 4) + ["last"]
    index = index_of(points, names[:count])
    table = pyarrow.table(index)
    table.validate(full=True)
    assert [chunk.num_rows for chunk in table.to_batches()] == [BATCH, BATCH, 5]
    assert [*zip(*(column.to_pylist() for column in table.columns), strict=True)] == [*index]
    first = table["lat_e7"].chunk(1).to_numpy()
    assert numpy.shares_memory(first, numpy.asarray(index.lats_e7)[BATCH : 2 * BATCH])
    frame: Any = polars.DataFrame(index)
    assert frame.columns == ["lat_e7", "lon_e7", "name"]
    assert frame.rows() == [*index]


def test_a_column_outlives_its_table_and_the_index() -> None:
    index = index_of([(i, -i) for i in range(1000)], [f"name {i}" for i in range(1000)])
    lats_e7, names = index.to_arrow()["lat_e7"], index.to_arrow()["name"]
    del index
    gc.collect()
    assert lats_e7.to_pylist() == [*range(1000)]
    assert names[999].as_py() == "name 999"


def test_streams_are_read_and_released_in_other_threads() -> None:
    """Readers have the interpreter's lock or not; the last reference may be dropped in any."""
    index = index_of([(i, -i) for i in range(3000)], [f"name {i}" for i in range(3000)])
    before = sys.getrefcount(index)
    rows = [*index]
    failures: list[object] = []

    def read(table: Any) -> None:
        if [*zip(*(column.to_pylist() for column in table.columns), strict=True)] != rows:
            failures.append(table)

    def read_own() -> None:
        for _ in range(20):
            read(pyarrow.RecordBatchReader.from_stream(index).read_all())

    shared = [index.to_arrow() for _ in range(4)]
    threads = [threading.Thread(target=read, args=[table]) for table in shared]
    threads += [threading.Thread(target=read_own) for _ in range(4)]
    del shared
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    del threads
    gc.collect()
    assert not failures
    assert sys.getrefcount(index) == before


class Array(ctypes.Structure):
    """struct ArrowArray."""


Array._fields_ = [
    *((name, ctypes.c_int64) for name in ("length", "null_count", "offset")),
    *((name, ctypes.c_int64) for name in ("n_buffers", "n_children")),
    ("buffers", ctypes.POINTER(ctypes.c_void_p)),
    ("children", ctypes.POINTER(ctypes.POINTER(Array))),
    ("dictionary", ctypes.c_void_p),
    ("release", ctypes.CFUNCTYPE(None, ctypes.POINTER(Array))),
    ("private_data", ctypes.c_void_p),
]


def test_a_thread_without_the_lock_may_release() -> None:
    """ctypes gives the lock away before it calls the callback."""
    vector = haversine_many(0, 0, range(300), range(300))
    before = sys.getrefcount(vector)
    _schema, capsule = vector.__arrow_c_array__()
    pointer_of = ctypes.pythonapi.PyCapsule_GetPointer
    pointer_of.restype, pointer_of.argtypes = ctypes.c_void_p, [ctypes.py_object, ctypes.c_char_p]
    array = Array.from_address(pointer_of(capsule, b"arrow_array"))
    assert (array.length, array.null_count, array.offset, array.n_buffers) == (300, 0, 0, 2)
    assert array.buffers[0] is None
    assert sys.getrefcount(vector) == before + 1
    thread = threading.Thread(target=lambda: array.release(ctypes.byref(array)))
    thread.start()
    thread.join()
    assert sys.getrefcount(vector) == before
    assert not array.release
    del capsule  # is released already


# --- what goes wrong ---


def test_names_that_are_not_utf8_end_the_stream(tmp_path: Path) -> None:
    """A file may be damaged where nothing but its checksum shows it."""
    index_of([(1, 2), (3, 4)], ["first name", "other name"]).save(tmp_path / "index")
    data = (tmp_path / "index").read_bytes()
    (tmp_path / "index").write_bytes(data.replace(b"other", b"oth\xc3r"))
    index = FeatureIndex.open(tmp_path / "index", verify=False)
    with pytest.raises(SnapshotError, match="the snapshot is damaged"):
        index.to_arrow()
    for consumer in (pyarrow.table, polars.DataFrame):
        with pytest.raises(Exception, match="the snapshot is damaged"):
            consumer(index)
    for call in (lambda: index.name(1), index.names, lambda: index[1]):
        with pytest.raises(SnapshotError, match="the snapshot is damaged"):
            call()
    assert index.name(0) == "first name"


def test_without_pyarrow_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(ImportError, match=r"needs pyarrow.*pip install 'routeguide\[arrow\]'"):
        FeatureIndex([], []).to_arrow()
