"""Every format that GDAL reads, such as GeoPackage, Shapefile, KML and GPX; points only.

Needs pyogrio, pyarrow and pyproj, which the extra `gdal` installs. Coordinates in any reference
system are converted to WGS 84.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pyarrow as pa
import pyogrio
import pyproj

from routeguide.formats.arrow.arrow_tables import TableReader, Transform
from routeguide.formats.base.faults import SourceError
from routeguide.formats.base.model import BATCH_ROWS, Batch, ReadOptions, RejectSink
from routeguide.formats.base.sources import Source

_WGS84 = "OGC:CRS84"


def read(source: Source, options: ReadOptions, reject: RejectSink) -> Iterator[Batch]:
    """Read the layer that is given, or the only one."""
    if not source.is_plain_file:
        raise SourceError(source.name, "GDAL reads only uncompressed files, not pipes")
    try:
        layer = options.layer or _only_layer(source)
        opened = pyogrio.open_arrow(
            source.path,
            layer=layer,
            batch_size=BATCH_ROWS,
            use_pyarrow=True,
            datetime_as_string=True,
        )
        with opened as (metadata, rows):
            geometry = metadata["geometry_name"] or "wkb_geometry"
            transform = _transform(source, metadata["crs"])
            reader = TableReader(source, rows.schema, options, reject, geometry, transform)
            for batch in rows:
                yield from reader.batches(batch)
    except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError) as error:
        raise SourceError(source.name, str(error)) from error
    except UnicodeEncodeError as error:
        fault = "GDAL reads only files and layers whose names are UTF-8"
        raise SourceError(source.name, fault) from error
    except (pa.ArrowException, pyproj.exceptions.ProjError) as error:
        raise SourceError(source.name, str(error)) from error


def _only_layer(source: Source) -> str:
    layers = [str(name) for name, kind in pyogrio.list_layers(source.path) if kind is not None]
    if len(layers) == 1:
        return layers[0]
    if not layers:
        raise SourceError(source.name, "it has no layer with geometries")
    raise SourceError(source.name, f"several layers: choose one of {', '.join(layers)} by --layer")


def _transform(source: Source, system: str | None) -> Transform | None:
    if system is None:
        return None
    if pyproj.CRS(system).equals(_WGS84, ignore_axis_order=True):
        return None
    transformer = pyproj.Transformer.from_crs(system, _WGS84, always_xy=True)

    def transform(xs: Any, ys: Any) -> tuple[Any, Any]:
        lons, lats = transformer.transform(xs.to_numpy(), ys.to_numpy())
        return pa.array(lons), pa.array(lats)

    return transform
