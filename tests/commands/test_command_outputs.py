"""Outputs that cannot be written, or must not."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from routeguide.domain import database
from support.commands import Command, shell

WORLD = "-- -90 -180 90 180"


@pytest.fixture
def snapshot(tmp_path: Path) -> Path:
    path = tmp_path / "places.rgx"
    database.load_packaged().save(path)
    return path


@pytest.mark.parametrize("arguments", ["info places.rgx", f"search places.rgx {WORLD}"])
def test_output_may_be_closed(snapshot: Path, arguments: str) -> None:
    ended = shell(snapshot.parent, f"{arguments} >&-")
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "", "")


def test_an_input_is_not_overwritten(snapshot: Path, tmp_path: Path, command: Command) -> None:
    table, link = tmp_path / "places.csv", tmp_path / "link.csv"
    command.printed("export", snapshot, "-q", "-o", table)
    link.symlink_to(table)
    before = snapshot.read_bytes(), table.read_bytes()
    for arguments in (
        ["export", snapshot, "--format", "csv", "-o", snapshot],
        ["import", table, "-o", table],
        ["import", table, "-o", link],
        ["import", table, "-o", tmp_path / "new.rgx", "--rejects", table],
        ["map", snapshot, "-o", snapshot],
        ["map", snapshot, "--png", snapshot],
        ["map", snapshot, "--route", table, "-o", table],
    ):
        assert "this file is read; name another one to write" in command.refused(*arguments)
    assert before == (snapshot.read_bytes(), table.read_bytes())
    assert not (tmp_path / "new.rgx").exists()


@pytest.mark.parametrize("width", ["0", "99", "10001", "1000000"])
def test_a_picture_has_a_smallest_and_a_largest_width(
    snapshot: Path, tmp_path: Path, width: str, command: Command
) -> None:
    message = command.refused("map", snapshot, "--png", tmp_path / "a.png", "--png-width", width)
    assert "--png-width" in message


@pytest.mark.parametrize(
    ("output", "message"),
    [
        ("missing/new", "there is no folder missing"),
        ("places.rgx/new", "there is no folder places.rgx"),
        (".", "it is a folder; name a file in it"),
        ("", "a file needs a name"),
    ],
)
@pytest.mark.parametrize(
    "arguments",
    [
        ["import", "missing.csv", "-o"],
        ["import", "missing.csv", "-o", "new.rgx", "--rejects"],
        ["export", "missing.rgx", "--format", "csv", "-o"],
        ["map", "missing.rgx", "-o"],
        ["map", "missing.rgx", "--png"],
    ],
    ids=" ".join,
)
def test_a_wrong_output_is_reported_before_anything_is_read(
    snapshot: Path,
    monkeypatch: pytest.MonkeyPatch,
    command: Command,
    arguments: list[str],
    output: str,
    message: str,
) -> None:
    monkeypatch.chdir(snapshot.parent)
    if output == "" and arguments[-1] != "-o":
        pytest.skip("an empty value means that the option is not given")
    if arguments[0] == "map" and output == "":
        output, message = ".", "it is a folder; name a file in it"  # what pathlib makes of it
    assert command.refused(*arguments, output) == f"{output}: {message}"
    assert [path.name for path in snapshot.parent.iterdir()] == ["places.rgx"]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_read_only_folder_is_reported(snapshot: Path, command: Command) -> None:
    folder = snapshot.parent / "locked"
    folder.mkdir(0o500)
    message = command.refused("export", snapshot, "-o", folder / "new.csv")
    assert "no permission to write to the folder" in message


@pytest.mark.parametrize("output", ["-", "/dev/null"])
def test_a_snapshot_is_a_file(snapshot: Path, command: Command, output: str) -> None:
    message = command.refused("import", snapshot.with_name("missing.csv"), "-o", output)
    assert message == f"{output}: a snapshot is a file; name one"


@pytest.mark.parametrize(
    "arguments",
    [
        ["import", "missing.csv", "-o", "new", "--rejects", "./new"],
        ["map", "missing.rgx", "-o", "new", "--png", "./new"],
        ["map", "missing.rgx", "-o", "-", "--png", "-"],
    ],
    ids=" ".join,
)
def test_two_outputs_are_two_files(
    snapshot: Path,
    monkeypatch: pytest.MonkeyPatch,
    command: Command,
    arguments: list[str],
) -> None:
    monkeypatch.chdir(snapshot.parent)
    assert "are the same file" in command.refused(*arguments)
