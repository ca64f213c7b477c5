"""Delimited text: how its rows are written, what their columns hold, and its lines."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from itertools import chain
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
    """Properties that all rows share."""

    dialect: Dialect
    width: int  # fields in a row
    columns: columns.Columns
    header_lines: int = 0  # lines before the first row of data

    def role(self, column: int) -> str:
        """Return what the field in a column is to a feature; "" for nothing."""
        lat, lon, name, _ = self.columns
        return {lat: "latitude", lon: "longitude", name: "name"}.get(column, "")


class Lines:
    """The lines of some chunks, from which the csv module reads rows."""

    def __init__(self, chunks: Iterable[bytes]) -> None:
        self._chunks = chunks
        self._current = text.lines_in(b"")
        self.rows = 0  # read so far, which the caller counts
        self.ended = False  # there was no next line; in the middle of a row, a quote is open

    def __iter__(self) -> Iterator[str]:
        """Raises csv.Error if one row goes on for over LINE_LIMIT bytes after its chunk."""
        return chain.from_iterable(self._lines_of_chunks())

    def _lines_of_chunks(self) -> Iterator[Iterable[str]]:
        rows, size = -1, 0
        for chunk in self._chunks:
            size = size + len(chunk) if rows == self.rows else 0
            rows = self.rows
            if size > text.LINE_LIMIT:
                raise csv.Error(TOO_LONG)
            self._current = text.lines_in(chunk)
            yield self._current
        self.ended = True

    def rest(self) -> bytes:
        """Return what is left of the last chunk that was begun."""
        return self._current.read().encode("utf-8", "surrogateescape")
