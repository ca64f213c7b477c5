"""`routeguide export`: the features of a snapshot into a file of another format."""

from __future__ import annotations

import argparse
import gzip
import sys
from contextlib import ExitStack
from typing import IO, cast

from routeguide.commands.command_error import CommandError
from routeguide.commands.outputs import refuse_inputs, refuse_unwritable
from routeguide.commands.progress import Progress
from routeguide.commands.stopping import stop_signals_raise
from routeguide.common import cli
from routeguide.common.atomic_file import STANDARD_OUTPUT, replacing
from routeguide.common.wording import counted
from routeguide.domain import dataset
from routeguide.formats import registry
from routeguide.formats.base.model import Writer
from routeguide_c import FeatureIndex


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("file", metavar="FILE", help="a snapshot, or features in the tutorials' JSON form")
    add(
        "-o",
        "--output",
        required=True,
        metavar="FILE",
        help="the file to write; - for standard output",
    )
    add(
        "--format",
        default="",
        choices=registry.WRITABLE,
        help="of the output (default: as its ending says)",
    )
    add("-q", "--quiet", action="store_true", help="print nothing but errors")


def run(options: argparse.Namespace) -> int:
    with stop_signals_raise():
        return _export(options)


def _export(options: argparse.Namespace) -> int:
    refuse_unwritable(options.output)
    refuse_inputs(options.output, [options.file])
    try:
        format = registry.format_of(options.output, options.format, registry.WRITABLE)
        writer = registry.writer_of(format)
        index = dataset.load(options.file).index
    except (registry.FormatError, dataset.DatasetError) as error:
        raise CommandError(str(error), cli.WRONG_USAGE) from error
    try:
        with ExitStack() as stack:
            file = stack.enter_context(replacing(options.output))
            if options.output.lower().endswith(registry.COMPRESSED):
                packed = gzip.GzipFile("", "wb", 6, file, mtime=0)  # the same bytes every time
                file = cast(IO[bytes], stack.enter_context(packed))
            _write(index, writer, file, options)
    except BrokenPipeError:
        raise
    except OSError as error:
        raise CommandError(f"{options.output}: {error.strerror or error}") from error
    if not options.quiet:
        features = counted(len(index), "feature")
        where = "standard output" if options.output == STANDARD_OUTPUT else options.output
        print(f"Wrote {features} to {where}", file=sys.stderr)
    return 0


def _write(
    index: FeatureIndex, writer: Writer, file: IO[bytes], options: argparse.Namespace
) -> None:
    with Progress(options.quiet, unit=" features") as progress:
        for done in writer(index, file):
            progress.update(options.output, done, len(index), f"{done:,} features")
