"""`routeguide export`: convert a snapshot to another format."""

from __future__ import annotations

import argparse
import gzip
import sys
from contextlib import ExitStack
from typing import IO, cast

from routeguide.commands.command_error import wrong_usage
from routeguide.commands.outputs import refuse_inputs, refuse_unwritable, replaced
from routeguide.commands.progress import Progress
from routeguide.commands.stopping import stop_signals_raise
from routeguide.common.atomic_file import STANDARD_OUTPUT
from routeguide.common.wording import counted
from routeguide.domain import dataset
from routeguide.formats import registry


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("file", metavar="FILE", help="a snapshot, or features in the tutorials' JSON form")
    add(
        "-o", "--output", required=True, metavar="FILE",
        help="file to write; - for standard output",
    )  # fmt: skip
    add(
        "--format", default="", choices=registry.WRITABLE,
        help="output format (default: by the file name's extension)",
    )  # fmt: skip
    add("-q", "--quiet", action="store_true", help="print only errors")


@stop_signals_raise()
def run(options: argparse.Namespace) -> int:
    refuse_unwritable(options.output)
    refuse_inputs(options.output, [options.file])
    with wrong_usage(registry.FormatError, dataset.DatasetError):
        format = registry.format_of(options.output, options.format, registry.WRITABLE)
        write = registry.writer_of(format)
        index = dataset.load(options.file).index
    with ExitStack() as stack:
        file = stack.enter_context(replaced(options.output))
        if options.output.lower().endswith(registry.COMPRESSED):
            # Without a time, so that the same features give the same bytes.
            compressed = gzip.GzipFile("", "wb", 6, file, mtime=0)
            file = cast(IO[bytes], stack.enter_context(compressed))
        progress = stack.enter_context(Progress(options.quiet, unit=" features"))
        for done in write(index, file):
            progress.update(options.output, done, len(index), f"{done:,} features")
    if not options.quiet:
        where = "standard output" if options.output == STANDARD_OUTPUT else options.output
        print(f"Wrote {counted(len(index), 'feature')} to {where}", file=sys.stderr)
    return 0
