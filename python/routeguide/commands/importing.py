"""`routeguide import`: convert files of places to a snapshot."""

from __future__ import annotations

import argparse
import codecs
import csv
import io
import os
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from dataclasses import fields
from typing import IO

from routeguide.commands.command_error import CommandError, wrong_usage
from routeguide.commands.outputs import (
    refuse_inputs,
    refuse_twice,
    refuse_unless_file,
    refuse_unwritable,
    replaced,
)
from routeguide.commands.progress import Progress
from routeguide.commands.stopping import stop_signals_raise
from routeguide.common import cli
from routeguide.common.wording import counted
from routeguide.domain import origin
from routeguide.domain.earth import E7
from routeguide.formats import intake, registry
from routeguide.formats.base.faults import SourceError
from routeguide.formats.base.model import ReadOptions, Reject
from routeguide.formats.base.sources import STANDARD_INPUT, Source
from routeguide.formats.base.text import is_utf8
from routeguide_c import FeatureIndex

SHOWN_REJECTS = 5


def delimiter(text: str) -> str:
    """Parse a character that can separate fields."""
    if text == "\\t":
        raise argparse.ArgumentTypeError("write a tab as $'\\t' in the shell, or use --format tsv")
    if len(text) != 1 or text in '\r\n"':
        raise argparse.ArgumentTypeError(f"{text!r} is not one character other than a quote")
    if not is_utf8(text):
        raise argparse.ArgumentTypeError(f"{text!r} is not a character in UTF-8")
    return text


def encoding(text: str) -> str:
    """Parse the name of a text encoding; some codecs of Python convert bytes to bytes."""
    try:
        io.TextIOWrapper(io.BytesIO(), text)
        codecs.getincrementaldecoder(text)()
    except (LookupError, UnicodeError, AttributeError, TypeError, ValueError):
        raise argparse.ArgumentTypeError(f"{text!r} is not a text encoding") from None
    return text


def sound_text(text: str) -> str:
    if not is_utf8(text):
        raise argparse.ArgumentTypeError(f"{text!r} is not UTF-8")
    return text


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("sources", nargs="+", metavar="SOURCE", help="a file, also .gz, or - for standard input")
    add("-o", "--output", required=True, metavar="FILE", help="the snapshot to write")
    add(
        "--format", default="", choices=registry.READABLE,
        help="format of the sources (default: by the file names' extensions)",
    )  # fmt: skip
    _add_read_options(parser)
    add("--rejects", metavar="FILE", help="write each rejected row to this CSV file")
    add("--strict", action="store_true", help="stop at the first rejected row")
    for option, meaning in (
        ("--attribution", "credit to show with the features"),
        ("--source", "origin of the features (default: the file names)"),
    ):
        add(option, type=sound_text, default="", metavar="TEXT", help=meaning)
    add("-q", "--quiet", action="store_true", help="print only errors")


def _add_read_options(parser: argparse.ArgumentParser) -> None:
    """Add an option for each field of ReadOptions, which has the defaults."""
    group = parser.add_argument_group("reading", argument_default=argparse.SUPPRESS)
    add = group.add_argument
    add("--lat", metavar="COLUMN", help="column of latitudes (default: by the usual names)")
    add("--lon", metavar="COLUMN", help="column of longitudes")
    add("--name", metavar="COLUMN", help="column or property of names")
    add(
        "--units", choices=["degrees", "e7"],
        help="of coordinates in tables (default: degrees; e7 for columns named so)",
    )  # fmt: skip
    add("--wrap", action="store_true", help="accept longitudes from 180 to 360 too")
    add(
        "--no-header", dest="header", action="store_false",
        help="the first row is data; columns are numbers from 1",
    )  # fmt: skip
    add(
        "--delimiter", type=delimiter, metavar="CHARACTER", help="between fields (default: guessed)"
    )
    add(
        "--no-quotes", dest="quoted", action="store_false",
        help="quotes are part of the fields they are in",
    )  # fmt: skip
    add("--decimal-comma", action="store_true", help="degrees in text are written as 48,2085")
    add("--encoding", type=encoding, help="of text files (default: UTF-8)")
    add("--layer", metavar="NAME", help="layer of a file with several, read by GDAL")


class Rejects:
    """The report of rejected rows: in a file, or the first ones on standard error."""

    def __init__(self, file: IO[bytes] | None, strict: bool, quiet: bool) -> None:
        self._file = file
        self._strict = strict
        self._left_to_show = 0 if file or quiet else SHOWN_REJECTS
        if file is not None:
            self._rows = csv.writer(self, lineterminator="\n")
            self._rows.writerow(Reject._fields)

    def __call__(self, reject: Reject) -> None:
        if self._strict:
            raise CommandError(f"{reject} (--strict: nothing was written)")
        if self._file is not None:
            self._rows.writerow(value or "" for value in reject)
        elif self._left_to_show:
            self._left_to_show -= 1
            print(f"rejected: {reject}", file=sys.stderr)

    def write(self, text: str) -> None:
        """Write some of the report, as csv.writer requires."""
        assert self._file is not None
        self._file.write(text.encode("utf-8", "backslashreplace"))


@stop_signals_raise()
def run(options: argparse.Namespace) -> int:
    start_s = time.monotonic()
    refuse_unless_file(options.output)
    if options.rejects:
        refuse_unwritable(options.rejects)
        refuse_twice(options.rejects, "--rejects", options.output, "--output")
    for written in filter(None, (options.output, options.rejects)):
        refuse_inputs(written, options.sources)
    verb = "Replaced" if os.path.exists(options.output) else "Wrote"
    index, counts = _read(options)
    if counts.rejected and not counts.kept:
        raise CommandError(f"no row of {counts.read:,} could be kept; nothing was written")

    def count() -> tuple[int, int]:
        return index.unnamed_count(), index.duplicate_count()

    with ThreadPoolExecutor(1) as beside:
        found = count  # after saving, if no thread can be started
        with suppress(RuntimeError):
            found = beside.submit(count).result
        _save(options, index)
    if not options.quiet:
        for remark in counts.remarks:
            print(remark, file=sys.stderr)
        print(f"{verb} {options.output}, {counted(os.path.getsize(options.output), 'byte')}")
        for label, value in _summary(index, counts, options.rejects, *found()):
            print(f"  {label:<11}{value}")
        print(f"  {'seconds':<11}{time.monotonic() - start_s:.2f}")
    return 0


def _read(options: argparse.Namespace) -> tuple[FeatureIndex, intake.Counts]:
    given = vars(options)
    names = [field.name for field in fields(ReadOptions) if field.name in given]
    read_options = ReadOptions(**{name: given[name] for name in names})
    with wrong_usage(SourceError, registry.FormatError), ExitStack() as stack:
        file = stack.enter_context(replaced(options.rejects)) if options.rejects else None
        rejects = Rejects(file, options.strict, options.quiet)
        progress = stack.enter_context(Progress(options.quiet))

        def show(source: Source, counts: intake.Counts) -> None:
            note = f"{counts.kept:,} kept, {counts.rejected:,} rejected"
            progress.update(source.name, source.position(), source.size, note)

        return intake.gather(options.sources, options.format, read_options, rejects, show)


def _save(options: argparse.Namespace, index: FeatureIndex) -> None:
    files = [path for path in options.sources if path != STANDARD_INPUT]
    source = options.source or ", ".join(map(origin.name_of, files))
    kept = origin.Origin(source=source, attribution=options.attribution)
    try:
        index.save(options.output, origin.encode(kept))
    except OSError as error:
        raise CommandError(f"{options.output}: {error.strerror or error}") from error
    except ValueError as error:
        raise CommandError(f"--attribution and --source: {error}", cli.WRONG_USAGE) from error


def _summary(
    index: FeatureIndex, counts: intake.Counts, rejects: str | None, unnamed: int, duplicates: int
) -> Iterator[tuple[str, str]]:
    yield "read", f"{counts.read:,}"
    yield "kept", f"{counts.kept:,}"
    yield "rejected", f"{counts.rejected:,}" + (f"  in {rejects}" if rejects else "")
    if unnamed:
        yield "unnamed", f"{unnamed:,}"
    yield "duplicates", f"{duplicates:,}"
    if index.bounds is not None:
        south, west, north, east = (f"{e7 / E7:.7f}" for e7 in index.bounds)
        yield "bounds", f"south {south}, west {west}, north {north}, east {east}"
