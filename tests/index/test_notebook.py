"""A notebook's first steps: a CSV of places, an index in one line, neighbors, a DataFrame again.

By each library that people read a CSV with.
"""

import csv
from collections.abc import Callable
from pathlib import Path
from typing import Any

import geopandas
import numpy
import pandas
import polars
import pyarrow.csv
import pytest
from support import oracle

from routeguide_c import FeatureIndex

VIENNA = (48.2082, 16.3738)
CITIES = [
    ("Wien", 48.2082, 16.3738),
    ("Bratislava", 48.1486, 17.1077),
    ("Graz", 47.0707, 15.4395),
    ("Linz", 48.3069, 14.2858),
    ("Salzburg", 47.8095, 13.055),
    ("Innsbruck", 47.2692, 11.4041),
    ("Klagenfurt am Wörthersee", 46.6249, 14.305),
    ("", 48.2, 16.0),
    ("Praha", 50.0755, 14.4378),
    ("Budapest", 47.4979, 19.0402),
    ("Zürich", 47.3769, 8.5417),
    ("Suva", -18.1416, 178.4419),
    ("Null Island", 0.0, 0.0),
]
POINTS = [(round(latitude * 1e7), round(longitude * 1e7)) for _, latitude, longitude in CITIES]
NEAREST, DISTANCES_M = oracle.nearest(POINTS, POINTS[0], 10)


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("notebook") / "places.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([("name", "latitude", "longitude"), *CITIES])
    return path


def by_pandas(path: Path) -> FeatureIndex:
    df = pandas.read_csv(path)  # an empty name is NaN here
    return FeatureIndex.from_degrees(df["latitude"], df["longitude"], df["name"])


def by_polars(path: Path) -> FeatureIndex:
    df: Any = polars.read_csv(path)  # and null here
    return FeatureIndex.from_degrees(df["latitude"], df["longitude"], df["name"])


def by_pyarrow(path: Path) -> FeatureIndex:
    table = pyarrow.csv.read_csv(path)
    return FeatureIndex.from_degrees(table["latitude"], table["longitude"], table["name"])


def by_geopandas(path: Path) -> FeatureIndex:
    df = pandas.read_csv(path)
    gdf = geopandas.GeoDataFrame(df, geometry=geopandas.points_from_xy(df.longitude, df.latitude))
    return FeatureIndex.from_degrees(gdf.geometry.y, gdf.geometry.x, gdf["name"])


def by_csv(path: Path) -> FeatureIndex:
    with path.open(encoding="utf-8", newline="") as file:
        rows = [*csv.DictReader(file)]
    latitudes, longitudes = ([float(row[at]) for row in rows] for at in ("latitude", "longitude"))
    return FeatureIndex.from_degrees(latitudes, longitudes, [row["name"] for row in rows])


@pytest.fixture(scope="module", params=[by_pandas, by_polars, by_pyarrow, by_geopandas, by_csv])
def index(request: pytest.FixtureRequest, path: Path) -> FeatureIndex:
    read: Callable[[Path], FeatureIndex] = request.param
    return read(path)


def test_the_index_has_the_places(index: FeatureIndex) -> None:
    assert [*index] == [(*point, name) for point, (name, *_) in zip(POINTS, CITIES, strict=True)]


def test_ten_nearest_with_names_as_a_data_frame(index: FeatureIndex) -> None:
    ids, distances_m = index.degrees.nearest(*VIENNA, k=10)
    assert ids == NEAREST
    near = pandas.DataFrame({"name": index.names(ids), "distance_m": distances_m})
    assert near["name"].tolist() == [CITIES[id][0] for id in NEAREST]
    assert near["distance_m"].tolist() == DISTANCES_M
    assert (near.dtypes["distance_m"], len(near)) == (numpy.float64, 10)
    in_polars = polars.DataFrame({"id": ids, "name": index.names(ids), "distance_m": distances_m})
    assert in_polars["distance_m"].to_list() == DISTANCES_M


def test_ids_take_rows_of_the_data_frame(index: FeatureIndex, path: Path) -> None:
    ids = index.degrees.query_box(south=46, west=13, north=49, east=17)
    assert pandas.read_csv(path).iloc[ids]["name"].fillna("").tolist() == index.names(ids)
    assert polars.read_csv(path)[ids]["name"].fill_null("").to_list() == index.names(ids)
    assert numpy.array([name for name, *_ in CITIES])[ids].tolist() == index.names(ids)


def test_back_to_a_data_frame(index: FeatureIndex) -> None:
    rows = [*index]
    for frame in (index.to_arrow().to_pandas(), pandas.DataFrame(index)):
        assert [*frame.columns] == ["lat_e7", "lon_e7", "name"]
        assert [*frame.itertuples(index=False, name=None)] == rows
    in_polars: Any = polars.DataFrame(index)
    assert in_polars.rows() == rows
    degrees = pandas.DataFrame(index.degrees.locations()._asdict()).assign(name=index.names())
    assert [*degrees.itertuples(index=False, name=None)] == [
        (latitude, longitude, name) for name, latitude, longitude in CITIES
    ]


def test_to_geopandas(index: FeatureIndex) -> None:
    gdf = geopandas.GeoDataFrame.from_features(index, crs="EPSG:4326")
    assert gdf["name"].tolist() == [name for name, *_ in CITIES]
    assert [(point.y, point.x) for point in gdf.geometry] == [tuple(row[1:]) for row in CITIES]


def test_a_list_of_a_thousand_neighbors_is_short_on_the_screen(index: FeatureIndex) -> None:
    assert repr(index.degrees.nearest(*VIENNA, k=1)) == (
        "NearestResult(ids=Vector([0]), distances_m=Vector([0.0]))"
    )
