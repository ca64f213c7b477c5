"""What commands say of what was most likely meant."""

from __future__ import annotations

import gzip
import os
import subprocess
from pathlib import Path

import pytest
from routeguide.domain import dataset
from support.commands import ROUTEGUIDE, run
from support.serving import WATCHDOG_S

from routeguide_c import FeatureIndex

LINE = "48.2 16.3\n48.2 16.4\n"
ROUTES = {
    "a.txt": LINE,
    "a.csv": LINE.replace(" ", ","),
    "a.geojson": '{"type": "LineString", "coordinates": [[16.3, 48.2], [16.4, 48.2]]}',
    "a.gpx": '<gpx><rte><rtept lat="48.2" lon="16.3"/><rtept lat="48.2" lon="16.4"/></rte></gpx>',
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    FeatureIndex([482000000], [163500000], ["beside it"]).save(tmp_path / "a.rgx")
    return tmp_path


def told(folder: Path, *arguments: str, status: int = 2) -> str:
    done = run(*arguments, cwd=folder)
    assert (done.returncode, done.stdout) == (status, "")
    (line,) = done.stderr.splitlines()
    return line


@pytest.mark.parametrize("name", ROUTES)
def test_routes_that_are_packed_or_come_through_a_pipe(folder: Path, name: str) -> None:
    if name == "a.gpx":
        pytest.importorskip("gpxpy", reason="the extra [cli] is not installed")
    text = ROUTES[name].encode()
    (folder / name).write_bytes(text)
    (folder / f"{name}.gz").write_bytes(gzip.compress(text))
    of_file = run("along", "a.rgx", name, cwd=folder).stdout
    assert '"beside it"' in of_file
    assert run("along", "a.rgx", f"{name}.gz", cwd=folder).stdout == of_file
    assert run("along", "a.rgx", "-", input=text, cwd=folder).stdout == of_file
    assert run("along", "a.rgx", "-", input=gzip.compress(text), cwd=folder).stdout == of_file


def test_routes_that_are_none(folder: Path) -> None:
    (folder / "a.gpx.gz").write_bytes(gzip.compress(LINE.encode() * 99)[:-9])
    assert told(folder, "along", "a.rgx", "a.gpx.gz").endswith(
        "a.gpx.gz: the gzip data end early: the file is truncated"
    )
    assert told(folder, "along", "a.rgx", "-").endswith("standard input: there is no route in it")


@pytest.mark.parametrize("name", ["A.CSV.GZ", "a.csv.gz"])
def test_what_is_written_is_packed_whatever_its_case(folder: Path, name: str) -> None:
    done = run("export", "a.rgx", "-o", name, cwd=folder)
    assert done.stderr == f"Wrote 1 feature to {name}\n"
    assert b"beside it" in gzip.decompress((folder / name).read_bytes())


def test_what_is_no_file_of_places(folder: Path) -> None:
    assert told(folder, "import", ".", "-o", "b.rgx") == (
        "routeguide import: .: a folder; name the files in it"
    )
    assert told(folder, "import", "a.rgx", "-o", "b.rgx") == (
        "routeguide import: a.rgx: it is a snapshot; `routeguide export` converts it"
    )
    (folder / "a.csv").write_text("lat,lon\n" * 2, encoding="utf-8")
    assert ": its ending is none of " in told(folder, "import", "a.csv", "b.xyz", "-o", "b.rgx")


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
def test_what_was_most_likely_meant(folder: Path, arguments: str, hint: str | None) -> None:
    line = told(folder, *arguments.split())
    if hint is None:
        assert "did you mean" not in line
    else:
        assert hint in line


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
def test_a_package_that_is_missing_is_told_before_anything_is_read(
    folder: Path, package: str, arguments: str, extra: str
) -> None:
    (folder / "a.gpx").write_text(ROUTES["a.gpx"], encoding="utf-8")
    (folder / "sitecustomize.py").write_text(f"import sys\nsys.modules[{package!r}] = None\n")
    done = subprocess.run(
        [ROUTEGUIDE, *arguments.split()],
        cwd=folder,
        capture_output=True,
        text=True,
        env=os.environ | {"PYTHONPATH": str(folder)},
        timeout=WATCHDOG_S,
        check=False,
    )
    assert (done.returncode, done.stdout) == (2, "")
    (line,) = done.stderr.splitlines()
    assert line.endswith(f"run `pip install 'routeguide[{extra}]'`")
    assert len(dataset.load(folder / "a.rgx").index) == 1
