"""What commands do in broken surroundings: streams closed or full, names that are no text, no
thread to be had."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from routeguide.domain import dataset
from routeguide.formats.delimited import WORTH_ARROW
from support.commands import shell
from support.serving import WATCHDOG_S

from routeguide_c import FeatureIndex

WORLD = "-- -90 -180 90 180"
NOT_UTF8 = os.fsdecode(b"caf\xe9")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "places.csv").write_text("lat,lon,name\n1,2,Zürich\n3,4,b\n", encoding="utf-8")
    assert shell(tmp_path, "import places.csv -o places.rgx").returncode == 0
    return tmp_path


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ("import - --format csv -o new.rgx", "routeguide import: standard input: it is closed\n"),
        ("chat localhost:1", "routeguide chat: standard input is closed: there are no notes\n"),
    ],
)
def test_standard_input_that_is_closed_is_told(folder: Path, arguments: str, told: str) -> None:
    done = shell(folder, f"{arguments} <&-")
    assert (done.returncode, done.stdout, done.stderr) == (2, "", told)
    assert not (folder / "new.rgx").exists()


@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-", "<&- 2>&-", "<&- >&- 2>&-"])
def test_no_file_takes_the_place_of_a_stream_that_is_closed(folder: Path, closed: str) -> None:
    done = shell(folder, f"import places.csv -o new.rgx --rejects rejects.csv {closed}")
    assert done.returncode == 0
    assert (folder / "new.rgx").read_bytes() == (folder / "places.rgx").read_bytes()
    assert (folder / "rejects.csv").read_text(encoding="utf-8") == (
        "source,line,record,field,reason\n"
    )


@pytest.fixture
def full_pipe() -> Iterator[int]:
    """Where a write would have to wait, but may not: there is no room, and nobody reads."""
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    with suppress(BlockingIOError):
        while True:
            os.write(writing, bytes(1 << 16))
    with suppress(BlockingIOError):
        while True:
            os.write(writing, b"0")
    yield writing
    os.close(writing)
    os.close(reading)


@pytest.mark.parametrize("errors", ["2>/dev/full", "2>&-", "2>&0"])
@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        (f"search places.rgx {WORLD}", 0),
        (f"search missing.rgx {WORLD}", 2),
        ("search places.rgx", 2),
        ("import missing.csv -o new.rgx", 2),
        ("import places.csv -o new.rgx", 0),
        ("export places.rgx -o new.csv", 0),
        ("get places.rgx 0 0", 3),
    ],
)
def test_messages_that_nobody_takes_change_nothing(
    folder: Path, full_pipe: int, arguments: str, errors: str, status: int
) -> None:
    done = shell(folder, f"{arguments} {errors}", stdin=full_pipe)
    assert (done.returncode, done.stderr) == (status, "")
    usual = shell(folder, arguments)
    told = [done.stdout.splitlines(), usual.stdout.splitlines()]
    assert len(told[0]) == len(told[1])
    assert usual.returncode == status


@pytest.mark.parametrize(
    "arguments",
    ["--help", "--version", "search --help", "get places.rgx 1 2 0 0", "info places.rgx --json"],
)
def test_output_that_is_full_is_a_failure(folder: Path, arguments: str) -> None:
    done = shell(folder, f"{arguments} >/dev/full")
    name = "" if arguments.startswith("-") else " " + arguments.split()[0]
    told = f"routeguide{name}: output: No space left on device"
    assert (done.returncode, done.stderr.splitlines()[-1]) == (1, told)
    assert "Traceback" not in done.stderr
    assert "Exception ignored" not in done.stderr


def test_output_that_cannot_be_written_to_is_a_failure(folder: Path) -> None:
    done = shell(folder, f"search places.rgx {WORLD} 1</dev/null")
    assert done.returncode == 1
    assert done.stderr == "routeguide search: output: Bad file descriptor\n"


ASCII = [
    {"PYTHONIOENCODING": "ascii"},
    {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
]


@pytest.mark.parametrize("variables", ASCII, ids=["variable", "locale"])
def test_a_terminal_without_a_letter_gets_its_number(
    folder: Path, variables: dict[str, str]
) -> None:
    done = shell(folder, "get places.rgx 1 2 --format table", variables)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines()[1].endswith("Z\\xfcrich")
    told = shell(folder, "info places.rgx", variables)
    assert (told.returncode, told.stderr) == (0, "")
    assert told.stdout.isascii()


@pytest.mark.parametrize("variables", ASCII, ids=["variable", "locale"])
@pytest.mark.parametrize("format", ["jsonl", "geojson", "csv"])
def test_programs_get_utf8(folder: Path, format: str, variables: dict[str, str]) -> None:
    done = shell(folder, f"get places.rgx 1 2 --format {format}", variables)
    assert (done.returncode, done.stderr) == (0, "")
    assert "Zürich" in done.stdout


def test_a_file_name_that_is_no_text_is_a_name(folder: Path) -> None:
    (folder / "places.csv").rename(folder / f"{NOT_UTF8}.csv")
    done = shell(folder, f"import {NOT_UTF8}.csv -o {NOT_UTF8}.rgx")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("Wrote caf\\udce9.rgx, ")
    assert dataset.load(folder / f"{NOT_UTF8}.rgx").origin.source == "caf\\xe9.csv"
    told = shell(folder, f"info {NOT_UTF8}.rgx --json")
    assert told.stdout.startswith('{"file":"caf\\\\xe9.rgx","features":2,')
    assert shell(folder, f"info {NOT_UTF8}.rgx").stdout.startswith("caf\\xe9.rgx\n")
    assert shell(folder, f"export {NOT_UTF8}.rgx -o {NOT_UTF8}.json -q").returncode == 0
    assert dataset.load(folder / f"{NOT_UTF8}.json").origin.source == "caf\\xe9.json"
    missing = shell(folder, f"search {NOT_UTF8} {WORLD}")
    assert (missing.returncode, missing.stderr) == (
        2,
        "routeguide search: caf\\udce9: no such file, and not HOST:PORT of a server\n",
    )


@pytest.mark.parametrize("ending", ["parquet", "arrow", "csv", "geojson", "geojsonl"])
def test_such_a_file_is_read_in_every_format(folder: Path, ending: str) -> None:
    if ending in ("parquet", "arrow"):
        pytest.importorskip("pyarrow")
    assert shell(folder, f"export places.rgx -o {NOT_UTF8}.{ending}").returncode == 0
    assert shell(folder, f"import {NOT_UTF8}.{ending} -o new.rgx").returncode == 0
    assert len(dataset.load(folder / "new.rgx").index) == 2


def test_what_gdal_cannot_name_is_told(folder: Path) -> None:
    pytest.importorskip("pyogrio")
    (folder / f"{NOT_UTF8}.gpkg").write_bytes(b"x")
    done = shell(folder, f"import {NOT_UTF8}.gpkg -o new.rgx")
    told = "caf\\udce9.gpkg: GDAL reads files and layers whose names are UTF-8"
    assert (done.returncode, done.stderr) == (2, f"routeguide import: {told}\n")


@pytest.mark.parametrize("question", [f"search {NOT_UTF8}:80 {WORLD}", f"info {NOT_UTF8}:80"])
def test_such_a_host_is_none(folder: Path, question: str) -> None:
    done = shell(folder, question)
    assert done.returncode == 2
    assert "caf\\udce9:80: no such file, and not HOST:PORT of a server\n" in done.stderr


def test_a_map_of_such_a_file_has_a_title(folder: Path) -> None:
    pytest.importorskip("maplibre", reason="the extra [map] is not installed")
    (folder / "places.rgx").rename(folder / f"{NOT_UTF8}.rgx")
    assert shell(folder, f"map {NOT_UTF8}.rgx -o a.html").returncode == 0
    assert shell(folder, f"map {NOT_UTF8}.rgx -o b.html --title {NOT_UTF8}").returncode == 0
    for page in ("a.html", "b.html"):
        assert "<title>caf\\xe9" in (folder / page).read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("option", "told"),
    [
        ("--attribution", "is not UTF-8"),
        ("--source", "is not UTF-8"),
        ("--encoding", "is not a text encoding"),
        ("--lat", "no column 'caf\\udce9' among 'lat', 'lon', 'name'"),
    ],
)
def test_an_option_that_is_no_text_is_wrong(folder: Path, option: str, told: str) -> None:
    done = shell(folder, f"import places.csv -o new.rgx {option} {NOT_UTF8}")
    assert (done.returncode, done.stdout) == (2, "")
    (line,) = done.stderr.splitlines()
    assert told in line
    assert not (folder / "new.rgx").exists()


def test_devices_without_an_end_are_refused(folder: Path) -> None:
    (folder / "route.txt").write_text("1 2\n3 4\n", encoding="utf-8")
    for arguments in (
        f"search /dev/zero {WORLD}",
        "info /dev/zero",
        "export /dev/zero -o new.csv",
        "map /dev/zero -o new.html",
        "along places.rgx /dev/zero",
        "import /dev/zero --format csv -o new.rgx",
        "import /dev/urandom --format json -o new.rgx",
        "import - --format parquet -o new.rgx </dev/zero",
        f"search localhost:1 --token-file /dev/zero {WORLD}",
        f"search localhost:1 --tls-ca /dev/zero {WORLD}",
    ):
        done = shell(folder, f"{arguments} 2>&1")
        assert done.returncode == 2
        assert done.stdout.endswith(": a device, not a file\n")
    done = shell(folder, f"search /dev/null {WORLD}")
    assert done.stderr.startswith("routeguide search: /dev/null: the file is empty")
    assert not list(folder.glob("new*"))


@pytest.mark.parametrize(
    ("output", "status", "told"),
    [
        ("--rejects /dev/full", 1, "routeguide import: /dev/full: No space left on device\n"),
        ("--rejects - >/dev/full", 1, "routeguide import: -: No space left on device\n"),
        ("--rejects - -q | head -1", 0, ""),
        ("--rejects - >&-", 0, ""),
    ],
)
def test_a_report_that_cannot_be_written(folder: Path, output: str, status: int, told: str) -> None:
    rows = "lat,lon,name\n1,2,a\n" + "".join(f"x{number},2,a\n" for number in range(20_000))
    (folder / "wrong.csv").write_text(rows, encoding="utf-8")
    done = shell(folder, f"import wrong.csv -o new.rgx {output}")
    assert (done.returncode, done.stderr) == (status, told)
    assert (folder / "new.rgx").exists() == output.endswith("&-")


def test_a_folder_that_is_gone(folder: Path) -> None:
    gone = folder / "gone"
    gone.mkdir()
    source = folder / "places.csv"
    for arguments in ("-o a.rgx --rejects r.csv", "-o a.rgx", f"-o {folder}/a.rgx --rejects r.csv"):
        line = f'rmdir "{gone}"; exec "{sys.executable}" -m routeguide import {source} {arguments}'
        done = subprocess.run(
            ["/bin/sh", "-c", line],
            cwd=gone,
            capture_output=True,
            text=True,
            timeout=WATCHDOG_S,
            check=False,
        )
        gone.mkdir()
        assert done.returncode in (1, 2)
        (told,) = done.stderr.splitlines()
        assert told.startswith("routeguide import: ")
    assert not (folder / "a.rgx").exists()


def without_threads(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """A command in a process that has no room for another thread."""
    program = (
        "import sys, threading; from routeguide.commands.main import main\n"
        "threading.stack_size(1 << 60)\n"
        "sys.exit(main(sys.argv[1:]))"
    )
    return subprocess.run(
        [sys.executable, "-c", program, *arguments],
        cwd=folder, capture_output=True, text=True, timeout=WATCHDOG_S, check=False,
    )  # fmt: skip


def test_an_import_does_without_threads(folder: Path) -> None:
    (folder / "places.csv").write_text("lat,lon,name\n1,2,a\n1,2,\n")
    done = without_threads(folder, "import", "places.csv", "-o", "new.rgx")
    assert (done.returncode, done.stderr) == (0, "")
    assert "\n  unnamed    1\n  duplicates 1\n" in done.stdout
    assert len(FeatureIndex.open(folder / "new.rgx")) == 2


def test_that_no_thread_can_be_had_is_told(folder: Path) -> None:
    pytest.importorskip("pyarrow", reason="what reads a short file needs no threads")
    (folder / "places.csv").write_text("lat,lon,name\n" + "1,2,a\n" * (WORTH_ARROW // 5))
    done = without_threads(folder, "import", "places.csv", "-o", "new.rgx")
    told = "routeguide import: cannot start a thread; raise the limit of processes or"
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == f"{told} of memory\n"
    assert not (folder / "new.rgx").exists()
