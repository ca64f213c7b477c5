"""Columns in whatever libraries keep them: each means the same as a list of its items."""

import array
import decimal
import importlib
import re
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.strategies import trials

import routeguide_c
from routeguide_c import (
    FeatureIndex,
    FeatureIndexBuilder,
    e7_from_latitudes,
    e7_from_longitudes,
    haversine_many,
    path_length,
)


def library(name: str) -> Any:
    """The module, or a stand-in that skips the test that uses it."""
    try:
        return importlib.import_module(name)
    except ImportError:
        return Missing(name)


class Missing:
    def __init__(self, name: str) -> None:
        self.name = name

    def __getattr__(self, attribute: str) -> Any:
        pytest.skip(f"{self.name} is not installed")


pd, pl, pa, gpd = map(library, ("pandas", "polars", "pyarrow", "geopandas"))

Column = Callable[[list[Any]], Any]


def strided(items: "np.ndarray[Any, Any]") -> Any:
    return np.repeat(items, 3)[1::3]


def halves(items: list[Any]) -> tuple[list[Any], list[Any]]:
    return items[: len(items) // 2], items[len(items) // 2 :]


def chunked(items: list[Any], type: Any = None) -> Any:
    first, second = halves(items)
    return pa.chunked_array([pa.array(part, type) for part in (first, [], second)], type)


def polars_chunks(items: list[Any]) -> Any:
    first, second = (pl.Series(part, dtype=pl.Int64) for part in halves(items))
    return pl.concat([first, second], rechunk=False)


class OnlyArray:
    """Offers `__array__` alone."""

    def __init__(self, items: Any) -> None:
        self.items = items

    def __array__(self) -> Any:
        return self.items


# Of integers that fit in 32 bits.
INTEGER_COLUMNS: dict[str, Column] = {
    "tuple": tuple,
    "generator": iter,
    "dict keys in order": lambda items: dict.fromkeys(enumerate(items)).keys().__class__ and items,
    "array of 64 bits": lambda items: array.array("q", items),
    "int32": lambda items: np.array(items, np.int32),
    "int64": lambda items: np.array(items, np.int64),
    "float64": lambda items: np.array(items, np.float64),
    "long double": lambda items: np.array(items, np.longdouble),
    "objects": lambda items: np.array(items, object),
    "strided": lambda items: strided(np.array(items, np.int32)),
    "strided int64": lambda items: strided(np.array(items, np.int64)),
    "backwards": lambda items: np.array(items[::-1], np.int32)[::-1],
    "byte-swapped": lambda items: np.array(items, np.dtype(np.int32).newbyteorder()),
    "byte-swapped int64": lambda items: np.array(items, np.dtype(np.int64).newbyteorder()),
    "byte-swapped floats": lambda items: np.array(items, np.dtype(float).newbyteorder()),
    "Decimal": lambda items: [decimal.Decimal(item) for item in items],
    "__array__": lambda items: OnlyArray(np.array(items, np.int64)),
    "pandas": lambda items: pd.Series(items, dtype="int64"),
    "pandas, of an index": lambda items: pd.Series(
        items, index=range(9, 9 + len(items)), dtype=int
    ),
    "pandas, nullable": lambda items: pd.Series(items, dtype="Int64"),
    "pandas, nullable floats": lambda items: pd.Series(items, dtype="Float64"),
    "pandas, of Arrow": lambda items: pd.Series(items, dtype="int64[pyarrow]"),
    "pandas, objects": lambda items: pd.Series(items, dtype=object),
    "polars": lambda items: pl.Series(items, dtype=pl.Int32),
    "polars, in chunks": polars_chunks,
    "Arrow": lambda items: pa.array(items, pa.int64()),
    "Arrow int32": lambda items: pa.array(items, pa.int32()),
    "Arrow floats": lambda items: pa.array(items, pa.float64()),
    "Arrow, from an offset": lambda items: pa.array([None, 1, *items], pa.int64())[2:],
    "Arrow, in chunks": lambda items: chunked(items, pa.int64()),
    "Arrow, in a dictionary": lambda items: pa.array(items, pa.int64()).dictionary_encode(),
}

integer_columns = pytest.mark.parametrize("column", INTEGER_COLUMNS.values(), ids=INTEGER_COLUMNS)

int32 = st.one_of(st.integers(-(2**31), 2**31 - 1), st.sampled_from([-(2**31), 0, 2**31 - 1]))


@integer_columns
@trials(25)
@given(e7=st.lists(int32, max_size=40))
def test_columns_of_integers(column: Column, e7: list[int]) -> None:
    index = FeatureIndex(column(e7), column(e7), None)
    assert index.lats_e7.tolist() == e7
    assert index.lons_e7.tolist() == e7
    expected = FeatureIndex(e7, e7)
    assert index.fingerprint == expected.fingerprint
    assert index.find_many(column(e7), column(e7)).tolist() == [e7.index(item) for item in e7]
    assert path_length(column(e7), column(e7)) == path_length(e7, e7)
    many = haversine_many(column(e7), column(e7), column(e7[::-1]), column(e7))
    assert many.tolist() == haversine_many(e7, e7, e7[::-1], e7).tolist()
    builder = FeatureIndexBuilder()
    builder.extend_names(column(e7), column(e7))
    offsets = array.array("i", [0] * (len(e7) + 1))
    builder.extend(column(e7), column(e7), offsets, b"")
    assert builder.build().lats_e7.tolist() == e7 * 2


NARROW = [np.int8, np.uint8, np.int16, np.uint16, np.uint32, np.uint64, np.float16, np.float32]


@pytest.mark.parametrize("type", NARROW)
@pytest.mark.parametrize("make", [np.asarray, pa.array], ids=["numpy", "Arrow"])
@trials(25)
@given(data=st.data())
def test_numbers_of_any_width(type: Any, make: Any, data: st.DataObject) -> None:
    numbers = data.draw(st.lists(st.integers(0, 100), max_size=9))
    if np.dtype(type).kind in "if":
        numbers = [-number for number in numbers]
    for swapped in (False, True) if make is np.asarray else (False,):
        dtype = np.dtype(type).newbyteorder() if swapped else np.dtype(type)
        column = make(np.array(numbers, dtype))
        assert FeatureIndex(column, column).lats_e7.tolist() == numbers
        sixtieths = [number * 10_000_000 for number in numbers if abs(number) <= 90]
        degrees = make(np.array([each for each in numbers if abs(each) <= 90], dtype))
        assert e7_from_latitudes(degrees).tolist() == sixtieths


@trials(100)
@given(bits=st.lists(st.integers(0, 2**16 - 1), min_size=1))
def test_half_floats_are_numpys(bits: list[int]) -> None:
    halves = np.array(bits, np.uint16).view(np.float16)
    in_range = halves[np.abs(halves) <= 180]  # no NaN either
    expected = e7_from_longitudes(in_range.astype(float)).tolist()
    assert e7_from_longitudes(in_range).tolist() == expected


DEGREE_COLUMNS: dict[str, Column] = {
    "list": list,
    "generator": iter,
    "array": lambda items: array.array("d", items),
    "float64": lambda items: np.array(items, float),
    "strided": lambda items: strided(np.array(items, float)),
    "byte-swapped": lambda items: np.array(items, np.dtype(float).newbyteorder()),
    "objects": lambda items: np.array(items, object),
    "pandas": lambda items: pd.Series(items, dtype=float),
    "pandas, nullable": lambda items: pd.Series(items, dtype="Float64"),
    "polars": lambda items: pl.Series(items, dtype=pl.Float64),
    "Arrow": lambda items: pa.array(items, pa.float64()),
    "Arrow, in chunks": lambda items: chunked(items, pa.float64()),
}


@pytest.mark.parametrize("column", DEGREE_COLUMNS.values(), ids=DEGREE_COLUMNS)
@trials(25)
@given(degrees=st.lists(st.floats(-90, 90), max_size=40))
def test_columns_of_degrees(column: Column, degrees: list[float]) -> None:
    e7 = [round(each * 1e7) for each in degrees]
    index = FeatureIndex.from_degrees(column(degrees), column(degrees))
    assert index.lats_e7.tolist() == index.lons_e7.tolist() == e7
    assert e7_from_latitudes(column(degrees)).tolist() == e7


@pytest.mark.parametrize("type", [np.float32, np.int16, "Float32"])
def test_degrees_of_other_types(type: Any) -> None:
    column = pd.Series([48, -5], dtype=type) if type == "Float32" else np.array([48, -5], type)
    index = FeatureIndex.from_degrees(column, column)
    assert index.lats_e7.tolist() == [480_000_000, -50_000_000]


def test_places_of_geopandas() -> None:
    places = gpd.GeoDataFrame(
        {"name": ["a", None]}, geometry=gpd.points_from_xy([16.5, -180], [48.25, -90])
    )
    index = FeatureIndex.from_degrees(places.geometry.y, places.geometry.x, places["name"])
    assert [index.location(i) for i in range(2)] == [
        (482_500_000, 165_000_000),
        (-900_000_000, -1_800_000_000),
    ]
    assert [index.name(i) for i in range(2)] == ["a", ""]


# --- names ---

NAME_COLUMNS: dict[str, Column] = {
    "__array__ alone": lambda items: OnlyArray(np.array(items, object)),
    "tuple": tuple,
    "generator": iter,
    "numpy objects": lambda items: np.array(items, object),
    "pandas": lambda items: pd.Series(items, dtype=object),
    "pandas strings": lambda items: pd.Series(items, dtype="string"),
    "pandas categories": lambda items: pd.Series(items, dtype="category"),
    "polars": lambda items: pl.Series(items, dtype=pl.String),
    "polars categories": lambda items: pl.Series(items, dtype=pl.Categorical),
    "Arrow": lambda items: pa.array(items, pa.string()),
    "large Arrow": lambda items: pa.array(items, pa.large_string()),
    "Arrow views": lambda items: pa.array(items, pa.string_view()),
    "Arrow, from an offset": lambda items: pa.array(["no", None, *items], pa.string())[2:],
    "Arrow views, from an offset": lambda items: pa.array(["n" * 20, *items], pa.string_view())[1:],
    "Arrow dictionary": lambda items: pa.array(items, pa.string()).dictionary_encode(),
    "Arrow dictionary, from an offset": lambda items: (
        pa.array(["no", *items]).cast(pa.string()).dictionary_encode()[1:]
    ),
    "Arrow dictionary of large texts": lambda items: pa.array(
        items, pa.large_string()
    ).dictionary_encode(),
    "Arrow, in chunks": lambda items: chunked(items, pa.string()),
    "Arrow dictionary, in chunks": lambda items: chunked(items, pa.string()).dictionary_encode(),
}

texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20)


@pytest.mark.parametrize("column", NAME_COLUMNS.values(), ids=NAME_COLUMNS)
@trials(25)
@given(names=st.lists(st.none() | texts, max_size=20))
def test_columns_of_names(column: Column, names: list[str | None]) -> None:
    zeros, expected = [0] * len(names), [name or "" for name in names]
    index = FeatureIndex(zeros, zeros, column(names))
    assert [index.name(i) for i in range(len(index))] == expected
    builder = FeatureIndexBuilder()
    builder.extend_names(zeros, zeros, column(names))
    assert builder.build().fingerprint == index.fingerprint


@trials(25)
@given(names=st.lists(texts, max_size=20))
def test_numpy_columns_of_names(names: list[str]) -> None:
    zeros = [0] * len(names)
    for type in ("U", np.dtype("U").newbyteorder()):
        column: Any = np.array(names, type)
        index = FeatureIndex(zeros, zeros, column)
        assert [index.name(i) for i in range(len(index))] == names


@pytest.mark.parametrize("missing", [None, float("nan"), np.float64("nan")])
def test_missing_names(missing: Any) -> None:
    index = FeatureIndex([0, 0], [0, 0], ["x", missing])
    assert [index.name(0), index.name(1)] == ["x", ""]


def test_missing_names_of_pandas() -> None:
    for names in (["x", pd.NA], pd.Series(["x", np.nan]), pd.Series(["x", None])):
        index = FeatureIndex([0, 0], [0, 0], names)
        assert [index.name(0), index.name(1)] == ["x", ""]


def test_no_names() -> None:
    for index in (FeatureIndex([1, 2], [3, 4]), FeatureIndex([1, 2], [3, 4], pa.nulls(2))):
        assert index.unnamed_count() == 2
    assert FeatureIndex.from_degrees([1], [2], None).unnamed_count() == 1


# --- what is refused ---

E7_FAULTS: dict[str, tuple[Callable[[], Any], type[Exception], str]] = {
    "fraction in a list": (
        lambda: [1, 48.2],
        ValueError,
        "[1]: expected E7 integers, not 48.2; FeatureIndex.from_degrees and e7_from_latitudes "
        "take degrees",
    ),
    "fraction": (lambda: np.array([1, 48.2]), ValueError, "[1]: expected E7 integers, not 48.2;"),
    "fraction of Arrow": (lambda: pa.array([1, 2.5]), ValueError, "[1]: expected E7 integers, not"),
    "None": (lambda: [1, None], ValueError, "[1] is missing"),
    "NaN": (lambda: np.array([1, np.nan]), ValueError, "[1] is missing"),
    "NaN in a list": (lambda: [1, float("nan")], ValueError, "[1] is missing"),
    "pandas.NA": (lambda: [1, pd.NA], ValueError, "[1] is missing"),
    "missing in pandas": (lambda: pd.Series([1, None]), ValueError, "[1] is missing"),
    "nullable in pandas": (lambda: pd.Series([1, None], dtype="Int64"), ValueError, "[1] is miss"),
    "missing in polars": (lambda: pl.Series([1, None]), ValueError, "[1] is missing"),
    "null": (lambda: pa.array([1, None]), ValueError, "[1] is missing"),
    "null in a chunk": (lambda: chunked([1, None], pa.int64()), ValueError, "[1] is missing"),
    "nulls alone": (lambda: pa.nulls(2), ValueError, "[0] is missing"),
    "beyond 32 bits": (
        lambda: np.array([1, 2**31]),
        OverflowError,
        "[1]: 2147483648 does not fit in 32 bits",
    ),
    "beyond 64 bits": (
        lambda: np.array([1, 2**64 - 1], np.uint64),
        OverflowError,
        "[1]: 18446744073709551615 does not fit in 32 bits",
    ),
    "infinity": (lambda: [1, float("inf")], OverflowError, "[1]: inf does not fit in 32 bits"),
    "large float": (lambda: [1, -1e300], OverflowError, "[1]: -1e+300 does not fit in 32 bits"),
    "texts of Arrow": (lambda: pa.array(["a", "b"]), TypeError, "[0]: expected E7 integers, not "),
    "texts of polars": (lambda: pl.Series(["a", "b"]), TypeError, ": expected "),
    "dates": (
        lambda: np.array(["2026", "2027"], "M8[s]"),
        TypeError,
        ": expected a column of E7 integers, not numpy.ndarray: cannot include dtype 'M'",
    ),
    "dates of pandas": (
        lambda: pd.Series(pd.date_range("2026", periods=2)),
        TypeError,
        ": expected a column of E7 integers, not ",
    ),
    "a complex number": (
        lambda: [1, np.complex128(5)],
        TypeError,
        "[1]: expected E7 integers, not",
    ),
    "a table": (lambda: pd.DataFrame({"x": [1, 2]}), TypeError, ": expected one dimension, not 2"),
}


@pytest.mark.parametrize(("column", "error", "words"), E7_FAULTS.values(), ids=E7_FAULTS)
def test_wrong_e7_columns(column: Callable[[], Any], error: type[Exception], words: str) -> None:
    with pytest.raises(error, match="^" + re.escape("lats_e7" + words)):
        FeatureIndex(column(), [0, 0])
    with pytest.raises(error, match="^" + re.escape("lons_e7" + words)):
        path_length([0, 0], column())


@pytest.mark.parametrize(
    ("column", "words"),
    [
        (lambda: [1, 90.5], "[1]: 90.5 is not between -90 and 90"),
        (lambda: np.array([1, -91], np.int16), "[1]: -91.0 is not between -90 and 90"),
        (
            lambda: [1, 481_234_567],
            "[1]: 481234567.0 is not between -90 and 90; FeatureIndex takes E7 integers",
        ),
        (lambda: [1, 10**30], "[1]: inf is not between -90 and 90; FeatureIndex takes E7 integers"),
        (
            lambda: [1, -(10**30)],
            "[1]: -inf is not between -90 and 90; FeatureIndex takes E7 integers",
        ),
        (
            lambda: np.array([1, 2**64 - 1], np.uint64),
            "[1]: 1.8446744073709552e+19 is not between -90 and 90; FeatureIndex takes E7 integers",
        ),
        (lambda: [1, None], "[1] is missing"),
        (lambda: np.array([1, np.nan]), "[1] is missing"),
        (lambda: pd.Series([1, None], dtype="Float64"), "[1] is missing"),
        (lambda: pa.array([1, None]), "[1] is missing"),
    ],
)
def test_wrong_degrees(column: Callable[[], Any], words: str) -> None:
    with pytest.raises(ValueError, match="^" + re.escape("latitudes" + words) + "$"):
        FeatureIndex.from_degrees(column(), [0, 0])


def test_lengths_of_degrees_and_names() -> None:
    with pytest.raises(ValueError, match="latitudes and longitudes differ in length: 1 and 2"):
        FeatureIndex.from_degrees([1], [1, 2])
    for names in (["a"], pa.array(["a"]), pa.chunked_array([["a"]])):
        with pytest.raises(ValueError, match="latitudes and names differ in length: 2 and 1"):
            FeatureIndex.from_degrees([1, 2], [1, 2], names)


def test_names_of_another_type() -> None:
    for names in (np.array([1, 2]), pd.Series([1, 2]), pa.array([1, 2]), pl.Series([1, 2])):
        with pytest.raises(TypeError, match=r"^names\[0\]: expected a str or None, not "):
            FeatureIndex([0, 0], [0, 0], names)


# --- whole degrees taken for E7 ---

WORDS = (
    "all coordinates are within 0.000018 degrees of 0, 0: FeatureIndex.from_degrees takes degrees"
)


@pytest.mark.parametrize(
    ("lats", "lons"), [([48], [16]), ([90, -90], [180, -180]), ([0], [1]), ([-1], [0])]
)
def test_columns_like_degrees_are_warned_of(lats: list[int], lons: list[int]) -> None:
    for column in (list, np.array, pa.array):
        with pytest.warns(routeguide_c.DegreesWarning, match=f"^{WORDS}$") as caught:
            FeatureIndex(column(lats), column(lons))
        assert caught[0].filename == __file__


@pytest.mark.parametrize(
    ("lats", "lons"),
    [([], []), ([0, 0], [0, 0]), ([91], [0]), ([0], [181]), ([1, 2, 1000], [1, 2, 3])],
)
def test_other_columns_are_not_warned_of(lats: list[int], lons: list[int]) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        FeatureIndex(lats, lons)
        FeatureIndex.from_degrees([1e-7], [1e-7])


def test_a_warning_may_be_an_error() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(routeguide_c.DegreesWarning):
            FeatureIndex([48], [16], ["Vienna"])
        index = FeatureIndex([0], [0])
        with pytest.raises(routeguide_c.DegreesWarning, match=r"FeatureIndex\.degrees takes"):
            index.find(48, 16)
        assert index.find(0, 0) == 0
