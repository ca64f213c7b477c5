"""Options and arguments with wrong values: one line that says so, before any work."""

from __future__ import annotations

from pathlib import Path

import pytest
from routeguide.commands import places
from routeguide.commands.command_error import CommandError
from routeguide.domain import database
from routeguide.formats.base.model import ReadOptions
from routeguide.formats.delimited import csv_reading
from support.commands import Command
from support.reading import read

# Numbers in Python, but not coordinates, distances or counts.
NO_NUMBERS = ["nan", "inf", "-inf", "1e999"]
FAR = ["1e308", "-1e308", "100000000000000000000", "1e10"]


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("options") / "places.rgx"
    database.load_packaged().save(path)
    return path


@pytest.mark.parametrize("number", [*NO_NUMBERS, *FAR])
@pytest.mark.parametrize("e7", [(), ("--e7",)])
def test_a_coordinate_is_on_earth(
    snapshot: Path, command: Command, number: str, e7: tuple[str, ...]
) -> None:
    for name, after in (
        ("get", ("1",)),
        ("list", ("1", "2", "3")),
        ("search", ("1", "2", "3")),
        ("nearest", ("1",)),
        ("within", ("1", "100")),
    ):
        message = command.refused(name, snapshot, *e7, "--", number, *after)
        assert "is within 90 degrees" in message if number in FAR else "is not a" in message


@pytest.mark.parametrize("number", [float("nan"), float("inf"), -float("inf"), 1e308, 1e20])
@pytest.mark.parametrize("is_e7", [False, True])
def test_a_coordinate_of_a_note_is_on_earth(number: float, is_e7: bool) -> None:
    for place in ((number, 0.0), (0.0, number)):
        with pytest.raises(CommandError, match="is within"):
            places.point_of(*place, is_e7)


@pytest.mark.parametrize("number", [*NO_NUMBERS, "1e308", "0", "-1", "100000000000000000000"])
def test_a_count_is_a_positive_int32(snapshot: Path, command: Command, number: str) -> None:
    for place in (snapshot, "localhost:1"):
        command.refused("nearest", place, f"-k={number}", "--", "1", "2")
        command.refused("search", place, f"--limit={number}", "--", "1", "2", "3", "4")
        command.refused("within", place, f"--limit={number}", "--", "1", "2", "3")
    message = command.refused("nearest", snapshot, f"-k={2**31}", "--", "1", "2")
    assert ": 2147483648 is over 2147483647" in message


@pytest.mark.parametrize("number", [*NO_NUMBERS, "-1"])
def test_a_distance_is_finite(snapshot: Path, command: Command, number: str) -> None:
    command.refused("within", snapshot, "--", "1", "2", number)
    command.refused("nearest", snapshot, f"--max-distance={number}", "--", "1", "2")
    command.refused("along", snapshot, "route.txt", f"--half-width={number}")
    command.refused("map", snapshot, "--route", "route.txt", f"--half-width={number}")


@pytest.mark.parametrize("number", ["1e308", "100000000000000000000"])
def test_a_huge_distance_includes_everything(
    snapshot: Path, tmp_path: Path, command: Command, number: str
) -> None:
    route = tmp_path / "route.txt"
    route.write_text("40 -74\n41 -75\n", encoding="utf-8")
    for arguments in (
        ["within", snapshot, "--", "40", "-74", number],
        ["nearest", snapshot, "-k=1000", f"--max-distance={number}", "--", "40", "-74"],
        ["along", snapshot, route, f"--half-width={number}"],
    ):
        assert len(command.printed(*arguments).splitlines()) == 100


def test_a_timeout_may_be_longer_than_the_longest_of_grpc(command: Command) -> None:
    message = command.refused("get", "localhost:1", "--timeout", "1e308", "--", "1", "2", status=1)
    assert "UNAVAILABLE" in message  # not DEADLINE_EXCEEDED


def test_a_map_has_a_largest_width(snapshot: Path, command: Command) -> None:
    assert "a dot: " in command.printed("info", snapshot, "--width", "100000000000000000000")


@pytest.mark.parametrize("delimiter", ["", "ab", "\n", "\r", '"', "\\t", "\udce9", "''"], ids=repr)
def test_a_delimiter_is_one_character(tmp_path: Path, command: Command, delimiter: str) -> None:
    message = command.refused(
        "import", "places.csv", "-o", tmp_path / "a.rgx", f"--delimiter={delimiter}"
    )
    assert "argument --delimiter: " in message


@pytest.mark.parametrize("delimiter", ["§", "→", " ", "'", "x", "0", "\x01", "\x1a"])
@pytest.mark.parametrize("worth_arrow", [0, csv_reading.WORTH_ARROW])
def test_a_delimiter_is_any_character(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, delimiter: str, worth_arrow: int
) -> None:
    monkeypatch.setattr(csv_reading, "WORTH_ARROW", worth_arrow)
    path = tmp_path / "places.csv"
    text = "lat,lon,name\n" + '1,2,place\n3,4,"a\n""b"\n' * 2
    path.write_text(text.replace(",", delimiter), encoding="utf-8")
    features, rejects = read(path, options=ReadOptions(delimiter=delimiter))
    assert rejects == []
    assert features == [(10000000, 20000000, "place"), (30000000, 40000000, 'a\n"b')] * 2


@pytest.mark.parametrize("encoding", ["rot13", "base64", "hex", "zlib", "nonsense", "", "\udce9"])
def test_an_encoding_is_a_text_encoding(tmp_path: Path, command: Command, encoding: str) -> None:
    message = command.refused(
        "import", "places.csv", "-o", tmp_path / "a.rgx", f"--encoding={encoding}"
    )
    assert message.startswith("argument --encoding: ")


@pytest.mark.parametrize("encoding", ["undefined", "idna", "utf-16", "utf-32", "utf-7", "ascii"])
def test_text_in_another_encoding_is_refused(
    tmp_path: Path, encoding: str, command: Command
) -> None:
    path = tmp_path / "places.csv"
    path.write_bytes(b"lat,lon,name\n1,2,\xff\xfe\xff\n")
    message = command.refused("import", path, "-o", tmp_path / "a.rgx", "--encoding", encoding)
    assert message.startswith(f"{path}: ")
    assert encoding in message


def test_a_column_number_is_in_the_row(tmp_path: Path, command: Command) -> None:
    path = tmp_path / "places.csv"
    path.write_bytes(b"1,2\n")
    columns = ["--no-header", "--lat", "9" * 5000, "--lon", "2"]
    message = command.refused("import", path, "-o", tmp_path / "a.rgx", *columns)
    assert "without a header, --lat is the number of a column from 1 to 2" in message


@pytest.mark.parametrize("worth_arrow", [0, csv_reading.WORTH_ARROW])
def test_a_coordinate_column_may_also_be_the_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, worth_arrow: int
) -> None:
    monkeypatch.setattr(csv_reading, "WORTH_ARROW", worth_arrow)
    path = tmp_path / "places.csv"
    path.write_bytes(b"lat,lon\n1.0,2\n")
    features, rejects = read(path, options=ReadOptions(name="lat"))
    assert (features, rejects) == ([(10000000, 20000000, "1.0")], [])


@pytest.mark.parametrize(("column", "name"), [("lat", "1.5"), ("lon", "2.25")])
def test_a_coordinate_of_an_object_may_also_be_the_name(
    tmp_path: Path, column: str, name: str
) -> None:
    path = tmp_path / "places.jsonl"
    path.write_bytes(b'{"lat": 1.5, "lon": 2.25, "name": "other"}\n')
    features, rejects = read(path, options=ReadOptions(name=column))
    assert (features, rejects) == ([(15000000, 22500000, name)], [])


@pytest.mark.parametrize("ending", ["csv", "parquet"])
@pytest.mark.parametrize("title", ["latitude", "longitude"])
def test_coordinates_are_two_columns(
    tmp_path: Path, command: Command, ending: str, title: str
) -> None:
    if ending == "parquet":
        pytest.importorskip("pyarrow")
    made, path = tmp_path / "a.rgx", tmp_path / f"places.{ending}"
    database.load_packaged().save(made)
    command.printed("export", made, "-q", "-o", path)
    message = command.refused("import", path, "-o", made, "--lat", title, "--lon", title)
    assert f"latitudes and longitudes cannot both be in column '{title}'" in message


def test_coordinates_are_two_columns_without_a_header(tmp_path: Path, command: Command) -> None:
    path = tmp_path / "places.csv"
    path.write_bytes(b"1,2\n")
    columns = ["--no-header", "--lat", "2", "--lon", "2"]
    message = command.refused("import", path, "-o", tmp_path / "a.rgx", *columns)
    assert "latitudes and longitudes cannot both be in column 2" in message
