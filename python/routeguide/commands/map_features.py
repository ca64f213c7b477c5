"""`routeguide map`: draw features on a map, as a page or a picture."""

from __future__ import annotations

import argparse
import importlib.util
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import IO

from routeguide.commands import fetching, route_options, source
from routeguide.commands.command_error import CommandError, wrong_usage
from routeguide.commands.outputs import refuse_inputs, refuse_twice, refuse_unwritable, replaced
from routeguide.commands.stopping import stop_signals_raise
from routeguide.common import cli
from routeguide.domain import dataset, origin
from routeguide.domain.dataset import Dataset
from routeguide.domain.origin import Origin
from routeguide.formats.route_files import Route
from routeguide.mapping.layout import Corridor
from routeguide.mapping.missing_library import MissingLibraryError
from routeguide_c import FeatureIndex

WIDEST_PICTURE_PX = 10_000


def picture_width(text: str) -> int:
    width_px = cli.positive_count(text)
    if not 100 <= width_px <= WIDEST_PICTURE_PX:
        raise argparse.ArgumentTypeError(f"{text} is not from 100 to {WIDEST_PICTURE_PX} pixels")
    return width_px


def add_arguments(parser: argparse.ArgumentParser) -> None:
    source.add_source(parser, default="the 100 features of the package")
    parser.add_argument(
        "-o", "--output", type=Path, metavar="HTML",
        help="page to write, which works offline (default: map.html, unless --png is given)",
    )  # fmt: skip
    parser.add_argument("--png", type=Path, metavar="PNG", help="picture to write")
    parser.add_argument(
        "--png-width", type=picture_width, default=1600, metavar="PIXELS",
        help=f"width of the picture, up to {WIDEST_PICTURE_PX} (default: %(default)s)",
    )  # fmt: skip
    route_options.add_route(parser, "--route")
    route_options.add_half_width(parser, "mark features")
    parser.add_argument(
        "--title", help="heading (default: SOURCE, without the extension of a file)"
    )


@stop_signals_raise()
def run(options: argparse.Namespace) -> int:
    read = [path for path in (options.source, options.route) if path is not None]
    page_path = options.output or (None if options.png else Path("map.html"))
    for written in (page_path, options.png):
        if written is not None:
            refuse_unwritable(written)
            refuse_inputs(written, read)
    if options.output is not None and options.png is not None:
        refuse_twice(options.output, "--output", options.png, "--png")
    refuse_without_libraries(page_path, options.png)
    route = None if options.route is None else route_options.route_of(options)
    if options.source is not None and source.is_server(options.source):
        shown, title = of_server(options), options.source
    else:
        with wrong_usage(dataset.DatasetError):
            shown = dataset.load(options.source)
        title = "RouteGuide" if options.source is None else Path(options.source).stem
    corridor = None if route is None else corridor_of(shown.index, route, options)
    title = origin.as_text(options.title or title)
    attribution = shown.origin.attribution
    if page_path is not None:
        from routeguide.mapping.page import page

        text = page(shown.index, title, attribution, corridor)
        put(page_path, lambda file: file.write(text.encode()))
    if options.png is not None:
        from routeguide.mapping.picture import draw

        put(
            options.png,
            lambda file: draw(shown.index, file, title, attribution, corridor, options.png_width),
        )
    return 0


def refuse_without_libraries(page_path: Path | None, png: Path | None) -> None:
    """Raise CommandError for a missing library before features are read, which may take long."""
    with wrong_usage(MissingLibraryError):
        if page_path is not None:
            from routeguide.mapping.page import library_folder

            library_folder()
        if png is not None and importlib.util.find_spec("matplotlib") is None:
            raise MissingLibraryError("a picture", "matplotlib")


def of_server(options: argparse.Namespace) -> Dataset:
    with source.client(options.source, options) as client:
        served = client.dataset()
        source.mark_answered(options)
        index = fetching.features_of(client, served, options.source)
    return Dataset(index, Origin(source=served.source, attribution=served.attribution))


def corridor_of(index: FeatureIndex, route: Route, options: argparse.Namespace) -> Corridor:
    """Find the features beside the route. Raises CommandError if there is no such route."""
    try:
        ids, _, offset_m, _ = index.along(*route, options.half_width)
    except ValueError as error:
        raise CommandError(f"{options.route}: {error}", cli.WRONG_USAGE) from error
    return Corridor(*route, options.half_width, ids.tolist(), offset_m.tolist())


def put(path: Path, write: Callable[[IO[bytes]], object]) -> None:
    """Write a file, complete or not at all, and print its size on standard error."""
    with replaced(path) as file:
        write(file)
        file.flush()
        size = os.fstat(file.fileno()).st_size
    shown = f"{size / 1e6:.1f} MB" if size >= 1e5 else f"{size / 1e3:.1f} kB"
    print(f"{path}: {shown}", file=sys.stderr)
