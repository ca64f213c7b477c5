"""How the rows of delimited text are written, and what their columns hold."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from typing import Any, NamedTuple

from routeguide.formats.base import columns, text

TOO_LONG = "field larger than field limit"  # how the csv module's message begins


class Dialect(NamedTuple):
    delimiter: str
    quoted: bool

    def reader(self, lines: Iterable[str]) -> Any:
        # A limit of the process, whose default is below the longest name.
        csv.field_size_limit(text.LINE_LIMIT)
        if self.quoted:
            return csv.reader(lines, delimiter=self.delimiter)
        return csv.reader(lines, delimiter=self.delimiter, quoting=csv.QUOTE_NONE)


class Table(NamedTuple):
    """What is the same for all rows."""

    dialect: Dialect
    width: int  # fields in a row
    columns: columns.Columns
    header_lines: int = 0  # lines before the first row of data

    def role(self, column: int) -> str:
        """Return what the field in a column is to a feature; "" for nothing."""
        lat, lon, name, _ = self.columns
        return {lat: "latitude", lon: "longitude", name: "name"}.get(column, "")
