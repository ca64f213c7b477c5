"""Tables of Apache Arrow, with places in two columns of numbers or in one of geometries.

Parquet, Arrow's own files and GDAL's layers are read as such tables. Needs pyarrow.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterator
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from routeguide.formats.arrow import arrow_batches, wkb
from routeguide.formats.base import columns
from routeguide.formats.base.coordinates import Coordinates
from routeguide.formats.base.faults import Refusal, SourceError, shortened
from routeguide.formats.base.model import BATCH_ROWS, Batch, ReadOptions, RejectSink
from routeguide.formats.base.sources import Source

# Converts columns of x and y to longitudes and latitudes in degrees.
Transform = Callable[[Any, Any], tuple[Any, Any]]


class TableReader:
    """Converts the record batches of one table."""

    def __init__(
        self,
        source: Source,
        schema: Any,
        options: ReadOptions,
        reject: RejectSink,
        geometry: str = "",
        transform: Transform | None = None,
    ) -> None:
        """`geometry` is the column of points, in WKB or as structs of x and y; without it, columns
        of numbers are found by their names. Raises SourceError if there are none."""
        self._reject = reject
        self._geometry = geometry
        self._transform = transform
        self._lat = self._lon = ""
        units = "degrees"
        titles = [title for title in schema.names if title != geometry]
        try:
            if geometry:
                name = columns.find_name(titles, options)
            else:
                lat, lon, name, units = columns.find(titles, options)
                self._lat, self._lon = titles[lat], titles[lon]
        except columns.ColumnError as error:
            raise SourceError(source.name, str(error)) from error
        self._name = None if name is None else titles[name]
        if name is None:
            source.remark = columns.unnamed(titles)
        self._coordinates = Coordinates(units, options.wrap, always_degrees=bool(geometry))
        self._numbers = pa.int64() if units == "e7" else pa.float64()
        self._check_types(source, schema)
        self._row = 0

    def _check_types(self, source: Source, schema: Any) -> None:
        is_number, numbers = _is_number, "numbers"
        if self._coordinates.is_e7:
            is_number, numbers = pa.types.is_integer, "whole numbers (E7)"
        for column, is_right, wanted in (
            (self._geometry, _holds_points, "points"),
            (self._lat, is_number, numbers),
            (self._lon, is_number, numbers),
            (self._name, _is_name, "text"),
        ):
            if column and schema.names.count(column) != 1:
                raise SourceError(source.name, f"several columns {shortened(column)}: rename one")
            if column and not is_right(kind := schema.field(column).type):
                fault = f"column {shortened(column)} holds {kind}, not {wanted}"
                raise SourceError(source.name, fault)

    @property
    def wanted(self) -> list[str]:
        """The columns to read."""
        return [each for each in (self._geometry, self._lat, self._lon, self._name) if each]

    def batches(self, rows: Any) -> Iterator[Batch]:
        """Convert one record batch, a large one in parts."""
        for start in range(0, rows.num_rows, BATCH_ROWS):
            yield self._batch(rows.slice(start, BATCH_ROWS))

    def _batch(self, rows: Any) -> Batch:
        refusals: dict[int, Refusal] = {}
        if self._geometry:
            lats, lons = self._places(rows.column(self._geometry), refusals)
        else:
            lats, lons = map(self._numbers_in, (rows.column(self._lat), rows.column(self._lon)))
        names = self._names_of(rows, refusals)
        batch = arrow_batches.checked_batch(lats, lons, names, self._coordinates, refusals)
        for position, refusal in sorted(refusals.items()):
            record = self._row + position + 1
            self._reject(refusal.field, refusal.reason, record=record)
        self._row += len(rows)
        return batch

    def _numbers_in(self, column: Any) -> Any:
        """Cast without a check: numbers that are too large for it are not coordinates anyway."""
        if pa.types.is_uint64(column.type):
            return column.cast(pa.float64(), safe=False)
        return column.cast(self._numbers, safe=False)

    def _names_of(self, rows: Any, refusals: dict[int, Refusal]) -> Any:
        if self._name is None:
            return arrow_batches.unnamed(len(rows))
        names = rows.column(self._name)
        names = names.cast(pa.string()).fill_null("")
        try:
            names.validate(full=True)
        except pa.ArrowInvalid:  # files may hold strings that are not UTF-8
            texts = names.cast(pa.binary()).to_pylist()
            for position, data in enumerate(texts):
                try:
                    data.decode()
                except UnicodeDecodeError:
                    name = data.decode(errors="surrogateescape")
                    refusals[position] = Refusal("name", f"not UTF-8: {shortened(name)}")
                    texts[position] = b""
            return pa.array(texts, pa.binary()).cast(pa.string())
        return names

    def _places(self, geometries: Any, refusals: dict[int, Refusal]) -> tuple[Any, Any]:
        """Return latitudes and longitudes, any numbers for rows that are refused."""
        if pa.types.is_struct(geometries.type):
            lons, lats = (geometries.field(part).cast(pa.float64()) for part in ("x", "y"))
            if geometries.null_count:
                for position in pc.indices_nonzero(geometries.is_null()).to_pylist():
                    refusals[position] = Refusal("geometry", "missing")
        else:
            lons, lats = _plain_points(geometries) or _points(geometries, refusals)
        if self._transform is not None:
            lons, lats = self._transform(lons, lats)
        return lats, lons


def _plain_points(geometries: Any) -> tuple[Any, Any] | None:
    """Return x and y if all are little-endian 2D points, as almost all are; else None."""
    sizes = pc.binary_length(geometries)
    if geometries.null_count or not pc.all(pc.equal(sizes, wkb.PLAIN_SIZE)).as_py():
        return None
    heads = pc.binary_slice(geometries, 0, 5)
    if not pc.all(pc.equal(heads, pa.scalar(wkb.PLAIN_POINT, heads.type))).as_py():
        return None
    xs, ys = (
        pa.Array.from_buffers(
            pa.float64(), len(geometries), [None, pc.binary_slice(geometries, *at).buffers()[2]]
        )
        for at in ((5, 13), (13, 21))
    )
    if pc.any(pc.is_nan(xs)).as_py():  # an empty point
        return None
    return xs, ys


def _points(geometries: Any, refusals: dict[int, Refusal]) -> tuple[Any, Any]:
    xs, ys = array("d"), array("d")
    for position, data in enumerate(geometries.to_pylist()):
        x = y = 0.0
        try:
            if data is None:
                raise Refusal("geometry", "missing")
            x, y = wkb.point(data)
        except Refusal as refusal:
            refusals[position] = refusal
        xs.append(x)
        ys.append(y)
    return pa.array(xs, pa.float64()), pa.array(ys, pa.float64())


def _holds_points(kind: Any) -> bool:
    """Return whether a type can hold points: WKB, or structs of two numbers."""
    if pa.types.is_struct(kind):
        parts = [kind.field(name).type for name in ("x", "y") if kind.get_field_index(name) >= 0]
        return len(parts) == 2 and all(map(pa.types.is_floating, parts))
    return bool(
        pa.types.is_binary(kind)
        or pa.types.is_large_binary(kind)
        or pa.types.is_fixed_size_binary(kind)
    )


def _is_number(kind: Any) -> bool:
    types = pa.types
    return bool(types.is_integer(kind) or types.is_floating(kind) or types.is_decimal(kind))


def _is_name(kind: Any) -> bool:
    if pa.types.is_dictionary(kind):
        return _is_text(kind.value_type)
    return _is_text(kind) or bool(pa.types.is_integer(kind))


def _is_text(kind: Any) -> bool:
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind))
