"""Messages that say what was probably meant, and what to install."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from routeguide.domain import dataset
from support.commands import Command, run

from routeguide_c import FeatureIndex

LINE = "48.2 16.3\n48.2 16.4\n"
ROUTES = {
    "a.txt": LINE,
    "a.csv": LINE.replace(" ", ","),
    "a.geojson": '{"type": "LineString", "coordinates": [[16.3, 48.2], [16.4, 48.2]]}',
    "a.gpx": '<gpx><rte><rtept lat="48.2" lon="16.3"/><rtept lat="48.2" lon="16.4"/></rte></gpx>',
}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder, with a snapshot."""
    FeatureIndex([482000000], [163500000], ["beside it"]).save(tmp_path / "a.rgx")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("name", ROUTES)
def test_a_route_may_be_compressed_or_come_through_a_pipe(
    folder: Path, name: str, command: Command
) -> None:
    if name == "a.gpx":
        pytest.importorskip("gpxpy", reason="the extra [cli] is not installed")
    text = ROUTES[name].encode()
    (folder / name).write_bytes(text)
    (folder / f"{name}.gz").write_bytes(gzip.compress(text))
    of_file = command.printed("along", "a.rgx", name)
    assert '"beside it"' in of_file
    assert command.printed("along", "a.rgx", f"{name}.gz") == of_file
    for sent in (text, gzip.compress(text)):
        assert run("along", "a.rgx", "-", input=sent, cwd=folder).stdout == of_file


def test_a_route_that_cannot_be_read(folder: Path, command: Command) -> None:
    (folder / "a.gpx.gz").write_bytes(gzip.compress(LINE.encode() * 99)[:-9])
    assert command.refused("along", "a.rgx", "a.gpx.gz") == (
        "a.gpx.gz: the gzip data end early: the file is truncated"
    )
    done = run("along", "a.rgx", "-", cwd=folder)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "routeguide along: standard input: there is no route in it\n"


@pytest.mark.parametrize("name", ["A.CSV.GZ", "a.csv.gz"])
def test_export_compresses_by_the_extension_in_either_case(
    folder: Path, name: str, command: Command
) -> None:
    assert command("export", "a.rgx", "-o", name) == (0, "", f"Wrote 1 feature to {name}\n")
    assert b"beside it" in gzip.decompress((folder / name).read_bytes())


def test_import_refuses_what_is_not_a_file_of_places(folder: Path, command: Command) -> None:
    message = command.refused("import", ".", "-o", "b.rgx")
    assert message == ".: a folder; name the files in it"
    message = command.refused("import", "a.rgx", "-o", "b.rgx")
    assert message.startswith("a.rgx: ")
    assert "snapshot" in message
    assert "`routeguide export`" in message
    (folder / "a.csv").write_text("lat,lon\n" * 2, encoding="utf-8")
    assert command.refused("import", "a.csv", "b.xyz", "-o", "b.rgx").startswith("b.xyz: ")


@pytest.mark.parametrize(
    ("arguments", "hint"),
    [
        ("nearest a.rgx 48.2085,16.3731", "; latitude and longitude are two arguments"),
        ("get a.rgx 48,2085 16,3731", "; latitude and longitude are two arguments"),
        ("nearest a.rgx 48.2 16.3 --limit 3", "; did you mean -k?"),
        ("nearest a.rgx 48.2 16.3 --limt 3", None),
        ("search a.rgx 48 16 49 17 -k 3", "; did you mean --limit?"),
        ("search a.rgx 48 16 49 17 --limt 3", "; did you mean --limit?"),
        ("search a.rgx 48 16 49 17 --anything 3", None),
    ],
)
@pytest.mark.usefixtures("folder")
def test_the_option_that_was_probably_meant(
    arguments: str, hint: str | None, command: Command
) -> None:
    message = command.refused(*arguments.split())
    if hint is None:
        assert "did you mean" not in message
    else:
        assert hint in message


@pytest.mark.parametrize(
    ("package", "arguments", "extra"),
    [
        ("shtab", "completion bash", "cli"),
        ("maplibre", "map missing.rgx", "map"),
        ("matplotlib", "map missing.rgx --png a.png", "map"),
        ("pyarrow", "import missing.csv missing.parquet -o b.rgx", "arrow"),
        ("pyarrow", "export missing.rgx -o a.parquet", "arrow"),
        ("gpxpy", "along a.rgx a.gpx", "cli"),
    ],
)
def test_a_missing_package_is_reported_before_anything_is_read(
    folder: Path, package: str, arguments: str, extra: str
) -> None:
    (folder / "a.gpx").write_text(ROUTES["a.gpx"], encoding="utf-8")
    (folder / "sitecustomize.py").write_text(f"import sys\nsys.modules[{package!r}] = None\n")
    done = run(*arguments.split(), cwd=folder, variables={"PYTHONPATH": str(folder)})
    assert (done.returncode, done.stdout) == (2, "")
    (line,) = done.stderr.splitlines()
    assert line.endswith(f"run `pip install 'routeguide[{extra}]'`")
    assert len(dataset.load(folder / "a.rgx").index) == 1
