"""`routeguide info`: what is in a snapshot or behind an address, and where on Earth."""

from __future__ import annotations

import argparse
import os
import shutil
import sys
from collections.abc import Iterator

import msgspec

from routeguide import cli, dataset
from routeguide.commands import density, source
from routeguide.commands.errors import CommandError
from routeguide.dataset import Dataset
from routeguide.formats import duplicates
from routeguide_c import FeatureIndex

WRONG_FILE = 2
_BAR_WIDTH = 20
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
    unnamed: int
    duplicates: int  # at the location of an earlier feature
    bounds_e7: tuple[int, int, int, int] | None  # south, west, north, east
    source: str
    attribution: str
    generation: str
    bytes: int
    sections: dict[str, int]  # bytes of each


class ServedFacts(msgspec.Struct, kw_only=True):
    """The same of a server: what it tells."""

    address: str
    features: int
    bounds_e7: tuple[int, int, int, int] | None
    source: str
    attribution: str
    generation: str


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add(
        "source",
        metavar="SOURCE",
        help="a snapshot, features in the tutorials' JSON form, or HOST:PORT of a server",
    )
    add("--json", action="store_true", help="print one JSON object and no map")
    add("--no-map", action="store_true", help="leave the map out")
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
    source.add_server_options(parser)
    parser.epilog = "A server tells no duplicates, no bytes and nothing to draw a map of."


def run(options: argparse.Namespace) -> int:
    if source.is_address(options.source):
        return _run_served(options)
    try:
        data = dataset.load(options.source)
    except dataset.DatasetError as error:
        raise CommandError(str(error), WRONG_FILE) from error
    facts = facts_of(options.source, data)
    if options.json:
        print(msgspec.json.encode(facts).decode())
        return 0
    for line in _lines(facts):
        print(line)
    if not options.no_map and facts.features:
        width = options.width or shutil.get_terminal_size((80, 24)).columns
        print()
        for line in density.draw(data.index, width, _coloured(options.color)):
            print(line)
    return 0


def _run_served(options: argparse.Namespace) -> int:
    with source.client(options.source, options) as client:
        served = client.dataset()
    facts = ServedFacts(
        address=options.source,
        features=served.count,
        bounds_e7=served.bounds,
        source=served.source,
        attribution=served.attribution,
        generation=served.generation,
    )
    if options.json:
        print(msgspec.json.encode(facts).decode())
        return 0
    print(facts.address)
    print(_line("features", f"{facts.features:,}"))
    for line in _origin_lines(facts):
        print(line)
    return 0


def facts_of(file: str, data: Dataset) -> Facts:
    index = data.index
    return Facts(
        file=file,
        features=len(index),
        unnamed=len(index) - _named(index),
        duplicates=duplicates.count(index),
        bounds_e7=index.bounds,
        source=data.origin.source,
        attribution=data.origin.attribution,
        generation=data.generation,
        bytes=index.nbytes,
        sections=index.sections,
    )


def _named(index: FeatureIndex) -> int:
    return len(index.named(index.query(*index.bounds))) if index.bounds else 0


def _lines(facts: Facts) -> Iterator[str]:
    yield facts.file
    yield _line("features", f"{facts.features:,}")
    yield _line("unnamed", f"{facts.unnamed:,}")
    yield _line("duplicates", f"{facts.duplicates:,}, at the location of an earlier feature")
    yield from _origin_lines(facts)
    yield _line("bytes", f"{facts.bytes:,}")
    parts = {part: sum(map(facts.sections.__getitem__, names)) for part, names in PARTS.items()}
    parts[_OTHER] = facts.bytes - sum(parts.values())
    for part, size in parts.items():
        share = size / facts.bytes
        yield f"    {part:<20}{size:>15,}  {share:4.0%}  {_bar(share)}".rstrip()


def _origin_lines(facts: Facts | ServedFacts) -> Iterator[str]:
    if facts.bounds_e7 is not None:
        south, west, north, east = facts.bounds_e7
        yield _line("latitudes", f"{south / 1e7:.7f} to {north / 1e7:.7f}")
        yield _line("longitudes", f"{west / 1e7:.7f} to {east / 1e7:.7f}")
    if facts.source:
        yield _line("source", facts.source)
    if facts.attribution:
        yield _line("attribution", facts.attribution)
    yield _line("generation", facts.generation)


def _line(label: str, value: str) -> str:
    shown = "".join(c if c.isprintable() else ascii(c)[1:-1] for c in value)
    return f"  {label:<{_LABEL_WIDTH}}{shown}"


def _bar(share: float) -> str:
    """A bar in eighths of characters."""
    eighths = round(share * _BAR_WIDTH * 8)
    full, part = divmod(eighths, 8)
    return "█" * full + ("▏▎▍▌▋▊▉"[part - 1] if part else "")


def _coloured(wanted: str) -> bool:
    if wanted != "auto":
        return wanted == "always"
    plain = os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb"
    return sys.stdout.isatty() and not plain
