"""What FeatureIndex and the functions take, what they refuse, and with which words."""

import array
import copy
import ctypes
import gc
import pickle
import re
import weakref
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import numpy
import pytest
from hypothesis import given
from support import oracle
from support.oracle import INT32_MAX, INT32_MIN, Point
from support.strategies import any_point, point_lists, trials

import routeguide_c
from routeguide_c import FeatureIndex, haversine, haversine_many, path_length

POINTS: list[Point] = [(3, -4), (INT32_MIN, INT32_MAX), (0, 0), (-5, 6), (3, -4)]
LATS_E7 = [lat_e7 for lat_e7, _ in POINTS]
LONS_E7 = [lon_e7 for _, lon_e7 in POINTS]
NAMES = ["a", "", "b", "ü", "c"]


class Index:
    """An object with __index__, which is what makes an int."""

    def __init__(self, value: int, before: Callable[[], object] = lambda: None) -> None:
        self.value = value
        self.before = before

    def __index__(self) -> int:
        self.before()
        return self.value


class Items:
    """A sequence by __getitem__ alone, whose length may be a lie."""

    def __init__(self, items: list[Any], length: int) -> None:
        self.items = items
        self.length = length

    def __len__(self) -> int:
        return self.length

    def __getitem__(self, position: int) -> Any:
        return self.items[position]


class SubclassOfStr(str):
    __slots__ = ()

    def encode(self, encoding: str = "utf-8", errors: str = "strict") -> bytes:
        raise AssertionError("the text itself counts, not what the subclass makes of it")


def misaligned(e7s: list[int]) -> memoryview:
    """int32 that begin at an odd address."""
    return memoryview(b"." + array.array("i", e7s).tobytes())[1:].cast("i")


def read_only(e7s: list[int]) -> numpy.ndarray[Any, Any]:
    values = numpy.array(e7s, numpy.int32)
    values.setflags(write=False)
    return values


FORMS: dict[str, Callable[[list[int]], Any]] = {
    "list": list,
    "tuple": tuple,
    "array": lambda e7s: array.array("i", e7s),
    "numpy": lambda e7s: numpy.array(e7s, numpy.int32),
    "part of numpy": lambda e7s: numpy.array([9, *e7s, 9], numpy.int32)[1:-1],
    "read-only numpy": read_only,
    "explicit little-endian or native": lambda e7s: numpy.array(e7s, "=i4"),
    "ctypes": lambda e7s: (ctypes.c_int32 * len(e7s))(*e7s),
    "memoryview": lambda e7s: memoryview(array.array("i", e7s)),
    "read-only memoryview": lambda e7s: memoryview(array.array("i", e7s).tobytes()).cast("i"),
    "misaligned memoryview": misaligned,
    "int64 items": lambda e7s: list(numpy.array(e7s, numpy.int64)),
    "int32 items": lambda e7s: list(numpy.array(e7s, numpy.int32)),
    "__index__ items": lambda e7s: [Index(e7) for e7 in e7s],
    "sequence by __getitem__": lambda e7s: Items(e7s, len(e7s)),
    "sequence too long by its __len__": lambda e7s: Items(e7s, len(e7s) + 1000),
    "sequence too short by its __len__": lambda e7s: Items(e7s, 0),
    "generator": lambda e7s: (e7 for e7 in e7s),
}

forms = pytest.mark.parametrize("form", FORMS.values(), ids=FORMS.keys())


# --- what is taken ---


@forms
def test_coordinates_come_in_many_forms(form: Callable[[list[int]], Any]) -> None:
    index = FeatureIndex(form(LATS_E7), form(LONS_E7), NAMES)
    assert [index.location(i) for i in range(len(index))] == POINTS
    assert [index.name(i) for i in range(len(index))] == NAMES
    assert [index.find(*point) for point in POINTS] == [0, 1, 2, 3, 0]
    assert list(index.find_many(form(LATS_E7), form(LONS_E7))) == [0, 1, 2, 3, 0]
    length_m = path_length(form(LATS_E7), form(LONS_E7))
    assert length_m == pytest.approx(oracle.path_length(POINTS), rel=1e-9)


@forms
def test_every_form_may_be_empty(form: Callable[[list[int]], Any]) -> None:
    index = FeatureIndex(form([]), form([]), [])
    assert len(index) == 0
    assert list(index.find_many(form([]), form([]))) == []
    assert path_length(form([]), form([])) == 0.0


@trials(50)
@given(points=point_lists)
def test_buffers_and_lists_mean_the_same(points: list[Point]) -> None:
    lats_e7, lons_e7 = [lat_e7 for lat_e7, _ in points], [lon_e7 for _, lon_e7 in points]
    lats: Any = numpy.array(lats_e7, numpy.int32)
    index = FeatureIndex(lats, array.array("i", lons_e7), [""] * len(points))
    assert [index.location(i) for i in range(len(points))] == points


@trials(50)
@given(point=any_point)
def test_single_coordinates_are_ints_of_any_type(point: Point) -> None:
    index = FeatureIndex([point[0]], [point[1]], ["here"])
    for number in (int, numpy.int32, numpy.int64, Index):
        wrapped: Any = [number(e7) for e7 in point]
        assert index.find(*wrapped) == 0
        assert list(index.query(*wrapped, *wrapped)) == [0]
        assert haversine(*wrapped, *wrapped) == 0.0


def test_bool_is_an_int() -> None:
    index = FeatureIndex([True, False], [False, True], ["", ""])
    assert [index.location(0), index.location(1)] == [(1, 0), (0, 1)]
    assert index.find(False, True) == 1
    assert index.name(True) == ""


@pytest.mark.parametrize(
    "names",
    [tuple(NAMES), [SubclassOfStr(name) for name in NAMES], Items(list(NAMES), 0), iter(NAMES)],
    ids=["tuple", "subclass of str", "sequence by __getitem__", "iterator"],
)
def test_names_come_in_many_forms(names: Any) -> None:
    index = FeatureIndex(LATS_E7, LONS_E7, names)
    kept = [index.name(i) for i in range(len(index))]
    assert kept == NAMES
    assert {type(name) for name in kept} == {str}


# --- what is refused: coordinates ---

INT32_ARRAY = numpy.arange(8, dtype=numpy.int32)

BAD_BUFFERS: dict[str, tuple[Any, type[Exception], str]] = {
    "int64": (INT32_ARRAY.astype("i8"), TypeError, "32-bit signed integers, not format 'l'"),
    "uint32": (INT32_ARRAY.astype("u4"), TypeError, "32-bit signed integers, not format 'I'"),
    "int16": (INT32_ARRAY.astype("i2"), TypeError, "32-bit signed integers, not format 'h'"),
    "float32": (INT32_ARRAY.astype("f4"), TypeError, "32-bit signed integers, not format 'f'"),
    "bool": (INT32_ARRAY.astype("?"), TypeError, "32-bit signed integers, not format '[?]'"),
    "big-endian": (INT32_ARRAY.astype(">i4"), TypeError, "32-bit signed integers, not format '>i'"),
    "record": (INT32_ARRAY.view([("e7", "i4")]), TypeError, "32-bit signed integers"),
    "bytes": (bytes(8), TypeError, "32-bit signed integers, not format 'B'"),
    "two dimensions": (INT32_ARRAY.reshape(4, 2), TypeError, "in 2 dimensions"),
    "no dimension": (numpy.array(5, numpy.int32), TypeError, "in 0 dimensions"),
    "every other item": (INT32_ARRAY[::2], ValueError, "must be C-contiguous"),
    "backwards": (INT32_ARRAY[::-1], ValueError, "must be C-contiguous"),
    "every other item of a view": (
        memoryview(array.array("i", range(8)))[::2],
        ValueError,
        "must be C-contiguous",
    ),
}


@pytest.mark.parametrize(("buffer", "error", "words"), BAD_BUFFERS.values(), ids=BAD_BUFFERS)
def test_wrong_buffers_are_refused(buffer: Any, error: type[Exception], words: str) -> None:
    good, names = [0] * 8, [""] * 8
    with pytest.raises(error, match=f"^latitudes: .*{words}"):
        FeatureIndex(buffer, good, names)
    with pytest.raises(error, match=f"^longitudes: .*{words}"):
        FeatureIndex(good, buffer, names)
    for function in (path_length, FeatureIndex([], [], []).find_many):
        with pytest.raises(error, match=f"^latitudes: .*{words}"):
            function(buffer, good)
        with pytest.raises(error, match=f"^longitudes: .*{words}"):
            function(good, buffer)


def test_a_released_memoryview_is_refused_in_its_own_words() -> None:
    released = memoryview(array.array("i", [1]))
    released.release()
    with pytest.raises(ValueError, match="released"):
        path_length(released, [1])


@pytest.mark.parametrize(
    ("item", "error"),
    [
        (INT32_MAX + 1, OverflowError),
        (INT32_MIN - 1, OverflowError),
        (2**63, OverflowError),
        (-(2**200), OverflowError),
        (numpy.int64(2**31), OverflowError),
        (Index(INT32_MAX + 1), OverflowError),
        (1.0, TypeError),
        (numpy.float64(1), TypeError),
        (None, TypeError),
        ("1", TypeError),
        (b"1", TypeError),
        ([1], TypeError),
        (1j, TypeError),
        (Index, TypeError),
    ],
)
def test_wrong_coordinates_are_refused(item: Any, error: type[Exception]) -> None:
    index: Any = FeatureIndex([0], [0], [""])
    for at in range(2):
        arguments = [0, 0]
        arguments[at] = item
        with pytest.raises(error):
            index.find(*arguments)
    for at in range(4):
        arguments = [0, 0, 0, 0]
        arguments[at] = item
        with pytest.raises(error):
            index.query(*arguments)
        with pytest.raises(error):
            haversine(*arguments)
    for sequence in (list, tuple):
        with pytest.raises(error, match=re.escape("latitudes[1]: ")):
            FeatureIndex(sequence([0, item, 0]), [0, 0, 0], [""] * 3)
        with pytest.raises(error, match=re.escape("longitudes[2]: ")):
            FeatureIndex([0, 0, 0], sequence([0, 0, item]), [""] * 3)
        with pytest.raises(error, match=re.escape("longitudes[0]: ")):
            path_length([0], sequence([item]))
        with pytest.raises(error, match=re.escape("latitudes[0]: ")):
            index.find_many(sequence([item]), [0])


@pytest.mark.parametrize("e7", [INT32_MIN, INT32_MAX])
def test_the_ends_of_int32_are_taken(e7: int) -> None:
    index = FeatureIndex([e7], [e7], [""])
    assert index.find(e7, e7) == 0
    assert list(index.query(e7, e7, e7, e7)) == [0]
    assert haversine(e7, e7, e7, e7) == 0.0


@pytest.mark.parametrize("argument", [None, 5, 1.5, object(), Index(1)])
def test_coordinates_must_be_a_buffer_or_a_sequence(argument: Any) -> None:
    kind = type(argument).__name__
    with pytest.raises(TypeError, match=f"^latitudes: .*not {kind}"):
        FeatureIndex(argument, [], [])
    with pytest.raises(TypeError, match=f"^longitudes: .*not {kind}"):
        path_length([], argument)


class OddError(Exception):
    """Takes more than a message, and carries something."""

    def __init__(self, code: int, more: str) -> None:
        super().__init__(code, more)
        self.code = code


class OddTypeError(TypeError):
    """One of ours only by its base: it comes from the caller's code and stays as it is."""


@pytest.mark.parametrize("raised", [OddError(5, "x"), OddTypeError("x"), KeyboardInterrupt()])
def test_an_exception_from_the_callers_code_is_the_callers(raised: BaseException) -> None:
    def fail() -> None:
        raise raised

    def failing_items() -> Iterator[int]:
        yield 1
        raise raised

    bad: Any = Index(0, before=fail)
    for call in (
        lambda: haversine(0, bad, 0, 0),
        lambda: path_length([0, bad], [0, 0]),
        lambda: FeatureIndex([0], [bad], [""]),
        lambda: path_length(failing_items(), [0, 0]),  # type: ignore[arg-type]
    ):
        with pytest.raises(type(raised)) as caught:
            call()
        assert caught.value is raised


# --- what is refused: names, lengths, counts ---


@pytest.mark.parametrize("name", [None, b"bytes", 5, ["x"], str])
def test_names_must_be_str(name: Any) -> None:
    kind = type(name).__name__
    with pytest.raises(TypeError, match=re.escape(f"names[1]: expected a str, not {kind}")):
        FeatureIndex([0, 0], [0, 0], ["x", name])


def test_names_must_be_a_sequence() -> None:
    bad: Any
    for bad in (None, 5):
        with pytest.raises(TypeError, match=r"^names: expected a sequence of str"):
            FeatureIndex([], [], bad)
    for bad in ("a", ""):
        with pytest.raises(TypeError, match=r"^names: expected a sequence of str, not one str"):
            FeatureIndex([0] * len(bad), [0] * len(bad), bad)
    bad = b"a"
    with pytest.raises(TypeError, match="names"):
        FeatureIndex([0], [0], bad)


@pytest.mark.parametrize("name", ["\ud800", "x\udfff", "\udc80y" * 100, "ok\udbff\ud800"])
def test_lone_surrogates_are_refused(name: str) -> None:
    """They have no UTF-8. The name's position is in the message."""
    with pytest.raises(ValueError, match=re.escape("names[1]: ")):
        FeatureIndex([0, 0], [0, 0], ["fine", name])


def test_a_name_may_be_so_long_and_no_longer() -> None:
    longest = "n" * 0xFFFF00
    assert FeatureIndex([0], [0], [longest]).name(0) == longest
    with pytest.raises(ValueError, match="row 1: a feature's name is too long"):
        FeatureIndex([0, 0], [0, 0], ["", longest + "n"])


@pytest.mark.parametrize(
    ("counts", "words"),
    [
        ((2, 1, 2), "latitudes and longitudes differ in length: 2 and 1"),
        ((0, 1, 0), "latitudes and longitudes differ in length: 0 and 1"),
        ((1, 1, 2), "latitudes and names differ in length: 1 and 2"),
        ((3, 3, 0), "latitudes and names differ in length: 3 and 0"),
    ],
)
@forms
def test_lengths_must_agree(
    form: Callable[[list[int]], Any], counts: tuple[int, int, int], words: str
) -> None:
    lats_e7, lons_e7 = form([0] * counts[0]), form([0] * counts[1])
    with pytest.raises(ValueError, match=words):
        FeatureIndex(lats_e7, lons_e7, [""] * counts[2])
    if counts[0] != counts[1]:
        with pytest.raises(ValueError, match=words):
            path_length(form([0] * counts[0]), form([0] * counts[1]))
        with pytest.raises(ValueError, match=words):
            FeatureIndex([], [], []).find_many(form([0] * counts[0]), form([0] * counts[1]))


def calls(index: Any) -> list[tuple[Callable[..., object], int]]:
    """Every callable, and how many arguments it takes."""
    return [
        (FeatureIndex, 3),
        (index.find, 2),
        (index.query, 4),
        (index.find_many, 2),
        (index.name, 1),
        (index.location, 1),
        (index.encoded, 1),
        (index.query(0, 0, 0, 0).tolist, 0),
        (haversine, 4),
        (haversine_many, 4),
        (path_length, 2),
    ]


@pytest.mark.parametrize("number", range(11))
def test_arguments_are_counted_and_nameless(number: int) -> None:
    function, count = calls(FeatureIndex([], [], []))[number]
    for wrong in {count - 1, count + 1, 0, 20} - {-1, count}:
        with pytest.raises(TypeError, match=rf"argument.*\(?{wrong} |no arguments|exactly one"):
            function(*[0] * wrong)
    with pytest.raises(TypeError, match="keyword"):
        function(*[0] * count, extra=1)
    for name in ("latitudes", "lat_e7", "lat1_e7", "id"):
        with pytest.raises(TypeError, match=r"keyword|\(0 given\)"):
            function(**{name: 0})


@pytest.mark.parametrize("bad", [-1, 3, 2**31, 2**32, 2**63, -(2**63), 2**64, -(2**100)])
def test_unknown_ids_are_refused(bad: int) -> None:
    index = FeatureIndex([1, 2, 3], [1, 2, 3], ["", "", ""])
    for function in (index.name, index.location, index.encoded):
        with pytest.raises(IndexError):
            function(bad)
    with pytest.raises(IndexError):
        FeatureIndex([], [], []).name(0)


@pytest.mark.parametrize("bad", [1.0, None, "0", (0,)])
def test_ids_are_ints(bad: Any) -> None:
    index = FeatureIndex([1, 2, 3], [1, 2, 3], ["", "", ""])
    for function in (index.name, index.location, index.encoded):
        with pytest.raises(TypeError, match="integer"):
            function(bad)
    one: Any = Index(1)
    assert index.location(one) == (2, 2)


# --- callers who change things while they are read ---


def test_a_list_that_shrinks_while_it_is_read_is_refused() -> None:
    lats_e7: list[Any] = []
    lats_e7 += [0, Index(0, before=lats_e7.clear), *range(1000)]
    with pytest.raises(ValueError, match=r"^latitudes: changed while it was read"):
        FeatureIndex(lats_e7, [0] * 1002, [""] * 1002)
    lons_e7: list[Any] = []
    lons_e7 += [0, Index(0, before=lambda: lons_e7.__delitem__(-1)), 0]
    with pytest.raises(ValueError, match=r"^longitudes: changed while it was read"):
        path_length([0, 0, 0], lons_e7)


def test_a_list_that_grows_while_it_is_read_counts_as_it_was() -> None:
    lats_e7: list[Any] = []
    lats_e7 += [1, Index(2, before=lambda: lats_e7.extend(range(10_000))), 3]
    index = FeatureIndex(lats_e7, [0, 0, 0], ["", "", ""])
    assert [index.location(i)[0] for i in range(len(index))] == [1, 2, 3]


def test_an_item_may_drop_itself() -> None:
    lats_e7: list[Any] = []
    lats_e7 += [Index(7, before=lambda: lats_e7.__setitem__(0, None)), 8]
    index = FeatureIndex(lats_e7, [0, 0], ["", ""])
    assert [index.location(0), index.location(1)] == [(7, 0), (8, 0)]


def test_later_arguments_may_change_while_earlier_ones_are_read() -> None:
    lons_e7, names = [0, 0], ["", ""]
    shrinks: list[Any] = [0, Index(0, before=lons_e7.clear)]
    with pytest.raises(ValueError, match="latitudes and longitudes differ in length: 2 and 0"):
        FeatureIndex(shrinks, lons_e7, names)
    shrinks = [0, Index(0, before=names.clear)]
    with pytest.raises(ValueError, match="latitudes and names differ in length: 2 and 0"):
        FeatureIndex([0, 0], shrinks, names)


def test_a_buffer_cannot_be_resized_while_it_is_read() -> None:
    lats_e7 = array.array("i", [0, 0])
    grows: list[Any] = [0, Index(0, before=lambda: lats_e7.append(0))]
    with pytest.raises(BufferError):
        FeatureIndex(lats_e7, grows, ["", ""])
    lats_e7.append(0)  # released, and no longer held


# --- immutability ---


def test_later_changes_to_arguments_do_not_show() -> None:
    lats_e7 = array.array("i", LATS_E7)
    lons_e7: Any = numpy.array(LONS_E7, numpy.int32)
    names = list(NAMES)
    index = FeatureIndex(lats_e7, lons_e7, names)
    lats_e7[0], lons_e7[0], names[0] = 77, 77, "other"
    del lats_e7[1:]
    names.clear()
    assert [index.location(i) for i in range(len(index))] == POINTS
    assert [index.name(i) for i in range(len(index))] == NAMES
    assert index.find(3, -4) == 0
    assert index.find(77, 77) is None


def test_arguments_are_let_go() -> None:
    """Nothing of the caller's is kept: neither items nor the buffer."""
    item = Index(1)
    gone = weakref.ref(item)
    index = FeatureIndex([item], [item], [""])  # type: ignore[list-item]
    del item
    gc.collect()
    assert gone() is None
    buffer = bytearray(4)
    FeatureIndex(memoryview(buffer).cast("i"), [0], [""])
    buffer.clear()
    assert index.location(0) == (1, 1)


@pytest.mark.parametrize("attribute", ["bounds", "nbytes", "find", "other", "__class__"])
def test_nothing_about_an_index_can_be_set(attribute: str) -> None:
    index = FeatureIndex([1], [2], ["x"])
    with pytest.raises((AttributeError, TypeError)):
        setattr(index, attribute, FeatureIndex)
    with pytest.raises((AttributeError, TypeError)):
        delattr(index, attribute)
    with pytest.raises(TypeError, match="immutable"):
        setattr(FeatureIndex, attribute, None)


def test_an_index_cannot_be_initialised_again() -> None:
    index: Any = FeatureIndex([1], [2], ["x"])
    arguments: list[Any]
    for arguments in ([], [[], [], []]):
        index.__init__(*arguments)
        assert (len(index), index.find(1, 2), index.name(0)) == (1, 0, "x")


@pytest.mark.parametrize("name", ["FeatureIndex", "Trip", "Vector"])
def test_types_are_final_and_made_by_their_own_functions_alone(name: str) -> None:
    final: Any = getattr(routeguide_c, name)
    with pytest.raises(TypeError, match="not an acceptable base type"):
        type("Derived", (final,), {})
    with pytest.raises(TypeError, match="not safe"):
        object.__new__(final)
    with pytest.raises(TypeError):
        SimpleNamespace().__class__ = final


def test_an_index_is_neither_copied_nor_pickled() -> None:
    """Half an object would be worse than none."""
    for instance in (
        FeatureIndex([1], [2], ["x"]),
        FeatureIndex([1], [2], ["x"]).query(1, 2, 1, 2),
    ):
        with pytest.raises(TypeError, match="pickle"):
            copy.copy(instance)
        with pytest.raises(TypeError, match="pickle"):
            pickle.dumps(instance)
