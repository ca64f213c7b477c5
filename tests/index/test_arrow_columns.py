"""Columns by Arrow's C data interface: malformed ones are refused, all are released once."""

import struct
from collections.abc import Callable
from typing import Any

import pytest
from support.arrow_by_hand import Chunks, Column, Release, ints, numbers

from routeguide_c import FeatureIndex


def names_of(column: Any, count: int) -> list[str]:
    index = FeatureIndex([0] * count, [0] * count, column)
    return [index.name(i) for i in range(count)]


def view(text: bytes, buffer: int = 0, offset: int = 0) -> bytes:
    if len(text) <= 12:
        return struct.pack("=i12s", len(text), text)
    return struct.pack("=i4sii", len(text), text[:4], buffer, offset)


LONG = b"more than twelve bytes"


def test_arrays_are_read() -> None:
    column = numbers(7, 8, 9)
    assert FeatureIndex(column, [1, 2, 3]).lats_e7.tolist() == [7, 8, 9]
    assert column.released == 0  # that is left to the capsule
    column = Column(b"i", 2, [None, ints(7, 8, 9)], offset=1)
    assert FeatureIndex(column, [1, 2]).lats_e7.tolist() == [8, 9]
    assert names_of(Column(b"u", 2, [b"\2", ints(0, 1, 3), b"abc"], null_count=-1), 2) == ["", "bc"]
    views = view(b"short") + view(LONG, 1, 2)
    lengths = struct.pack("=2q", 0, 2 + len(LONG))
    column = Column(b"vu", 2, [None, views, None, b"__" + LONG, lengths])
    assert names_of(column, 2) == ["short", LONG.decode()]


def test_streams_are_read_and_their_arrays_released() -> None:
    parts = [numbers(7, 8), numbers(), numbers(9)]
    stream = Chunks(*parts)
    assert FeatureIndex(stream, [1, 2, 3]).lats_e7.tolist() == [7, 8, 9]
    assert [part.released for part in parts] == [1, 1, 1]
    assert stream.schemas_released == 1
    parts = [numbers(i) for i in range(20)]
    assert FeatureIndex(Chunks(*parts), range(20)).lats_e7.tolist() == list(range(20))
    assert [part.released for part in parts] == [1] * 20
    assert FeatureIndex(Chunks(numbers()), []).lats_e7.tolist() == []


def test_a_failing_stream_is_reported() -> None:
    part = numbers(7)
    with pytest.raises(ValueError, match=r"^lats_e7: the Arrow stream failed: the reason$"):
        FeatureIndex(Chunks(part, broken=True), [1])
    assert part.released == 1
    with pytest.raises(ValueError, match=r"^names: the Arrow stream failed: the reason$"):
        FeatureIndex([1], [1], Chunks(part, schema_fails=True))


def test_nulls_are_named() -> None:
    column = Column(b"i", 2, [b"\1", ints(7, 8)], null_count=1)
    with pytest.raises(ValueError, match=r"^lats_e7\[1\] is missing$"):
        FeatureIndex(column, [1, 2])
    parts = numbers(7, 8), Column(b"i", 1, [b"\0", ints(9)], null_count=-1)
    with pytest.raises(ValueError, match=r"^lats_e7\[2\] is missing$"):
        FeatureIndex(Chunks(*parts), [1, 2, 3])
    assert [part.released for part in parts] == [1, 1]


MALFORMED: dict[str, Callable[[], Column]] = {
    "length": lambda: Column(b"i", -1, [None, ints(7)]),
    "offset": lambda: Column(b"i", 1, [None, ints(7)], offset=-1),
    "length and offset": lambda: Column(b"i", 2**62, [None, ints(7)], offset=2**62),
    "too long": lambda: Column(b"i", 2**63 - 1, [None, ints(7)]),
    "no buffers": lambda: Column(b"i", 1, []),
    "one buffer": lambda: Column(b"i", 1, [None]),
    "three buffers": lambda: Column(b"i", 1, [None, ints(7), b""]),
    "no values": lambda: Column(b"i", 1, [None, None]),
    "nulls without a bitmap": lambda: Column(b"i", 1, [None, ints(7)], null_count=1),
}


@pytest.mark.parametrize("column", MALFORMED.values(), ids=MALFORMED)
def test_malformed_numbers_are_refused(column: Callable[[], Column]) -> None:
    with pytest.raises(ValueError, match=r"^lats_e7: malformed Arrow data"):
        FeatureIndex(column(), [1])
    part = column()
    with pytest.raises(ValueError, match=r"^lats_e7: malformed Arrow data"):
        FeatureIndex(Chunks(part), [1])
    assert part.released == 1


WIDE = struct.pack("=2q", 0, -1)

MALFORMED_NAMES: dict[str, Callable[[], Column]] = {
    "descending offsets": lambda: Column(b"u", 1, [None, ints(1, 0), b"ab"]),
    "negative offsets": lambda: Column(b"u", 1, [None, ints(-1, 1), b"ab"]),
    "descending wide offsets": lambda: Column(b"U", 1, [None, WIDE, b"ab"]),
    "no bytes": lambda: Column(b"u", 1, [None, ints(0, 1), None]),
    "negative view": lambda: Column(b"vu", 1, [None, ints(-1, 0, 0, 0), LONG, WIDE]),
    "no such buffer": lambda: Column(
        b"vu", 1, [None, view(LONG, 1), LONG, struct.pack("=q", len(LONG))]
    ),
    "negative buffer": lambda: Column(
        b"vu", 1, [None, view(LONG, -1), LONG, struct.pack("=q", len(LONG))]
    ),
    "beyond its buffer": lambda: Column(
        b"vu", 1, [None, view(LONG, 0, 1), LONG, struct.pack("=q", len(LONG))]
    ),
    "buffer of negative length": lambda: Column(
        b"vu", 1, [None, view(LONG, 0, 1), LONG, struct.pack("=q", -(2**63))]
    ),
    "negative offset": lambda: Column(
        b"vu", 1, [None, view(LONG, 0, -1), LONG, struct.pack("=q", len(LONG))]
    ),
    "absent buffer": lambda: Column(
        b"vu", 1, [None, view(LONG), None, struct.pack("=q", len(LONG))]
    ),
    "no such index": lambda: Column(
        b"i", 1, [None, ints(1)], Column(b"u", 1, [None, ints(0, 1), b"a"])
    ),
    "negative index": lambda: Column(
        b"i", 1, [None, ints(-1)], Column(b"u", 1, [None, ints(0, 1), b"a"])
    ),
}


@pytest.mark.parametrize("column", MALFORMED_NAMES.values(), ids=MALFORMED_NAMES)
def test_malformed_names_are_refused(column: Callable[[], Column]) -> None:
    with pytest.raises(ValueError, match=r"^names\[0\]: malformed Arrow data$"):
        names_of(column(), 1)


def test_names_have_to_be_utf8() -> None:
    with pytest.raises(ValueError, match=r"^names\[1\]: not UTF-8$"):
        names_of(Column(b"u", 2, [None, ints(0, 1, 2), b"a\xff"]), 2)


def test_names_without_their_dictionary_are_refused() -> None:
    column = Column(b"i", 1, [None, ints(0)], Column(b"u", 1, [None, ints(0, 1), b"a"]))
    column.array.dictionary = None
    with pytest.raises(ValueError, match=r"^names: malformed Arrow data: no dictionary$"):
        names_of(column, 1)


def test_other_formats_are_left_to_other_protocols() -> None:
    for format in (b"+s", b"tdD", b"z", b"b", b"u"):
        column = Column(format, 1, [None, b"12345678", b"1"])
        with pytest.raises(TypeError, match=r"^lats_e7: expected a column of E7 integers, not Col"):
            FeatureIndex(column, [1])


class Wrong:
    def __init__(self, answer: object) -> None:
        self.answer = answer

    def __arrow_c_array__(self) -> object:
        return self.answer


def test_capsules_have_to_be_the_interfaces() -> None:
    capsules = numbers(1).__arrow_c_array__()
    wrong: Any
    for wrong in (None, (1, 2), capsules[:1], capsules[::-1], (*capsules, 1)):
        with pytest.raises(ValueError, match=r"^lats_e7: malformed Arrow data"):
            FeatureIndex(Wrong(wrong), [1])  # type: ignore[arg-type]
    used = numbers(1)
    used.array.release = Release()
    with pytest.raises(ValueError, match="malformed Arrow data: the array was used already"):
        FeatureIndex(used, [1])
