"""How commands print features: a table for people, JSON lines, GeoJSON or CSV for programs."""

from __future__ import annotations

import argparse
import os
import sys
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from routeguide.feature_service.features import Feature, NearbyFeature, RouteFeature

FORMATS = ("table", "jsonl", "geojson", "csv")
DECIMALS_M = 3  # coordinates are whole centimetres; millimetres are enough for what is between
_TABLE_STEP = 1000  # rows that share the widths of their columns
_BOLD, _FAINT, _PLAIN = "\x1b[1m", "\x1b[2m", "\x1b[0m"

Row = Mapping[str, Any]

# The columns of an answer: those of a feature, and what commands tell beside it.
PLACE = ("name", "latitude", "longitude")
BESIDE = {
    "nearest": ("distance_m",),
    "within": ("distance_m",),
    "along": ("along_m", "offset_m", "side"),
}


def add_format(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--format",
        choices=FORMATS,
        help="how to print (default: table on a terminal, else jsonl)",
    )


def rows_of(
    found: Iterable[Feature | NearbyFeature | RouteFeature], in_e7: bool
) -> Iterator[dict[str, Any]]:
    """What is known of each as columns: name, latitude, longitude, and what else there is."""
    for item in found:
        name, lat_e7, lon_e7 = item if isinstance(item, Feature) else item.feature
        row: dict[str, Any] = {
            "name": name,
            "latitude": lat_e7 if in_e7 else lat_e7 / 1e7,
            "longitude": lon_e7 if in_e7 else lon_e7 / 1e7,
        }
        if isinstance(item, NearbyFeature):
            row["distance_m"] = round(item.distance_m, DECIMALS_M)
        elif isinstance(item, RouteFeature):
            row["along_m"] = round(item.along_m, DECIMALS_M)
            row["offset_m"] = round(item.offset_m, DECIMALS_M)
            row["side"] = item.side
        yield row


def show(
    options: argparse.Namespace, found: Iterable[Feature | NearbyFeature | RouteFeature]
) -> int:
    """Print what was found as the options say, as it comes in. Returns how many that were."""
    return show_rows(options, rows_of(found, options.e7))


def show_rows(options: argparse.Namespace, rows: Iterable[Row]) -> int:
    chosen = options.format or ("table" if sys.stdout.isatty() else "jsonl")
    writers = {"table": _table, "jsonl": _jsonl, "geojson": _geojson, "csv": _csv}
    count = 0

    def counted() -> Iterator[Row]:
        nonlocal count
        for row in rows:
            count += 1
            yield row

    for text in writers[chosen](counted(), getattr(options, "e7", False)):
        sys.stdout.write(text)
    if count == 0 and chosen == "csv":
        sys.stdout.write(",".join((*PLACE, *BESIDE.get(options.command, ()))) + "\n")
    elif count == 0 and chosen == "table":
        print("nothing found", file=sys.stderr)
    return count


def _jsonl(rows: Iterable[Row], in_e7: bool) -> Iterator[str]:
    encode = _object_encoder()
    for row in rows:
        yield encode(row) + "\n"


def _object_encoder() -> Callable[[Row], str]:
    """As json.dumps(row, ensure_ascii=False), which is slower: it makes an encoder for each row.

    Keys are plain words, and floats finite.
    """
    from json import JSONEncoder
    from json.encoder import encode_basestring

    encode_any = JSONEncoder(ensure_ascii=False).encode

    def encode(row: Row) -> str:
        members = []
        for name, value in row.items():
            kind = type(value)
            if kind is float:
                text = repr(value)
            elif kind is str:
                text = encode_basestring(value)
            else:
                text = encode_any(value)
            members.append(f'"{name}": {text}')
        return f"{{{', '.join(members)}}}"

    return encode


def _geojson(rows: Iterable[Row], in_e7: bool) -> Iterator[str]:
    """Coordinates are degrees, as GeoJSON has them, whatever the units of the command."""
    encode = _object_encoder()
    scale = 1e7 if in_e7 else 1
    yield '{"type": "FeatureCollection", "features": ['
    separator = "\n"
    for row in rows:
        properties = dict(row)
        position = [properties.pop("longitude") / scale, properties.pop("latitude") / scale]
        geometry = f'{{"type": "Point", "coordinates": {position}}}'
        feature = (
            f'{{"type": "Feature", "geometry": {geometry}, "properties": {encode(properties)}}}'
        )
        yield separator + feature
        separator = ",\n"
    yield "\n]}\n"


def _csv(rows: Iterable[Row], in_e7: bool) -> Iterator[str]:
    import csv
    import io

    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    for number, row in enumerate(rows):
        if number == 0:
            writer.writerow(row)
        writer.writerow([_decimal(name, value) for name, value in row.items()])
        yield text.getvalue()
        text.seek(0)
        text.truncate()


def _decimal(name: str, value: object) -> object:
    """Degrees without an exponent, which some readers do not know."""
    return f"{value:.7f}" if name in ("latitude", "longitude") and type(value) is float else value


def _table(rows: Iterable[Row], in_e7: bool) -> Iterator[str]:
    step: list[Row] = []
    for row in rows:
        step.append(row)
        if len(step) == _TABLE_STEP:
            yield from _aligned(step)
            step.clear()
    if step:
        yield from _aligned(step)


def _aligned(rows: Sequence[Row]) -> Iterator[str]:
    coloured = sys.stdout.isatty() and not os.environ.get("NO_COLOR")
    bold, faint, plain = (_BOLD, _FAINT, _PLAIN) if coloured else ("", "", "")
    columns = [name for name in rows[0] if name != "name"]
    if "name" in rows[0]:
        columns.append("name")  # last: it may be of any width
    cells = [[_cell(name, row[name]) for name in columns] for row in rows]
    heads = [_head(name) for name in columns]
    widths = [max(map(_width, column)) for column in zip(heads, *cells, strict=True)]
    yield faint + _line(heads, widths) + plain + "\n"
    for line in cells:
        *numbers, last = _padded(line, widths)
        yield "  ".join([*numbers, bold + last + plain]).rstrip() + "\n"


def _head(name: str) -> str:
    return {"distance_m": "distance m", "along_m": "along m", "offset_m": "offset m"}.get(
        name, name
    )


def _cell(name: str, value: object) -> str:
    if isinstance(value, float):
        return f"{value:.7f}" if name in ("latitude", "longitude") else f"{value:,.1f}"
    text = str(value)
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in text)


def _width(text: str) -> int:
    """Columns of a terminal: some characters take two, accents none."""
    if text.isascii():
        return len(text)
    return sum(
        0 if unicodedata.combining(c) else 1 + (unicodedata.east_asian_width(c) in "WF")
        for c in text
    )


def _padded(cells: Sequence[str], widths: Sequence[int]) -> list[str]:
    """All but the last, which is the name, to the right."""
    room = [" " * (width - _width(cell)) for cell, width in zip(cells, widths, strict=True)]
    return [
        *(space + cell for space, cell in zip(room[:-1], cells[:-1], strict=True)),
        cells[-1],
    ]


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    return "  ".join(_padded(cells, widths)).rstrip()
