"""The dump format of GeoNames: 19 fields a line, tabs between them, no header, no quotes.

Described in https://download.geonames.org/export/dump/readme.txt.
"""

from __future__ import annotations

from collections.abc import Iterator

from routeguide.formats import delimited
from routeguide.formats.columns import Columns
from routeguide.formats.delimited import Dialect, Table
from routeguide.formats.model import Batch, ReadOptions, RejectSink
from routeguide.formats.sources import Source

NAME, ASCII_NAME, LATITUDE, LONGITUDE = 1, 2, 4, 5
WIDTH = 19


def read(source: Source, options: ReadOptions, reject: RejectSink) -> Iterator[Batch]:
    """The names as they are written at home; with the name column `asciiname`, in ASCII."""
    name = ASCII_NAME if options.name == "asciiname" else NAME
    table = Table(Dialect("\t", quoted=False), WIDTH, Columns(LATITUDE, LONGITUDE, name, "degrees"))
    yield from delimited.read_table(source, options, table, reject)
