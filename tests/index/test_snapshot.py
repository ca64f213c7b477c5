"""Snapshots: an opened index equals the saved one, and damaged files are refused."""

import array
import os
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support import oracle
from support.indexes import encoded, index_of
from support.oracle import INT32_MAX, INT32_MIN, Point
from support.strategies import Field, any_name, fields, point_lists, rectangles_on, trials

from routeguide_c import FeatureIndex, SnapshotError, Trip

EVERYWHERE = (INT32_MIN, INT32_MIN, INT32_MAX, INT32_MAX)

WAYS = [{"verify": verify, "map": map} for verify in (True, False) for map in (True, False)]


def content(index: FeatureIndex) -> dict[str, object]:
    ids = range(len(index))
    return {
        "bounds": index.bounds,
        "encoded": [encoded(index, id) for id in ids],
        "locations": [index.location(id) for id in ids],
        "names": [index.name(id) for id in ids],
        "all": index.query(*EVERYWHERE).tolist(),
        "first at": [index.find(*index.location(id)) for id in ids],
    }


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the path of a file that each test overwrites."""
    return tmp_path_factory.mktemp("snapshots") / "places.rgx"


@pytest.fixture
def hundred(path: Path) -> bytearray:
    """Return the bytes of a sound snapshot of 100 features."""
    index = index_of(Field("clusters", 100, 1).points, [f"näme {i}" * (i % 3) for i in range(100)])
    index.save(path, b"metadata")
    return bytearray(path.read_bytes())


# --- what an opened index has ---


@trials(150)
@given(data=st.data(), points=point_lists)
def test_an_opened_index_equals_the_saved_one(
    path: Path, data: st.DataObject, points: list[Point]
) -> None:
    names = data.draw(st.lists(any_name, min_size=len(points), max_size=len(points)))
    index = index_of(points, names)
    index.save(path)
    for way in WAYS:
        opened = FeatureIndex.open(path, **way)
        assert content(opened) == content(index)
        assert content(opened)["names"] == names
        rectangle = data.draw(rectangles_on(points))
        assert opened.query(*rectangle).tolist() == oracle.query(points, rectangle)


@trials(100)
@given(field=fields)
def test_an_opened_index_answers_as_the_oracle_does(path: Path, field: Field) -> None:
    index_of(field.points).save(path)
    opened = FeatureIndex.open(path)
    lats_e7, lons_e7 = [*zip(*field.points, strict=True)] or ((), ())
    first = [oracle.find(field.points, *point) for point in field.points[:20]]
    assert opened.find_many(lats_e7[:20], lons_e7[:20]).tolist() == first
    for rectangle in field.rectangles(5):
        assert opened.query(*rectangle).tolist() == oracle.query(field.points, rectangle)


def test_an_opened_index_can_be_used_as_a_built_one(path: Path) -> None:
    index_of([(1, 2), (3, 4)], ["one", "two"]).save(path)
    opened = FeatureIndex.open(path)
    assert type(opened) is FeatureIndex
    assert repr(opened) == "<FeatureIndex of 2 features>"
    trip = Trip(opened)
    del opened
    trip.visit(3, 4)
    assert trip.feature_count == 1


def test_nbytes_of_an_opened_index_is_the_files_size(path: Path) -> None:
    index_of(Field("on_earth", 1000, 1).points).save(path)
    for way in WAYS:
        assert FeatureIndex.open(path, **way).nbytes == path.stat().st_size


def test_an_opened_index_is_saved_again_byte_for_byte(path: Path, hundred: bytearray) -> None:
    FeatureIndex.open(path).save(path.with_name("again.rgx"))
    assert path.with_name("again.rgx").read_bytes() == hundred


def test_one_index_gives_the_same_bytes_each_time(path: Path) -> None:
    files = []
    for _ in range(2):
        index_of(Field("nested", 1000, 1).points).save(path, b"x")
        files.append(path.read_bytes())
    assert files[0] == files[1]


# --- metadata ---


def test_metadata_is_kept(path: Path) -> None:
    index = index_of([(1, 2)])
    assert index.metadata == b""
    for metadata in (b"", b"x", bytes(range(256)), b"x" * 65536):
        index.save(path, metadata)
        assert index.metadata == b""
        for way in WAYS:
            assert FeatureIndex.open(path, **way).metadata == metadata


def test_metadata_is_saved_again_by_default(path: Path) -> None:
    index_of([(1, 2)]).save(path, metadata=b"first")
    FeatureIndex.open(path).save(path)
    assert FeatureIndex.open(path).metadata == b"first"
    FeatureIndex.open(path).save(path, metadata=None)
    assert FeatureIndex.open(path).metadata == b"first"
    FeatureIndex.open(path).save(path, metadata=b"")
    assert FeatureIndex.open(path).metadata == b""


@pytest.mark.parametrize("kind", [bytearray, memoryview, lambda text: array.array("B", text)])
def test_metadata_may_be_any_bytes_like_object(path: Path, kind: Callable[[bytes], Any]) -> None:
    index_of([(1, 2)]).save(path, kind(b"metadata"))
    assert FeatureIndex.open(path).metadata == b"metadata"


def test_metadata_of_another_type_or_size_is_refused(path: Path) -> None:
    index: Any = index_of([(1, 2)])
    path.unlink(missing_ok=True)
    with pytest.raises(TypeError, match="metadata: expected a bytes-like object or None, not str"):
        index.save(path, "text")
    with pytest.raises(ValueError, match="the metadata is larger than 64 KiB"):
        index.save(path, bytes(65537))
    assert not path.exists()


# --- what is refused ---


def refuse(path: Path, file: bytes | bytearray, **way: bool) -> str:
    path.write_bytes(file)
    with pytest.raises(SnapshotError) as error:
        FeatureIndex.open(path, **way)
    message = str(error.value)
    assert message.startswith(repr(str(path)))
    assert "\n" not in message
    return message


def test_flipped_bits_are_refused(path: Path, hundred: bytearray) -> None:
    """Flip a sample of the bits; the C tests flip all."""
    random = Random(1)
    bits = [*range(64), *(random.randrange(8 * len(hundred)) for _ in range(1000))]
    for bit in bits:
        hundred[bit // 8] ^= 1 << bit % 8
        refuse(path, hundred, map=bool(bit % 2))
        hundred[bit // 8] ^= 1 << bit % 8


def test_other_lengths_are_refused(path: Path, hundred: bytearray) -> None:
    size = len(hundred)
    for length in (0, 1, 7, 8, 383, 384, 385, *range(1000, size, 571), size - 1):
        refuse(path, hundred[:length], verify=False)
    for more in (1, 64, 4096):
        refuse(path, hundred + bytes(more), verify=False)


@pytest.mark.parametrize(
    ("at", "to", "message"),
    [
        (0, b"GIF89a\x01\x00", "header: it is not the header of a snapshot"),
        (8, b"\x01\x02\x03\x04", "header: it has the byte order of another machine"),
        (12, b"\x02\x00\x00\x00", "has version 2 of the snapshot format, which this version"),
        (16, b"\x00", "header: its checksum does not match"),
        (384, b"M", "metadata: its checksum does not match"),
        (-1, b"\x01", "table: its checksum does not match"),
    ],
)
def test_the_message_says_what_is_wrong(
    path: Path, hundred: bytearray, at: int, to: bytes, message: str
) -> None:
    at %= len(hundred)
    hundred[at : at + len(to)] = to
    assert message in refuse(path, hundred)
    assert "again" in refuse(path, hundred)


@pytest.mark.parametrize("text", [b"", b"[]", b'[{"location": {}}]' * 100])
def test_other_files_are_refused(path: Path, text: bytes) -> None:
    for way in WAYS:
        refuse(path, text, **way)


def test_damage_in_an_unverified_file_does_not_crash(path: Path, hundred: bytearray) -> None:
    """A wrong byte after the header gives answers or SnapshotError, but no crash."""
    random = Random(2)
    rectangles = Field("clusters", 100, 1).rectangles(3)
    ends = {True: 0, False: 0}
    for _ in range(1500):
        file = bytearray(hundred)
        for _ in range(random.choice((1, 1, 5))):
            file[random.randrange(384, len(file))] = random.choice((0, 1, 127, 128, 255))
        path.write_bytes(file)
        index = FeatureIndex.open(path, verify=False, map=random.random() < 0.5)
        try:
            content(index)
            for rectangle in rectangles:
                assert all(id < 100 for id in index.query(*rectangle))
            ends[True] += 1
        except (SnapshotError, UnicodeDecodeError):
            ends[False] += 1
    assert min(ends.values()) > 50


def test_snapshot_error_is_a_value_error() -> None:
    assert issubclass(SnapshotError, ValueError)
    assert SnapshotError.__module__ == "routeguide_c"


# --- paths ---


@pytest.mark.parametrize("kind", [str, os.fsencode, Path])
def test_paths_are_str_bytes_or_path_like(path: Path, kind: Callable[[Path], Any]) -> None:
    named = path.with_name("ünamed.rgx")
    index_of([(1, 2)]).save(kind(named))
    assert len(FeatureIndex.open(kind(named))) == 1
    named.unlink()
    with pytest.raises(FileNotFoundError) as error:
        FeatureIndex.open(kind(named))
    assert error.value.filename == os.fspath(kind(named))


def test_relative_paths_start_at_the_working_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    index_of([(1, 2)]).save("places.rgx")
    assert [*tmp_path.iterdir()] == [tmp_path / "places.rgx"]
    assert len(FeatureIndex.open("places.rgx")) == 1


def test_arguments_have_names(path: Path) -> None:
    index_of([(1, 2)]).save(path=path, metadata=b"x")
    assert FeatureIndex.open(path=path, verify=False, map=False).metadata == b"x"


@pytest.mark.parametrize("wrong", [None, 3, ["path"]])
def test_other_types_than_paths_are_refused(wrong: Any) -> None:
    with pytest.raises(TypeError):
        FeatureIndex.open(wrong)
    with pytest.raises(TypeError):
        index_of([]).save(wrong)


def test_a_path_with_a_nul_is_refused() -> None:
    with pytest.raises(ValueError, match="null byte"):
        FeatureIndex.open("a\0b")
