"""What commands do where their output cannot go, or must not."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from routeguide.commands.main import main
from routeguide.domain import database
from support.commands import shell

WORLD = "-- -90 -180 90 180"


@pytest.fixture
def snapshot(tmp_path: Path) -> Path:
    path = tmp_path / "places.rgx"
    database.load_packaged().save(path)
    return path


@pytest.mark.parametrize("format", ["table", "jsonl", "geojson", "csv"])
def test_a_disk_that_is_full_is_told(snapshot: Path, format: str) -> None:
    ended = shell(snapshot.parent, f"search --format {format} places.rgx {WORLD} > /dev/full")
    told = "routeguide search: output: No space left on device\n"
    assert (ended.returncode, ended.stderr) == (1, told)


@pytest.mark.parametrize("arguments", ["info places.rgx", f"search places.rgx {WORLD}"])
def test_nobody_listens(snapshot: Path, arguments: str) -> None:
    ended = shell(snapshot.parent, f"{arguments} >&-")
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "", "")


def test_what_is_read_is_not_written(
    snapshot: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    table, link = tmp_path / "places.csv", tmp_path / "link.csv"
    assert main(["export", str(snapshot), "-q", "-o", str(table)]) == 0
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
        assert main(list(map(str, arguments))) == 2
        assert "this file is read; name another one to write\n" in capsys.readouterr().err
    assert before == (snapshot.read_bytes(), table.read_bytes())
    assert not (tmp_path / "new.rgx").exists()


@pytest.mark.parametrize("width", ["0", "99", "10001", "1000000"])
def test_a_picture_has_a_size_that_can_be(
    snapshot: Path, tmp_path: Path, width: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["map", str(snapshot), "--png", str(tmp_path / "a.png"), "--png-width", width])
    assert ended.value.code == 2
    assert "--png-width" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("output", "told"),
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
def test_where_nothing_can_be_written_is_told_before_anything_is_read(
    snapshot: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    output: str,
    told: str,
) -> None:
    monkeypatch.chdir(snapshot.parent)
    if output == "" and arguments[-1] != "-o":
        pytest.skip("an empty text is no file: as if it were not given")
    if arguments[0] == "map" and output == "":
        output, told = ".", "it is a folder; name a file in it"  # as paths have it
    assert main([*arguments, output]) == 2
    assert capsys.readouterr().err == f"routeguide {arguments[0]}: {output}: {told}\n"
    assert [path.name for path in snapshot.parent.iterdir()] == ["places.rgx"]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_is_read_only_is_told(
    snapshot: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = snapshot.parent / "locked"
    folder.mkdir(0o500)
    assert main(["export", str(snapshot), "-o", str(folder / "new.csv")]) == 2
    assert "nothing can be written in the folder" in capsys.readouterr().err


@pytest.mark.parametrize("output", ["-", "/dev/null"])
def test_a_snapshot_is_a_file(
    snapshot: Path, capsys: pytest.CaptureFixture[str], output: str
) -> None:
    assert main(["import", str(snapshot.with_name("missing.csv")), "-o", output]) == 2
    told = f"routeguide import: {output}: a snapshot is a file; name one\n"
    assert capsys.readouterr().err == told


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
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
) -> None:
    monkeypatch.chdir(snapshot.parent)
    assert main(arguments) == 2
    assert "are the same file\n" in capsys.readouterr().err
