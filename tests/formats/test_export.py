"""`routeguide import` reads what `routeguide export` writes: the same features in order."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from routeguide.formats import registry
from routeguide.formats.delimited import csv_reading
from support import commands
from support.in_process import run
from support.reading import read
from support.strategies import MAX_LAT_E7, MAX_LON_E7, trials

from routeguide_c import FeatureIndex

features = st.lists(
    st.tuples(
        st.integers(-MAX_LAT_E7, MAX_LAT_E7),
        st.integers(-MAX_LON_E7, MAX_LON_E7),
        st.one_of(st.text(max_size=8), st.text(st.sampled_from(',;\t"\r\n\x1e \0'), max_size=5)),
    ),
    max_size=8,
)


@pytest.mark.parametrize("format_name", registry.WRITABLE)
@pytest.mark.parametrize("worth_arrow", [0, csv_reading.WORTH_ARROW], ids=["large", "small"])
def test_round_trip(
    format_name: str, worth_arrow: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(csv_reading, "WORTH_ARROW", worth_arrow)
    path = tmp_path / "out"

    @trials(60)
    @given(features)
    def holds(given_features: list[tuple[int, int, str]]) -> None:
        lats_e7 = [lat_e7 for lat_e7, _, _ in given_features]
        lons_e7 = [lon_e7 for _, lon_e7, _ in given_features]
        index = FeatureIndex(lats_e7, lons_e7, [name for _, _, name in given_features])
        with path.open("wb") as file:
            written = list(registry.writer_of(registry.WRITABLE[format_name])(index, file))
        assert written[-1:] == [len(index)] * bool(given_features)
        if not given_features and format_name == "geojsonl":
            return  # an empty file, which import refuses
        assert read(path, format_name) == (given_features, [])

    holds()


@pytest.mark.parametrize("ending", ["json", "geojson", "ndjson", "csv.gz", "tsv", "parquet"])
def test_the_packaged_features_survive_export_and_import(tmp_path: Path, ending: str) -> None:
    source = Path(__file__).parents[2] / "python/routeguide/data/route_guide_db.json"
    out = f"out.{ending}"
    assert run("export", source, "-o", out, cwd=tmp_path).returncode == 0
    assert run("import", out, "-o", "back.rgx", cwd=tmp_path).returncode == 0
    before, after = (
        json.loads(run("info", "--json", each, cwd=tmp_path).stdout)
        for each in (source, "back.rgx")
    )
    assert before["generation"] == after["generation"]
    assert (after["features"], after["unnamed"], after["duplicates"]) == (100, 36, 0)
    assert {path.name for path in tmp_path.iterdir()} == {out, "back.rgx"}


def test_standard_output_has_only_the_file(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("latitude,longitude,name\n1.5000000,-2.2500000,a\n")
    run("import", "a.csv", "-o", "a.rgx", cwd=tmp_path)
    done = commands.run("export", "a.rgx", "-o", "-", "--format", "csv", cwd=tmp_path)
    assert done.stdout == (tmp_path / "a.csv").read_text()
    assert done.stderr == "Wrote 1 feature to standard output\n"


def test_info_draws_a_map(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("lat,lon\n0,-170\n0,0\n0,170\n60,0\n-60,0\n")
    run("import", "a.csv", "-o", "a.rgx", cwd=tmp_path)
    lines = run("info", "a.rgx", "--width", "60", cwd=tmp_path).stdout.splitlines()
    drawn = lines[lines.index("") + 1 :]
    assert all(len(line) <= 60 for line in drawn)
    lit = [c for line in drawn for c in line if "\u2800" < c <= "\u28ff"]
    assert len(lit) == 5
    (equator,) = (line for line in drawn if line.lstrip().startswith("0°"))
    assert sum("\u2800" < c <= "\u28ff" for c in equator) == 3
    colored = run("info", "a.rgx", "--color", "always", cwd=tmp_path).stdout
    assert "\x1b[38;5;" in colored


def test_the_map_of_a_small_area_keeps_its_frame(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("lat,lon\n48.2000001,16.3\n48.2000003,16.3000004\n")
    run("import", "a.csv", "-o", "a.rgx", cwd=tmp_path)
    lines = run("info", "a.rgx", "--width", "60", cwd=tmp_path).stdout.splitlines()
    *drawn, _, _ = lines[lines.index("") + 1 :]  # the longitudes and the legend may be shorter
    assert len({len(line) for line in drawn}) == 1
    assert len(drawn[0]) <= 60
    assert any(line.startswith("48.2000003°N ┤") for line in drawn)


@pytest.mark.parametrize("rows", [1, 2])
def test_a_single_location_is_printed_instead_of_a_map(tmp_path: Path, rows: int) -> None:
    (tmp_path / "a.csv").write_text("lat,lon\n" + "48.2,16.3\n" * rows)
    run("import", "a.csv", "-o", "a.rgx", cwd=tmp_path)
    lines = run("info", "a.rgx", cwd=tmp_path).stdout.splitlines()
    assert "  location     48.2000000 16.3000000, of every feature" in lines
    assert "" not in lines
