"""Features as CSV and TSV: degrees with all their seven decimals, which is exact."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import IO

from routeguide_c import FeatureIndex

_STEP = 1 << 13  # rows made at once


def write_csv(index: FeatureIndex, file: IO[bytes]) -> Iterator[int]:
    yield from _write(index, file, ",")


def write_tsv(index: FeatureIndex, file: IO[bytes]) -> Iterator[int]:
    """Names with tabs or quotes are quoted as in CSV."""
    yield from _write(index, file, "\t")


def _write(index: FeatureIndex, file: IO[bytes], delimiter: str) -> Iterator[int]:
    special = re.compile(f'[{delimiter}"\r\n]')

    def row(lat_e7: int, lon_e7: int, name: str) -> str:
        if special.search(name):
            name = '"' + name.replace('"', '""') + '"'
        return f"{lat_e7 / 1e7:.7f}{delimiter}{lon_e7 / 1e7:.7f}{delimiter}{name}\n"

    lats_e7, lons_e7 = index.latitudes, index.longitudes
    file.write(delimiter.join(("latitude", "longitude", "name\n")).encode())
    for start in range(0, len(index), _STEP):
        stop = min(start + _STEP, len(index))
        names = map(index.name, range(start, stop))
        file.write("".join(map(row, lats_e7[start:stop], lons_e7[start:stop], names)).encode())
        yield stop
