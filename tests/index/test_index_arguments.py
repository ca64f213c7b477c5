"""Arguments of FeatureIndex and the functions: which are accepted, and how others are refused."""

import array
import ctypes
import gc
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
from routeguide_c import (
    FeatureIndex,
    FeatureIndexBuilder,
    e7_from_latitudes,
    e7_from_longitudes,
    haversine,
    haversine_many,
    path_length,
)

POINTS: list[Point] = [(3, -4), (INT32_MIN, INT32_MAX), (0, 0), (-5, 6), (3, -4)]
LATS_E7 = [lat_e7 for lat_e7, _ in POINTS]
LONS_E7 = [lon_e7 for _, lon_e7 in POINTS]
NAMES = ["a", "", "b", "ü", "c"]


class Index:
    """An object that is an int by __index__."""

    def __init__(self, value: int, before: Callable[[], object] = lambda: None) -> None:
        self.value = value
        self.before = before

    def __index__(self) -> int:
        self.before()
        return self.value


class Items:
    """A sequence by __getitem__ alone, whose length may be wrong."""

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
        raise AssertionError("the text itself is read, not the encoding of the subclass")


def misaligned(e7s: list[int]) -> memoryview:
    """Return int32 at an odd address."""
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


# --- what is accepted ---


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

BAD_BUFFERS: dict[str, tuple[Any, str]] = {
    "bool": (INT32_ARRAY.astype("?"), "expected numbers, not items of format '[?]'"),
    "complex": (INT32_ARRAY.astype("c16"), "expected numbers, not items of format 'Zd'"),
    "text": (INT32_ARRAY.astype("U"), "expected numbers, not items of format '.*w'"),
    "record": (INT32_ARRAY.view([("e7", "i4")]), "expected numbers, not items of format 'T{"),
    "bytes": (bytes(8), "expected a column of E7 integers, not bytes"),
    "bytearray": (bytearray(8), "expected a column of E7 integers, not bytearray"),
    "two dimensions": (INT32_ARRAY.reshape(4, 2), "expected one dimension, not 2"),
    "no dimension": (numpy.array(5, numpy.int32), "expected one dimension, not 0"),
    "masked": (numpy.ma.array(INT32_ARRAY, mask=INT32_ARRAY > 6), "masked arrays are not read"),
}


@pytest.mark.parametrize(("buffer", "words"), BAD_BUFFERS.values(), ids=BAD_BUFFERS)
def test_wrong_buffers_are_refused(buffer: Any, words: str) -> None:
    good, names = [0] * 8, [""] * 8
    with pytest.raises(TypeError, match=f"^lats_e7: {words}"):
        FeatureIndex(buffer, good, names)
    with pytest.raises(TypeError, match=f"^lons_e7: {words}"):
        FeatureIndex(good, buffer, names)
    for function in (path_length, FeatureIndex([], [], []).find_many):
        with pytest.raises(TypeError, match=f"^lats_e7: {words}"):
            function(buffer, good)
        with pytest.raises(TypeError, match=f"^lons_e7: {words}"):
            function(good, buffer)


def test_the_error_of_a_released_memoryview_is_passed_on() -> None:
    released = memoryview(array.array("i", [1]))
    released.release()
    with pytest.raises(ValueError, match="released"):
        path_length(released, [1])


@pytest.mark.parametrize(
    ("item", "error", "in_a_column"),
    [
        (INT32_MAX + 1, OverflowError, "2147483648 does not fit in 32 bits"),
        (INT32_MIN - 1, OverflowError, "-2147483649 does not fit in 32 bits"),
        (2**63, OverflowError, "9223372036854775808 does not fit in 32 bits"),
        (-(2**200), OverflowError, f"{-(2**200)} does not fit in 32 bits"),
        (numpy.int64(2**31), OverflowError, "2147483648 does not fit in 32 bits"),
        (Index(INT32_MAX + 1), OverflowError, "2147483648 does not fit in 32 bits"),
        ("1", TypeError, "expected E7 integers, not str"),
        (b"1", TypeError, "expected E7 integers, not bytes"),
        (numpy.str_("1"), TypeError, "expected E7 integers, not "),
        ([1], TypeError, "expected E7 integers, not list"),
        (1j, TypeError, "expected E7 integers, not complex"),
        (Index, TypeError, "expected E7 integers, not type"),
    ],
)
def test_wrong_coordinates_are_refused(item: Any, error: type[Exception], in_a_column: str) -> None:
    index: Any = FeatureIndex([0], [0], [""])
    for at, name in enumerate(["lat_e7", "lon_e7"]):
        arguments = [0, 0]
        arguments[at] = item
        with pytest.raises(error, match=f"^{name}: "):
            index.find(*arguments)
    for at in range(4):
        arguments = [0, 0, 0, 0]
        arguments[at] = item
        with pytest.raises(error):
            index.query(*arguments)
        with pytest.raises(error):
            haversine(*arguments)
    for sequence in (list, tuple):
        with pytest.raises(error, match="^" + re.escape(f"lats_e7[1]: {in_a_column}")):
            FeatureIndex(sequence([0, item, 0]), [0, 0, 0], [""] * 3)
        with pytest.raises(error, match="^" + re.escape(f"lons_e7[2]: {in_a_column}")):
            FeatureIndex([0, 0, 0], sequence([0, 0, item]), [""] * 3)
        with pytest.raises(error, match="^" + re.escape(f"lons_e7[0]: {in_a_column}")):
            path_length([0], sequence([item]))
        with pytest.raises(error, match="^" + re.escape(f"lats_e7[0]: {in_a_column}")):
            index.find_many(sequence([item]), [0])


@pytest.mark.parametrize("item", [1.0, 48.2, numpy.float64(1), None, float("nan")])
def test_single_coordinates_must_not_be_floats(item: Any) -> None:
    index = FeatureIndex([0], [0], [""])
    kind = "an integer, degrees times 10,000,000" if item is None else "an E7 integer"
    words = f"lat_e7: expected {kind}, not {item!r}"
    with pytest.raises(TypeError, match="^" + re.escape(words)):
        index.find(item, 0)
    with pytest.raises(TypeError):
        haversine(0, item, 0, 0)


@pytest.mark.parametrize("e7", [INT32_MIN, INT32_MAX])
def test_the_ends_of_int32_are_accepted(e7: int) -> None:
    index = FeatureIndex([e7], [e7], [""])
    assert index.find(e7, e7) == 0
    assert list(index.query(e7, e7, e7, e7)) == [0]
    assert haversine(e7, e7, e7, e7) == 0.0


@pytest.mark.parametrize("argument", [None, 5, 1.5, object(), Index(1), {1: 2}, {1}, "1"])
def test_coordinates_must_be_a_column(argument: Any) -> None:
    kind = type(argument).__name__
    with pytest.raises(TypeError, match=f"^lats_e7: expected a column of E7 integers, not {kind}"):
        FeatureIndex(argument, [], [])
    with pytest.raises(TypeError, match=f"^lons_e7: expected a column of E7 integers, not {kind}"):
        path_length([], argument)


class OddError(Exception):
    """An exception with more arguments than a message."""

    def __init__(self, code: int, more: str) -> None:
        super().__init__(code, more)
        self.code = code


class OddTypeError(TypeError):
    """A TypeError of the caller, which must not become one of the extension."""


@pytest.mark.parametrize("raised", [OddError(5, "x"), OddTypeError("x"), KeyboardInterrupt()])
def test_an_exception_from_the_callers_code_is_passed_on(raised: BaseException) -> None:
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
        lambda: FeatureIndex(failing_items(), [0, 0]),
    ):
        with pytest.raises(type(raised)) as caught:
            call()
        assert caught.value is raised


# --- what is refused: names, lengths, counts ---


@pytest.mark.parametrize("name", [b"bytes", 5, 5.0, ["x"], str])
def test_names_must_be_str(name: Any) -> None:
    kind = type(name).__name__
    with pytest.raises(TypeError, match=re.escape(f"names[1]: expected a str or None, not {kind}")):
        FeatureIndex([0, 0], [0, 0], ["x", name])


def test_names_must_be_a_column() -> None:
    bad: Any = 5
    with pytest.raises(TypeError, match=r"^names: expected a column of str"):
        FeatureIndex([], [], bad)
    for bad in ("a", "", b"a", {"a": 1}, {"a"}):
        kind = type(bad).__name__
        with pytest.raises(TypeError, match=f"^names: expected a column of str, not one {kind}$"):
            FeatureIndex([0] * len(bad), [0] * len(bad), bad)


@pytest.mark.parametrize("name", ["\ud800", "x\udfff", "\udc80y" * 100, "ok\udbff\ud800"])
def test_lone_surrogates_are_refused(name: str) -> None:
    """They have no UTF-8. The message names the position."""
    with pytest.raises(ValueError, match=re.escape("names[1]: ")):
        FeatureIndex([0, 0], [0, 0], ["fine", name])


def test_names_have_a_greatest_length() -> None:
    longest = "n" * 0xFFFF00
    assert FeatureIndex([0], [0], [longest]).name(0) == longest
    with pytest.raises(ValueError, match="row 1: a feature's name is too long"):
        FeatureIndex([0, 0], [0, 0], ["", longest + "n"])


@pytest.mark.parametrize(
    ("counts", "words"),
    [
        ((2, 1, 2), "lats_e7 and lons_e7 differ in length: 2 and 1"),
        ((0, 1, 0), "lats_e7 and lons_e7 differ in length: 0 and 1"),
        ((1, 1, 2), "lats_e7 and names differ in length: 1 and 2"),
        ((3, 3, 0), "lats_e7 and names differ in length: 3 and 0"),
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


def calls(index: Any) -> list[tuple[Callable[..., object], int, int]]:
    """Return every callable with the least and greatest number of its arguments."""
    return [
        (FeatureIndex, 2, 3),
        (FeatureIndex.from_degrees, 2, 3),
        (index.find, 2, 2),
        (index.query, 4, 4),
        (index.find_many, 2, 2),
        (index.name, 1, 1),
        (index.location, 1, 1),
        (index.query(0, 0, 0, 0).tolist, 0, 0),
        (haversine, 4, 4),
        (haversine_many, 4, 4),
        (path_length, 2, 2),
        (e7_from_latitudes, 1, 1),
        (e7_from_longitudes, 1, 1),
        (FeatureIndexBuilder().extend, 4, 4),
        (FeatureIndexBuilder().extend_names, 2, 3),
    ]


@pytest.mark.parametrize("number", range(15))
def test_arguments_are_counted(number: int) -> None:
    function, least, most = calls(FeatureIndex([], [], []))[number]
    for wrong in {least - 1, most + 1, 0, 20} - {-1, least}:
        with pytest.raises(
            TypeError, match=rf"argument.*\(?{wrong} |no arguments|exactly one|missing required"
        ):
            function(*[0] * wrong)
    with pytest.raises(TypeError, match="keyword"):
        function(*[0] * least, extra=1)


def test_arguments_have_names() -> None:
    index = FeatureIndex(names=["x"], lons_e7=[161_234_567], lats_e7=[481_234_567])
    assert index.name(0) == "x"
    index = FeatureIndex.from_degrees(names=["x"], longitudes=[16.1234567], latitudes=[48.1234567])
    assert index.location(0) == (481_234_567, 161_234_567)
    builder = FeatureIndexBuilder()
    builder.extend_names(lons_e7=[1], lats_e7=[2], names=["y"])
    builder.extend(lons_e7=[3], lats_e7=[4], name_bytes=b"z", name_offsets=array.array("i", [0, 1]))
    index = builder.build()
    assert [(index.location(i), index.name(i)) for i in range(2)] == [((2, 1), "y"), ((4, 3), "z")]
    assert e7_from_latitudes(latitudes=[1]).tolist() == [10_000_000]
    assert e7_from_longitudes(longitudes=[2]).tolist() == [20_000_000]
    with pytest.raises(TypeError, match="unexpected keyword argument 'lon'"):
        builder.extend_names([1], lon=[2])  # type: ignore[call-arg]
    with pytest.raises(TypeError, match="multiple values for argument 'lats_e7'"):
        builder.extend_names([1], lats_e7=[2])  # type: ignore[misc,call-arg]


@pytest.mark.parametrize("bad", [-1, 3, 2**31, 2**32, 2**63, -(2**63), 2**64, -(2**100)])
def test_unknown_ids_are_refused(bad: int) -> None:
    index = FeatureIndex([1, 2, 3], [1, 2, 3], ["", "", ""])
    for function in (index.name, index.location):
        with pytest.raises(IndexError):
            function(bad)
    with pytest.raises(IndexError):
        FeatureIndex([], [], []).name(0)


@pytest.mark.parametrize("bad", [1.0, None, "0", (0,)])
def test_ids_are_ints(bad: Any) -> None:
    index = FeatureIndex([1, 2, 3], [1, 2, 3], ["", "", ""])
    for function in (index.name, index.location):
        with pytest.raises(TypeError, match="integer"):
            function(bad)
    one: Any = Index(1)
    assert index.location(one) == (2, 2)


# --- arguments that change while they are read ---


def test_a_list_that_shrinks_while_it_is_read_is_refused() -> None:
    lats_e7: list[Any] = []
    lats_e7 += [0, Index(0, before=lats_e7.clear), *range(1000)]
    with pytest.raises(ValueError, match=r"^lats_e7 changed while it was read$"):
        FeatureIndex(lats_e7, [0] * 1002, [""] * 1002)
    lons_e7: list[Any] = []
    lons_e7 += [0, Index(0, before=lambda: lons_e7.__delitem__(-1)), 0]
    with pytest.raises(ValueError, match=r"^lons_e7 changed while it was read$"):
        path_length([0, 0, 0], lons_e7)


def test_a_list_that_grows_while_it_is_read_is_read_to_its_old_end() -> None:
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
    with pytest.raises(ValueError, match="lats_e7 and lons_e7 differ in length: 2 and 0"):
        FeatureIndex(shrinks, lons_e7, names)
    shrinks = [0, Index(0, before=names.clear)]
    with pytest.raises(ValueError, match="lats_e7 and names differ in length: 2 and 0"):
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


def test_arguments_are_released() -> None:
    """Neither items nor buffers of the caller are kept."""
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


def test_an_index_cannot_be_initialized_again() -> None:
    index: Any = FeatureIndex([1], [2], ["x"])
    arguments: list[Any]
    for arguments in ([], [[], [], []]):
        index.__init__(*arguments)
        assert (len(index), index.find(1, 2), index.name(0)) == (1, 0, "x")


@pytest.mark.parametrize("name", ["FeatureIndex", "Trip", "Vector"])
def test_types_are_final_and_have_no_other_constructors(name: str) -> None:
    final: Any = getattr(routeguide_c, name)
    with pytest.raises(TypeError, match="not an acceptable base type"):
        type("Derived", (final,), {})
    with pytest.raises(TypeError, match="not safe"):
        object.__new__(final)
    with pytest.raises(TypeError):
        SimpleNamespace().__class__ = final
