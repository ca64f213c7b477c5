"""The dump format of GeoNames: 19 fields a line between tabs, no header, no quotes.

Described in https://download.geonames.org/export/dump/readme.txt. Its files end in .txt, as other
delimited text does too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import chain

from routeguide.formats.base.columns import Columns
from routeguide.formats.base.model import Batch, ReadOptions, RejectSink
from routeguide.formats.base.sources import Source
from routeguide.formats.delimited import csv_reading
from routeguide.formats.delimited.dialects import Dialect, Table

NAME, ASCII_NAME, LATITUDE, LONGITUDE = 1, 2, 4, 5
WIDTH = 19
_NUMBER = re.compile(rb"[-+]?[\d.]+")


def read(source: Source, options: ReadOptions, reject: RejectSink) -> Iterator[Batch]:
    """Read the dump format, with names in their own script or, for `asciiname`, in ASCII."""
    blocks = csv_reading.blocks_of(source, options)
    yield from csv_reading.read_rows(source, options, reject, blocks, _table(options))


def read_text(source: Source, options: ReadOptions, reject: RejectSink) -> Iterator[Batch]:
    """Read the dump format if the first line is a row of it, else CSV."""
    blocks = csv_reading.blocks_of(source, options)
    begun = next(blocks)
    blocks = chain([begun], blocks)
    if is_row(begun.lstrip(b"\r\n").partition(b"\n")[0]):
        yield from csv_reading.read_rows(source, options, reject, blocks, _table(options))
    else:
        yield from csv_reading.read_headed(source, options, reject, blocks, options.delimiter)


def is_row(line: bytes) -> bool:
    """Return whether a line has the fields, with numbers as coordinates, which no header has."""
    fields = line.split(b"\t")
    places = fields[LATITUDE : LONGITUDE + 1]
    return len(fields) == WIDTH and all(map(_NUMBER.fullmatch, places))


def _table(options: ReadOptions) -> Table:
    name = ASCII_NAME if options.name == "asciiname" else NAME
    return Table(Dialect("\t", quoted=False), WIDTH, Columns(LATITUDE, LONGITUDE, name, "degrees"))
