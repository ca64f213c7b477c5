"""FeatureIndexBuilder: pieces of any size and form make the same index as all at once."""

import array
import sys
import threading
from collections.abc import Callable
from typing import Any

import numpy
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from support.indexes import encoded, index_of
from support.oracle import Point
from support.strategies import any_name, any_point, trials

from routeguide_c import FeatureIndex, FeatureIndexBuilder

Row = tuple[Point, str]

rows = st.lists(st.tuples(any_point, any_name | st.text(min_size=130, max_size=200)), max_size=30)


def content(index: FeatureIndex) -> list[bytes]:
    return [encoded(index, id) for id in range(len(index))]


def e7s(values: list[int]) -> Any:
    return array.array("i", values)


def columns(rows: list[Row]) -> tuple[Any, Any]:
    return e7s([lat_e7 for (lat_e7, _), _ in rows]), e7s([lon_e7 for (_, lon_e7), _ in rows])


def arrow(names: list[bytes], before: bytes = b"", letter: str = "i") -> tuple[Any, bytes]:
    """Lay names out as Arrow does, after some bytes that belong to no name."""
    offsets = [len(before)]
    for name in names:
        offsets.append(offsets[-1] + len(name))
    return array.array(letter, offsets), before + b"".join(names) + before


def arrow_of(rows: list[Row], before: bytes = b"", letter: str = "i") -> tuple[Any, bytes]:
    return arrow([name.encode() for _, name in rows], before, letter)


# --- what is built ---


@trials(150)
@given(data=st.data(), pieces=st.lists(rows, max_size=5))
def test_pieces_make_the_same_index_as_all_at_once(
    data: st.DataObject, pieces: list[list[Row]]
) -> None:
    builder = FeatureIndexBuilder(data.draw(st.integers(0, 100)))
    added = 0
    for piece in pieces:
        lats_e7, lons_e7 = columns(piece)
        if data.draw(st.booleans()):
            builder.extend_names(lats_e7, lons_e7, [name for _, name in piece])
        else:
            before = data.draw(st.binary(max_size=3))
            builder.extend(
                lats_e7, lons_e7, *arrow_of(piece, before, data.draw(st.sampled_from("iq")))
            )
        added += len(piece)
        assert len(builder) == added
    every = [row for piece in pieces for row in piece]
    index, at_once = builder.build(), index_of([p for p, _ in every], [name for _, name in every])
    assert content(index) == content(at_once)
    assert index.bounds == at_once.bounds
    assert index.fingerprint == at_once.fingerprint
    assert index.nbytes == at_once.nbytes
    assert all(index.find(*point) == at_once.find(*point) for point, _ in every)


def test_many_rows_in_pieces_of_all_sizes() -> None:
    """Cross the ends of groups and of blocks that are copied at once."""
    rows = [((i * 7919 % 100_003, -i), f"näme {i}" * (i % 4)) for i in range(9_000)]
    builder, begin = FeatureIndexBuilder(), 0
    for size in (0, 1, 255, 256, 257, 511, 512, 513, 1, 1025, 5_669):
        piece = rows[begin : begin + size]
        builder.extend(*columns(piece), *arrow_of(piece))
        begin += size
    assert begin == len(rows) == len(builder)
    index = builder.build()
    at_once = index_of([point for point, _ in rows], [name for _, name in rows])
    assert content(index) == content(at_once)


def test_a_builder_is_empty_after_build() -> None:
    builder = FeatureIndexBuilder(expected_count=3)
    assert len(builder.build()) == len(builder.build()) == 0
    builder.extend_names([1], [2], ["one"])
    assert repr(builder) == "<FeatureIndexBuilder of 1 feature>"
    first = builder.build()
    assert repr(first) == "<FeatureIndex of 1 feature>"
    assert repr(builder) == "<FeatureIndexBuilder of 0 features>"
    assert len(builder) == 0
    builder.extend_names([3], [4], ["two"])
    assert content(builder.build()) == content(index_of([(3, 4)], ["two"]))
    assert first.name(0) == "one"


def test_columns_in_every_form() -> None:
    expected = content(index_of([(1, 2), (3, 4)], ["a", "bc"]))
    offsets: list[Any] = [
        array.array("i", [0, 1, 3]),
        array.array("q", [0, 1, 3]),
        array.array("l", [0, 1, 3]),
        numpy.array([0, 1, 3], numpy.int32),
        numpy.array([0, 1, 3], numpy.int64),
        memoryview(b"." + array.array("i", [0, 1, 3]).tobytes())[1:].cast("i"),
        memoryview(b"." + array.array("q", [0, 1, 3]).tobytes())[1:].cast("q"),
    ]
    names: list[Any] = [
        b"abc",
        bytearray(b"abc"),
        memoryview(b"abc"),
        array.array("b", b"abc"),
        numpy.frombuffer(b"abc", numpy.uint8),
    ]
    lats: list[Any] = [[1, 3], (1, 3), array.array("i", [1, 3]), numpy.array([1, 3], numpy.int32)]
    for each in offsets:
        for bytes_ in names:
            for lat in lats:
                builder = FeatureIndexBuilder()
                builder.extend(lat, [2, 4], each, bytes_)
                assert content(builder.build()) == expected


def test_no_rows_may_have_no_offset() -> None:
    builder = FeatureIndexBuilder()
    builder.extend([], [], array.array("i"), b"")
    builder.extend([], [], array.array("i", [0]), b"")
    assert len(builder.build()) == 0


# --- what is refused ---

OFFSETS = "the offsets of the names do not ascend within their bytes"
UTF8 = "a feature's name is not UTF-8"

WRONG: list[tuple[list[int], bytes, str]] = [
    ([0, 1, 0], b"abc", f"row 1: {OFFSETS}"),
    ([2, 1, 3], b"abc", f"row 0: {OFFSETS}"),
    ([-1, 1, 3], b"abc", f"row 0: {OFFSETS}"),
    ([0, 1, 4], b"abc", f"row 1: {OFFSETS}"),
    ([0, 4, 4], b"abc", f"row 0: {OFFSETS}"),
    ([0, 2**31 - 1, 2**31 - 1], b"abc", f"row 0: {OFFSETS}"),
    ([4, 4, 4], b"abc", f"row 0: {OFFSETS}"),
    ([0, 1, 3], b"a\xff\xff", f"row 1: {UTF8}"),
    ([0, 1, 3], b"\x80bc", f"row 0: {UTF8}"),
    # A character that is cut in two, in bytes that are UTF-8 as a whole.
    ([0, 1, 2], "é".encode(), f"row 0: {UTF8}"),
]


def filled() -> FeatureIndexBuilder:
    builder = FeatureIndexBuilder()
    builder.extend_names([5, -7], [6, 8], ["before", "and this"])
    return builder


@pytest.mark.parametrize("letter", "iq")
@pytest.mark.parametrize(("offsets", "bytes_", "words"), WRONG)
def test_a_wrong_row_is_named_and_nothing_is_kept(
    letter: str, offsets: list[int], bytes_: bytes, words: str
) -> None:
    builder = filled()
    with pytest.raises(ValueError, match=f"^{words}$"):
        builder.extend([1, 3], [2, 10**9], array.array(letter, offsets), bytes_)
    assert len(builder) == 2
    index = builder.build()
    assert content(index) == content(filled().build())
    assert index.bounds == (-7, 6, 5, 8)


def test_the_row_is_right_in_a_large_piece() -> None:
    for wrong in (0, 511, 512, 1999):
        names = [b"name"] * 2000
        names[wrong] = b"\xc3"
        builder = filled()
        with pytest.raises(ValueError, match=f"^row {wrong}: {UTF8}$"):
            builder.extend([0] * 2000, [0] * 2000, *arrow(names))
        assert content(builder.build()) == content(filled().build())


def test_after_a_wrong_name_nothing_is_kept() -> None:
    wrong: Any = ["one", 2]
    builder = filled()
    with pytest.raises(TypeError, match=r"names\[1\]: expected a str or None, not int"):
        builder.extend_names([1, 3], [2, 4], wrong)
    with pytest.raises(ValueError, match=r"names\[1\]: lone surrogates have no UTF-8"):
        builder.extend_names([1, 3], [2, 4], ["one", "\udcff"])
    with pytest.raises(ValueError, match=r"^row 1: a feature's name is too long$"):
        builder.extend_names([1, 3], [2, 4], ["one", "x" * 0xFFFF01])
    with pytest.raises(ValueError, match="lats_e7 and names differ in length: 1 and 2"):
        builder.extend_names([1], [2], ["one", "two"])
    with pytest.raises(TypeError, match="names: expected a column of str, not one str"):
        builder.extend_names([1], [2], "x")
    assert content(builder.build()) == content(filled().build())


def test_names_have_a_greatest_length() -> None:
    builder = filled()
    with pytest.raises(ValueError, match=r"^row 1: a feature's name is too long$"):
        builder.extend([1, 3], [2, 4], *arrow([b"", b"x" * 0xFFFF01]))
    builder.extend([1, 3], [2, 4], *arrow([b"", b"x" * 0xFFFF00]))
    assert len(builder.build().name(3)) == 0xFFFF00


def test_wrong_columns_are_refused() -> None:
    builder = filled()
    offsets: Any = array.array("i", [0, 1])
    wrong: Any = [0, 1]
    one: Any = "a"
    with pytest.raises(ValueError, match="name_offsets: expected one more than the 2 of lats_e7"):
        builder.extend([1, 3], [2, 4], offsets, b"a")
    with pytest.raises(ValueError, match="lats_e7 and lons_e7 differ in length: 2 and 1"):
        builder.extend([1, 3], [2], offsets, b"a")
    with pytest.raises(TypeError, match="name_offsets: expected a buffer of 32-bit or 64-bit"):
        builder.extend([1], [2], wrong, b"a")
    with pytest.raises(TypeError, match="name_offsets: .* not format 'I'"):  # noqa: RUF043
        builder.extend([1], [2], array.array("I", [0, 1]), b"a")
    with pytest.raises(TypeError, match="name_bytes: expected a buffer of bytes, not str"):
        builder.extend([1], [2], offsets, one)
    with pytest.raises(ValueError, match="name_bytes: the buffer must be C-contiguous"):
        builder.extend([1], [2], offsets, memoryview(b"abc")[::2])
    with pytest.raises(ValueError, match="expected_count must not be negative: -1"):
        FeatureIndexBuilder(-1)
    with pytest.raises(ValueError, match="too many features for one index"):
        FeatureIndexBuilder(2**31)
    assert content(builder.build()) == content(filled().build())


# --- UTF-8 ---

# Bytes around every border of the table of well-formed sequences.
TELLING = bytes.fromhex("00 7f 80 8f 90 9f a0 bf c0 c1 c2 df e0 e1 ec ed ee ef f0 f1 f3 f4 f5 ff")

maybe_utf8 = st.one_of(
    st.binary(max_size=12),
    st.lists(st.sampled_from(TELLING), max_size=9).map(bytes),
    st.text(max_size=9).map(str.encode),
    st.builds(
        lambda text, at, byte: text[: at % (len(text) + 1)] + byte + text[at % (len(text) + 1) :],
        st.text(max_size=20).map(str.encode),
        st.integers(0, 99),
        st.sampled_from([b"", *(TELLING[i : i + 1] for i in range(len(TELLING)))]),
    ),
)


def is_utf8(name: bytes) -> bool:
    try:
        name.decode()
    except UnicodeDecodeError:
        return False
    return True


def is_taken(name: bytes) -> bool:
    builder = FeatureIndexBuilder()
    try:
        builder.extend([0], [0], *arrow([name]))
    except ValueError:
        return False
    assert builder.build().name(0) == name.decode()
    return True


@trials(500)
@given(name=maybe_utf8)
@example(name=b"12345678\xf4\x8f\xbf\xbf")
@example(name=b"1234567\xf4\x90\x80\x80")
def test_names_are_accepted_if_python_decodes_them(name: bytes) -> None:
    assert is_taken(name) == is_utf8(name)


def test_every_pair_of_bytes_is_accepted_if_python_decodes_it() -> None:
    """Each pair also with the continuation bytes that may follow it."""
    for lead in range(0x80, 0x100):
        for second in (*range(0x7E, 0x82), *range(0x8E, 0x92), *range(0x9E, 0xA2), 0xBF, 0xC0):
            for rest in (b"", b"\x80", b"\xbf\x80", b"\x80\xc0"):
                name = bytes([lead, second]) + rest
                assert is_taken(name) == is_utf8(name), name


# --- threads ---


def test_a_builder_in_use_refuses_other_threads() -> None:
    """A call finds the builder in use, or runs before or after that of the other thread."""
    count = 50_000
    piece = (e7s([1] * count), e7s([2] * count), *arrow([b"name"] * count))
    builder, taken = FeatureIndexBuilder(), [0] * 4
    refused: list[str] = []
    together = threading.Barrier(4)

    def add(thread: int) -> None:
        together.wait()
        for _ in range(20):
            try:
                builder.extend(*piece)
                taken[thread] += 1
            except RuntimeError as error:
                refused.append(str(error))

    threads = [threading.Thread(target=add, args=(i,)) for i in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(refused) + sum(taken) == 80
    assert set(refused) <= {"the builder is in use by another thread"}
    assert len(builder) == sum(taken) * count
    index = builder.build()
    assert len(index) == sum(taken) * count
    assert index.name(0) == index.name(len(index) - 1) == "name"


class CallsBack:
    """A coordinate whose __index__ uses the builder that reads it."""

    def __init__(self, call: Callable[[], object]) -> None:
        self.call = call

    def __index__(self) -> int:
        self.call()
        return 1


def test_a_coordinate_may_use_the_builder_itself() -> None:
    builder = filled()
    wrong: Any = [CallsBack(lambda: builder.extend_names([9], [9], ["inner"]))]
    builder.extend(wrong, [2], *arrow([b"outer"]))
    index = builder.build()
    assert [index.name(id) for id in range(4)] == ["before", "and this", "inner", "outer"]


def test_bytes_that_change_meanwhile_are_checked() -> None:
    """The builder accepts or refuses some mixture of the bytes."""
    count = 20_000
    names = bytearray("é".encode() * count)
    offsets: Any = numpy.arange(0, 2 * count + 1, 2, dtype=numpy.int64)
    e7s_of_all: Any = numpy.zeros(count, numpy.int32)
    done = threading.Event()

    def write() -> None:
        while not done.is_set():
            names[:] = b"\xff" * len(names)
            offsets[count // 2 :] = 2**40
            names[:] = "é".encode() * count
            offsets[:] = numpy.arange(0, 2 * count + 1, 2, dtype=numpy.int64)

    writer = threading.Thread(target=write)
    writer.start()
    outcomes = {True: 0, False: 0}
    try:
        for _ in range(60):
            builder = FeatureIndexBuilder()
            try:
                builder.extend(e7s_of_all, e7s_of_all, offsets, names)
            except ValueError:
                outcomes[False] += 1
                assert len(builder) == 0
                continue
            outcomes[True] += 1
            index = builder.build()
            assert {index.name(id) for id in range(count)} == {"é"}
    finally:
        done.set()
        writer.join()
    assert sum(outcomes.values()) == 60


def test_building_keeps_no_reference() -> None:
    names = array.array("b", b"abc")
    before = sys.getrefcount(names)
    builder = FeatureIndexBuilder()
    builder.extend([1], [2], array.array("i", [0, 3]), names)
    assert sys.getrefcount(names) == before
