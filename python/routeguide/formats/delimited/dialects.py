"""How the rows of a delimited text are written, and what their columns hold."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from typing import Any, NamedTuple

from routeguide.formats.base import columns, text

TOO_LONG = "field larger than field limit"  # the csv module's words


class Dialect(NamedTuple):
    delimiter: str
    quoted: bool

    def reader(self, lines: Iterable[str]) -> Any:
        # A process-wide limit; its default cuts off names that are allowed.
        csv.field_size_limit(text.LINE_LIMIT)
        if self.quoted:
            return csv.reader(lines, delimiter=self.delimiter)
        return csv.reader(lines, delimiter=self.delimiter, quoting=csv.QUOTE_NONE)


class Table(NamedTuple):
    """What the first row says about all others."""

    dialect: Dialect
    width: int  # fields of every row
    columns: columns.Columns
    header_lines: int = 0  # lines before the first row of data

    def role(self, column: int) -> str:
        """What the field there is to a feature; "" for nothing."""
        lat, lon, name, _ = self.columns
        return {lat: "latitude", lon: "longitude", name: "name"}.get(column, "")
