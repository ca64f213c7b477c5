"""Files whose places are geometries: GeoParquet, and what GDAL reads."""

from __future__ import annotations

import json
import struct
from pathlib import Path
from typing import Any

import pytest
from routeguide.formats.arrow import wkb
from routeguide.formats.base.faults import Refusal, SourceError
from support.reading import read

pa = pytest.importorskip("pyarrow", reason="the extra [arrow] is not installed")
parquet = pytest.importorskip("pyarrow.parquet")

LITTLE, BIG = "<", ">"


def encoded(order: str, kind: int, *numbers: float, srid: int | None = None) -> bytes:
    """Encode a geometry by the standard."""
    head = struct.pack(order + "BI", order == LITTLE, kind)
    if srid is not None:
        head += struct.pack(order + "I", srid)
    return head + struct.pack(f"{order}{len(numbers)}d", *numbers)


POINTS = [
    encoded(LITTLE, 1, 8.5, 47.25),
    encoded(BIG, 1, 8.5, 47.25),
    encoded(LITTLE, 1001, 8.5, 47.25, 400.0),  # with z by ISO
    encoded(BIG, 0x8000_0001, 8.5, 47.25, 400.0),  # with z by PostGIS
    encoded(LITTLE, 0x2000_0001, 8.5, 47.25, srid=4326),
]
NO_POINTS = {
    encoded(LITTLE, 2): "LineString is not a Point",
    encoded(BIG, 99): "geometry 99 is not a Point",
    encoded(LITTLE, 1, float("nan"), float("nan")): "an empty Point",
    encoded(LITTLE, 1, 8.5): "not well-known binary",
    b"": "not well-known binary",
}


@pytest.mark.parametrize("data", POINTS, ids=bytes.hex)
def test_points_of_every_kind_are_read(data: bytes) -> None:
    assert wkb.point(data) == (8.5, 47.25)


@pytest.mark.parametrize(("data", "reason"), NO_POINTS.items())
def test_other_geometries_are_refused(data: bytes, reason: str) -> None:
    with pytest.raises(Refusal) as refused:
        wkb.point(data)
    assert refused.value.reason == reason


def write_geoparquet(path: Path, points: Any, encoding: str, **column: Any) -> None:
    names = pa.array([f"place {row}" for row in range(len(points))])
    table = pa.table({"name": names, "geometry": points})
    columns = {"geometry": {"encoding": encoding, "geometry_types": ["Point"], **column}}
    geo = {"version": "1.1.0", "primary_column": "geometry", "columns": columns}
    parquet.write_table(table.replace_schema_metadata({"geo": json.dumps(geo)}), path)


def test_geoparquet_in_well_known_binary(tmp_path: Path) -> None:
    path = tmp_path / "places.parquet"
    write_geoparquet(path, pa.array([*POINTS, *NO_POINTS, None], pa.binary()), "WKB")
    features, rejects = read(path)
    assert features == [(472500000, 85000000, f"place {row}") for row in range(len(POINTS))]
    first = len(POINTS) + 1
    reasons = [(reject.record, reject.reason) for reject in rejects]
    assert reasons[:-1] == list(enumerate(NO_POINTS.values(), first))
    assert rejects[-1].record == first + len(NO_POINTS)


def test_geoparquet_of_plain_points(tmp_path: Path) -> None:
    """These are read without a loop."""
    path = tmp_path / "places.parquet"
    places = [(row / 8, -row / 4) for row in range(300)]
    write_geoparquet(path, pa.array([encoded(LITTLE, 1, lon, lat) for lat, lon in places]), "WKB")
    expected = [
        (round(lat * 1e7), round(lon * 1e7), f"place {row}")
        for row, (lat, lon) in enumerate(places)
        if lat <= 90
    ]
    assert read(path)[0] == expected[: len(expected)]


@pytest.mark.parametrize("number", ["float64", "float32", "float16"])
def test_geoparquet_of_structs(tmp_path: Path, number: str) -> None:
    path = tmp_path / "places.parquet"
    numbers = getattr(pa, number)()
    xs, ys = pa.array([8.5, -1.0, 3.0]).cast(numbers), pa.array([47.25, 2.0, None]).cast(numbers)
    write_geoparquet(path, pa.StructArray.from_arrays([xs, ys], ["x", "y"]), "point")
    features, rejects = read(path)
    assert features == [(472500000, 85000000, "place 0"), (20000000, -10000000, "place 1")]
    assert [(reject.record, reject.field) for reject in rejects] == [(3, "latitude")]


def test_geoparquet_on_another_system_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "places.parquet"
    system = {"name": "ETRS89 / UTM 32N", "id": {"authority": "EPSG", "code": 25832}}
    write_geoparquet(path, pa.array(POINTS[:1]), "WKB", crs=system)
    with pytest.raises(SourceError, match="ETRS89 / UTM 32N, not WGS 84"):
        read(path)


def test_gdal_converts_other_systems_to_wgs84(tmp_path: Path) -> None:
    pyogrio = pytest.importorskip("pyogrio", reason="the extra [gdal] is not installed")
    pyproj = pytest.importorskip("pyproj", reason="the extra [gdal] is not installed")
    places = [(47.25, 8.5), (51.5, 11.125)]
    to_utm = pyproj.Transformer.from_crs("OGC:CRS84", "EPSG:25832", always_xy=True)
    points = [encoded(LITTLE, 1, *to_utm.transform(lon, lat)) for lat, lon in places]
    table = pa.table({"name": ["one", "zwölf"], "geometry": pa.array(points, pa.binary())})
    path = tmp_path / "places.gpkg"
    pyogrio.write_arrow(
        table, path, driver="GPKG", geometry_name="geometry", geometry_type="Point",
        crs="EPSG:25832",
    )  # fmt: skip
    features, rejects = read(path)
    assert rejects == []
    assert [name for *_, name in features] == ["one", "zwölf"]
    for (lat_e7, lon_e7, _), (lat, lon) in zip(features, places, strict=True):
        assert abs(lat_e7 - lat * 1e7) <= 1
        assert abs(lon_e7 - lon * 1e7) <= 1
