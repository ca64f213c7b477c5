"""docs/snapshot-format.md: its example byte for byte, its tables by an independent reader."""

import re
import struct
import sys
from pathlib import Path

import pytest
from support.indexes import encoded, index_of
from support.oracle import Point
from support.snapshot_format import (
    CHECKSUM_AT,
    HEADER_BEGINS,
    HEADER_SIZE,
    SECTIONS,
    crc32c,
    entries,
    with_right_checksums,
)
from support.strategies import Field

from routeguide_c import FeatureIndex, SnapshotError

DOCUMENT = (Path(__file__).parents[2] / "docs/snapshot-format.md").read_text(encoding="utf-8")
GRID_IDS = 10

pytestmark = pytest.mark.skipif(sys.byteorder != "little", reason="the example is little-endian")


def dump(file: bytes) -> list[str]:
    """Format bytes as hexdump -C does; repeated lines become one asterisk."""
    lines: list[str] = []
    above = None
    for at in range(0, len(file), 16):
        row = file[at : at + 16]
        if row == above:
            if lines[-1] != "*":
                lines.append("*")
            continue
        above = row
        text = "".join(chr(byte) if 32 <= byte < 127 else "." for byte in row)
        lines.append(f"{at:08x}  {row[:8].hex(' ')}  {row[8:].hex(' ')}  |{text}|")
    return [*lines, f"{len(file):08x}"]


def test_the_example_equals_a_saved_file(tmp_path: Path) -> None:
    """If the format changes, its version has to change, and the page has to be updated."""
    blocks = re.findall(r"^```(\w*)\n(.*?)^```", DOCUMENT, re.DOTALL | re.MULTILINE)
    (example,) = [text for language, text in blocks if language == "python"]
    path = tmp_path / "example.rgx"
    exec(example, {"FeatureIndex": FeatureIndex, "path": path})
    shown = [line for language, text in blocks if not language for line in text.splitlines()]
    assert shown == dump(path.read_bytes())


@pytest.fixture
def points() -> list[Point]:
    return Field("clusters", 600, 1).points


@pytest.fixture
def file(points: list[Point], tmp_path: Path) -> bytes:
    index_of(points, [f"näme {i}" * (i % 3) for i in range(600)]).save(tmp_path / "a.rgx", b"data")
    return (tmp_path / "a.rgx").read_bytes()


def section(file: bytes, number: int) -> bytes:
    entry = entries(file)[number]
    return file[entry.offset : entry.offset + entry.size]


def numbers(file: bytes, number: int, letter: str) -> list[int]:
    data = section(file, number)
    return list(struct.unpack(f"<{len(data) // struct.calcsize(letter)}{letter}", data))


def test_the_header_is_as_described(file: bytes, points: list[Point]) -> None:
    lats_e7, lons_e7 = zip(*points, strict=True)
    assert HEADER_BEGINS.unpack_from(file) == (
        *(b"\x89RGX\r\n\x1a\n", 0x01020304, 1, len(file), 600, SECTIONS),
        *(min(lats_e7), min(lons_e7), max(lats_e7), max(lons_e7)),
    )
    assert file[344:CHECKSUM_AT] == bytes(36)
    assert struct.unpack_from("<I", file, CHECKSUM_AT)[0] == crc32c(file[:CHECKSUM_AT])
    end = HEADER_SIZE
    for number, entry in enumerate(entries(file)):
        assert (entry.number, entry.offset) == (number, end)
        assert entry.checksum == crc32c(file[entry.offset : entry.end])
        assert not any(file[entry.offset + entry.size : entry.end])
        end = entry.end
    assert end == len(file)


def test_the_checksum_is_the_one_named() -> None:
    assert crc32c(b"123456789") == 0xE3069283


def test_the_store_is_as_described(file: bytes, points: list[Point], tmp_path: Path) -> None:
    index = FeatureIndex.open(tmp_path / "a.rgx")
    assert section(file, 0) == b"data"
    assert list(zip(numbers(file, 1, "i"), numbers(file, 2, "i"), strict=True)) == points
    bases, offsets, blob = numbers(file, 3, "Q"), numbers(file, 4, "I"), section(file, 5)
    assert len(bases) == 3
    begins = [bases[i // 256] + offset for i, offset in enumerate(offsets)]
    ends = [*begins[1:], len(blob)]
    assert [blob[begin:end] for begin, end in zip(begins, ends, strict=True)] == [
        encoded(index, id) for id in range(600)
    ]


def test_the_grid_is_as_described(file: bytes, points: list[Point]) -> None:
    starts, ids = numbers(file, 7, "I"), numbers(file, GRID_IDS, "I")
    lats_e7, lons_e7 = numbers(file, 8, "i"), numbers(file, 9, "i")
    assert ids[600:] == lats_e7[600:] == lons_e7[600:] == [0] * 8
    assert sorted(ids[:600]) == list(range(600))
    assert [points[id] for id in ids[:600]] == list(zip(lats_e7, lons_e7, strict=True))[:600]
    nodes = list(struct.iter_unpack("<4i8I", section(file, 6)))
    assert len(nodes) > 1
    for south, west, north, east, rows, cols, row_factor, col_factor, first, *_ in nodes:
        assert row_factor == (rows * 2**32 - 1) // (north - south + 1)
        assert col_factor == (cols * 2**32 - 1) // (east - west + 1)
        for cell in range(rows * cols):
            for at in range(starts[first + cell], starts[first + cell + 1]):
                row = (lats_e7[at] - south + 1) * row_factor >> 32
                col = (lons_e7[at] - west + 1) * col_factor >> 32
                assert row * cols + col == cell


def test_the_table_is_as_described(file: bytes, points: list[Point]) -> None:
    found: dict[int, int] = {}
    for *keys_and_ids, used, overflowed in struct.iter_unpack("<5Q5IHH", section(file, 11)):
        keys, ids = keys_and_ids[:5], keys_and_ids[5:]
        assert overflowed <= (used == 5)
        assert keys[used:] == keys[:1] * (5 - used)
        assert ids[used:] == [0] * (5 - used)
        found.update(zip(keys[:used], ids[:used], strict=True))
    assert len(section(file, 11)) // 64 == 2 * 600 // 7 + 1
    assert found == {
        (lat_e7 % 2**32 << 32) + lon_e7 % 2**32: points.index((lat_e7, lon_e7))
        for lat_e7, lon_e7 in points
    }


def refusal(path: Path, file: bytes) -> str:
    path.write_bytes(file)
    with pytest.raises(SnapshotError) as error:
        FeatureIndex.open(path)
    return str(error.value)


def test_sections_have_the_names_of_the_page(file: bytes, tmp_path: Path) -> None:
    rows = re.findall(r"^\| (\d+) \| ([a-z ]+) \| [^|]+ \| [^|]*\|$", DOCUMENT, re.MULTILINE)
    named = {int(number): name for number, name in rows if int(number) < SECTIONS}
    assert sorted(named) == list(range(SECTIONS))
    for entry in entries(file):
        changed = bytearray(file)
        changed[entry.offset] ^= 1
        message = refusal(tmp_path / "b.rgx", bytes(changed))
        assert f"{named[entry.number]}: its checksum does not match" in message


@pytest.mark.parametrize(
    ("number", "to", "message"),
    [
        (GRID_IDS, None, "grid ids: an id is there twice"),
        (GRID_IDS, 600, "grid ids: an id is too large"),
        (8, 7, "grid latitudes: a point is not the store's"),
        (9, 7, "grid latitudes: a point is not the store's"),
    ],
)
def test_a_grid_of_other_features_is_refused(
    file: bytes, tmp_path: Path, number: int, to: int | None, message: str
) -> None:
    """With correct checksums, one entry repeats another one or is out of range."""
    changed = bytearray(file)
    at = entries(file)[number].offset
    other = bytes(file[at + 40 : at + 44]) if to is None else struct.pack("<i", to)
    changed[at : at + 4] = other
    path = tmp_path / "b.rgx"
    assert message in refusal(path, with_right_checksums(bytes(changed)))
    # Unverified it opens, and is still no danger.
    index = FeatureIndex.open(path, verify=False)
    assert len(index) == 600
