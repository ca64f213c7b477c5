"""Degrees to E7, and bytes counted, against Python's own arithmetic."""

import array
import re
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.strategies import trials

from routeguide_c import e7_from_latitudes, e7_from_longitudes
from routeguide_c._core import count_byte


def doubles(*degrees: float) -> "array.array[float]":
    return array.array("d", degrees)


@trials(200)
@given(st.lists(st.floats(-180, 360), max_size=1200))
def test_degrees_are_rounded_as_python_rounds(degrees: list[float]) -> None:
    expected = [round(each * 1e7) - (3_600_000_000 if each > 180 else 0) for each in degrees]
    assert e7_from_longitudes(doubles(*degrees), wrap=True).tolist() == expected


@trials(200)
@given(st.lists(st.integers(-1_800_000_000, 1_800_000_000)))
def test_seven_decimals_are_exact(e7: list[int]) -> None:
    texts = [f"{'-' if each < 0 else ''}{abs(each) // 10**7}.{abs(each) % 10**7:07}" for each in e7]
    assert e7_from_longitudes(doubles(*map(float, texts))).tolist() == e7


@pytest.mark.parametrize("outside", [90.00000001, -91, float("nan"), float("inf"), 1e300])
@pytest.mark.parametrize("position", [0, 511, 512, 700])
def test_the_first_outside_is_named(outside: float, position: int) -> None:
    degrees = doubles(*[5.0] * position, outside, outside)
    fault = f"latitudes[{position}]: {float(outside)} is not between -90 and 90"
    if outside > 1000:
        fault += "; FeatureIndex takes E7 integers"
    if outside != outside:
        fault = f"latitudes[{position}] is missing"
    with pytest.raises(ValueError, match=f"^{re.escape(fault)}$"):
        e7_from_latitudes(degrees)


@pytest.mark.parametrize("wrap", [False, True])
def test_longitudes_end_at_180_or_at_360(wrap: bool) -> None:
    most = 360 if wrap else 180
    assert e7_from_longitudes(doubles(-180, 180), wrap=wrap).tolist() == [
        -1_800_000_000,
        1_800_000_000,
    ]
    for outside in (most + 1e-7, -180.0000001):
        fault = f"longitudes[1]: {outside} is not between -180 and {most}"
        with pytest.raises(ValueError, match=f"^{re.escape(fault)}$"):
            e7_from_longitudes(doubles(0, outside), wrap=wrap)


def test_degrees_at_any_alignment() -> None:
    shifted = memoryview(b"!" + doubles(*[1.5] * 700).tobytes())[1:].cast("d")
    assert e7_from_latitudes(shifted).tolist() == [15_000_000] * 700


def test_degrees_are_a_column_of_numbers() -> None:
    wrong: Any
    for wrong, words in (
        (5, ": expected a column of degrees, not int"),
        ("5", ": expected a column of degrees, not str"),
        (["5"], "[0]: expected degrees, not str"),
        (np.zeros((2, 2)), ": expected one dimension, not 2"),
    ):
        with pytest.raises(TypeError, match="^" + re.escape("latitudes" + words)):
            e7_from_latitudes(wrong)


@trials(200)
@given(data=st.binary(max_size=400), times=st.sampled_from([1, 3, 100]), byte=st.integers(0, 255))
def test_bytes_are_counted(data: bytes, times: int, byte: int) -> None:
    assert count_byte(data * times, byte) == (data * times).count(byte)


def test_more_of_a_byte_than_a_byte_counts() -> None:
    assert count_byte(bytearray(10**6), 0) == 10**6
    assert count_byte(b"ab" * 10**6, ord("b")) == 10**6


@pytest.mark.parametrize("byte", [-1, 256, 2**100])
def test_other_numbers_than_bytes_are_refused(byte: int) -> None:
    with pytest.raises(ValueError, match=f"^byte: expected 0 to 255, not {byte}$"):
        count_byte(b"", byte)
    with pytest.raises(TypeError, match=r"^data: expected a buffer of bytes, not str"):
        count_byte("text", 1)  # type: ignore[arg-type]
