"""Each kind of malformed input, in each format: one line that says what is wrong, or a reject."""

from __future__ import annotations

import codecs
import csv
import gzip
import json
import struct
from pathlib import Path
from typing import Any

import pytest
from routeguide.domain import record_list
from routeguide.domain.database import DatabaseError, load
from routeguide.formats.base import text
from routeguide.formats.base.faults import SourceError
from routeguide.formats.base.model import ReadOptions, Reject
from routeguide.formats.route_files import read_route
from support.in_process import run
from support.reading import Feature, read

from routeguide_c import FeatureIndex

DIGITS = "9" * 5000  # more than int() accepts
POINT = '{"type":"Feature","geometry":{"type":"Point","coordinates":[%s,1]}}'
COLLECTION = '{"type":"FeatureCollection","features":[%s]}'
RECORD = '{"location":{"latitude":%s,"longitude":1}%s}'

LONG_MEMBER = f',"x":{DIGITS}'
TOO_LONG = r"longer than 1 MiB|Unterminated string|not a collection"

# A valid file of each text format, with names, on several lines.
VALID = {
    "csv": "lat,lon,name\n" + "1,2,a place\n" * 9,
    "tsv": "lat\tlon\tname\n" + "1\t2\ta place\n" * 9,
    "geonames": ("1\ta place\ta\t\t1\t2" + "\t" * 13 + "\n") * 9,
    "json": "[" + ",\n".join([RECORD % (1, ',"name":"a place"')] * 9) + "]",
    "geojson": COLLECTION % ",\n".join([POINT % 1] * 9),
    "geojsonl": (POINT % 1 + "\n") * 9,
}
MARK = codecs.BOM_UTF8
MALFORMED = {
    "empty": (b"", "the file is empty"),
    "a mark alone": (MARK, "the file is empty"),
    "gzip of nothing": (gzip.compress(b""), "the file is empty"),
    "gzip's first bytes": (b"\x1f\x8b", "the gzip data end early: the file is truncated"),
    "UTF-16": (codecs.BOM_UTF16_LE + b"1\0", "it is UTF-16: say so with --encoding utf-16"),
    "UTF-32": (codecs.BOM_UTF32_LE + b"1\0\0\0", "it is UTF-32: say so with --encoding utf-32"),
}


@pytest.mark.parametrize("format", VALID)
@pytest.mark.parametrize("kind", MALFORMED)
def test_text_that_cannot_be_decoded_is_refused(tmp_path: Path, format: str, kind: str) -> None:
    data, message = MALFORMED[kind]
    path = tmp_path / "places"
    path.write_bytes(data)
    with pytest.raises(SourceError) as refused:
        read(path, format)
    assert str(refused.value) == f"{path}: {message}"


@pytest.mark.parametrize("format", VALID)
@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-32", "cp037"])
def test_other_encodings_can_be_given(tmp_path: Path, format: str, encoding: str) -> None:
    path = tmp_path / "places"
    path.write_bytes(VALID[format].encode(encoding))
    features, rejects = read(path, format, ReadOptions(encoding=encoding))
    assert (len(features), rejects) == (9, [])
    path.write_bytes("".encode(encoding))
    with pytest.raises(SourceError, match="the file is empty"):
        read(path, format, ReadOptions(encoding=encoding))


@pytest.mark.parametrize("format", VALID)
def test_an_endless_line_is_refused_and_not_kept_in_memory(
    tmp_path: Path, format: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The file here is four times the limit."""
    monkeypatch.setattr(text, "LINE_LIMIT", 1 << 20)
    monkeypatch.setattr(record_list, "RECORD_LIMIT", 1 << 20)
    path = tmp_path / "places"
    opening = VALID[format].rpartition("a place")[0] or '{"x":"'
    path.write_text(opening + "x" * (4 << 20), encoding="utf-8")
    with pytest.raises(SourceError, match=TOO_LONG):
        read(path, format)


@pytest.mark.parametrize(("format", "closed"), [("json", "[]"), ("geojson", COLLECTION % "" + " ")])
def test_text_after_a_list_is_not_kept_in_memory(
    tmp_path: Path, format: str, closed: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(record_list, "RECORD_LIMIT", 1 << 20)
    path = tmp_path / "places"
    path.write_text(closed + " " * (4 << 20), encoding="utf-8")
    with pytest.raises(SourceError, match="more than 1 MiB after the end of the list"):
        read(path, format)


# Format, text, features kept, and line, record, field of each reject.
NUMBERS = [
    ("json", f"[{RECORD % (DIGITS, '')},{RECORD % (2, '')}]", 1, [(1, 1, "location.latitude")]),
    ("json", f"[{RECORD % (1, LONG_MEMBER)}]", 1, []),
    ("json", f"[{RECORD % ('1e999', '')},{RECORD % (2, '')}]", 1, [(1, 1, "location.latitude")]),
    ("geojson", COLLECTION % f"{POINT % DIGITS},{POINT % 5}", 1,
     [(1, 1, "geometry.coordinates[0]")]),
    ("geojson", COLLECTION % f"{POINT % '1e999'},{POINT % 5}", 1,
     [(1, 1, "geometry.coordinates[0]")]),
    ("geojson", COLLECTION % f"{POINT % '1e308'},{POINT % 5}", 1, [(1, 1, "longitude")]),
    ("geojsonl", f"{POINT % DIGITS}\n{POINT % 5}\n", 1, [(1, 0, "geometry.coordinates[0]")]),
    ("csv", f"lat,lon\n{DIGITS},1\n1e308,1\n1,-inf\n1,2\n", 1,
     [(2, 0, "latitude"), (3, 0, "latitude"), (4, 0, "longitude")]),
    ("csv", f"lat_e7,lon_e7\n{DIGITS},1\n1,-9223372036854775808\n1,2\n", 1,
     [(2, 0, "latitude"), (3, 0, "longitude")]),
    ("csv", "lat,lon\n1,2\n3,4\r5,6\n", 1, [(3, 0, "")]),
]  # fmt: skip


@pytest.mark.parametrize(("format", "data", "kept", "places"), NUMBERS)
def test_numbers_that_are_too_large_are_rejected(
    tmp_path: Path, format: str, data: str, kept: int, places: list[tuple[int, int, str]]
) -> None:
    path = tmp_path / "places"
    path.write_bytes(data.encode())
    features, rejects = read(path, format)
    assert len(features) == kept
    assert [(reject.line, reject.record, reject.field) for reject in rejects] == places
    assert not any("Python" in reject.reason or "universal" in reject.reason for reject in rejects)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (f"[{RECORD % (DIGITS, '')}]", "record 1: location.latitude: "),
        (f"[{RECORD % (1, LONG_MEMBER)},]", "record 2: not JSON: "),
        (f"[{DIGITS}]", "record 1: "),
        (DIGITS, ""),
    ],
)
def test_a_database_with_very_long_numbers_is_refused(
    tmp_path: Path, data: str, message: str
) -> None:
    path = tmp_path / "places.json"
    path.write_text(data, encoding="utf-8")
    with pytest.raises(DatabaseError) as refused:
        load(path)
    assert str(refused.value).startswith(f"{path}: {message}")
    assert "Exceeds the limit" not in str(refused.value)


def test_a_file_of_blank_lines_has_no_columns(tmp_path: Path) -> None:
    path = tmp_path / "places.csv"
    path.write_bytes(b"\n\n")
    with pytest.raises(SourceError, match=r"places\.csv: line 3: no names of columns"):
        read(path)


# --- tables ---


def geo(column: str, encoding: str, listed: str | None = None) -> dict[str, str]:
    return {
        "geo": json.dumps(
            {"primary_column": column, "columns": {listed or column: {"encoding": encoding}}}
        )
    }


def write(path: Path, columns: list[Any], names: list[str], metadata: dict[str, str]) -> None:
    pa, parquet = pytest.importorskip("pyarrow"), pytest.importorskip("pyarrow.parquet")
    arrays = [column if isinstance(column, pa.Array) else pa.array(column) for column in columns]
    table = pa.Table.from_arrays(arrays, names=names).replace_schema_metadata(metadata)
    parquet.write_table(table, path)


TABLES = [
    ([[1.0], [2.0], [3.0]], ["lat", "lon", "lon"], {}, "several columns 'lon': rename one"),
    ([[1.0], [2.0]], ["lat", "lon"], geo("lat", "WKB"), "column 'lat' holds double, not points"),
    ([[1.0], [2.0]], ["lat", "lon"], geo("lat", "point"), "column 'lat' holds double, not points"),
    ([[1.0], [2.0]], ["lat", "lon"], geo("g", "WKB"), "no column 'g', which should hold points"),
    ([[b""]], ["g"], geo("g", "WKB", "h"), "no column 'g', which should hold points"),
    ([[{"a": 1.0, "b": 2.0}]], ["g"], geo("g", "point"),
     "column 'g' holds struct<a: double, b: double>, not points"),
    ([[{"x": "1", "y": "2"}]], ["g"], geo("g", "point"),
     "column 'g' holds struct<x: string, y: string>, not points"),
    ([["1"], ["2"]], ["lat", "lon"], {}, "column 'lat' holds string, not numbers"),
    ([[1.0], [2.0]], ["a", "b"], {}, "no latitude column among 'a', 'b': name it with --lat"),
]  # fmt: skip


@pytest.mark.parametrize(("columns", "names", "metadata", "message"), TABLES)
def test_tables_without_places_are_refused(
    tmp_path: Path, columns: list[Any], names: list[str], metadata: dict[str, str], message: str
) -> None:
    path = tmp_path / "places.parquet"
    write(path, columns, names, metadata)
    with pytest.raises(SourceError) as refused:
        read(path)
    assert str(refused.value) == f"{path}: {message}"


def test_whole_numbers_of_any_size_in_tables(tmp_path: Path) -> None:
    pa = pytest.importorskip("pyarrow")
    path = tmp_path / "places.parquet"
    for kind, large in ((pa.int64(), [2**62, -(2**63)]), (pa.uint64(), [2**63, 2**64 - 1])):
        numbers = pa.array([1, *large], kind)
        for names, scale in ((["lat", "lon"], 10_000_000), (["lat_e7", "lon_e7"], 1)):
            write(path, [numbers, pa.array([2, 2, 2])], names, {})
            features, rejects = read(path)
            expected: list[Feature] = [(scale, 2 * scale, "")]
            assert features == expected
            places = [(reject.record, reject.field) for reject in rejects]
            assert places == [(2, "latitude"), (3, "latitude")]


def test_a_name_in_a_table_that_is_not_utf8_is_rejected(tmp_path: Path) -> None:
    pa = pytest.importorskip("pyarrow")
    path = tmp_path / "places.parquet"
    names = pa.array([b"\xff", b"a"], pa.binary()).view(pa.string())  # unchecked
    write(path, [[1.0, 3.0], [2.0, 4.0], names], ["lat", "lon", "name"], {})
    features, rejects = read(path)
    assert features == [(30_000_000, 40_000_000, "a")]
    assert rejects == [Reject("", 0, 1, "name", "not UTF-8: '\\udcff'")]


def test_a_compressed_table_is_not_read_into_memory_without_limit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    arrow_files = pytest.importorskip("routeguide.formats.arrow.arrow_files")
    monkeypatch.setattr(arrow_files, "_MOST_IN_MEMORY", 1 << 20)
    path = tmp_path / "places.parquet.gz"
    path.write_bytes(gzip.compress(b"\0" * (64 << 20)))
    with pytest.raises(SourceError, match="unpack it into a file"):
        read(path)


def test_malformed_input_writes_nothing(tmp_path: Path) -> None:
    """The command, once for each format; the messages are tested above."""
    for format, valid in VALID.items():
        data = valid.encode()
        for case in (b"", MARK, gzip.compress(data)[:-9], struct.pack("400B", *([0] * 400))):
            path = tmp_path / "places"
            path.write_bytes(case)
            done = run("import", path, "--format", format, "-o", "a.rgx", "-q", cwd=tmp_path)
            assert done.returncode in (1, 2)
            (line,) = done.stderr.splitlines()
            assert line.startswith("routeguide import: ")
            assert [each.name for each in tmp_path.iterdir()] == ["places"]


@pytest.mark.parametrize(
    "question", [("search", "--", "-90", "-180", "90", "180"), ("get", "--", "1", "2")]
)
def test_a_snapshot_with_a_damaged_name_is_reported(
    tmp_path: Path, question: tuple[str, ...]
) -> None:
    path = tmp_path / "places.rgx"
    FeatureIndex([10_000_000], [20_000_000], ["a place"]).save(path)
    path.write_bytes(path.read_bytes().replace(b"a place", b"a \xffplace"[:7]))
    name, *rest = question
    done = run(name, path, *rest)
    assert (done.returncode, done.stdout) == (1, "")
    fault = "the snapshot is damaged; import it again"
    assert done.stderr == f"routeguide {name}: {path}: {fault}\n"


@pytest.mark.parametrize(
    "line", ["1_0 2", "\u0661 2", '1,"2\n3"', '1,"' + " " * 200_000 + '2"', "1"]
)
def test_a_line_of_a_route_is_two_numbers(tmp_path: Path, line: str) -> None:
    csv.field_size_limit(1 << 17)  # the default, which reading CSV changes
    path = tmp_path / "route.txt"
    path.write_text(f"40 -74\n{line}\n41 -75\n", encoding="utf-8")
    with pytest.raises(SourceError) as refused:
        read_route(path)
    lines = (2, 3) if "\n" in line else (2,)
    message = [f"{path}: line {number}: expected a latitude and a longitude" for number in lines]
    assert str(refused.value) in message
