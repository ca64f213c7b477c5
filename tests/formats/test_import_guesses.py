"""`routeguide import` guesses columns and formats, and reports what it cannot guess."""

from __future__ import annotations

from pathlib import Path

import pytest
from routeguide.formats.base import columns
from routeguide.formats.json import geojson
from support.commands import features_of
from support.documents import DOCS
from support.in_process import run


def imported(folder: Path, *arguments: str) -> tuple[dict[str, str], str]:
    """Import into places.rgx. Returns the summary by its labels, and standard error."""
    done = run("import", *arguments, "-o", "places.rgx", cwd=folder)
    assert done.returncode == 0, done.stderr
    first, *rows = done.stdout.splitlines()
    facts = {"": first} | {row.split()[0]: row.split()[1] for row in rows}
    return facts, done.stderr


def refused(folder: Path, *arguments: str) -> str:
    done = run("import", *arguments, "-o", "places.rgx", cwd=folder)
    assert done.returncode in (1, 2)
    assert not (folder / "places.rgx").exists()
    return done.stderr


def feature(properties: str) -> str:
    point = '{"type": "Point", "coordinates": [16.37, 48.2]}'
    return f'{{"type": "Feature", "geometry": {point}, "properties": {properties}}}\n'


ORTE = "Ort;lat;lon\nWien;48.2;16.37\n"


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("a.csv", ORTE, "no column with names among 'Ort', 'lat', 'lon'"),
        ("a.txt", ORTE, "no column with names among 'Ort', 'lat', 'lon'"),
        ("a.geojson", feature('{"Ort": "Wien"}'), "no name in a property 'name', 'title', 'label'"),
        ("a.jsonl", feature('{"Ort": "Wien"}'), "no name in a property 'name', 'title', 'label'"),
        (
            "b.jsonl",
            '{"lat": 48.2, "lon": 16.37, "Ort": "Wien"}\n',
            "no column with names among 'lat', 'lon', 'Ort'",
        ),
    ],
)  # fmt: skip
def test_missing_names_are_reported(tmp_path: Path, name: str, text: str, message: str) -> None:
    (tmp_path / name).write_text(text, encoding="utf-8")
    facts, errors = imported(tmp_path, name)
    assert (facts["kept"], facts["unnamed"]) == ("1", "1")
    assert errors == f"{name}: {message}: its features are unnamed; see --name\n"
    facts, errors = imported(tmp_path, name, "--name", "Ort")
    assert "unnamed" not in facts
    assert errors == ""
    assert features_of(tmp_path / "places.rgx") == [(482000000, 163700000, "Wien")]


def test_a_table_without_names_is_reported(tmp_path: Path) -> None:
    pa = pytest.importorskip("pyarrow", reason="the extra [arrow] is not installed")
    from pyarrow import parquet

    parquet.write_table(pa.table({"lat": [1.5], "lon": [2.5]}), tmp_path / "a.parquet")
    facts, errors = imported(tmp_path, "a.parquet")
    assert facts["unnamed"] == "1"
    assert errors.startswith("a.parquet: no column with names among 'lat', 'lon'")


def test_the_size_printed_is_that_of_the_file(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("lat,lon,name\n1,2,a\n", encoding="utf-8")
    facts, _ = imported(tmp_path, "a.csv")
    size = (tmp_path / "places.rgx").stat().st_size
    assert facts[""] == f"Wrote places.rgx, {size:,} bytes"


STOPS = "stop_id,stop_name,stop_lat,stop_lon\n1,Karlsplatz,48.2,16.37\n"
DUMP = "1\tWien\tVienna\t\t48.2\t16.37" + "\t" * 13 + "\n"
WIDE = "\t".join(["name", "lat", "lon", *"abcdefghijklmnop"]) + "\nWien\t48.2\t16.37" + "\t" * 16


@pytest.mark.parametrize(
    ("text", "name"),
    [(STOPS, "Karlsplatz"), (DUMP, "Wien"), ("\n" + DUMP, "Wien"), (WIDE, "Wien")],
    ids=["GTFS", "GeoNames", "blank", "wide"],
)
def test_the_first_line_of_a_txt_file_decides_its_format(
    tmp_path: Path, text: str, name: str
) -> None:
    (tmp_path / "a.txt").write_text(text, encoding="utf-8")
    imported(tmp_path, "a.txt")
    assert features_of(tmp_path / "places.rgx") == [(482000000, 163700000, name)]


def test_a_given_format_is_not_overruled(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(STOPS, encoding="utf-8")
    message = refused(tmp_path, "a.txt", "--format", "geonames")
    assert "line 1: 1 field instead of 19" in message
    assert message.endswith("no row of 2 could be kept; nothing was written\n")


@pytest.mark.parametrize(
    ("text", "options"),
    [
        ("name;lat;lon\nWien;48,2;16,37\n", []),
        ('name,lat,lon\nWien,"48,2","16,37"\n', []),
        ("Wien;48,2;16,37\n", ["--no-header", "--name", "1", "--lat", "2", "--lon", "3"]),
    ],
)
def test_decimal_commas(tmp_path: Path, text: str, options: list[str]) -> None:
    (tmp_path / "a.csv").write_text(text, encoding="utf-8")
    imported(tmp_path, "a.csv", "--decimal-comma", *options)
    assert features_of(tmp_path / "places.rgx") == [(482000000, 163700000, "Wien")]


def test_decimal_commas_are_suggested_and_exclude_points(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("lat;lon\n48,2;16,37\n", encoding="utf-8")
    assert "not a number: '48,2'; for decimal commas give --decimal-comma" in refused(
        tmp_path, "a.csv"
    )
    (tmp_path / "a.csv").write_text("lat;lon\n48.2;1,2,3\n", encoding="utf-8")
    message = refused(tmp_path, "a.csv", "--decimal-comma").splitlines()[0]
    assert message == "rejected: a.csv: line 2: latitude: not a number with a decimal comma: '48.2'"


@pytest.mark.parametrize(
    ("line", "hinted"),
    [("10000000,20000000", True), ("90.5,1", False), ("100,1", False), ("1,163700000", True)],
)
def test_e7_numbers_without_the_option_get_a_hint(tmp_path: Path, line: str, hinted: bool) -> None:
    (tmp_path / "a.csv").write_text(f"lat,lon\n{line}\n", encoding="utf-8")
    assert ("; for E7 numbers give --units e7" in refused(tmp_path, "a.csv")) is hinted
    lat, lon = line.split(",")
    point = feature("{}").replace("[16.37, 48.2]", f"[{lon}, {lat}]")
    (tmp_path / "a.jsonl").write_text(point, encoding="utf-8")
    assert "--units" not in refused(tmp_path, "a.jsonl")  # GeoJSON is always in degrees


@pytest.mark.parametrize("units", [[], ["--e7"]])
def test_what_search_prints_can_be_imported(tmp_path: Path, units: list[str]) -> None:
    rows = 'lat,lon,name\n48.2,16.37,"a ""name"""\n-1.5,0.0000001,\n'
    (tmp_path / "a.csv").write_text(rows, encoding="utf-8")
    imported(tmp_path, "a.csv")
    before = features_of(tmp_path / "places.rgx")
    found = run("search", "places.rgx", *["-90", "-180", "90", "180"][: 0 if units else 4],
                *(["-900000000", "-1800000000", "900000000", "1800000000"] if units else []),
                *units, cwd=tmp_path)  # fmt: skip
    (tmp_path / "found.jsonl").write_text(found.stdout, encoding="utf-8")
    facts, errors = imported(tmp_path, "found.jsonl", *(["--units", "e7"] if units else []))
    assert errors == ""
    assert facts["unnamed"] == "1"
    assert features_of(tmp_path / "places.rgx") == before


def test_invalid_plain_objects_are_rejected(tmp_path: Path) -> None:
    lines = [
        '{"name": "a", "latitude": 1, "longitude": 2}',
        '{"name": "a", "latitude": "x", "longitude": 2}',
        '{"name": ["a"], "latitude": 1, "longitude": 2}',
        '{"name": "a", "latitude": 1}',
        '{"name": "a", "latitude": 91, "longitude": 2}',
        '{"name": 7, "latitude": 1, "longitude": 2, "more": {}}',
    ]
    (tmp_path / "a.jsonl").write_text("\n".join(lines), encoding="utf-8")
    _, errors = imported(tmp_path, "a.jsonl")
    assert [line.split(": ")[2:4] for line in errors.splitlines()] == [
        ["line 2", "latitude"],
        ["line 3", "name"],
        ["line 4", "longitude"],  # missing
        ["line 5", "latitude"],
    ]
    assert [name for *_, name in features_of(tmp_path / "places.rgx")] == ["a", "7"]
    message = refused_again(tmp_path, "a.jsonl", "--lat", "north")
    assert message.startswith("routeguide import: a.jsonl: line 1: no column 'north' among 'name'")


def test_the_first_object_need_not_have_a_name(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text(
        '{"lat": 1, "lon": 2, "more": "x"}\n{"lat": 1, "lon": 2, "name": "a", "Ort": "b"}\n'
    )
    facts, errors = imported(tmp_path, "a.jsonl")
    assert (facts["unnamed"], errors) == ("1", "")
    assert [name for *_, name in features_of(tmp_path / "places.rgx")] == ["", "a"]
    imported(tmp_path, "a.jsonl", "--name", "Ort")
    assert [name for *_, name in features_of(tmp_path / "places.rgx")] == ["", "b"]


def test_lines_of_other_objects_are_rejected(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text('{"a": 1}\n')
    assert refused(tmp_path, "a.jsonl").splitlines()[0] == (
        "rejected: a.jsonl: line 1: neither a GeoJSON feature nor an object with a latitude and a"
        " longitude"
    )


def refused_again(folder: Path, *arguments: str) -> str:
    (folder / "places.rgx").unlink()
    return refused(folder, *arguments)


def test_the_documentation_lists_all_usual_names() -> None:
    page = (DOCS / "import.md").read_text(encoding="utf-8")
    for what, names in (
        ("latitude", columns.LATITUDES),
        ("longitude", columns.LONGITUDES),
        ("name", columns.NAMES),
    ):
        assert f"| {what} | {' '.join(f'`{name}`' for name in names)} |" in page
    assert " ".join(f"`{name}`" for name in geojson.NAMES) in " ".join(page.split())
