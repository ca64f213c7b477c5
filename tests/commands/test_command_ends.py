"""Commands that are stopped while they run, or whose server is."""

from __future__ import annotations

import os
import signal
import subprocess
import threading
from array import array
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from support.commands import ROUTEGUIDE, Command, run
from support.serve_processes import ServeProcess, serve
from support.serving import WATCHDOG_S

from routeguide_c import FeatureIndex

MANY = 300_000  # more than pipes and windows hold
WORLD = ("--", "-90", "-180", "90", "180")


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("ends") / "places.rgx"
    degrees = array("i", range(0, 100 * MANY, 100))
    FeatureIndex(degrees, degrees, [f"place number {number}" for number in range(MANY)]).save(path)
    return path


@pytest.fixture
def server(snapshot: Path) -> Iterator[ServeProcess]:
    with serve("--db", snapshot) as process:
        yield process


@pytest.mark.parametrize("name", ["search", "list"])
def test_a_server_that_goes_away_in_the_middle(server: ServeProcess, name: str) -> None:
    command = [str(ROUTEGUIDE), name, server.address, *WORLD]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline()
        server.process.kill()
        server.process.wait(WATCHDOG_S)
        rest, errors = process.communicate(timeout=WATCHDOG_S)
    assert process.returncode == 1
    assert 0 < rest.count(b"\n") < MANY - 1
    (line,) = errors.decode().splitlines()
    assert line.startswith(f"routeguide {name}: {server.address}: UNAVAILABLE: ")
    assert line.endswith("; the server went away before its answer was complete: try again")


def test_a_chat_prints_the_message_of_a_server_that_stops(server: ServeProcess) -> None:
    command = [str(ROUTEGUIDE), "chat", server.address]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(b"1 2 one\n1 2 two\n")
        process.stdin.flush()
        assert process.stdout.readline() == b"1.0000000 2.0000000 one\n"
        server.process.terminate()
        assert process.wait(WATCHDOG_S) == 1
        _, errors = process.communicate(timeout=WATCHDOG_S)
    message = "UNAVAILABLE: this server is stopping; open another stream\n"
    assert errors.decode() == f"routeguide chat: {server.address}: {message}"


def test_a_chat_leaves_out_lines_that_are_not_notes(snapshot: Path) -> None:
    places = ["nan 2", "2 inf", "1e308 1", "1e999 1", "91 1"]
    wrong = b"".join(f"{place} note\n".encode() for place in places)
    notes = b"1 2 first\n1 2 caf\xe9\n\xff\xfe\n" + wrong + b"1 2 last\n"
    with serve("--db", snapshot) as server:
        done = run("chat", server.address, input=notes, variables={"PYTHONUTF8": "1"})
    assert (done.returncode, done.stdout) == (0, "1.0000000 2.0000000 first\n")
    caf, nothing, *off = done.stderr.splitlines()
    assert caf == "routeguide chat: not text in utf-8: 'caf\\udce9'"
    assert nothing.startswith("routeguide chat: expected latitude, longitude and a message")
    assert len(off) == len(places)
    assert all(" is within " in line for line in off)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
@pytest.mark.parametrize("name", ["map", "export"])
def test_a_signal_while_a_file_is_written(
    tmp_path: Path, snapshot: Path, name: str, number: signal.Signals
) -> None:
    """A pipe that is not read further keeps the command writing."""
    if name == "map":
        pytest.importorskip("maplibre", reason="the extra [map] is not installed")
        arguments = ["map", str(snapshot), "-o", "-"]
    else:
        arguments = ["export", str(snapshot), "-o", "-", "--format", "csv"]
    command = [str(ROUTEGUIDE), *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=tmp_path) as process:
        assert process.stdout is not None
        process.stdout.read(1)
        process.send_signal(number)
        assert process.wait(WATCHDOG_S) == 128 + number
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_map_that_is_stopped_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: signal.Signals, command: Command
) -> None:
    """At the worst time: the page is written, but not renamed yet."""
    pytest.importorskip("maplibre", reason="the extra [map] is not installed")
    monkeypatch.chdir(tmp_path)
    replace = os.replace

    def stopped(*paths: str) -> None:
        assert [path.suffix for path in tmp_path.iterdir()] == [".unfinished"]
        assert signal.getsignal(number) != signal.SIG_DFL  # which would end the tests
        signal.raise_signal(number)
        replace(*paths)

    monkeypatch.setattr(os, "replace", stopped)
    assert command("map", "-o", "map.html").status == 128 + number
    assert list(tmp_path.iterdir()) == []


IMPORT = [str(ROUTEGUIDE), "import", "-", "--format", "csv", "-o", "a.rgx"]
# More than is read at once, so that the import is running when all is written.
LONG_TABLE = b"lat,lon\n" + b"1,2\n" * 2_000_000


def test_under_nohup_an_import_continues(tmp_path: Path) -> None:
    null, pipe = subprocess.DEVNULL, subprocess.PIPE
    with subprocess.Popen(
        ["nohup", *IMPORT], stdin=pipe, stdout=null, stderr=null, cwd=tmp_path
    ) as process:
        assert process.stdin is not None
        process.stdin.write(LONG_TABLE)
        process.send_signal(signal.SIGHUP)
        process.stdin.close()
        assert process.wait(WATCHDOG_S) == 0
    assert (tmp_path / "a.rgx").exists()


def test_an_import_that_is_killed_leaves_the_old_file(tmp_path: Path) -> None:
    before = b"what was there"
    (tmp_path / "a.rgx").write_bytes(before)
    with subprocess.Popen(IMPORT, stdin=subprocess.PIPE, cwd=tmp_path) as process:
        assert process.stdin is not None
        process.stdin.write(LONG_TABLE)
        process.kill()
        with suppress(BrokenPipeError):
            process.stdin.close()
        process.wait(WATCHDOG_S)
    assert (tmp_path / "a.rgx").read_bytes() == before


def test_pipes_are_read_once(tmp_path: Path, snapshot: Path) -> None:
    pipe = tmp_path / "pipe.json"
    os.mkfifo(pipe)
    text = b'[{"location":{"latitude":10000000,"longitude":20000000},"name":"a"}]'
    for arguments in (
        ("search", pipe, *WORLD),
        ("info", pipe),
        ("export", pipe, "-o", "-", "--format", "csv"),
        ("import", pipe, "-o", tmp_path / "a.rgx"),
    ):
        writer = threading.Thread(target=pipe.write_bytes, args=[text], daemon=True)
        writer.start()
        done = run(*arguments)
        writer.join(WATCHDOG_S)
        assert not writer.is_alive()
        assert (done.returncode, done.stderr[:10]) in {(0, ""), (0, "Wrote 1 fe")}
