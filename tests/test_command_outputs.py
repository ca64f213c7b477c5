"""What commands do where their output cannot go, or must not."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from routeguide import database
from routeguide.commands.main import main
from serving import WATCHDOG_S

WORLD = ("--", "-90", "-180", "90", "180")


@pytest.fixture
def snapshot(tmp_path: Path) -> Path:
    path = tmp_path / "places.rgx"
    database.load_packaged().save(path)
    return path


def in_a_shell(line: str, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """The command as `line` has it: "$@", and where its output goes."""
    command = [sys.executable, "-m", "routeguide", *map(str, arguments)]
    return subprocess.run(
        ["/bin/sh", "-c", line, "sh", *command],
        capture_output=True,
        text=True,
        timeout=WATCHDOG_S,
        check=False,
    )


@pytest.mark.parametrize("format", ["table", "jsonl", "geojson", "csv"])
def test_a_disk_that_is_full_is_told(snapshot: Path, format: str) -> None:
    ended = in_a_shell('exec "$@" > /dev/full', "search", "--format", format, snapshot, *WORLD)
    told = "routeguide search: output: No space left on device\n"
    assert (ended.returncode, ended.stderr) == (1, told)


@pytest.mark.parametrize("arguments", [("info",), ("search", *WORLD)])
def test_nobody_listens(snapshot: Path, arguments: tuple[str, ...]) -> None:
    name, *rest = arguments
    ended = in_a_shell('exec "$@" >&-', name, snapshot, *rest)
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
