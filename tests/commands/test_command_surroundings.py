"""Commands in a broken environment: closed or full streams, names that are not UTF-8, devices, no
threads."""

from __future__ import annotations

import os
import shlex
import shutil
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from routeguide.commands.answers import FORMATS
from routeguide.commands.main import main
from routeguide.domain import dataset
from routeguide.formats.delimited.csv_reading import WORTH_ARROW
from support.commands import Command, python, run, shell

from routeguide_c import FeatureIndex

WORLD = "-- -90 -180 90 180"
NOT_UTF8 = os.fsdecode(b"caf\xe9")


@pytest.fixture(scope="module")
def imported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a CSV file and its snapshot."""
    folder = tmp_path_factory.mktemp("imported")
    table = folder / "places.csv"
    table.write_text("lat,lon,name\n1,2,Zürich\n3,4,b\n", encoding="utf-8")
    assert main(["import", str(table), "-o", str(folder / "places.rgx"), "-q"]) == 0
    return folder


@pytest.fixture
def folder(imported: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder, with a copy of both files."""
    monkeypatch.chdir(tmp_path)
    return Path(shutil.copytree(imported, tmp_path, dirs_exist_ok=True))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ("import - --format csv -o new.rgx", "routeguide import: standard input: it is closed\n"),
        ("chat localhost:1", "routeguide chat: standard input is closed: there are no notes\n"),
    ],
)
def test_closed_standard_input_is_reported(folder: Path, arguments: str, message: str) -> None:
    done = shell(folder, f"{arguments} <&-")
    assert (done.returncode, done.stdout, done.stderr) == (2, "", message)
    assert not (folder / "new.rgx").exists()


@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-", "<&- 2>&-", "<&- >&- 2>&-"])
def test_no_file_gets_the_descriptor_of_a_closed_stream(folder: Path, closed: str) -> None:
    done = shell(folder, f"import places.csv -o new.rgx --rejects rejects.csv {closed}")
    assert done.returncode == 0
    assert (folder / "new.rgx").read_bytes() == (folder / "places.rgx").read_bytes()
    assert (folder / "rejects.csv").read_text(encoding="utf-8") == (
        "source,line,record,field,reason\n"
    )


@pytest.fixture
def full_pipe() -> Iterator[int]:
    """The writing end of a non-blocking pipe that is full."""
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
def test_messages_that_cannot_be_written_change_nothing(
    folder: Path, full_pipe: int, arguments: str, errors: str, status: int, command: Command
) -> None:
    done = shell(folder, f"{arguments} {errors}", stdin=full_pipe)
    assert (done.returncode, done.stderr) == (status, "")
    usual = command(*shlex.split(arguments))
    assert usual.status == status
    assert len(done.stdout.splitlines()) == len(usual.out.splitlines())


@pytest.mark.parametrize(
    "arguments",
    [
        "--help",
        "--version",
        "search --help",
        "get places.rgx 1 2 0 0",
        "info places.rgx --json",
        *(f"search --format {format} places.rgx {WORLD}" for format in FORMATS),
    ],
)
def test_full_output_is_a_failure(folder: Path, arguments: str) -> None:
    done = shell(folder, f"{arguments} >/dev/full")
    name = "" if arguments.startswith("-") else " " + arguments.split()[0]
    message = f"routeguide{name}: output: No space left on device"
    assert (done.returncode, done.stderr.splitlines()[-1]) == (1, message)
    assert "Traceback" not in done.stderr
    assert "Exception ignored" not in done.stderr


def test_read_only_output_is_a_failure(folder: Path) -> None:
    done = shell(folder, f"search places.rgx {WORLD} 1</dev/null")
    assert done.returncode == 1
    assert done.stderr == "routeguide search: output: Bad file descriptor\n"


ASCII = [
    {"PYTHONIOENCODING": "ascii"},
    {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
]


@pytest.mark.parametrize("variables", ASCII, ids=["variable", "locale"])
def test_a_character_that_the_encoding_lacks_is_escaped(
    folder: Path, variables: dict[str, str]
) -> None:
    done = shell(folder, "get places.rgx 1 2 --format table", variables)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines()[1].endswith("Z\\xfcrich")
    shown = shell(folder, "info places.rgx", variables)
    assert (shown.returncode, shown.stderr) == (0, "")
    assert shown.stdout.isascii()


@pytest.mark.parametrize("variables", ASCII, ids=["variable", "locale"])
@pytest.mark.parametrize("format", ["jsonl", "geojson", "csv"])
def test_programs_get_utf8(folder: Path, format: str, variables: dict[str, str]) -> None:
    done = shell(folder, f"get places.rgx 1 2 --format {format}", variables)
    assert (done.returncode, done.stderr) == (0, "")
    assert "Zürich" in done.stdout


def test_a_file_name_may_be_bytes_that_are_not_utf8(folder: Path) -> None:
    (folder / "places.csv").rename(folder / f"{NOT_UTF8}.csv")
    done = shell(folder, f"import {NOT_UTF8}.csv -o {NOT_UTF8}.rgx")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("Wrote caf\\udce9.rgx, ")
    assert dataset.load(folder / f"{NOT_UTF8}.rgx").origin.source == "caf\\xe9.csv"
    shown = shell(folder, f"info {NOT_UTF8}.rgx --json")
    assert shown.stdout.startswith('{"file":"caf\\\\xe9.rgx","features":2,')
    assert shell(folder, f"info {NOT_UTF8}.rgx").stdout.startswith("caf\\xe9.rgx\n")
    assert shell(folder, f"export {NOT_UTF8}.rgx -o {NOT_UTF8}.json -q").returncode == 0
    assert dataset.load(folder / f"{NOT_UTF8}.json").origin.source == "caf\\xe9.json"
    missing = shell(folder, f"search {NOT_UTF8} {WORLD}")
    assert (missing.returncode, missing.stderr) == (
        2,
        "routeguide search: caf\\udce9: no such file, and not HOST:PORT of a server\n",
    )


@pytest.mark.parametrize("ending", ["parquet", "arrow", "csv", "geojson", "geojsonl"])
def test_such_a_file_is_read_in_every_format(folder: Path, ending: str, command: Command) -> None:
    if ending in ("parquet", "arrow"):
        pytest.importorskip("pyarrow")
    command.printed("export", "places.rgx", "-o", f"{NOT_UTF8}.{ending}", "-q")
    command.printed("import", f"{NOT_UTF8}.{ending}", "-o", "new.rgx", "-q")
    assert len(dataset.load(folder / "new.rgx").index) == 2


def test_a_name_that_gdal_cannot_open_is_reported(folder: Path, command: Command) -> None:
    pytest.importorskip("pyogrio")
    (folder / f"{NOT_UTF8}.gpkg").write_bytes(b"x")
    message = command.refused("import", f"{NOT_UTF8}.gpkg", "-o", "new.rgx")
    assert message.startswith("caf\\udce9.gpkg: GDAL reads ")
    assert message.endswith("files and layers whose names are UTF-8")


@pytest.mark.parametrize("question", [f"search {NOT_UTF8}:80 {WORLD}", f"info {NOT_UTF8}:80"])
def test_such_a_name_is_not_a_host(folder: Path, question: str) -> None:
    done = shell(folder, question)
    assert done.returncode == 2
    assert "caf\\udce9:80: no such file, and not HOST:PORT of a server\n" in done.stderr


def test_a_map_of_such_a_file_has_a_title(folder: Path, command: Command) -> None:
    pytest.importorskip("maplibre", reason="the extra [map] is not installed")
    (folder / "places.rgx").rename(folder / f"{NOT_UTF8}.rgx")
    assert command("map", f"{NOT_UTF8}.rgx", "-o", "a.html").status == 0
    assert command("map", f"{NOT_UTF8}.rgx", "-o", "b.html", "--title", NOT_UTF8).status == 0
    for page in ("a.html", "b.html"):
        assert "<title>caf\\xe9" in (folder / page).read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("option", "message"),
    [
        ("--attribution", "is not UTF-8"),
        ("--source", "is not UTF-8"),
        ("--encoding", "is not a text encoding"),
        ("--lat", "no column 'caf\\udce9' among 'lat', 'lon', 'name'"),
    ],
)
def test_an_option_that_is_not_utf8_is_refused(
    folder: Path, option: str, message: str, command: Command
) -> None:
    assert message in command.refused("import", "places.csv", "-o", "new.rgx", option, NOT_UTF8)
    assert not (folder / "new.rgx").exists()


def test_devices_without_an_end_are_refused(folder: Path) -> None:
    """In another process, which would run out of time, not this one out of memory."""
    (folder / "route.txt").write_text("1 2\n3 4\n", encoding="utf-8")
    lines = [
        f"search /dev/zero {WORLD}",
        "info /dev/zero",
        "export /dev/zero -o new.csv",
        "map /dev/zero -o new.html",
        "along places.rgx /dev/zero",
        "import /dev/zero --format csv -o new.rgx",
        "import /dev/urandom --format json -o new.rgx",
        "import - --format parquet -o new.rgx",
        f"search localhost:1 --token-file /dev/zero {WORLD}",
        f"search localhost:1 --tls-ca /dev/zero {WORLD}",
    ]
    program = python("print(*(main(line.split()) for line in sys.argv[1:]))")
    with open("/dev/zero", "rb") as zeros:
        done = run(*lines, program=program, cwd=folder, stdin=zeros)
    assert done.stdout.split() == ["2"] * len(lines)
    messages = done.stderr.splitlines()
    assert len(messages) == len(lines)
    assert all(message.endswith(": a device, not a file") for message in messages)
    done = shell(folder, f"search /dev/null {WORLD}")
    assert done.stderr.startswith("routeguide search: /dev/null: the file is empty")
    assert not list(folder.glob("new*"))


@pytest.mark.parametrize(
    ("output", "status", "message"),
    [
        ("--rejects /dev/full", 1, "routeguide import: /dev/full: No space left on device\n"),
        ("--rejects - >/dev/full", 1, "routeguide import: -: No space left on device\n"),
        ("--rejects - -q | head -1", 0, ""),
        ("--rejects - >&-", 0, ""),
    ],
)
def test_a_report_that_cannot_be_written(
    folder: Path, output: str, status: int, message: str
) -> None:
    rows = "lat,lon,name\n1,2,a\n" + "".join(f"x{number},2,a\n" for number in range(20_000))
    (folder / "wrong.csv").write_text(rows, encoding="utf-8")
    done = shell(folder, f"import wrong.csv -o new.rgx {output}")
    assert (done.returncode, done.stderr) == (status, message)
    assert (folder / "new.rgx").exists() == output.endswith("&-")


def test_the_current_folder_may_be_removed(folder: Path) -> None:
    gone = folder / "gone"
    gone.mkdir()
    source = folder / "places.csv"
    for arguments in ("-o a.rgx --rejects r.csv", "-o a.rgx", f"-o {folder}/a.rgx --rejects r.csv"):
        line = f'rmdir "{gone}"; exec "{sys.executable}" -m routeguide import {source} {arguments}'
        done = run("-c", line, program=["/bin/sh"], cwd=gone)
        gone.mkdir()
        assert done.returncode in (1, 2)
        (message,) = done.stderr.splitlines()
        assert message.startswith("routeguide import: ")
    assert not (folder / "a.rgx").exists()


WITHOUT_THREADS = python(
    "import threading; threading.stack_size(1 << 60)\nsys.exit(main(sys.argv[1:]))"
)
IMPORT = ("import", "places.csv", "-o", "new.rgx")


def test_an_import_works_without_threads(folder: Path) -> None:
    (folder / "places.csv").write_text("lat,lon,name\n1,2,a\n1,2,\n")
    done = run(*IMPORT, program=WITHOUT_THREADS, cwd=folder)
    assert (done.returncode, done.stderr) == (0, "")
    assert "\n  unnamed    1\n  duplicates 1\n" in done.stdout
    assert len(FeatureIndex.open(folder / "new.rgx")) == 2


def test_a_thread_that_cannot_be_started_is_reported(folder: Path) -> None:
    pytest.importorskip("pyarrow", reason="only pyarrow needs threads")
    (folder / "places.csv").write_text("lat,lon,name\n" + "1,2,a\n" * (WORTH_ARROW // 5))
    done = run(*IMPORT, program=WITHOUT_THREADS, cwd=folder)
    message = "cannot start a thread; raise the limit of processes or of memory"
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == f"routeguide import: {message}\n"
    assert not (folder / "new.rgx").exists()
