"""`routeguide info`: what is in a snapshot or on a server, and where on Earth."""

from __future__ import annotations

import argparse
import os
import shutil
import sys
from collections.abc import Iterator

import msgspec

from routeguide.commands import density, fetching, source, streams
from routeguide.commands.command_error import CommandError
from routeguide.common import cli
from routeguide.common.wording import printable
from routeguide.domain import dataset, origin
from routeguide.domain.earth import E7
from routeguide_c import FeatureIndex

_BAR_WIDTH = 20
_WIDEST = 10_000  # columns; what is counted for each takes time
_LABEL_WIDTH = 13

# The parts of a snapshot as people think of them, and the sections that belong to each.
PARTS = {
    "coordinates": ("store latitudes", "store longitudes"),
    "encoded features": ("store blob", "store bases", "store offsets"),
    "grid": ("grid nodes", "grid starts", "grid latitudes", "grid longitudes", "grid ids"),
    "table": ("table",),
}
_OTHER = "header and metadata"


class Facts(msgspec.Struct, kw_only=True):
    """What `--json` prints."""

    file: str
    features: int
    unnamed: int | None  # None where only a server's summary was asked for
    duplicates: int | None  # at the location of an earlier feature
    bounds_e7: tuple[int, int, int, int] | None  # south, west, north, east
    source: str
    attribution: str
    generation: str
    bytes: int | None  # None of a server
    sections: dict[str, int] | None  # bytes of each


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    source.add_source(parser)
    add("--json", action="store_true", help="print one JSON object and no map")
    add("--no-map", action="store_true", help="leave the map out; a server sends no features then")
    add(
        "--width",
        type=cli.positive_count,
        metavar="COLUMNS",
        help="of the map (default: as wide as the terminal, 80 where there is none)",
    )
    add(
        "--color",
        choices=["auto", "always", "never"],
        default="auto",
        help="whether to colour the map (default: on a terminal, unless NO_COLOR is set)",
    )


def run(options: argparse.Namespace) -> int:
    if source.is_server(options.source):
        facts, index = _of_server(options)
    else:
        facts, index = _of_file(options.source)
    if options.json:
        streams.write_for_programs()
        print(msgspec.json.encode(facts).decode())
        return 0
    for line in _lines(facts):
        print(line)
    drawn = not options.no_map and streams.can_show(density.BLANK)
    if index is not None and drawn and not _is_one_location(facts):
        terminal = shutil.get_terminal_size((80, 24))
        highest = density.HIGHEST
        if sys.stdout.isatty():  # all of the map at once, and the line that is typed next
            highest = max(1, min(highest, terminal.lines - density.BESIDE_ROWS - 1))
        print()
        for line in density.draw(
            index,
            min(options.width or terminal.columns, _WIDEST),
            _coloured(options.color),
            highest,
        ):
            print(line)
    return 0


def _is_one_location(facts: Facts) -> bool:
    """Whether a map has nothing to say: there is nothing, or all in one location."""
    return facts.bounds_e7 is None or facts.bounds_e7[:2] == facts.bounds_e7[2:]


def _of_file(path: str) -> tuple[Facts, FeatureIndex]:
    try:
        data = dataset.load(path)
    except dataset.DatasetError as error:
        raise CommandError(str(error), cli.WRONG_USAGE) from error
    facts = Facts(
        file=origin.as_text(path),
        features=len(data.index),
        unnamed=data.index.unnamed_count(),
        duplicates=data.index.duplicate_count(),
        bounds_e7=data.index.bounds,
        source=data.origin.source,
        attribution=data.origin.attribution,
        generation=data.generation,
        bytes=data.index.nbytes,
        sections=data.index.sections,
    )
    return facts, data.index


def _of_server(options: argparse.Namespace) -> tuple[Facts, FeatureIndex | None]:
    """What a server says of its features, and all of them where they are to be drawn."""
    index = None
    with source.client(options.source, options) as client:
        served = client.dataset()
        source.note_answer(options)
        if served.bounds is not None and not options.no_map:
            index = fetching.features_of(client, served, options.source)
    facts = Facts(
        file=options.source,
        features=served.count,
        unnamed=None if index is None else index.unnamed_count(),
        duplicates=None if index is None else index.duplicate_count(),
        bounds_e7=served.bounds,
        source=served.source,
        attribution=served.attribution,
        generation=served.generation,
        bytes=None,
        sections=None,
    )
    return facts, index


def _lines(facts: Facts) -> Iterator[str]:
    yield printable(facts.file)
    yield _line("features", f"{facts.features:,}")
    if facts.unnamed is not None:
        yield _line("unnamed", f"{facts.unnamed:,}")
    if facts.duplicates is not None:
        yield _line("duplicates", f"{facts.duplicates:,}, at the location of an earlier feature")
    if facts.bounds_e7 is not None and _is_one_location(facts):
        south, west, *_ = facts.bounds_e7
        yield _line("location", f"{south / E7:.7f} {west / E7:.7f}, of every feature")
    elif facts.bounds_e7 is not None:
        south, west, north, east = facts.bounds_e7
        yield _line("latitudes", f"{south / E7:.7f} to {north / E7:.7f}")
        yield _line("longitudes", f"{west / E7:.7f} to {east / E7:.7f}")
    if facts.source:
        yield _line("source", facts.source)
    if facts.attribution:
        yield _line("attribution", facts.attribution)
    yield _line("generation", facts.generation)
    if facts.bytes is None or facts.sections is None:
        return
    yield _line("bytes", f"{facts.bytes:,}")
    parts = {part: sum(map(facts.sections.__getitem__, names)) for part, names in PARTS.items()}
    parts[_OTHER] = facts.bytes - sum(parts.values())
    for part, size in parts.items():
        share = size / facts.bytes
        yield f"    {part:<20}{size:>15,}  {share:4.0%}  {_bar(share)}".rstrip()


def _line(label: str, value: str) -> str:
    return f"  {label:<{_LABEL_WIDTH}}{printable(value)}"


def _bar(share: float) -> str:
    """A bar in eighths of characters."""
    if not streams.can_show("█"):
        return "#" * round(share * _BAR_WIDTH)
    eighths = round(share * _BAR_WIDTH * 8)
    full, part = divmod(eighths, 8)
    return "█" * full + ("▏▎▍▌▋▊▉"[part - 1] if part else "")


def _coloured(wanted: str) -> bool:
    if wanted != "auto":
        return wanted == "always"
    plain = os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb"
    return sys.stdout.isatty() and not plain
