"""Print features: as a table for people; as JSON lines, GeoJSON or CSV for programs.

Rows are written in steps of many, as columns: a call of `%` for each row would take longer.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any

from routeguide.client.features import Feature, NearbyFeature, RouteFeature
from routeguide.commands import places, source, streams
from routeguide.commands.local import Found
from routeguide.common import cli
from routeguide.common.wording import printable
from routeguide.domain.earth import E7
from routeguide.formats.delimited.csv_writing import filled, quoter

FORMATS = ("table", "jsonl", "geojson", "csv")
DECIMALS_M = 3  # E7 coordinates are exact to a centimeter
_STEP = 1000  # rows of a step, which share the widths of a table's columns
_BOLD, _FAINT, _PLAIN = "\x1b[1m", "\x1b[2m", "\x1b[0m"

# Some rows: the values of each column, all of them str, int or float, by its title.
Columns = dict[str, Sequence[Any]]
Answer = Iterable[Feature] | Iterable[NearbyFeature] | Iterable[RouteFeature]

# The titles of an answer: those of every feature, and those that some commands add.
PLACE = ("name", "latitude", "longitude")
ADDED = {
    "nearest": ("distance_m",),
    "within": ("distance_m",),
    "along": ("along_m", "offset_m", "side"),
}
_COORDINATES = {"lat_e7": "latitude", "lon_e7": "longitude"}
_HEADINGS = {"distance_m": "distance m", "along_m": "along m", "offset_m": "offset m"}


def add_format(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--format",
        choices=FORMATS,
        help="output format (default: table on a terminal, else jsonl)",
    )


def add_output(parser: argparse.ArgumentParser) -> None:
    places.add_units(parser)
    add_format(parser)


def add_limit(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--limit", type=cli.count, metavar="COUNT", help="maximum number of features"
    )


def show(options: argparse.Namespace, found: Answer) -> None:
    """Print features as they arrive. If an error interrupts them, those before it are printed."""
    steps = found.columns(_STEP) if isinstance(found, Found) else map(_columns, _steps(found))
    show_columns(options, (_in_units(step, options.e7) for step in steps))


def show_columns(options: argparse.Namespace, steps: Iterable[Columns]) -> None:
    format = options.format or ("table" if sys.stdout.isatty() else "jsonl")
    if format != "table":
        streams.write_for_programs()
    is_empty = True

    def noted() -> Iterator[Columns]:
        nonlocal is_empty
        for step in steps:
            is_empty = False
            source.mark_answered(options)
            yield step

    writers = {"table": _table, "jsonl": _jsonl, "geojson": _geojson, "csv": _csv}
    for text in writers[format](noted(), getattr(options, "e7", False)):
        sys.stdout.write(text)
    if is_empty and format == "csv":
        print(*PLACE, *ADDED.get(options.command, ()), sep=",")
    elif is_empty and format == "table":
        print("nothing found", file=sys.stderr)


def _steps(found: Iterable[Any]) -> Iterator[list[Any]]:
    items = iter(found)
    is_last = False
    while not is_last:
        step: list[Any] = []
        try:
            step.extend(islice(items, _STEP))  # keeps the items before an error
        finally:
            if step:
                yield step
        is_last = len(step) < _STEP


def _columns(items: Sequence[Any]) -> Columns:
    if isinstance(items[0], Feature):
        return dict(zip(Feature._fields, zip(*items, strict=True), strict=True))
    features, *added = zip(*items, strict=True)
    return _columns(features) | dict(zip(items[0]._fields[1:], added, strict=True))


def _in_units(step: Columns, in_e7: bool) -> Columns:
    """Convert coordinates to degrees, except with --e7, and round distances."""
    shown: Columns = {}
    for title, values in step.items():
        if title in _COORDINATES:
            shown[_COORDINATES[title]] = values if in_e7 else [e7 / E7 for e7 in values]
        elif title.endswith("_m"):
            shown[title] = [round(value, DECIMALS_M) for value in values]
        else:
            shown[title] = values
    return shown


def _members(step: Columns) -> tuple[str, list[Sequence[Any]]]:
    """Return the template of a JSON object with these columns, and the values to fill in.

    The result is what json.dumps with ensure_ascii=False writes.
    """
    from json.encoder import encode_basestring

    template, columns = [], []
    for title, values in step.items():
        is_text = isinstance(values[0], str)
        template.append(f'"{title}": {"%s" if is_text else "%r"}')
        columns.append([*map(encode_basestring, values)] if is_text else values)
    return f"{{{', '.join(template)}}}", columns


def _jsonl(steps: Iterable[Columns], in_e7: bool) -> Iterator[str]:
    for step in steps:
        template, columns = _members(step)
        yield filled(template + "\n", columns)


def _geojson(steps: Iterable[Columns], in_e7: bool) -> Iterator[str]:
    """Coordinates are degrees even with --e7, as GeoJSON requires."""
    yield '{"type": "FeatureCollection", "features": ['
    separator = "\n"
    for step in steps:
        properties = dict(step)
        position = [properties.pop("longitude"), properties.pop("latitude")]
        if in_e7:
            position = [[e7 / E7 for e7 in values] for values in position]
        members, columns = _members(properties)
        template = (
            ',\n{"type": "Feature", "geometry": {"type": "Point", "coordinates": [%r, %r]},'
            f' "properties": {members}}}'
        )
        yield separator + filled(template, [*position, *columns]).removeprefix(",\n")
        separator = ",\n"
    yield "\n]}\n"


def _csv(steps: Iterable[Columns], in_e7: bool) -> Iterator[str]:
    quoted = quoter(",")
    is_first = True
    for step in steps:
        if is_first:
            yield ",".join(step) + "\n"
            is_first = False
        template, columns = [], []
        for title, values in step.items():
            is_text = isinstance(values[0], str)
            template.append("%s" if is_text else _number_form(title, values))
            columns.append([*map(quoted, values)] if is_text else values)
        yield filled(",".join(template) + "\n", columns)


def _number_form(title: str, values: Sequence[Any]) -> str:
    """Return a format without an exponent for degrees, since some readers do not know it."""
    return "%.7f" if title in PLACE and isinstance(values[0], float) else "%r"


def _table(steps: Iterable[Columns], in_e7: bool) -> Iterator[str]:
    faint, bold, plain = (_FAINT, _BOLD, _PLAIN) if streams.wants_color() else ("", "", "")
    for step in steps:
        titles = [title for title in step if title != "name"]
        if "name" in step:
            titles.append("name")  # last, since its width varies
        *heads, last_head = (_HEADINGS.get(title, title) for title in titles)
        *columns, last = (_cells(title, step[title]) for title in titles)
        widths = [
            max(len(head), *map(len, cells)) for head, cells in zip(heads, columns, strict=True)
        ]
        row = "  ".join(f"%{width}s" for width in widths)
        yield f"{faint}{row % tuple(heads)}  {last_head}{plain}\n"
        ends = [f"  {bold}{text}{plain}".rstrip() for text in last]
        yield filled(row + "%s\n", [*columns, ends])


def _cells(title: str, values: Sequence[Any]) -> Sequence[str]:
    if isinstance(values[0], float):
        form = "{:.7f}" if title in PLACE else "{:,.1f}"
        return [*map(form.format, values)]
    return [text if text.isprintable() else printable(text) for text in map(str, values)]
