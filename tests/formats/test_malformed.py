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
from routeguide.domain.database import DatabaseError, load
from routeguide.formats.faults import SourceError
from routeguide.formats.model import ReadOptions
from routeguide.formats.route_files import RouteError, read_route
from support.commands import run
from support.reading import Feature, read

from routeguide_c import FeatureIndex

DIGITS = "9" * 5000  # more than Python makes an integer of
POINT = '{"type":"Feature","geometry":{"type":"Point","coordinates":[%s,1]}}'
COLLECTION = '{"type":"FeatureCollection","features":[%s]}'
RECORD = '{"location":{"latitude":%s,"longitude":1}%s}'

LONG_MEMBER = f',"x":{DIGITS}'
TOO_LONG = r"longer than 1 MiB|Unterminated string|not a collection"

# A sound file of each format of text, with names, on several lines.
SOUND = {
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


@pytest.mark.parametrize("format", SOUND)
@pytest.mark.parametrize("kind", MALFORMED)
def test_what_is_no_text_is_told(tmp_path: Path, format: str, kind: str) -> None:
    data, told = MALFORMED[kind]
    path = tmp_path / "places"
    path.write_bytes(data)
    with pytest.raises(SourceError) as refused:
        read(path, format)
    assert str(refused.value) == f"{path}: {told}"


@pytest.mark.parametrize("format", SOUND)
@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-32", "cp037"])
def test_other_encodings_that_are_said(tmp_path: Path, format: str, encoding: str) -> None:
    path = tmp_path / "places"
    path.write_bytes(SOUND[format].encode(encoding))
    features, rejects = read(path, format, ReadOptions(encoding=encoding))
    assert (len(features), rejects) == (9, [])
    path.write_bytes("".encode(encoding))
    with pytest.raises(SourceError, match="the file is empty"):
        read(path, format, ReadOptions(encoding=encoding))


@pytest.mark.parametrize("format", SOUND)
def test_a_line_without_an_end_is_told(
    tmp_path: Path, format: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And not gathered, however long it is: here it is four times what is allowed."""
    for module in ("text", "json_list"):
        monkeypatch.setattr(f"routeguide.formats.{module}.LINE_LIMIT", 1 << 20)
    path = tmp_path / "places"
    opening = SOUND[format].rpartition("a place")[0] or '{"x":"'
    path.write_text(opening + "x" * (4 << 20), encoding="utf-8")
    with pytest.raises(SourceError, match=TOO_LONG):
        read(path, format)


@pytest.mark.parametrize(("format", "closed"), [("json", "[]"), ("geojson", COLLECTION % "" + " ")])
def test_what_follows_a_list_is_not_gathered(
    tmp_path: Path, format: str, closed: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("routeguide.formats.json_list.LINE_LIMIT", 1 << 20)
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
    ("data", "told"),
    [
        (f"[{RECORD % (DIGITS, '')}]", "record 1: location.latitude: "),
        (f"[{RECORD % (1, LONG_MEMBER)},]", "record 2: not JSON: "),
        (f"[{DIGITS}]", "record 1: "),
        (DIGITS, ""),
    ],
)
def test_a_database_with_such_numbers_is_told(tmp_path: Path, data: str, told: str) -> None:
    path = tmp_path / "places.json"
    path.write_text(data, encoding="utf-8")
    with pytest.raises(DatabaseError) as refused:
        load(path)
    assert str(refused.value).startswith(f"{path}: {told}")
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
    ([[1.0], [2.0]], ["lat", "lon"], geo("g", "WKB"), "no column 'g', where its points should be"),
    ([[b""]], ["g"], geo("g", "WKB", "h"), "no column 'g', where its points should be"),
    ([[{"a": 1.0, "b": 2.0}]], ["g"], geo("g", "point"),
     "column 'g' holds struct<a: double, b: double>, not points"),
    ([[{"x": "1", "y": "2"}]], ["g"], geo("g", "point"),
     "column 'g' holds struct<x: string, y: string>, not points"),
    ([["1"], ["2"]], ["lat", "lon"], {}, "column 'lat' holds string, not numbers"),
    ([[1.0], [2.0]], ["a", "b"], {}, "no latitude column among 'a', 'b': name it with --lat"),
]  # fmt: skip


@pytest.mark.parametrize(("columns", "names", "metadata", "told"), TABLES)
def test_tables_without_places_are_told(
    tmp_path: Path, columns: list[Any], names: list[str], metadata: dict[str, str], told: str
) -> None:
    path = tmp_path / "places.parquet"
    write(path, columns, names, metadata)
    with pytest.raises(SourceError) as refused:
        read(path)
    assert str(refused.value) == f"{path}: {told}"


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


def test_a_table_out_of_a_pipe_is_not_gathered_without_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    arrow_files = pytest.importorskip("routeguide.formats.arrow_files")
    monkeypatch.setattr(arrow_files, "_MOST_IN_MEMORY", 1 << 20)
    path = tmp_path / "places.parquet.gz"
    path.write_bytes(gzip.compress(b"\0" * (64 << 20)))
    with pytest.raises(SourceError, match="unpack it into one"):
        read(path)


def test_nothing_is_written_of_any(tmp_path: Path) -> None:
    """The command, once for each format; what it says is tested above."""
    for format, sound in SOUND.items():
        data = sound.encode()
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
def test_a_snapshot_with_a_damaged_name_is_told(tmp_path: Path, question: tuple[str, ...]) -> None:
    path = tmp_path / "places.rgx"
    FeatureIndex([10_000_000], [20_000_000], ["a place"]).save(path)
    path.write_bytes(path.read_bytes().replace(b"a place", b"a \xffplace"[:7]))
    name, *rest = question
    done = run(name, path, *rest)
    assert (done.returncode, done.stdout) == (1, "")
    fault = "damaged: a name is not UTF-8; import it again"
    assert done.stderr == f"routeguide {name}: {path}: {fault}\n"


@pytest.mark.parametrize(
    "line", ["1_0 2", "\u0661 2", '1,"2\n3"', '1,"' + " " * 200_000 + '2"', "1"]
)
def test_a_line_of_a_route_is_two_numbers(tmp_path: Path, line: str) -> None:
    csv.field_size_limit(1 << 17)  # as it is where nothing was imported before
    path = tmp_path / "route.txt"
    path.write_text(f"40 -74\n{line}\n41 -75\n", encoding="utf-8")
    with pytest.raises(RouteError) as refused:
        read_route(path)
    lines = (2, 3) if "\n" in line else (2,)
    told = [f"{path}: line {number}: expected a latitude and a longitude" for number in lines]
    assert str(refused.value) in told
