"""Options and arguments that cannot be: one line that says so, and nothing begun."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from routeguide.commands import places
from routeguide.commands.command_error import CommandError
from routeguide.commands.main import main
from routeguide.domain import database
from routeguide.formats import delimited
from routeguide.formats.model import ReadOptions
from support.commands import run
from support.reading import read

# What is a number to Python, and no place, distance or count.
NO_NUMBERS = ["nan", "inf", "-inf", "1e999"]
FAR = ["1e308", "-1e308", "100000000000000000000", "1e10"]


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("options") / "places.rgx"
    database.load_packaged().save(path)
    return path


def refused(capsys: pytest.CaptureFixture[str], *arguments: str | Path) -> str:
    """What is told of arguments that are wrong."""
    with pytest.raises(SystemExit) as ended:
        sys.exit(main([*map(str, arguments)]))
    out, err = capsys.readouterr()
    assert (ended.value.code, out) == (2, "")
    (line,) = err.splitlines()
    assert line.startswith(f"routeguide {arguments[0]}: ")
    return line


@pytest.mark.parametrize("number", [*NO_NUMBERS, *FAR])
@pytest.mark.parametrize("e7", [(), ("--e7",)])
def test_a_coordinate_is_on_earth(
    snapshot: Path, capsys: pytest.CaptureFixture[str], number: str, e7: tuple[str, ...]
) -> None:
    for name, after in (
        ("get", ("1",)),
        ("list", ("1", "2", "3")),
        ("search", ("1", "2", "3")),
        ("nearest", ("1",)),
        ("within", ("1", "100")),
    ):
        told = refused(capsys, name, snapshot, *e7, "--", number, *after)
        assert "is within 90 degrees" in told if number in FAR else "is not a" in told


@pytest.mark.parametrize("number", [float("nan"), float("inf"), -float("inf"), 1e308, 1e20])
@pytest.mark.parametrize("is_e7", [False, True])
def test_a_coordinate_of_a_note_is_on_earth(number: float, is_e7: bool) -> None:
    for place in ((number, 0.0), (0.0, number)):
        with pytest.raises(CommandError, match="is within"):
            places.point_of(*place, is_e7)


@pytest.mark.parametrize("number", [*NO_NUMBERS, "1e308", "0", "-1", "100000000000000000000"])
def test_a_count_is_one_that_can_be(
    snapshot: Path, capsys: pytest.CaptureFixture[str], number: str
) -> None:
    for place in (snapshot, "localhost:1"):
        refused(capsys, "nearest", place, f"-k={number}", "--", "1", "2")
        refused(capsys, "search", place, f"--limit={number}", "--", "1", "2", "3", "4")
        refused(capsys, "within", place, f"--limit={number}", "--", "1", "2", "3")
    told = refused(capsys, "nearest", snapshot, f"-k={2**31}", "--", "1", "2")
    assert ": 2147483648 is over 2147483647" in told


@pytest.mark.parametrize("number", [*NO_NUMBERS, "-1"])
def test_a_distance_is_finite(
    snapshot: Path, capsys: pytest.CaptureFixture[str], number: str
) -> None:
    refused(capsys, "within", snapshot, "--", "1", "2", number)
    refused(capsys, "nearest", snapshot, f"--max-distance={number}", "--", "1", "2")
    refused(capsys, "along", snapshot, "route.txt", f"--half-width={number}")
    refused(capsys, "map", snapshot, "--route", "route.txt", f"--half-width={number}")


@pytest.mark.parametrize("number", ["1e308", "100000000000000000000"])
def test_a_distance_beyond_all_is_everywhere(
    snapshot: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], number: str
) -> None:
    route = tmp_path / "route.txt"
    route.write_text("40 -74\n41 -75\n", encoding="utf-8")
    for arguments in (
        ["within", snapshot, "--", "40", "-74", number],
        ["nearest", snapshot, "-k=1000", f"--max-distance={number}", "--", "40", "-74"],
        ["along", snapshot, route, f"--half-width={number}"],
    ):
        assert main([*map(str, arguments)]) == 0
        assert len(capsys.readouterr().out.splitlines()) == 100


def test_a_call_that_may_take_for_ever_is_made(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["get", "localhost:1", "--timeout", "1e308", "--", "1", "2"]) == 1
    assert "UNAVAILABLE" in capsys.readouterr().err  # and not DEADLINE_EXCEEDED


def test_a_terminal_of_any_width_has_a_map(
    snapshot: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["info", str(snapshot), "--width", "100000000000000000000"]) == 0
    assert "a dot: " in capsys.readouterr().out


@pytest.mark.parametrize("delimiter", ["", "ab", "\n", "\r", '"', "\\t", "\udce9", "''"], ids=repr)
def test_a_delimiter_is_one_character(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], delimiter: str
) -> None:
    told = refused(
        capsys, "import", "places.csv", "-o", tmp_path / "a.rgx", f"--delimiter={delimiter}"
    )
    assert "argument --delimiter: " in told


@pytest.mark.parametrize("delimiter", ["§", "→", " ", "'", "x", "0", "\x01", "\x1a"])
@pytest.mark.parametrize("worth_arrow", [0, delimited.WORTH_ARROW])
def test_a_delimiter_is_any_character(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, delimiter: str, worth_arrow: int
) -> None:
    monkeypatch.setattr(delimited, "WORTH_ARROW", worth_arrow)
    path = tmp_path / "places.csv"
    text = "lat,lon,name\n" + '1,2,place\n3,4,"a\n""b"\n' * 2
    path.write_text(text.replace(",", delimiter), encoding="utf-8")
    features, rejects = read(path, options=ReadOptions(delimiter=delimiter))
    assert rejects == []
    assert features == [(10000000, 20000000, "place"), (30000000, 40000000, 'a\n"b')] * 2


@pytest.mark.parametrize("encoding", ["rot13", "base64", "hex", "zlib", "nonsense", "", "\udce9"])
def test_an_encoding_is_one_of_text(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], encoding: str
) -> None:
    told = refused(
        capsys, "import", "places.csv", "-o", tmp_path / "a.rgx", f"--encoding={encoding}"
    )
    assert told.startswith("routeguide import: argument --encoding: ")


@pytest.mark.parametrize("encoding", ["undefined", "idna", "utf-16", "utf-32", "utf-7", "ascii"])
def test_text_of_another_encoding_is_told(tmp_path: Path, encoding: str) -> None:
    (tmp_path / "places.csv").write_bytes(b"lat,lon,name\n1,2,\xff\xfe\xff\n")
    done = run("import", "places.csv", "-o", "a.rgx", "--encoding", encoding, cwd=tmp_path)
    assert done.returncode == 2
    (line,) = done.stderr.splitlines()
    assert line.startswith(f"routeguide import: places.csv: it is not {encoding}: ")


def test_a_column_is_a_number_that_can_be(tmp_path: Path) -> None:
    (tmp_path / "places.csv").write_bytes(b"1,2\n")
    columns = ["--no-header", "--lat", "9" * 5000, "--lon", "2"]
    done = run("import", "places.csv", "-o", "a.rgx", *columns, cwd=tmp_path)
    assert done.returncode == 2
    assert "without a header, --lat is the number of a column from 1 to 2" in done.stderr
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize("worth_arrow", [0, delimited.WORTH_ARROW])
def test_a_column_may_be_the_name_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, worth_arrow: int
) -> None:
    monkeypatch.setattr(delimited, "WORTH_ARROW", worth_arrow)
    path = tmp_path / "places.csv"
    path.write_bytes(b"lat,lon\n1.0,2\n")
    features, rejects = read(path, options=ReadOptions(name="lat"))
    assert (features, rejects) == ([(10000000, 20000000, "1.0")], [])


@pytest.mark.parametrize(("column", "name"), [("lat", "1.5"), ("lon", "2.25")])
def test_a_coordinate_of_an_object_may_be_the_name_too(
    tmp_path: Path, column: str, name: str
) -> None:
    path = tmp_path / "places.jsonl"
    path.write_bytes(b'{"lat": 1.5, "lon": 2.25, "name": "other"}\n')
    features, rejects = read(path, options=ReadOptions(name=column))
    assert (features, rejects) == ([(15000000, 22500000, name)], [])


@pytest.mark.parametrize("ending", ["csv", "parquet"])
@pytest.mark.parametrize("title", ["latitude", "longitude"])
def test_coordinates_are_two_columns(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], ending: str, title: str
) -> None:
    if ending == "parquet":
        pytest.importorskip("pyarrow")
    made, path = tmp_path / "a.rgx", tmp_path / f"places.{ending}"
    database.load_packaged().save(made)
    assert main(["export", str(made), "-q", "-o", str(path)]) == 0
    told = refused(capsys, "import", path, "-o", made, "--lat", title, "--lon", title)
    assert f"latitudes and longitudes cannot both be in column '{title}'" in told


def test_coordinates_are_two_columns_without_a_header(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "places.csv"
    path.write_bytes(b"1,2\n")
    columns = ["--no-header", "--lat", "2", "--lon", "2"]
    told = refused(capsys, "import", path, "-o", tmp_path / "a.rgx", *columns)
    assert "latitudes and longitudes cannot both be in column 2" in told
