"""Vector: an immutable sequence of numbers and a read-only buffer."""

import array
import ctypes
import gc
import io
import struct
import sys
from collections import deque
from collections.abc import Callable, Iterable, Sequence, Sized
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Literal

import numpy
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.strategies import trials

from routeguide_c import FeatureIndex, Vector, haversine_many

# A vector of up to 256 ids or 128 distances holds them in its object, a longer one in other memory.
COUNTS = [0, 1, 2, 3, 100, 127, 128, 129, 239, 240, 241, 255, 256, 257, 1000, 5000]

counts = pytest.mark.parametrize("count", COUNTS)


@dataclass(frozen=True)
class Vectors:
    """Vectors of one format: how to make one of `count` numbers, and what they are."""

    format: Literal["I", "i", "d"]
    make: Callable[[int], Vector[Any]]
    numbers: Callable[[int], list[Any]]

    @property
    def itemsize(self) -> int:
        return struct.calcsize(self.format)


def ids_below(count: int) -> Vector[int]:
    """Return the vector of 0 to count - 1."""
    index = FeatureIndex(range(count), [0] * count, [""] * count)
    return index.query(0, 0, count, 0)


def hits_and_misses(count: int) -> Vector[int]:
    """Return the vector of 0, -1, 2, -1, 4 ..."""
    index = FeatureIndex(range(count), [0] * count, [""] * count)
    return index.find_many(range(count), [i % 2 for i in range(count)])


def distances_m(count: int) -> Vector[float]:
    """Return the vector of the distances from one place to `count` others."""
    return haversine_many(0, 0, range(count), range(0, -count, -1))


FORMATS = [
    Vectors("I", ids_below, lambda count: list(range(count))),
    Vectors("i", hits_and_misses, lambda count: [-1 if i % 2 else i for i in range(count)]),
    Vectors(
        "d", distances_m, lambda count: [haversine_many(0, 0, [i], [-i])[0] for i in range(count)]
    ),
]

formats = pytest.mark.parametrize("vectors", FORMATS, ids=[each.format for each in FORMATS])


# --- the sequence ---


@formats
@counts
def test_vector_is_a_sequence(vectors: Vectors, count: int) -> None:
    vector, expected = vectors.make(count), vectors.numbers(count)
    assert len(vector) == count
    assert list(vector) == expected
    assert vector.tolist() == expected
    assert [*reversed(vector)] == expected[::-1]
    assert [vector[i] for i in range(-count, count)] == expected + expected
    assert {type(number) for number in vector} <= {float if vectors.format == "d" else int}
    assert bool(vector) == bool(expected)
    assert isinstance(vector, Sequence)
    assert isinstance(vector, Iterable)
    assert isinstance(vector, Sized)


@counts
def test_positions_outside_are_refused(count: int) -> None:
    vector = ids_below(count)
    for position in (count, -count - 1, 2**31, 2**63 - 1, -(2**63), 2**64, -(2**64)):
        with pytest.raises(IndexError):
            vector[position]


@pytest.mark.parametrize("position", [1.0, None, "0", (0, 1)])
def test_positions_are_ints(position: Any) -> None:
    with pytest.raises(TypeError):
        ids_below(3)[position]


positions = st.one_of(
    st.none(), st.integers(-700, 700), st.sampled_from((sys.maxsize, -sys.maxsize - 1, 2**80))
)
steps = st.one_of(positions.filter(lambda step: step != 0), st.integers(1, 5), st.integers(-5, -1))


@formats
@trials(400)
@given(count=st.sampled_from((0, 1, 5, 256, 600)), start=positions, stop=positions, step=steps)
def test_slices_equal_those_of_a_list(
    vectors: Vectors, count: int, start: int | None, stop: int | None, step: int | None
) -> None:
    part = vectors.make(count)[start:stop:step]
    assert type(part) is Vector
    assert part.tolist() == vectors.numbers(count)[start:stop:step]
    assert memoryview(part).tolist() == part.tolist()


def test_a_slice_of_a_slice_and_a_slice_without_step() -> None:
    vector = ids_below(1000)
    assert vector[100:900][::-2][:3].tolist() == [899, 897, 895]
    with pytest.raises(ValueError, match="zero"):
        vector[::0]


def test_a_slice_outlives_what_it_was_cut_from() -> None:
    vector = ids_below(5000)
    part = vector[10:4000]
    del vector
    gc.collect()
    assert part.tolist() == list(range(10, 4000))


def test_contains() -> None:
    vector: Any = ids_below(300)
    assert 0 in vector
    assert 299 in vector
    assert 299.0 in vector
    assert 300 not in vector
    assert -1 not in vector
    assert "0" not in vector


def test_iterators_are_independent_and_keep_the_numbers() -> None:
    vector = ids_below(600)
    one, other = iter(vector), iter(vector)
    assert [next(one), next(one), next(other)] == [0, 1, 0]
    del vector
    gc.collect()
    assert list(one) == list(range(2, 600))
    assert list(one) == []


# --- the buffer ---


@formats
@counts
def test_buffer_describes_its_numbers(vectors: Vectors, count: int) -> None:
    vector, expected = vectors.make(count), vectors.numbers(count)
    view = memoryview(vector)
    assert (view.format, view.itemsize, view.ndim) == (vectors.format, vectors.itemsize, 1)
    assert (view.shape, view.strides) == ((count,), (vectors.itemsize,))
    assert view.readonly
    assert view.c_contiguous
    assert view.obj is vector
    assert view.tolist() == expected
    assert bytes(vector) == struct.pack(f"{count}{vectors.format}", *expected) == view.tobytes()
    if count:  # a cast needs a length
        assert view.cast("B").cast(vectors.format).tolist() == expected


@formats
@counts
def test_numpy_sees_the_same_memory(vectors: Vectors, count: int) -> None:
    vector = vectors.make(count)
    one, other = numpy.asarray(vector), numpy.asarray(vector)
    assert one.dtype == numpy.dtype(vectors.format)
    assert one.shape == (count,)
    assert one.ctypes.data == other.ctypes.data
    assert not one.flags.owndata
    assert one.tolist() == vectors.numbers(count)


@pytest.mark.parametrize("count", [100, 5000])
def test_views_keep_the_numbers_alive(count: int) -> None:
    vector = ids_below(count)
    array_, view = numpy.asarray(vector), memoryview(vector)[1:]
    del vector
    gc.collect()
    others = [ids_below(count)[::-1] for _ in range(10)]  # would reuse memory that was freed
    assert array_.tolist() == list(range(count))
    assert view.tolist() == list(range(1, count))
    assert len(others) == 10


@pytest.mark.parametrize("count", [10, 1000])
def test_the_numbers_cannot_be_changed(count: int) -> None:
    vector: Any = ids_below(count)
    before = vector.tolist()
    with pytest.raises(TypeError, match="assignment"):
        vector[0] = 1
    with pytest.raises(TypeError, match="deletion"):
        del vector[0]
    with pytest.raises(TypeError, match="read-only"):
        memoryview(vector)[0] = 1
    with pytest.raises(ValueError, match="read-only"):
        numpy.asarray(vector)[0] = 1
    with pytest.raises(ValueError, match="WRITEABLE"):
        numpy.asarray(vector).setflags(write=True)
    with pytest.raises(TypeError, match="not writable"):
        (ctypes.c_uint32 * count).from_buffer(vector)
    with pytest.raises(TypeError, match="read-write"):
        io.BytesIO(b"xxxxxxxx").readinto(vector)
    with pytest.raises(TypeError, match="read-write"):
        struct.pack_into("I", vector, 0, 1)
    assert vector.tolist() == before


@pytest.mark.parametrize("count", [0, 10, 1000])
def test_consumers_of_plain_bytes_get_bytes(count: int) -> None:
    vector = ids_below(count)
    raw = struct.pack(f"={count}I", *range(count))
    assert b"".join([vector]) == raw
    stream = io.BytesIO()
    assert stream.write(vector) == len(raw)
    assert stream.getvalue() == raw
    assert array.array("I", bytes(vector)).tolist() == vector.tolist()
    assert list(struct.iter_unpack("=I", vector)) == [(i,) for i in range(count)]


def test_ids_are_positions_in_numpy() -> None:
    """Index an array with a result, to take the rows of its features."""
    lats_e7: Any = numpy.arange(1000, dtype=numpy.int32) * 10
    index = FeatureIndex(lats_e7, [0] * 1000, [""] * 1000)
    assert lats_e7[numpy.asarray(index.query(95, 0, 125, 0))].tolist() == [100, 110, 120]


# --- equality and searching ---


@formats
@counts
def test_vectors_equal_sequences_of_equal_numbers(vectors: Vectors, count: int) -> None:
    vector, numbers = vectors.make(count), vectors.numbers(count)
    kinds: list[Callable[[Iterable[Any]], Any]] = [list, tuple, deque]
    same_sequences = [vector, vectors.make(count), array.array("d", numbers)]
    same_sequences += [kind(map(number, numbers)) for kind in kinds for number in (float, Fraction)]
    for same in same_sequences:
        assert vector == same
        assert same == vector
        assert (vector != same) is False
    for position in {0, count // 2, count - 1} if count else ():
        other = [*numbers]
        other[position] += 1
        assert vector != other
        assert (vector == other) is False
    assert vector != [*numbers, 0]
    assert vector != numbers[:-1] or not numbers


@counts
def test_vectors_of_different_formats_compare_by_number(count: int) -> None:
    whole = haversine_many(0, 0, [0] * count, [0] * count)
    zeros = ids_below(0) if count == 0 else FeatureIndex([0] * count, [0] * count).lats_e7
    assert whole == zeros
    assert zeros == whole
    assert ids_below(count) == range(count)
    assert memoryview(ids_below(count)) == ids_below(count)
    signed, unsigned = hits_and_misses(count), ids_below(count)
    assert (signed == unsigned) == (count < 2)  # -1 is not 1, nor 2**32 - 1


@pytest.mark.parametrize("other", [None, 3, "123", b"abc", {0, 1, 2}, {0: 0}, object()])
def test_a_vector_equals_nothing_but_sequences(other: object) -> None:
    assert ids_below(3) != other
    assert (ids_below(3) == other) is False
    assert ids_below(0) != other


def test_numpy_compares_item_by_item_and_others_have_no_order() -> None:
    vector: Any = ids_below(3)
    assert (numpy.asarray([0, 9, 2]) == vector).tolist() == [True, False, True]
    assert (vector == numpy.asarray([0, 9, 2])).tolist() == [True, False, True]
    with pytest.raises(TypeError, match="not supported"):
        sorted([vector, vector])


def test_vectors_have_no_hash() -> None:
    with pytest.raises(TypeError, match="unhashable type"):
        hash(ids_below(3))


class Odd:
    """Equal to every odd number."""

    def __eq__(self, other: object) -> bool:
        return isinstance(other, int) and other % 2 == 1

    __hash__ = None  # type: ignore[assignment]

    def __str__(self) -> str:  # the id of its tests, which must not change between processes
        return "odd"


class Broken:
    def __eq__(self, other: object) -> bool:
        raise ZeroDivisionError

    __hash__ = None  # type: ignore[assignment]


VALUES = [0, 1, -1, 5, 5.0, 5.5, True, 2**32 - 1, 2**53 + 1, -(2**70), 1e300, float("nan"), None,
          "5", numpy.int64(5), numpy.float32(5), Fraction(5), Odd()]  # fmt: skip


@formats
@pytest.mark.parametrize("value", VALUES, ids=str)
@pytest.mark.parametrize("count", [0, 1, 6, 300])
def test_searching_matches_a_list(vectors: Vectors, value: Any, count: int) -> None:
    vector = vectors.make(count)[::-1]
    numbers = vector.tolist()
    assert (value in vector) == (value in numbers)
    assert vector.count(value) == numbers.count(value)
    for ends in ((), (2,), (0, 3), (-3,), (-400, 400), (5, 2), (-1, -(2**80)), (2**80,)):
        try:
            expected = numbers.index(value, *(max(-(2**63), min(end, 2**63 - 1)) for end in ends))
        except ValueError:
            with pytest.raises(ValueError, match="is not in the vector"):
                vector.index(value, *ends)
        else:
            assert vector.index(value, *ends) == expected


def test_every_distance_finds_itself() -> None:
    vector = distances_m(1000)
    assert [vector.index(distance_m) for distance_m in vector] == [*range(1000)]
    assert all(distance_m in vector for distance_m in vector)


def test_an_exception_of_a_comparison_is_passed_on() -> None:
    vector = ids_below(3)
    for search in (vector.index, vector.count, vector.__contains__, vector.__eq__):
        with pytest.raises(ZeroDivisionError):
            search([Broken()] * 3 if search == vector.__eq__ else Broken())
    wrong: Any = "1"
    with pytest.raises(TypeError, match="start and stop: expected an int, not str"):
        vector.index(1, wrong)
    with pytest.raises(TypeError, match="takes 1 to 3 arguments but 0 were given"):
        vector.index()  # type: ignore[call-arg]


@pytest.mark.parametrize(
    ("count", "text"),
    [
        (0, "Vector([])"),
        (3, "Vector([0, 1, 2])"),
        (20, f"Vector({[*range(20)]})"),
        (21, "Vector([0, 1, 2, 3, 4, 5, 6, 7, ...], length=21)"),
        (100_000, "Vector([0, 1, 2, 3, 4, 5, 6, 7, ...], length=100000)"),
    ],
)
def test_repr_ends(count: int, text: str) -> None:
    assert repr(ids_below(count)) == text


def test_repr_of_floats() -> None:
    distances_m = haversine_many(0, 0, [0, 0], [0, 10**7])
    assert repr(distances_m) == f"Vector([0.0, {distances_m[1]!r}])"


# --- the object ---


@pytest.mark.parametrize("name", ["items", "count", "shape", "tolist"])
def test_attributes_cannot_be_set(name: str) -> None:
    with pytest.raises(AttributeError):
        setattr(ids_below(3), name, None)
    with pytest.raises(TypeError, match="immutable"):
        setattr(Vector, name, None)


def test_only_queries_make_vectors() -> None:
    make: Any = Vector
    with pytest.raises(TypeError, match="cannot create"):
        make()
    with pytest.raises(TypeError, match="cannot create"):
        make([1, 2, 3])
