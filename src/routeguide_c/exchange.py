"""Features in the forms that other libraries take: an Arrow table and GeoJSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from routeguide_c._core import SnapshotError

if TYPE_CHECKING:
    from routeguide_c._core import FeatureIndex

# A GeoJSON feature takes over a kilobyte of Python objects.
GEO_INTERFACE_MAX = 100_000


def table_of(index: FeatureIndex) -> Any:
    """Return the features as a pyarrow.Table: `FeatureIndex.to_arrow`."""
    try:
        import pyarrow as pa
    except ImportError as error:
        raise ImportError(
            "to_arrow needs pyarrow, which comes with the extra: pip install 'routeguide[arrow]'"
        ) from error
    try:
        return pa.table(index)
    except pa.ArrowInvalid as error:  # of names in a file that was opened unverified
        raise SnapshotError(str(error)) from error


def feature_collection_of(index: FeatureIndex) -> dict[str, Any]:
    """Return the features as a GeoJSON object: `FeatureIndex.__geo_interface__`."""
    if len(index) > GEO_INTERFACE_MAX:
        raise ValueError(
            f"__geo_interface__: {len(index):,} features are more than {GEO_INTERFACE_MAX:,}; "
            "to_arrow() gives any number of them as a table"
        )
    return {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "id": id,
                "geometry": {"type": "Point", "coordinates": (longitude, latitude)},
                "properties": {"name": name},
            }
            for id, (latitude, longitude, name) in enumerate(
                zip(*index.degrees.locations(), index.names(), strict=True)
            )
        ],
    }
