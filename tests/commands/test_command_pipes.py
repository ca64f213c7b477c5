"""The reader of a command's output ends first: the command ends with status 1, silently."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from routeguide.commands.main import COMMANDS
from support.commands import ROUTEGUIDE, run
from support.feature_serving import dataset_of
from support.serve_processes import serve

WORLD = ("-90", "-180", "90", "180")
NOTES = b"0 0 first\n0 0 second\n"

# Commands that print something; {source} is a snapshot, then a server.
PRINTING = {
    "serve": ["--print-config"],
    "import": ["{folder}/places.csv", "-o", "{folder}/again.rgx"],
    "export": ["{snapshot}", "-o", "-", "--format", "geojson"],
    "info": ["{source}"],
    "get": ["{source}", "0", "0"],
    "list": ["{source}", *WORLD],
    "search": ["{source}", *WORLD],
    "nearest": ["{source}", "0", "0"],
    "within": ["{source}", "0", "0", "1000"],
    "along": ["{source}", "{folder}/route.txt"],
    "record": ["{source}", "{folder}/route.txt"],
    "chat": ["{address}"],
    "completion": ["bash"],
}
SILENT = {"map"}  # it writes a file
PLACES = [(0, i) for i in range(20_000)]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pipes")
    dataset_of(PLACES).index.save(folder / "places.rgx")
    (folder / "places.csv").write_text("name,latitude,longitude\nhere,0,0\n")
    (folder / "route.txt").write_text("0 0\n0 1\n")
    return folder


@pytest.fixture(scope="module")
def address(folder: Path) -> Iterator[str]:
    with serve("--db", folder / "places.rgx") as server:
        yield server.address


def command_line(name: str, source: str, folder: Path, address: str) -> list[str]:
    snapshot = str(folder / "places.rgx")
    chosen = snapshot if source == "file" else address
    places = {"source": chosen, "snapshot": snapshot, "folder": folder, "address": address}
    return [name, *(each.format(**places) for each in PRINTING[name])]


def test_every_command_is_tested() -> None:
    assert {*PRINTING} | SILENT == {name for name, _, _ in COMMANDS}


@pytest.mark.parametrize(
    ("name", "source"),
    [
        (name, source)
        for name, arguments in PRINTING.items()
        for source in (("file", "server") if "{source}" in arguments else ("file",))
    ],
)
def test_a_closed_pipe_ends_a_command(name: str, source: str, folder: Path, address: str) -> None:
    if name == "completion":
        pytest.importorskip("shtab", reason="the extra [cli] is not installed")
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "wb") as closed:
        done = run(*command_line(name, source, folder, address), input=NOTES, stdout=closed)
    assert (done.returncode, done.stderr) == (1, "")


@pytest.mark.parametrize("source", ["file", "server"])
@pytest.mark.parametrize("name", ["list", "search"])
def test_a_reader_may_end_after_one_line(
    name: str, source: str, folder: Path, address: str
) -> None:
    """The reader ends while the output is larger than a pipe holds."""
    program = ["/bin/sh", "-c", '"$0" "$@" | head -n 1', ROUTEGUIDE]
    done = run(*command_line(name, source, folder, address), program=program)
    assert done.stdout == '{"name": "feature 0", "latitude": 0.0, "longitude": 0.0}\n'
    assert done.stderr == ""
