"""How commands print features: a table for people, JSON lines, GeoJSON or CSV for programs.

Features come in steps, each a number of rows as columns, and are written a step at a time.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from routeguide.client.features import Feature, NearbyFeature, RouteFeature
from routeguide.commands import source, streams
from routeguide.commands.local import Found
from routeguide.common.wording import printable
from routeguide.domain.earth import E7
from routeguide.formats.rows import filled, quoter

FORMATS = ("table", "jsonl", "geojson", "csv")
DECIMALS_M = 3  # coordinates are whole centimetres; millimetres are enough for what is between
_STEP = 1000  # rows written at once, which share the widths of a table's columns
_BOLD, _FAINT, _PLAIN = "\x1b[1m", "\x1b[2m", "\x1b[0m"

# Some rows: the title of each column and what is in it, all of it str, int or float.
Columns = dict[str, Sequence[Any]]
Answer = Iterable[Feature] | Iterable[NearbyFeature] | Iterable[RouteFeature]

# The columns of an answer: those of a feature, and what commands tell beside it.
PLACE = ("name", "latitude", "longitude")
BESIDE = {
    "nearest": ("distance_m",),
    "within": ("distance_m",),
    "along": ("along_m", "offset_m", "side"),
}
_DEGREES = ("latitude", "longitude")  # unless they are E7
_COORDINATES = {"lat_e7": "latitude", "lon_e7": "longitude"}
_HEADS = {"distance_m": "distance m", "along_m": "along m", "offset_m": "offset m"}


def add_format(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--format",
        choices=FORMATS,
        help="how to print (default: table on a terminal, else jsonl)",
    )


def show(options: argparse.Namespace, found: Answer) -> int:
    """Print what was found as the options say, as it comes in. Returns how many that were."""
    steps = found.columns(_STEP) if isinstance(found, Found) else _columns(found)
    return show_columns(options, (_in_units(step, options.e7) for step in steps))


def show_columns(options: argparse.Namespace, steps: Iterable[Columns]) -> int:
    chosen = options.format or ("table" if sys.stdout.isatty() else "jsonl")
    writers = {"table": _table, "jsonl": _jsonl, "geojson": _geojson, "csv": _csv}
    count = 0
    if chosen != "table":
        streams.write_for_programs()

    def counted() -> Iterator[Columns]:
        nonlocal count
        for step in steps:
            count += len(next(iter(step.values())))
            source.note_answer(options)
            yield step

    for text in writers[chosen](counted(), getattr(options, "e7", False)):
        sys.stdout.write(text)
    if count == 0 and chosen == "csv":
        sys.stdout.write(",".join((*PLACE, *BESIDE.get(options.command, ()))) + "\n")
    elif count == 0 and chosen == "table":
        print("nothing found", file=sys.stderr)
    return count


def _columns(found: Answer) -> Iterator[Columns]:
    """What a server answers. Where a call fails, all that came before is given first."""
    coming = iter(found)
    end: BaseException | None = None
    while end is None:
        items: list[Any] = []
        try:
            while len(items) < _STEP:
                items.append(next(coming))
        except BaseException as error:
            end = error
        if items:
            yield _transposed(items)
    if not isinstance(end, StopIteration):
        raise end


def _transposed(items: Sequence[Any]) -> Columns:
    if isinstance(items[0], Feature):
        return dict(zip(Feature._fields, zip(*items, strict=True), strict=True))
    features, *beside = zip(*items, strict=True)
    return _transposed(features) | dict(zip(items[0]._fields[1:], beside, strict=True))


def _in_units(step: Columns, in_e7: bool) -> Columns:
    """Coordinates in degrees or E7, and distances with no more decimals than they deserve."""
    shown: Columns = {}
    for title, values in step.items():
        if title in _COORDINATES:
            shown[_COORDINATES[title]] = values if in_e7 else [e7 / E7 for e7 in values]
        elif title.endswith("_m"):
            shown[title] = [round(value, DECIMALS_M) for value in values]
        else:
            shown[title] = values
    return shown


def _as_json(values: Sequence[Any]) -> tuple[str, Sequence[Any]]:
    """A column's place in a template, and what goes there: as json.dumps writes it."""
    from json.encoder import encode_basestring  # leaves what is not ASCII as it is

    if isinstance(values[0], str):
        return "%s", [*map(encode_basestring, values)]
    return "%r", values


def _members(step: Columns) -> tuple[str, list[Sequence[Any]]]:
    """The template of a JSON object with the columns as members, and what goes there."""
    columns = {title: _as_json(values) for title, values in step.items()}
    template = ", ".join(f'"{title}": {place}' for title, (place, _) in columns.items())
    return f"{{{template}}}", [values for _, values in columns.values()]


def _jsonl(steps: Iterable[Columns], in_e7: bool) -> Iterator[str]:
    for step in steps:
        template, columns = _members(step)
        yield filled(template + "\n", columns)


def _geojson(steps: Iterable[Columns], in_e7: bool) -> Iterator[str]:
    """Coordinates are degrees, as GeoJSON has them, whatever the units of the command."""
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
    head = True
    for step in steps:
        places, columns = [], []
        for title, values in step.items():
            is_text = isinstance(values[0], str)
            # Degrees without an exponent, which some readers do not know.
            is_degrees = title in _DEGREES and isinstance(values[0], float)
            places.append("%s" if is_text else "%.7f" if is_degrees else "%r")
            columns.append([*map(quoted, values)] if is_text else values)
        if head:
            yield ",".join(step) + "\n"
            head = False
        yield filled(",".join(places) + "\n", columns)


def _table(steps: Iterable[Columns], in_e7: bool) -> Iterator[str]:
    coloured = sys.stdout.isatty() and not os.environ.get("NO_COLOR")
    faint, plain = (_FAINT, _PLAIN) if coloured else ("", "")
    for step in steps:
        titles = [title for title in step if title != "name"]
        if "name" in step:
            titles.append("name")  # last: it may be of any width
        *heads, last_head = (_HEADS.get(title, title) for title in titles)
        *columns, last = (_cells(title, step[title]) for title in titles)
        widths = [
            max(len(head), *map(len, cells)) for head, cells in zip(heads, columns, strict=True)
        ]
        row = "  ".join(f"%{width}s" for width in widths)
        yield f"{faint}{row % tuple(heads)}  {last_head}{plain}\n"
        if coloured:
            ends = [f"  {_BOLD}{text}{_PLAIN}" for text in last]
        else:
            ends = [f"  {text}".rstrip() for text in last]
        yield filled(row + "%s\n", [*columns, ends])


def _cells(title: str, values: Sequence[Any]) -> Sequence[str]:
    if isinstance(values[0], float):
        form = "{:.7f}" if title in _DEGREES else "{:,.1f}"
        return [*map(form.format, values)]
    return [text if text.isprintable() else printable(text) for text in map(str, values)]
