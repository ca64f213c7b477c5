"""`routeguide import`, from the shell to the snapshot."""

import gzip
import resource
import signal
import subprocess
from contextlib import suppress
from pathlib import Path

import pytest
from routeguide.domain import dataset
from support import commands
from support.commands import ROUTEGUIDE, features_of, shown_on_a_terminal
from support.in_process import run
from support.serving import WATCHDOG_S

CSV = """\
name,Latitude,Longitude
Zürich,47.3768866,8.541694
"a ""b""
c",1,2
bad,x,2
far,91,2
short,1
nan,nan,3
,47.3768866,8.541694
"""


def test_csv_becomes_a_snapshot(tmp_path: Path) -> None:
    (tmp_path / "places.csv").write_text(CSV, encoding="utf-8")
    done = commands.run("import", "places.csv", "-o", "places.rgx", cwd=tmp_path)
    assert done.returncode == 0
    assert features_of(tmp_path / "places.rgx") == [
        (473768866, 85416940, "Zürich"),
        (10000000, 20000000, 'a "b"\nc'),
        (473768866, 85416940, ""),
    ]
    assert done.stderr.splitlines() == [
        "rejected: places.csv: line 5: latitude: not a number: 'x'",
        "rejected: places.csv: line 6: latitude: 91.0 is not between -90 and 90",
        "rejected: places.csv: line 7: 2 fields instead of 3",
        "rejected: places.csv: line 8: latitude: not a number: NaN",
    ]
    first, *facts = done.stdout.splitlines()
    assert first.startswith("Wrote places.rgx, ")
    assert [line.split()[:2] for line in facts] == [
        ["read", "7"],
        ["kept", "3"],
        ["rejected", "4"],
        ["unnamed", "1"],
        ["duplicates", "1"],
        ["bounds", "south"],
        ["seconds", facts[-1].split()[1]],
    ]


def write(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path


POINT = b'{"type":"Feature","geometry":{"type":"Point","coordinates":[8.5,47.25]},"properties":{}}'
COLLECTION = b'{"type":"FeatureCollection","features":['
DEEP = b"[" * 100_000 + b"]" * 100_000

# Name of a file, its content, and the message.
MALFORMED = [
    ("blank.json", b" \n ", "blank.json: the file is empty"),
    ("columns.csv", b"a,b\n1,2\n", "columns.csv: line 1: no latitude column among 'a', 'b': name it"
     " with --lat"),
    ("binary.csv", bytes(range(256)) * 8, "binary.csv: line 1: the names of columns"
     " are not UTF-8 text"),
    ("binary.json", b"\0\1\2", "binary.json: neither a list of features nor GeoJSON"),
    ("cut.json", b'[{"location": {"latitude": 1', "cut.json: record 1: not JSON: Expecting ','"
     " delimiter (line 1)"),
    ("more.json", b"[] 1", "more.json: not JSON: there is more after the list"),
    ("deep.json", b"[" + DEEP + b"]", "deep.json: record 1: nested too deeply"),
    ("deep.geojson", COLLECTION + DEEP + b"]}", "deep.geojson: record 1: nested too deeply"),
    ("cut.geojson", COLLECTION + POINT + b"]", "cut.geojson: not JSON after the features: it may be"
     " truncated"),
    ("other.geojson", b'{"type": "Topology"}', "other.geojson: not GeoJSON: neither a"
     " FeatureCollection nor a Feature"),
    ("crs.geojson", b'{"crs":{"properties":{"name":"EPSG:3857"}},"features":[' + POINT + b"]}",
     "crs.geojson: its coordinates are not WGS 84: import it with --format gdal, which converts"
     " them"),
    ("text.parquet", b"lat,lon\n1,2\n" * 9, "text.parquet: Parquet magic bytes not found in footer."
     " Either the file is corrupted or this is not a parquet file."),
    ("text.arrow", b"lat,lon\n1,2\n" * 9, None),
    ("places.xyz", b"1 2", None),
    ("missing.csv", None, "missing.csv: No such file or directory"),
    ("quote.csv", b'lat,lon,name\n1,2,"' + b"x" * (33 << 20), "quote.csv: the line from byte 13 on"
     " is longer than 32 MiB"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "data", "words"), MALFORMED, ids=[case[0] for case in MALFORMED])
def test_a_source_that_cannot_be_read_gets_one_line(
    tmp_path: Path, name: str, data: bytes | None, words: str | None
) -> None:
    if data is not None:
        write(tmp_path / name, data)
    done = run("import", name, "-o", "places.rgx", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    (line,) = done.stderr.splitlines()
    assert line.startswith(f"routeguide import: {name}: ")
    assert words is None or line == f"routeguide import: {words}"
    assert {path.name for path in tmp_path.iterdir()} <= {name}


# Name of a file, its text, features kept, lines of the report.
REJECTED = [
    ("bytes.csv", b"lat,lon,name\n1,2,\xff\n3,4,ok\n", 1,
     [",2,,name,not UTF-8: '\\udcff'; see --encoding"]),
    ("comma.csv", b"lat;lon\n1,5;2\n3;4\n", 1,
     [",2,,latitude,\"not a number: '1,5'; for decimal commas give --decimal-comma\""]),
    ("crlf.csv", b"\xef\xbb\xbflat,lon\r\n1,2\r\n3\r\n5,6\r\n", 2, [",3,,,1 field instead of 2"]),
    ("wide.csv", b"lat,lon\n1,190\n1,2\n", 1, [
        ",2,,longitude,190.0 is not between -180 and 180; --wrap reads it as west of Greenwich"]),
    ("nan.json", b'[{"location":{"latitude":NaN,"longitude":1}},\n'
     b'{"location":{"latitude":5,"longitude":1}}]', 1,
     [",1,1,location.latitude,\"expected int (degrees * 10**7), got float\""]),
    ("mixed.geojson", COLLECTION + POINT + b',\n{"type":"Feature","geometry":{"type":"LineString",'
     b'"coordinates":[[1,2],[3,4]]}},\n{"type":"Feature","geometry":null}]}', 1,
     [",2,2,geometry,LineString is not a Point", ",3,3,geometry,null is not a Point"]),
    ("lines.geojsonl", POINT + b"\n\n{]\n" + POINT + b"\n", 2,
     [",3,,,not JSON: Expecting property name enclosed in double quotes"]),
    ("places.txt", b"1\tA\tA\t\t1\t2" + b"\t" * 13 + b"\n1\tB\n", 1,
     [",2,,,2 fields instead of 19"]),
]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "data", "kept", "rows"), REJECTED, ids=[case[0] for case in REJECTED]
)
def test_rejected_rows_go_to_the_report(
    tmp_path: Path, name: str, data: bytes, kept: int, rows: list[str]
) -> None:
    write(tmp_path / name, data)
    done = run("import", name, "-o", "a.rgx", "--rejects", "rejects.csv", "-q", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert len(features_of(tmp_path / "a.rgx")) == kept
    header, *report = (tmp_path / "rejects.csv").read_text(encoding="utf-8").splitlines()
    assert header == "source,line,record,field,reason"
    assert report == [name + row for row in rows]


def test_strict_stops_at_the_first(tmp_path: Path) -> None:
    write(tmp_path / "places.csv", CSV.encode())
    done = run("import", "places.csv", "-o", "a.rgx", "--strict", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == (
        "routeguide import: places.csv: line 5: latitude: not a number: 'x'"
        " (--strict: nothing was written)\n"
    )
    assert not (tmp_path / "a.rgx").exists()


def test_nothing_kept_is_a_failure(tmp_path: Path) -> None:
    write(tmp_path / "places.csv", b"lat,lon\nx,y\n")
    done = run("import", "places.csv", "-o", "a.rgx", "-q", cwd=tmp_path)
    assert done.returncode == 1
    assert done.stderr == ("routeguide import: no row of 1 could be kept; nothing was written\n")
    assert not (tmp_path / "a.rgx").exists()


def test_attribution_and_source_are_stored_and_printed(tmp_path: Path) -> None:
    write(tmp_path / "places.csv", CSV.encode())
    run("import", "places.csv", "-o", "a.rgx", "--attribution", "Us, CC BY", cwd=tmp_path)
    origin = dataset.load(tmp_path / "a.rgx").origin
    assert (origin.source, origin.attribution) == ("places.csv", "Us, CC BY")
    done = run("info", "a.rgx", cwd=tmp_path)
    assert "attribution  Us, CC BY" in done.stdout


def test_several_sources_are_read_in_order(tmp_path: Path) -> None:
    write(tmp_path / "a.csv", b"lat,lon,name\n1,2,a\n")
    write(tmp_path / "b.geojsonl", POINT)
    arguments = ["a.csv", "b.geojsonl", "a.csv", "-o", "all.rgx", "-q"]
    done = run("import", *arguments, cwd=tmp_path)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    a = (10000000, 20000000, "a")
    assert features_of(tmp_path / "all.rgx") == [a, (472500000, 85000000, ""), a]


def test_standard_input_needs_a_format(tmp_path: Path) -> None:
    packed = gzip.compress(CSV.encode())
    done = commands.run("import", "-", "-o", "a.rgx", input=packed, cwd=tmp_path)
    assert (done.returncode, done.stderr) == (
        2,
        "routeguide import: -: name its format with --format\n",
    )
    done = commands.run("import", "-", "--format", "csv", "-o", "a.rgx", input=packed, cwd=tmp_path)
    assert done.returncode == 0
    assert len(features_of(tmp_path / "a.rgx")) == 3


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=["SIGINT", "SIGTERM"])
def test_a_signal_leaves_nothing(tmp_path: Path, number: signal.Signals) -> None:
    arguments = ["import", "-", "--format", "csv", "-o", "a.rgx", "--rejects", "rejects.csv"]
    with subprocess.Popen([ROUTEGUIDE, *arguments], stdin=subprocess.PIPE, cwd=tmp_path) as process:
        assert process.stdin is not None
        # More than is read ahead, so that the import has started when this is written.
        with suppress(BrokenPipeError):
            process.stdin.write(b"lat,lon\n" + b"1,2\n" * 2_000_000)
            process.stdin.flush()
        process.send_signal(number)
        with suppress(subprocess.TimeoutExpired):
            process.wait(WATCHDOG_S / 20)
        process.send_signal(number)  # the first one may have come just before a read
        assert process.wait(WATCHDOG_S) == 128 + number
    assert list(tmp_path.iterdir()) == []


def test_on_a_terminal_progress_is_a_bar(tmp_path: Path) -> None:
    pytest.importorskip("tqdm", reason="the extra [cli] is not installed")
    write(tmp_path / "places.csv", b"lat,lon,name\n" + b"1,2,a\n" * 99)
    shown = shown_on_a_terminal("import", "places.csv", "-o", "a.rgx", cwd=tmp_path)
    drawn, *_, wiped, end = shown.split(b"\r")[1:]
    assert drawn.startswith(b"places.csv:   0%|")
    assert (wiped.strip(), end) == (b"", b"")


def test_a_full_disk_leaves_nothing(tmp_path: Path) -> None:
    write(tmp_path / "places.csv", b"lat,lon\n" + b"1,2\n" * 99)

    def small_files() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))

    for command in (["import", "places.csv", "-o", "new"], ["export", "places.rgx", "-o", "new"]):
        if command[0] == "export":
            assert run("import", "places.csv", "-o", "places.rgx", cwd=tmp_path).returncode == 0
            command += ["--format", "geojson"]
        done = subprocess.run(
            [ROUTEGUIDE, *command],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=WATCHDOG_S,
            check=False,
            preexec_fn=small_files,
        )
        assert (done.returncode, done.stdout) == (1, "")
        assert done.stderr == f"routeguide {command[0]}: new: File too large\n"
        assert {path.name for path in tmp_path.iterdir()} <= {"places.csv", "places.rgx"}
