"""`routeguide info`: describe the features of a snapshot or a server, with a map."""

from __future__ import annotations

import argparse
import shutil
import sys
from collections.abc import Iterator

import msgspec

from routeguide.client.dataset_info import DatasetInfo
from routeguide.client.features import Bounds
from routeguide.commands import density, fetching, places, source, streams
from routeguide.commands.command_error import wrong_usage
from routeguide.common import cli
from routeguide.common.wording import printable
from routeguide.domain import dataset, origin
from routeguide.domain.earth import E7
from routeguide_c import FeatureIndex

_BAR_WIDTH = 20
_WIDEST = 10_000  # columns; each takes time to count

# The parts of a snapshot, each with its sections.
PARTS = {
    "coordinates": ("store latitudes", "store longitudes"),
    "encoded features": ("store blob", "store bases", "store offsets"),
    "grid": ("grid nodes", "grid starts", "grid latitudes", "grid longitudes", "grid ids"),
    "table": ("table",),
}
_OTHER = "header and metadata"


class Facts(msgspec.Struct, kw_only=True):
    """The object that `--json` prints."""

    file: str
    features: int
    unnamed: int | None  # None if only the summary of a server was asked for
    duplicates: int | None  # features at the location of an earlier one
    bounds_e7: tuple[int, int, int, int] | None  # south, west, north, east
    source: str
    attribution: str
    generation: str
    bytes: int | None  # None for a server
    sections: dict[str, int] | None  # bytes of each


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    source.add_source(parser)
    add("--json", action="store_true", help="print one JSON object and no map")
    add("--no-map", action="store_true", help="omit the map; a server then sends no features")
    add(
        "--width", type=cli.positive_count, metavar="COLUMNS",
        help="width of the map (default: that of the terminal, 80 if there is none)",
    )  # fmt: skip
    add(
        "--color", choices=["auto", "always", "never"], default="auto",
        help="whether the map is colored (default: on a terminal, unless NO_COLOR is set)",
    )  # fmt: skip


def run(options: argparse.Namespace) -> int:
    is_server = source.is_server(options.source)
    served, index = _of_server(options) if is_server else _of_file(options.source)
    facts = Facts(
        file=origin.as_text(options.source),
        features=served.count,
        unnamed=None if index is None else index.unnamed_count(),
        duplicates=None if index is None else index.duplicate_count(),
        bounds_e7=served.bounds,
        source=served.source,
        attribution=served.attribution,
        generation=served.generation,
        bytes=None if index is None or is_server else index.nbytes,
        sections=None if index is None or is_server else index.sections,
    )
    if options.json:
        streams.write_for_programs()
        print(msgspec.json.encode(facts).decode())
        return 0
    print(printable(facts.file))
    for label, value in _summary(facts):
        print(f"  {label:<13}{printable(value)}")
    for line in _parts(facts):
        print(line)
    is_drawn = not options.no_map and streams.can_show(density.BLANK)
    if index is not None and is_drawn and not _is_one_location(facts):
        print()
        _print_map(index, options)
    return 0


def _of_file(path: str) -> tuple[DatasetInfo, FeatureIndex]:
    with wrong_usage(dataset.DatasetError):
        data = dataset.load(path)
    index, kept = data.index, data.origin
    bounds = None if index.bounds is None else Bounds(*index.bounds)
    return (
        DatasetInfo(len(index), bounds, data.generation, kept.source, kept.attribution),
        index,
    )


def _of_server(options: argparse.Namespace) -> tuple[DatasetInfo, FeatureIndex | None]:
    """Fetch the summary, and the features themselves if they are to be drawn."""
    with source.client(options.source, options) as client:
        served = client.dataset()
        source.mark_answered(options)
        if served.bounds is None or options.no_map:
            return served, None
        return served, fetching.features_of(client, served, options.source)


def _is_one_location(facts: Facts) -> bool:
    """Return whether a map would show nothing: no features, or all at one location."""
    return facts.bounds_e7 is None or facts.bounds_e7[:2] == facts.bounds_e7[2:]


def _print_map(index: FeatureIndex, options: argparse.Namespace) -> None:
    terminal = shutil.get_terminal_size((80, 24))
    height = density.HIGHEST
    if sys.stdout.isatty():  # so that all of it is visible above the next prompt
        height = max(1, min(height, terminal.lines - density.BESIDE_ROWS - 1))
    is_colored = streams.wants_color() if options.color == "auto" else options.color == "always"
    width = min(options.width or terminal.columns, _WIDEST)
    for line in density.draw(index, width, is_colored, height):
        print(line)


def _summary(facts: Facts) -> Iterator[tuple[str, str]]:
    yield "features", f"{facts.features:,}"
    if facts.unnamed is not None:
        yield "unnamed", f"{facts.unnamed:,}"
    if facts.duplicates is not None:
        yield "duplicates", f"{facts.duplicates:,}, at the location of an earlier feature"
    if facts.bounds_e7 is not None:
        south, west, north, east = facts.bounds_e7
        if _is_one_location(facts):
            yield "location", f"{places.point_text(south, west, in_e7=False)}, of every feature"
        else:
            yield "latitudes", f"{south / E7:.7f} to {north / E7:.7f}"
            yield "longitudes", f"{west / E7:.7f} to {east / E7:.7f}"
    if facts.source:
        yield "source", facts.source
    if facts.attribution:
        yield "attribution", facts.attribution
    yield "generation", facts.generation
    if facts.bytes is not None:
        yield "bytes", f"{facts.bytes:,}"


def _parts(facts: Facts) -> Iterator[str]:
    """Format the size of each part of a snapshot, with its share."""
    if facts.bytes is None or facts.sections is None:
        return
    parts = {part: sum(map(facts.sections.__getitem__, names)) for part, names in PARTS.items()}
    parts[_OTHER] = facts.bytes - sum(parts.values())
    for part, size in parts.items():
        share = size / facts.bytes
        yield f"    {part:<20}{size:>15,}  {share:4.0%}  {_bar(share)}".rstrip()


def _bar(share: float) -> str:
    """Draw a bar in eighths of a character, if standard output has such characters."""
    if not streams.can_show("█"):
        return "#" * round(share * _BAR_WIDTH)
    full, part = divmod(round(share * _BAR_WIDTH * 8), 8)
    return "█" * full + ("▏▎▍▌▋▊▉"[part - 1] if part else "")
